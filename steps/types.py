"""The shared types of step phrases: what stands in quotes, and tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pytest_bdd import parsers

DataTable = list[list[str]]
"""A table as pytest-bdd hands it over: rows of cells, the header first."""


def _text(text: str) -> str:
    return text


_text.pattern = r'[^"]*'  # type: ignore[attr-defined]


def phrase(text: str) -> Any:
    """A step pattern: ``{name:Text}`` stands for anything without a quote, ``{n:d}`` for a number."""
    return parsers.parse(text, extra_types={"Text": _text})


def records(table: DataTable) -> list[Mapping[str, str]]:
    """The rows of a table with a header, as mappings."""
    header, *rows = table
    return [dict(zip(header, row, strict=True)) for row in rows]


def fields(table: DataTable) -> Mapping[str, str]:
    """A table of two columns, field and value, as a mapping; a field with several rows has a line for each."""
    found: dict[str, str] = {}
    for record in records(table):
        field, value = record["field"], record["value"]
        found[field] = f"{found[field]}\n{value}" if field in found else value
    return found
