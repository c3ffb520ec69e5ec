"""From outcomes of scenarios to verdicts of claims, areas, mutants, and the exit status.

A proven divergence wins over everything else; after it comes what is unknown, then what was not reached:
what could not be asked is never counted as held.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from harness.document.ledger import areas, claims
from harness.document.verdict import WORST_FIRST, ExitStatus, Verdict
from harness.report.outcome import Outcome


@dataclass(frozen=True)
class AreaCount:
    """How many claims of an area ended in each verdict."""

    title: str
    held: int
    diverged: int
    blocked: int
    known: int
    unknown: int
    skipped: int
    findings: int


@dataclass(frozen=True)
class Prediction:
    """What was written down of a mutant before it ran: claims that must fail, and claims that must not."""

    must_fail: frozenset[str]
    unrelated: frozenset[str]


@dataclass(frozen=True)
class MutantResult:
    """What a mutant's run showed: claims that should have failed and did not, and the reverse."""

    name: str
    killed_by: tuple[str, ...]
    survived: tuple[str, ...]
    collateral: tuple[str, ...]
    unknown: tuple[str, ...]

    @property
    def proven(self) -> bool:
        """Whether every claim answered as it was written down."""
        return not (self.survived or self.collateral or self.unknown)


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The one that counts among several; ``skip`` only where nothing else is there."""
    return min(verdicts, key=WORST_FIRST.index, default=Verdict.SKIP)


def of_phases(before: Verdict, after: Verdict) -> Verdict:
    """The verdict of one scenario from its phases: one that was skipped is no pass, whichever phases passed."""
    return (
        worst([one for one in (before, after) if one != Verdict.PASS])
        if {before, after} != {Verdict.PASS}
        else Verdict.PASS
    )


def by_claim(outcomes: Sequence[Outcome]) -> Mapping[str, Verdict]:
    """The verdict of each claim that had a scenario in this run, in the order of the document."""
    found: dict[str, list[Verdict]] = {}
    for outcome in outcomes:
        for claim in outcome.claims:
            found.setdefault(claim, []).append(outcome.verdict)
    return {claim: _verdict(claim, found[claim]) for claim in claims() if claim in found}


def _verdict(claim: str, seen: Sequence[Verdict]) -> Verdict:
    """A promise neither holds nor diverges: whatever its scenarios showed is a finding."""
    verdict = worst(seen)
    return Verdict.FINDING if verdict in (Verdict.PASS, Verdict.FAIL) and not claims()[claim].is_judged else verdict


def by_area(outcomes: Sequence[Outcome]) -> list[AreaCount]:
    """One line an area of the document that was asked about."""
    verdicts = by_claim(outcomes)
    counts = []
    for area, title in areas().items():
        of_area = [verdict for claim, verdict in verdicts.items() if claims()[claim].area == area]
        if of_area:
            counts.append(AreaCount(title, *(of_area.count(one) for one in Verdict)))
    return counts


def by_mutant(outcomes: Sequence[Outcome], predictions: Mapping[str, Prediction]) -> list[MutantResult]:
    """Return what was proven about each mutant that ran.

    A mutant is proven when each claim named for it fails, and each declared unrelated holds.
    """
    return [
        _mutant_result(name, prediction, outcomes)
        for name, prediction in predictions.items()
        if any(_is_of(name, outcome) for outcome in outcomes)
    ]


def exit_status(outcomes: Sequence[Outcome]) -> ExitStatus:
    """Return the exit status of a run of one subject."""
    if any(outcome.verdict is Verdict.FAIL and outcome.is_judged for outcome in outcomes):
        return ExitStatus.DIVERGES
    if any(outcome.verdict is Verdict.ERROR for outcome in outcomes):
        return ExitStatus.UNKNOWN
    # A gate must not turn green where nothing was asked.
    asked_nothing = outcomes and all(outcome.verdict in (Verdict.SKIP, Verdict.BLOCKED) for outcome in outcomes)
    return ExitStatus.NOTHING if asked_nothing else ExitStatus.CONFORMANT


def exit_status_of_proof(outcomes: Sequence[Outcome], predictions: Mapping[str, Prediction]) -> ExitStatus:
    """Return the exit status of a run of mutants: it is 0 where each is proven."""
    if any(outcome.verdict is Verdict.ERROR for outcome in outcomes):
        return ExitStatus.UNKNOWN
    proven = all(result.proven for result in by_mutant(outcomes, predictions))
    return ExitStatus.CONFORMANT if proven else ExitStatus.DIVERGES


def _mutant_result(name: str, prediction: Prediction, outcomes: Sequence[Outcome]) -> MutantResult:
    verdicts = by_claim([outcome for outcome in outcomes if _is_of(name, outcome)])
    asked = [claim for claim in verdicts if claim in prediction.must_fail]
    return MutantResult(
        name,
        killed_by=tuple(claim for claim in asked if verdicts[claim] == Verdict.FAIL),
        survived=tuple(claim for claim in asked if verdicts[claim] in (Verdict.PASS, Verdict.SKIP, Verdict.BLOCKED)),
        collateral=tuple(claim for claim in prediction.unrelated if verdicts.get(claim) == Verdict.FAIL),
        unknown=tuple(claim for claim, verdict in verdicts.items() if verdict == Verdict.ERROR),
    )


def _is_of(name: str, outcome: Outcome) -> bool:
    return outcome.subject == f"mutant:{name}"
