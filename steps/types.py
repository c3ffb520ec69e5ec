"""Define shared types for step phrases: quoted text and tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pytest_bdd import parsers

DataTable = list[list[str]]
"""A table in the form of pytest-bdd: rows of cells, with the header first."""


def _text(text: str) -> str:
    return text


_text.pattern = r'[^"]*'  # type: ignore[attr-defined]


def phrase(text: str) -> Any:
    """Return a step pattern. ``{name:Text}`` matches any text without a quote, ``{n:d}`` a number."""
    return parsers.parse(text, extra_types={"Text": _text})


def records(table: DataTable) -> list[Mapping[str, str]]:
    """Return the rows of a table with a header as mappings."""
    header, *rows = table
    return [dict(zip(header, row, strict=True)) for row in rows]


def fields(table: DataTable) -> Mapping[str, str]:
    """Return a table with the columns field and value as a mapping.

    The values of a repeated field are joined, one on each line.
    """
    found: dict[str, str] = {}
    for record in records(table):
        field, value = record["field"], record["value"]
        found[field] = f"{found[field]}\n{value}" if field in found else value
    return found
