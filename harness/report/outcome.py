"""The outcome of one scenario: its verdict, steps, evidence, findings and syncs.

Workers send outcomes to the pytest controller as plain values: see ``as_facts`` and ``of_facts``.
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
    """One step of a scenario: its text, its table as rows of cells, and whether it passed."""

    keyword: str
    text: str
    table: tuple[tuple[str, ...], ...] = ()
    outcome: StepOutcome = "not run"


@dataclass(frozen=True)
class Story:
    """The text of a scenario: its feature, file, line, rule, title and steps."""

    feature: str
    rule: str
    title: str
    file: str
    line: int
    steps: tuple[StepRecord, ...]


@dataclass(frozen=True)
class Evidence:
    """The evidence for a divergence: what was expected, and what was observed.

    Attributes:
        what: The property that was checked.
        expected: What the document says about it.
        seen: What was observed instead.
        oracle: Where that was observed, such as "repository" or "operator's status".
        detail: Further text, such as the log of the mover.
        others: The observations of other oracles, by their names.
        cause: What is wrong, in a few words. It is the same for every scenario with the same cause.
        part: The part of the subject that decided, or "" if the record does not show it.
        roots: If a precondition failed: the claims of which one is broken. Otherwise empty.
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
    """One sync: the object, the identity that its Job requested, its result, and the ids of its snapshots."""

    object: str
    username: str
    hostname: str
    result: str
    snapshots: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """The outcome of one scenario.

    Attributes:
        scenario: The node id of pytest.
        claims: The claims that the scenario tests and that the subject decides.
        subject: The name of the subject.
        sides: The variants of the document that were tested, separated by commas.
        verdict: How the scenario ended.
        message: Why it did not pass, in full.
        seconds: The duration of the scenario.
        kopia_s: The time inside kopia processes of the harness.
        findings: The findings about promises.
        story: The text of the scenario.
        evidence: The fields of a divergence.
        syncs: What was synced.
        commands: The last kopia commands, redacted, if the scenario did not pass.
        operations: The number of Jobs that the mover ran.
        mover_s: The time inside the mover.
        operator_s: The time in which an operator on a Kubernetes API had to answer.
        root: The claim that blocks the scenario, or "".
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
        """Return True if one of its claims can hold or diverge. Promises and advice only have findings."""
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
