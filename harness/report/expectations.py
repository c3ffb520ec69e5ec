"""Read, apply and update the list of known divergences of a subject (an *expectations* file).

The list is strict in both directions. A listed divergence gets the verdict *known*. A listed claim that holds is
*fixed*: the run fails until the entry is removed. An entry has no effect if its scenarios did not run.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from harness.document.ledger import claims
from harness.document.verdict import Verdict
from harness.errors import UsageError
from harness.report.outcome import Outcome
from harness.system.schema import SchemaFile

FILE = SchemaFile(
    Path(__file__).with_name("expectations.schema.yaml"),
    named_by="expectations: ",
    if_unreadable="name a file, or leave them out",
    if_not_yaml="write a list of entries",
    if_misfit="see docs/gate-your-operator.md, Expectations",
)
UNEXPLAINED = "not explained yet"


@dataclass(frozen=True)
class Expectation:
    """One known divergence of a claim or of a scenario. An empty condition always applies."""

    reason: str
    claim: str = ""
    scenario: str = ""
    link: str = ""
    kopia: str = ""
    side: str = ""
    profile: str = ""

    @property
    def key(self) -> tuple[int, str]:
        """Return the sort key: claims in the order of the ledger, then scenarios by name."""
        return (list(claims()).index(self.claim), "") if self.claim else (len(claims()), self.scenario)

    def is_about(self, outcome: Outcome, kopia: str) -> bool:
        """Return True if this entry names the outcome and its conditions are met."""
        named = self.scenario == outcome.scenario if self.scenario else self.claim in outcome.claims
        profiles = {claims()[claim].profile for claim in outcome.claims}
        return (
            named
            and (not self.side or self.side in outcome.sides.split(","))
            and (not self.profile or self.profile in profiles)
            and (not self.kopia or _fits(kopia, self.kopia))
        )

    def __str__(self) -> str:
        return f"{self.claim or self.scenario} ({self.reason})"


@dataclass(frozen=True)
class Delta:
    """The difference between a run and the list: new divergences, fixed entries, and unchanged entries."""

    new: tuple[Outcome, ...]
    fixed: tuple[Expectation, ...]
    unchanged: tuple[Expectation, ...]


def load(file: Path) -> tuple[Expectation, ...]:
    """Return the entries of an expectations file.

    Raises:
        UsageError: The file cannot be read, or an entry is invalid. The message names the entry and its field.
    """
    found = [_expectation(entry) for entry in FILE.read(file, empty=[])]
    for entry in found:
        if entry.claim and entry.claim not in claims():
            raise UsageError(f"{file}: claim: {entry.claim} is not a claim; use an id of harness/document/claims.yaml")
        if entry.kopia and not _is_specifier(entry.kopia):
            raise UsageError(f"{file}: when.kopia: {entry.kopia!r}: write a version or a range, such as '>=0.22,<0.23'")
    return tuple(found)


def applied(expected: Iterable[Expectation], outcomes: Sequence[Outcome], kopia: str) -> list[Outcome]:
    """Return the outcomes, with the verdict ``known`` and the reason for each listed divergence.

    A divergence is listed if its scenario has an entry, or if each of its claims has one.
    """
    entries = list(expected)
    return [_known(entries, outcome, kopia) for outcome in outcomes]


def delta(expected: Sequence[Expectation], outcomes: Sequence[Outcome], kopia: str) -> Delta:
    """Return the difference between the list and the outcomes that ``applied`` returned."""
    new = tuple(outcome for outcome in outcomes if outcome.verdict == Verdict.FAIL and outcome.is_judged)
    about = {entry: [one for one in outcomes if entry.is_about(one, kopia)] for entry in expected}
    unchanged = tuple(
        one for one, asked in about.items() if any(out.verdict in (Verdict.FAIL, Verdict.KNOWN) for out in asked)
    )
    fixed = tuple(
        entry
        for entry, asked in about.items()
        if entry not in unchanged and asked and {one.verdict for one in asked} <= {Verdict.PASS, Verdict.SKIP}
        and any(one.verdict == Verdict.PASS for one in asked)
    )  # fmt: skip
    return Delta(new, fixed, unchanged)


def updated(file: Path, seen: Delta) -> str:
    """Return the new text of an expectations file.

    Fixed entries are removed and new divergences are added. Entries are sorted; comments and reasons are kept.

    Raises:
        UsageError: An entry does not begin with "- " at the start of a line.
    """
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    head, blocks = _blocks(text)
    entries = load(file) if blocks else ()
    if len(entries) != len(blocks):
        raise UsageError(f"{file}: cannot be updated: begin each entry with '- ' at the start of a line")
    kept = [(entry.key, block) for entry, block in zip(entries, blocks, strict=True) if entry not in seen.fixed]
    known = {entry.claim for entry in entries}
    new = {claim for outcome in seen.new for claim in outcome.claims if claims()[claim].is_judged} - known
    kept += [(_key(claim), f"- claim: {claim}\n  verdict: fail\n  reason: {UNEXPLAINED}\n") for claim in new]
    return head + "".join(block for _, block in sorted(kept, key=lambda pair: pair[0])) if kept else head + "[]\n"


def _key(claim: str) -> tuple[int, str]:
    return Expectation("", claim=claim).key


def _known(entries: Sequence[Expectation], outcome: Outcome, kopia: str) -> Outcome:
    if outcome.verdict != Verdict.FAIL:
        return outcome
    about = [entry for entry in entries if entry.is_about(outcome, kopia)]
    judged = {claim for claim in outcome.claims if claims()[claim].is_judged}
    by_scenario = any(entry.scenario for entry in about)
    if not about or not (by_scenario or judged <= {entry.claim for entry in about}):
        return outcome
    reasons = "; ".join(f"{one.reason}{f' ({one.link})' if one.link else ''}" for one in about)
    return replace(outcome, verdict=Verdict.KNOWN, message=f"known: {reasons}\n{outcome.message}")


def _expectation(entry: Any) -> Expectation:
    given = {key: value for key, value in entry.items() if key not in ("verdict", "when")}
    return Expectation(**given, **entry.get("when", {}))


def _blocks(text: str) -> tuple[str, list[str]]:
    """Return the text before the entries, and the text of each entry with the comments directly above it."""
    head: list[str] = []
    blocks: list[list[str]] = []
    comments: list[str] = []
    for line in text.splitlines(keepends=True):
        if line.startswith("- "):
            blocks.append([*comments, line])
            comments = []
        elif line.startswith("#"):
            comments.append(line)
        elif line.startswith(" ") and blocks:
            blocks[-1].extend([*comments, line])
            comments = []
        elif line.strip() != "[]":
            (blocks[-1] if blocks else head).extend([*comments, line])
            comments = []
    (blocks[-1] if blocks else head).extend(comments)
    return "".join(head), ["".join(block) for block in blocks]


def _is_specifier(text: str) -> bool:
    try:
        SpecifierSet(_specifier(text))
    except InvalidSpecifier:
        return False
    return True


def _specifier(text: str) -> str:
    return f"=={text}" if re.match(r"\d", text) else text


def _fits(version: str, specifier: str) -> bool:
    try:
        return Version(version) in SpecifierSet(_specifier(specifier))
    except InvalidVersion:
        return False
