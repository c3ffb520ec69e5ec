"""Read a file against its JSON Schema, with messages that name the file, the field, the value and the remedy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match

from harness.errors import UsageError
from harness.system import yaml_io


@dataclass(frozen=True)
class Misfit:
    """The one thing about a document that its schema forbids: the field, what is wrong, and what could be there."""

    field: str
    problem: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.field or 'top level'}: {self.problem}{self.remedy and f'; {self.remedy}'}"


@dataclass(frozen=True)
class SchemaFile:
    """A kind of file that comes in from outside.

    Args:
        schema: The JSON Schema of its content, as YAML.
        named_by: What stands before its path where it cannot be read: the option or field that names it.
        if_unreadable: The remedy where it cannot be read.
        if_not_yaml: The remedy where it is no YAML.
        if_misfit: The remedy where the schema forbids its content.
    """

    schema: Path
    named_by: str
    if_unreadable: str
    if_not_yaml: str
    if_misfit: str

    def read(self, file: Path, *, empty: Any = None) -> Any:
        """Return the content of a file, or ``empty``, where given, in place of one that holds nothing.

        Raises:
            UsageError: It cannot be read, is no YAML (with the line), or does not fit (with field and value).
        """
        document = self.parsed(file)
        document = document if empty is None else document or empty
        if wrong := misfit(validator(self.schema), document):
            raise self.refusal(file, wrong)
        return document

    def refusal(self, file: Path, wrong: Misfit) -> UsageError:
        """Return the error for a file whose content does not fit."""
        return UsageError(f"{file}: {wrong}; {self.if_misfit}")

    def parsed(self, file: Path) -> Any:
        """Return the content of a file that is not checked yet.

        Raises:
            UsageError: It cannot be read, or is no YAML (with the line).
        """
        try:
            return yaml_io.load(file.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "no UTF-8 text"
            raise UsageError(f"{self.named_by}{file}: cannot be read ({reason}); {self.if_unreadable}") from None
        except yaml.YAMLError as error:
            raise UsageError(f"{file}, line {line_of(error)}: not YAML; {self.if_not_yaml}") from None


@cache
def validator(schema: Path) -> Draft202012Validator:
    """Return what validates against the schema in a YAML file of this project."""
    return Draft202012Validator(yaml_io.load(schema.read_text(encoding="utf-8")))


def misfit(schema: Draft202012Validator, document: Any) -> Misfit | None:
    """Return what is wrong with a document, the most telling thing where there are several; None where it fits."""
    error = best_match(schema.iter_errors(document))
    if error is None:
        return None
    path = list(error.absolute_path)
    if error.schema is False:
        return _out_of_place(error, _at(document, path), path)
    known = error.schema.get("properties") if isinstance(error.schema, dict) else None
    remedy = f"known are {', '.join(known)}" if known and error.validator == "additionalProperties" else ""
    return Misfit(_dotted(path), error.message, remedy)


def line_of(error: yaml.YAMLError) -> int:
    """Return the line, counted from 1, in which a text stops being YAML."""
    mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
    return mark.line + 1 if mark else 1


def _out_of_place(error: ValidationError, holder: Any, path: Sequence[str | int]) -> Misfit:
    """Name a field that does not go with the kind beside it: jsonschema only has its value and what holds it."""
    fields = [key for key, value in holder.items() if value is error.instance] if isinstance(holder, dict) else []
    kind = f"kind {holder['kind']}" if isinstance(holder, dict) and "kind" in holder else "the fields beside it"
    return Misfit(_dotted([*path, *fields[:1]]), f"does not go with {kind}")


def _at(document: Any, path: Sequence[str | int]) -> Any:
    for step in path:
        document = document[step]
    return document


def _dotted(path: Sequence[str | int]) -> str:
    return ".".join(map(str, path))
