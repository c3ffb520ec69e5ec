"""The ledger of claims: every promise of the document, with its id.

Read once from claims.yaml beside this module; no scenario and no subject can change it.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from harness.document.parts import Part
from harness.system import yaml_io

DEFECTS = Path(__file__).with_name("defects.yaml")
LEDGER = Path(__file__).with_name("claims.yaml")
SCHEMA = Path(__file__).with_name("claims.schema.yaml")

Kind = Literal["rule", "example", "kopia", "promise", "advice"]

NEVER_JUDGED: tuple[Kind, ...] = ("promise", "advice")
"""Kinds that end in a finding: they neither hold nor diverge for any subject."""


class LedgerError(Exception):
    """The ledger itself is wrong: an error of the suite."""


@dataclass(frozen=True)
class Claim:
    """One promise: where it stands, who decides it, and what it says in our own words.

    ``side`` is the variant of a contradiction that makes it ("" for both); ``sentences`` are the
    fingerprints of what it was read from and ``values`` the (kind, fingerprint) of each literal that it
    asserts (``harness.document.fingerprints``); ``needs`` are capabilities that a subject may declare it lacks.
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

    @property
    def is_judged(self) -> bool:
        """Whether a subject can hold it or diverge from it."""
        return self.kind not in NEVER_JUDGED


class _Loader(yaml_io.SafeLoader):  # type: ignore[misc,valid-type]
    """YAML that refuses a key given twice, which the standard would overwrite without a word."""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Hashable, Any]:
    keys = [loader.construct_object(key) for key, _ in node.value]
    for key in keys:
        if keys.count(key) > 1:
            raise LedgerError(f"line {node.start_mark.line + 1}: {key} is given twice")
    return dict(loader.construct_mapping(node, deep=True))


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


@cache
def claims() -> Mapping[str, Claim]:
    """All claims by id, in the order of the document; LedgerError where the ledger is wrong."""
    return _of(_ledger())


@cache
def areas() -> Mapping[str, str]:
    """Area -> title of its section in the document, in the order of the document."""
    return {area: section["title"] for area, section in _ledger().items()}


def harm_of(claim: str) -> str:
    """Return in one line what happens to users where a claim is broken."""
    return str(_ledger()[claims()[claim].area]["harm"])


@cache
def defects() -> Sequence[Mapping[str, Any]]:
    """The known contradictions, gaps and impossible examples of the document, in order."""
    return list(yaml_io.load(DEFECTS.read_text(encoding="utf-8")))


def read(text: str) -> Mapping[str, Claim]:
    """The claims of a ledger; LedgerError names what is wrong and where."""
    return _of(_parsed(text))


@cache
def _ledger() -> Mapping[str, Any]:
    return _parsed(LEDGER.read_text(encoding="utf-8"))


def _of(ledger: Mapping[str, Any]) -> Mapping[str, Claim]:
    found: dict[str, Claim] = {}
    for area, section in ledger.items():
        for claim_id, entry in section["claims"].items():
            if claim_id in found:
                raise LedgerError(f"the claim {claim_id} is in {found[claim_id].area} and in {area}")
            fields = {**entry, "decided_by": tuple(map(Part, entry["decided_by"].split()))}
            fields |= {key: tuple(entry.get(key, ())) for key in ("sentences", "needs")}
            fields["values"] = tuple((kind, one) for kind, many in entry.get("values", {}).items() for one in many)
            found[claim_id] = Claim(claim_id, area, profile=section.get("profile", "core"), **fields)
    return found


def _parsed(text: str) -> dict[str, Any]:
    try:
        document = yaml.load(text, Loader=_Loader)  # noqa: S506 (derived from SafeLoader)
    except yaml.YAMLError as error:
        raise LedgerError(f"not YAML: {error}") from None
    schema = yaml_io.load(SCHEMA.read_text(encoding="utf-8"))
    wrong = best_match(Draft202012Validator(schema).iter_errors(document))
    if wrong is not None:
        raise LedgerError(f"{'.'.join(str(step) for step in wrong.absolute_path) or 'top level'}: {wrong.message}")
    return dict(document)
