"""How one run of one scenario ended, with what was said, done and seen in it.

Outcomes travel from workers to the controller as plain values: ``as_facts`` and ``of_facts``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec

from harness.document.ledger import claims
from harness.document.verdict import Verdict
from harness.errors import HarnessError
from harness.model import Finding

StepOutcome = Literal["passed", "failed", "not run"]


@dataclass(frozen=True)
class StepRecord:
    """One step of a scenario as it is written, with how it ended; ``table`` holds its rows of cells."""

    keyword: str
    text: str
    table: tuple[tuple[str, ...], ...] = ()
    outcome: StepOutcome = "not run"


@dataclass(frozen=True)
class Story:
    """A scenario as text: where it stands, under which rule, and its steps."""

    feature: str
    rule: str
    title: str
    file: str
    line: int
    steps: tuple[StepRecord, ...]


@dataclass(frozen=True)
class Evidence:
    """Who disagrees with whom: what the document expects, what was seen by which account, and what the others say.

    ``cause`` is the same for every scenario that meets the same thing; ``part`` is the part of the subject that
    decided, "" where the record does not show it; ``roots`` are the claims one of which is broken where this
    is about something that a scenario stands on.
    """

    what: str
    expected: str
    seen: str
    oracle: str
    detail: str = ""
    others: dict[str, str] = field(default_factory=dict)
    cause: str = ""
    part: str = ""
    roots: tuple[str, ...] = ()


@dataclass(frozen=True)
class SyncRecord:
    """One sync as a report shows it: the object, whom it asked for, how it ended, and its snapshots by id."""

    object: str
    username: str
    hostname: str
    result: str
    snapshots: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """How one run of one scenario ended.

    ``message`` says in full why it did not pass; ``evidence`` is the same as fields, for a
    divergence.  ``kopia_s`` is the time spent inside kopia; ``commands`` are its last calls, redacted,
    where the scenario did not pass.  ``operations`` are the jobs that the mover ran, in ``mover_s``; an operator on
    an API took ``operator_s`` to answer.
    ``root`` is the claim that blocks it.
    """

    scenario: str
    claims: tuple[str, ...]
    subject: str
    sides: str
    verdict: Verdict
    message: str
    seconds: float
    kopia_s: float
    findings: tuple[Finding, ...] = ()
    story: Story | None = None
    evidence: Evidence | None = None
    syncs: tuple[SyncRecord, ...] = ()
    commands: tuple[str, ...] = ()
    operations: int = 0
    mover_s: float = 0.0
    operator_s: float = 0.0
    root: str = ""

    @property
    def is_judged(self) -> bool:
        """Whether any of its claims can hold or diverge: what only promises or advises ends in findings."""
        return not self.claims or any(claims()[claim].is_judged for claim in self.claims)

    def as_facts(self) -> dict[str, Any]:
        """Return plain values, for another process or a file."""
        facts: dict[str, Any] = msgspec.to_builtins(self)
        return facts

    @staticmethod
    def of_facts(facts: Mapping[str, Any]) -> Outcome:
        """Return the outcome of plain values; HarnessError names the field that is missing or of another type."""
        try:
            return msgspec.convert(facts, Outcome)
        except msgspec.ValidationError as error:
            raise HarnessError(f"an outcome of a worker cannot be read: {error}") from None
