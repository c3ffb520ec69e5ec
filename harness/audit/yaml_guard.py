"""Refuse YAML and JSON that is too large, too deep, or that refers to itself, before anything is built from it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from harness.errors import UsageError
from harness.system import files, yaml_io
from harness.system.limits import SUITE, SuiteLimits
from harness.system.schema import line_of

UNPARSABLE = (yaml.YAMLError, ValueError, TypeError, RecursionError)
"""What ``parsed`` raises beside ``Refused``; ``in_words`` says in one line what is wrong."""


class Refused(Exception):
    """A text is not read; the message says why, and in which line."""


class _Guard:
    """Count the values of a text. An alias counts as many as what it stands for."""

    def __init__(self, limits: SuiteLimits) -> None:
        self._limits = limits
        self._open: list[tuple[str | None, int]] = []
        self._sizes: dict[str, int] = {}
        self._nodes = self._documents = 0

    def take(self, event: yaml.Event) -> None:
        """Count one event."""
        line = event.start_mark.line + 1 if event.start_mark else 0
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            self._sizes.clear()
            if self._documents > self._limits.manifest_documents:
                raise Refused(f"more than {self._limits.manifest_documents} documents; split it into several files")
        elif isinstance(event, yaml.AliasEvent):
            self._alias(str(event.anchor), line)
        elif isinstance(event, yaml.ScalarEvent):
            self._count(1, line)
            if event.anchor:
                self._sizes[event.anchor] = 1
        elif isinstance(event, yaml.CollectionStartEvent):
            self._count(1, line)
            self._open.append((event.anchor, self._nodes - 1))
            if len(self._open) > self._limits.manifest_depth:
                raise Refused(f"line {line}: more than {self._limits.manifest_depth} levels of nesting")
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, before = self._open.pop()
            if anchor:
                self._sizes[anchor] = self._nodes - before

    def _alias(self, anchor: str, line: int) -> None:
        if any(anchor == opened for opened, _ in self._open):
            raise Refused(f"line {line}: the alias *{anchor} is part of what it stands for")
        self._count(self._sizes.get(anchor, 1), line)

    def _count(self, nodes: int, line: int) -> None:
        self._nodes += nodes
        if self._nodes > self._limits.manifest_nodes:
            raise Refused(f"line {line}: more than {self._limits.manifest_nodes} values, with aliases written out")


def check_depth(document: Any, limits: SuiteLimits = SUITE) -> None:
    """Check that the values of a JSON document are not nested too deeply for what reads them.

    Raises:
        Refused: They are.
    """
    level, depth = [document], 0
    while level:
        depth += 1
        if depth > limits.manifest_depth:
            raise Refused(f"more than {limits.manifest_depth} levels of nesting")
        level = [
            inner
            for value in level
            if isinstance(value, dict | list)
            for inner in (value.values() if isinstance(value, dict) else value)
            if isinstance(inner, dict | list)
        ]


def check(text: str, limits: SuiteLimits = SUITE) -> None:
    """Check that a YAML text can be read within the limits.

    Raises:
        Refused: It cannot.
        yaml.YAMLError: It is no YAML.
    """
    guard = _Guard(limits)
    for event in yaml_io.events(text):
        guard.take(event)


def check_file(file: Path, option: str) -> None:
    """Check that a file that an option names is a text within the limits; who reads it says what else is wrong.

    Raises:
        UsageError: It is beyond the limits.
    """
    if files.is_endless(file):
        return
    try:
        with file.open("rb") as stream:
            data = stream.read(SUITE.manifest_file_bytes + 1)
        if len(data) > SUITE.manifest_file_bytes:
            raise Refused(f"larger than {SUITE.manifest_file_bytes >> 20} MiB")
        check(data.decode())
    except Refused as error:
        raise UsageError(f"{option} {file}: {error}; write a smaller and plainer file") from None
    except (OSError, *UNPARSABLE):
        return


def parsed(text: str, limits: SuiteLimits = SUITE, *, is_json: bool = False) -> Sequence[Any]:
    """Return the documents of a text with manifests; empty ones are left out.

    Args:
        text: YAML, or one JSON document.
        limits: How much is read.
        is_json: True if YAML is not tried.

    Raises:
        Refused: The text is beyond the limits.
        yaml.YAMLError, ValueError, TypeError, RecursionError: It cannot be read.
    """
    if is_json or text.lstrip()[:1] == "{":
        try:
            document = json.loads(text)
        except ValueError:
            if is_json:
                raise
        else:
            check_depth(document, limits)
            return [document]
    check(text, limits)
    return [document for document in yaml_io.load_manifests(text) if document is not None]


def in_words(error: Exception, data: bytes) -> str:
    """Return what is wrong with a text that cannot be read, and what to do, in one line."""
    if b"{{" in data:
        return "a template of Helm or another program; render it first"
    if isinstance(error, yaml.MarkedYAMLError):
        # Of a Secret, the problem may quote a value: a tag or an alias.
        problem = "quote values that begin with ! or *" if b"Secret" in data else error.problem
        return f"line {line_of(error)}: not YAML ({problem}); correct it"
    if isinstance(error, yaml.YAMLError):
        return f"not YAML ({' '.join(str(error).split())[:120]}); correct it"
    if isinstance(error, json.JSONDecodeError):
        return f"line {error.lineno}: not JSON ({error.msg}); correct it"
    return f"cannot be read ({type(error).__name__}); correct it"
