"""Call the decisions of a subject, and report an exception in them as a divergence of the subject."""

from __future__ import annotations

import inspect
import traceback
from collections.abc import Callable
from typing import Any, cast

from harness.document.parts import Part
from harness.errors import Blocked, Divergence, HarnessError
from harness.model import Variants
from harness.operator.decisions import Decisions

ANSWER = "BA_3"
"""The claim that each object gets an answer; an operator that raises an exception gives none."""


def guarded(of_subject: type[Decisions], variants: Variants) -> Decisions:
    """Return the decisions of a subject; an exception in one of its methods becomes a divergence.

    Raises:
        Blocked: The constructor of the subject's class raises an exception.
    """
    return cast("Decisions", _Guarded(_guard("__init__", of_subject)(variants)))


class _Guarded:
    """Forward each method call to a ``Decisions`` object, with the same arguments and result."""

    def __init__(self, decisions: Decisions) -> None:
        self._decisions = decisions

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return _guard(name, getattr(self._decisions, name))


def _guard(name: str, decide: Callable[..., Any]) -> Callable[..., Any]:
    def call(*args: Any) -> Any:
        try:
            return decide(*args)
        except HarnessError:
            raise
        except Exception as error:  # noqa: BLE001 (code of the subject: it may raise anything)
            raise Blocked(_divergence(name, error)) from None

    return call


def misfit(found: type[Decisions]) -> str:
    """Return a line that names a method with other parameters than the one it overrides; "" if there is none."""
    for name, method in inspect.getmembers(Decisions, inspect.isfunction):
        own = getattr(found, name)
        if name.startswith("__") or own is method:
            continue
        wanted = inspect.signature(method)
        try:
            inspect.signature(own).bind(*wanted.parameters)
        except TypeError:
            return f"{name}{inspect.signature(own)} has to take {tuple(wanted.parameters)[1:]}"
    return ""


def _divergence(name: str, error: Exception) -> Divergence:
    where = traceback.extract_tb(error.__traceback__)[-1]
    kind = type(error).__name__
    return Divergence(
        f"the decision {name} of the operator",
        expected="a decision",
        seen=f"it raises {kind}: {error} ({where.filename}, line {where.lineno})",
        oracle="operator",
        roots=(ANSWER,),
        part=Part.CONTROLLER,
        cause=f"the operator's {name} raises {kind}",
    )
