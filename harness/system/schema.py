"""Read a file and check it against its JSON Schema; messages name file, field, value and remedy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match
from yaml.composer import ComposerError

from harness.errors import UsageError
from harness.system import files, yaml_io

SECOND = "but found another document"


@dataclass(frozen=True)
class Misfit:
    """Hold one violation of a schema: the field, the problem, and allowed values."""

    field: str
    problem: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.field or 'top level'}: {self.problem}{self.remedy and f'; {self.remedy}'}"


@dataclass(frozen=True)
class SchemaFile:
    """Define a kind of file that users write.

    Attributes:
        schema: The JSON Schema of the content, in YAML.
        named_by: The option or field that names the file; it starts the message if the file cannot be read.
        if_unreadable: The remedy if the file cannot be read.
        if_not_yaml: The remedy if the file is not YAML.
        if_misfit: The remedy if the content violates the schema.
    """

    schema: Path
    named_by: str
    if_unreadable: str
    if_not_yaml: str
    if_misfit: str

    def read(self, file: Path, *, empty: Any = None) -> Any:
        """Return the content of a file that fits the schema.

        Args:
            file: The file.
            empty: The content to use in place of an empty file.

        Raises:
            UsageError: The file cannot be read, is not YAML (with the line), or violates the schema (with the field).
        """
        document = self.parsed(file)
        document = document if empty is None else document or empty
        if wrong := misfit(validator(self.schema), document):
            raise self.refusal(file, wrong)
        return document

    def refusal(self, file: Path, wrong: Misfit) -> UsageError:
        """Return the error for a file that violates the schema."""
        return UsageError(f"{file}: {wrong}; {self.if_misfit}")

    def parsed(self, file: Path) -> Any:
        """Return the content of a file without a check of the schema.

        Raises:
            UsageError: The file cannot be read, is no file, or is not YAML (with the line).
        """
        if files.is_endless(file):
            raise UsageError(f"{self.named_by}{file}: {files.NOT_REGULAR}; {self.if_unreadable}")
        try:
            return yaml_io.load(file.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "no UTF-8 text"
            raise UsageError(f"{self.named_by}{file}: cannot be read ({reason}); {self.if_unreadable}") from None
        except yaml.YAMLError as error:
            what = "more than one document" if isinstance(error, ComposerError) and SECOND in str(error) else "not YAML"
            raise UsageError(f"{file}, line {line_of(error)}: {what}; {self.if_not_yaml}") from None
        except (ValueError, RecursionError):
            # Such as a date with a month 13. The error would quote the value.
            raise UsageError(f"{file}: a value that is no YAML; {self.if_not_yaml}") from None


@cache
def validator(schema: Path) -> Draft202012Validator:
    """Return a validator for the schema in a YAML file."""
    return Draft202012Validator(yaml_io.load(schema.read_text(encoding="utf-8")))


def misfit(schema: Draft202012Validator, document: Any) -> Misfit | None:
    """Return the most relevant violation of a schema, or None if the document fits."""
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
    """Return the line, counted from 1, in which the YAML error is."""
    mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
    return mark.line + 1 if mark else 1


def _out_of_place(error: ValidationError, holder: Any, path: Sequence[str | int]) -> Misfit:
    """Return the violation of a field that is not allowed for a kind.

    jsonschema reports only the value of the field and its parent, so the name is looked up here.
    """
    fields = [key for key, value in holder.items() if value is error.instance] if isinstance(holder, dict) else []
    kind = f"kind {holder['kind']}" if isinstance(holder, dict) and "kind" in holder else "the fields beside it"
    return Misfit(_dotted([*path, *fields[:1]]), f"does not go with {kind}")


def _at(document: Any, path: Sequence[str | int]) -> Any:
    for step in path:
        document = document[step]
    return document


def _dotted(path: Sequence[str | int]) -> str:
    return ".".join(map(str, path))
