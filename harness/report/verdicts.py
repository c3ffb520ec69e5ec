"""Derive the verdicts of claims, areas and mutants, and the exit status, from the outcomes of scenarios.

The most severe verdict wins: first a divergence, then unknown, known, blocked (see ``WORST_FIRST``). A claim that was
not tested never counts as held.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from harness.document.ledger import areas, claims
from harness.document.verdict import WORST_FIRST, ExitStatus, Verdict
from harness.report.outcome import Outcome


@dataclass(frozen=True)
class AreaCount:
    """The number of claims of one area for each verdict."""

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
    """The declaration of a mutant: the claims that must fail on it, and unrelated claims that must not fail."""

    must_fail: frozenset[str]
    unrelated: frozenset[str]


@dataclass(frozen=True)
class MutantResult:
    """The result of a mutant.

    Attributes:
        name: The name of the mutant.
        killed_by: Predicted claims that failed.
        survived: Predicted claims that did not fail.
        collateral: Claims that failed although the prediction calls them unrelated.
        unknown: Claims with an unknown verdict.
    """

    name: str
    killed_by: tuple[str, ...]
    survived: tuple[str, ...]
    collateral: tuple[str, ...]
    unknown: tuple[str, ...]

    @property
    def proven(self) -> bool:
        """Return True if every claim ended as predicted."""
        return not (self.survived or self.collateral or self.unknown)

    @property
    def is_tested(self) -> bool:
        """Return True if a claim that the mutant must fail was run."""
        return bool(self.killed_by or self.survived)


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the most severe verdict, or ``skip`` if there is none."""
    return min(verdicts, key=WORST_FIRST.index, default=Verdict.SKIP)


def of_phases(before: Verdict, after: Verdict) -> Verdict:
    """Combine the verdicts of two phases of pytest (setup, call, teardown). Pass requires that both passed."""
    return (
        worst([one for one in (before, after) if one != Verdict.PASS])
        if {before, after} != {Verdict.PASS}
        else Verdict.PASS
    )


def by_claim(outcomes: Sequence[Outcome]) -> Mapping[str, Verdict]:
    """Return the verdict of each claim that has a scenario in this run, in the order of the document."""
    found: dict[str, list[Verdict]] = {}
    for outcome in outcomes:
        for claim in outcome.claims:
            found.setdefault(claim, []).append(outcome.verdict)
    return {claim: _verdict(claim, found[claim]) for claim in claims() if claim in found}


def _verdict(claim: str, seen: Sequence[Verdict]) -> Verdict:
    """Return the verdict of a claim. For a promise, pass and fail both become ``finding``."""
    verdict = worst(seen)
    return Verdict.FINDING if verdict in (Verdict.PASS, Verdict.FAIL) and not claims()[claim].is_judged else verdict


def by_area(outcomes: Sequence[Outcome]) -> list[AreaCount]:
    """Return the counts of each area of the document that has a claim in this run."""
    verdicts = by_claim(outcomes)
    counts = []
    for area, title in areas().items():
        of_area = [verdict for claim, verdict in verdicts.items() if claims()[claim].area == area]
        if of_area:
            counts.append(AreaCount(title, *(of_area.count(one) for one in Verdict)))
    return counts


def by_mutant(outcomes: Sequence[Outcome], predictions: Mapping[str, Prediction]) -> list[MutantResult]:
    """Return the result of each mutant that ran."""
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
    # A gate must not turn green if nothing was tested.
    tested_nothing = outcomes and all(outcome.verdict in (Verdict.SKIP, Verdict.BLOCKED) for outcome in outcomes)
    return ExitStatus.NOTHING if tested_nothing else ExitStatus.CONFORMANT


def exit_status_of_proof(outcomes: Sequence[Outcome], predictions: Mapping[str, Prediction]) -> ExitStatus:
    """Return the exit status of a run of mutants: 0 if every claim ended as predicted, 5 if no such claim was run."""
    if any(outcome.verdict is Verdict.ERROR for outcome in outcomes):
        return ExitStatus.UNKNOWN
    results = by_mutant(outcomes, predictions)
    if not all(result.proven for result in results):
        return ExitStatus.DIVERGES
    tested = not results or any(result.is_tested for result in results)
    return ExitStatus.CONFORMANT if tested else ExitStatus.NOTHING


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
