"""Render the templates of a rule within bounds: a template must not take the memory or the time of an audit.

A template has expressions and ``if``. What can multiply (loops, assignments, macros, ``*`` of texts, ``**``, formats)
is refused, and every function and filter takes and returns only short values.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError, nodes
from jinja2.exceptions import SecurityError, TemplateSyntaxError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

LONGEST = 1_000
"""The largest number of characters or parts of a template, and of every value in it."""
STATEMENTS = (nodes.Output, nodes.If, nodes.ExprStmt)
FILTERS = (
    "abs", "capitalize", "count", "d", "default", "first", "int", "join", "last", "length", "list", "lower", "replace",
    "reverse", "sort", "string", "title", "trim", "truncate", "unique", "upper",
)  # fmt: skip
"""The filters of Jinja that a template may use."""
FORMATS = ("format", "format_map", "expandtabs", "translate", "center", "ljust", "rjust", "zfill")
"""Functions of texts that make a long text of a short one."""


class Bounded(ImmutableSandboxedEnvironment):
    """Compile and run templates within bounds."""

    intercepted_binops = frozenset({"*", "**", "%", "//", "/"})

    def __init__(self, filters: Mapping[str, Callable[[str], str]]) -> None:
        """Start with these filters beside those of Jinja that stay within bounds."""
        super().__init__(undefined=StrictUndefined)
        self.globals.clear()
        self.filters = {
            name: _bounded(name, use)
            for name, use in {**{name: self.filters[name] for name in FILTERS}, **filters}.items()
        }

    def compiled(self, text: str) -> Template:
        """Return a template.

        Raises:
            TemplateError: It is none, or has a part that is not allowed.
        """
        if len(text) > LONGEST:
            raise SecurityError(f"longer than {LONGEST} characters")
        try:
            for one in self.parse(text).find_all(nodes.Stmt):
                if not isinstance(one, STATEMENTS):
                    raise SecurityError(f"line {one.lineno}: only expressions and if are allowed")
            return self.from_string(text)
        except RecursionError:
            raise TemplateSyntaxError("nested too deeply", 1) from None

    def wrap_str_format(self, value: Any) -> None:
        """Return None: the functions that format texts are not allowed."""

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Return True if a template may use an attribute."""
        return attr not in FORMATS and bool(super().is_safe_attribute(obj, attr, value))

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Return the result of an operator with numbers."""
        if operator == "**" or not all(isinstance(one, int | float) and abs(one) <= LONGEST for one in (left, right)):
            raise SecurityError(f"{operator} is only for numbers up to {LONGEST}, and ** for none")
        return super().call_binop(context, operator, left, right)

    def call(self, context: Context, obj: Any, *args: Any, **more: Any) -> Any:
        """Return the result of a function."""
        return _bounded(getattr(obj, "__name__", "a function"), functools.partial(super().call, context, obj))(
            *args, **more
        )


def short(text: str) -> str:
    """Return a rendered text.

    Raises:
        TemplateError: It is too long.
    """
    _check("the result", text)
    return text


def _bounded(name: str, use: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that takes and returns only short values."""

    def bounded(*args: Any, **more: Any) -> Any:
        for one in (*args, *more.values()):
            _check(name, one)
        result = use(*args, **more)
        _check(name, result)
        return result

    # Jinja notes at a filter whether it takes the environment.
    return functools.update_wrapper(bounded, use) if hasattr(use, "__name__") else bounded


def _check(name: str, value: Any) -> None:
    size = abs(value) if isinstance(value, int | float) else len(value) if isinstance(value, str | list | tuple) else 0
    if size > LONGEST:
        raise TemplateError(f"{name}: larger than {LONGEST}")
