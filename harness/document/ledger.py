"""Read the ledger: every claim of the document, with its id.

The ledger is claims.yaml and safety.yaml in this folder: the claims of the document, and our own about safety. It is
read once; no scenario and no subject can change it.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from harness.document.harms import Harm
from harness.document.parts import Part
from harness.system import yaml_io
from harness.system.schema import line_of, misfit, validator

DEFECTS = Path(__file__).with_name("defects.yaml")
LEDGER = Path(__file__).with_name("claims.yaml")
SAFETY = Path(__file__).with_name("safety.yaml")
SCHEMA = Path(__file__).with_name("claims.schema.yaml")

Kind = Literal["rule", "example", "kopia", "promise", "advice"]

NEVER_JUDGED: tuple[Kind, ...] = ("promise", "advice")
"""Kinds of claims that end in findings. They neither hold nor diverge."""


class LedgerError(Exception):
    """The ledger is invalid. This is an error of the suite, not of the subject."""


@dataclass(frozen=True)
class Claim:
    """One claim of the document. The comments at the top of claims.yaml explain the values.

    Attributes:
        id: The id, which is also the tag of its scenarios.
        area: The key of its area in the ledger.
        kind: The kind of statement.
        decided_by: The parts of a subject that decide the verdict.
        says: The claim as a sentence, in our own words.
        profile: ``core``, ``extended`` or ``safety``.
        reach: Where the claim is checked.
        side: The variant of the document that makes the claim, or "" for all variants.
        source: Where the claim comes from.
        sentences: The fingerprints of the sentences that make it (``harness.document.fingerprints``).
        values: The kind and the fingerprint of each literal that it asserts.
        needs: Capabilities that a subject may declare it lacks.
        harm: What happens to users if the claim is broken; "" if the harm of the area says it.
        kind_of_harm: The kind of that harm; only for a claim of the profile ``safety``.
    """

    id: str
    area: str
    kind: Kind
    decided_by: tuple[Part, ...]
    says: str
    profile: str = "core"
    reach: str = "end-to-end"
    side: str = ""
    source: str = "document"
    sentences: tuple[str, ...] = ()
    values: tuple[tuple[str, str], ...] = ()
    needs: tuple[str, ...] = ()
    harm: str = ""
    kind_of_harm: Harm | None = None

    @property
    def is_judged(self) -> bool:
        """Return True if a subject can hold the claim or diverge from it."""
        return self.kind not in NEVER_JUDGED


class _Loader(yaml_io.SafeLoader):  # type: ignore[misc,valid-type]
    """A YAML loader that rejects duplicate keys. The standard loader silently keeps the last one."""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Hashable, Any]:
    keys = [loader.construct_object(key) for key, _ in node.value]
    for key in keys:
        if keys.count(key) > 1:
            raise LedgerError(f"line {node.start_mark.line + 1}: duplicate key {key}")
    return dict(loader.construct_mapping(node, deep=True))


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


@cache
def claims() -> Mapping[str, Claim]:
    """Return all claims by id, in the order of the document.

    Raises:
        LedgerError: The ledger is invalid.
    """
    return _of(_ledger())


@cache
def areas() -> Mapping[str, str]:
    """Return the title of each area by its key, in the order of the document."""
    return {area: section["title"] for area, section in _ledger().items()}


def harm_of(claim: str) -> str:
    """Return one line about what happens to users if a claim is broken."""
    return claims()[claim].harm or str(_ledger()[claims()[claim].area]["harm"])


@cache
def defects() -> Sequence[Mapping[str, Any]]:
    """Return the known contradictions, gaps and impossible examples of the document, in order."""
    return list(yaml_io.load(DEFECTS.read_text(encoding="utf-8")))


def read(text: str) -> Mapping[str, Claim]:
    """Return the claims of the text of a ledger.

    Raises:
        LedgerError: The ledger is invalid. The message names the field and the problem.
    """
    return _of(_parsed(text))


@cache
def _ledger() -> Mapping[str, Any]:
    return {area: section for file in (LEDGER, SAFETY) for area, section in _parsed(file.read_text("utf-8")).items()}


def _of(ledger: Mapping[str, Any]) -> Mapping[str, Claim]:
    found: dict[str, Claim] = {}
    for area, section in ledger.items():
        for claim_id, entry in section["claims"].items():
            if claim_id in found:
                raise LedgerError(f"the claim {claim_id} is defined in two areas: {found[claim_id].area} and {area}")
            fields = {**entry, "decided_by": tuple(map(Part, entry["decided_by"].split()))}
            fields |= {key: tuple(entry.get(key, ())) for key in ("sentences", "needs")}
            fields["values"] = tuple((kind, one) for kind, many in entry.get("values", {}).items() for one in many)
            fields["kind_of_harm"] = Harm(section["kind_of_harm"]) if "kind_of_harm" in section else None
            found[claim_id] = Claim(claim_id, area, profile=section.get("profile", "core"), **fields)
    return found


def _parsed(text: str) -> dict[str, Any]:
    try:
        document = yaml.load(text, Loader=_Loader)  # noqa: S506 (derived from SafeLoader)
    except yaml.YAMLError as error:
        raise LedgerError(f"line {line_of(error)}: not YAML: {error}") from None
    if wrong := misfit(validator(SCHEMA), document):
        raise LedgerError(str(wrong))
    return dict(document)
