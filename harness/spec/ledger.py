"""The ledger of claims: every promise of the document that has a scenario, with its id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

LEDGER = Path(__file__).with_name("claims.yaml")

Part = Literal["admission", "controller", "mover", "kopia", "harness", "document"]


@dataclass(frozen=True)
class Claim:
    """One promise: where it stands, who decides it, and what it says in our own words."""

    id: str
    area: str
    kind: str
    decided_by: tuple[Part, ...]
    says: str


@cache
def claims() -> Mapping[str, Claim]:
    """All claims by id, in the order of the document."""
    document: dict[str, Any] = yaml.safe_load(LEDGER.read_text(encoding="utf-8"))
    return {
        claim_id: Claim(claim_id, area, entry["kind"], tuple(entry["decided_by"].split()), entry["says"])
        for area, section in document.items()
        for claim_id, entry in section["claims"].items()
    }


@cache
def areas() -> Mapping[str, str]:
    """Area -> title of its section in the document, in the order of the document."""
    document: dict[str, Any] = yaml.safe_load(LEDGER.read_text(encoding="utf-8"))
    return {area: section["title"] for area, section in document.items()}
