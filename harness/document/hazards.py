"""Read the hazard analysis: what can go wrong with each part of the contract, and which claim would show it.

Every part under every condition is one cell.  hazards.yaml in this folder groups the cells that share an answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

from harness.document.ledger import LedgerError, claims
from harness.system import yaml_io
from harness.system.schema import misfit, validator

HAZARDS = Path(__file__).with_name("hazards.yaml")
SCHEMA = Path(__file__).with_name("hazards.schema.yaml")


@dataclass(frozen=True)
class PartOfContract:
    """A field, variable, key or state of the contract.

    Attributes:
        name: Its name, for example ``source.retain.latest``.
        group: The kind of part, for example ``source-field``.
        what: What it is for.
    """

    name: str
    group: str
    what: str


@dataclass(frozen=True)
class Hazard:
    """The answer for some parts under some conditions.

    Attributes:
        parts: The names of the parts.
        conditions: The names of the conditions.
        hazard: What goes wrong if an operator is careless.
        careful: What a careful operator does.
        harm: The kind of harm, or ``none``.
        claims: The claims that show the fault.
        none: Why no claim is needed, or "".
        open: What no claim shows yet, or "".
    """

    parts: tuple[str, ...]
    conditions: tuple[str, ...]
    hazard: str
    careful: str
    harm: str
    claims: tuple[str, ...] = ()
    none: str = ""
    open: str = ""


@dataclass(frozen=True)
class Hazards:
    """The whole analysis; ``conditions`` has a description of each condition by its name."""

    parts: Mapping[str, PartOfContract]
    conditions: Mapping[str, str]
    cells: Sequence[Hazard]


@cache
def hazards() -> Hazards:
    """Return the analysis.

    Raises:
        LedgerError: The file is invalid, or a cell is missing or is there twice.
    """
    return read(HAZARDS.read_text(encoding="utf-8"))


def read(text: str) -> Hazards:
    """Return the analysis of a text in the format of hazards.yaml.

    Raises:
        LedgerError: The text is invalid. The message names the cell or the field.
    """
    document: Mapping[str, Any] = yaml_io.load(text)
    if wrong := misfit(validator(SCHEMA), document):
        raise LedgerError(f"hazards.yaml: {wrong}")
    found = Hazards(
        {name: PartOfContract(name, **entry) for name, entry in document["parts"].items()},
        dict(document["conditions"]),
        [Hazard(**{key: _frozen(value) for key, value in entry.items()}) for entry in document["cells"]],
    )
    _check(found)
    return found


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _check(found: Hazards) -> None:
    """Check that each cell is there exactly once, and that every name exists."""
    seen: set[tuple[str, str]] = set()
    for one in found.cells:
        unknown = [*set(one.parts) - found.parts.keys(), *set(one.conditions) - found.conditions.keys()]
        unknown += set(one.claims) - claims().keys()
        if unknown:
            raise LedgerError(f"hazards.yaml: {', '.join(sorted(unknown))}: no such part, condition or claim")
        for cell in product(one.parts, one.conditions):
            if cell in seen:
                raise LedgerError(f"hazards.yaml: {cell[0]} {cell[1]}: answered twice")
            seen.add(cell)
    missing = [cell for cell in product(found.parts, found.conditions) if cell not in seen]
    if missing:
        raise LedgerError(f"hazards.yaml: {missing[0][0]} {missing[0][1]}: not answered ({len(missing)} in all)")
