"""From outcomes of scenarios to verdicts of claims, areas, mutants, and the exit status.

A proven divergence wins over everything else; after it comes what is unknown, then what was not reached:
what could not be asked is never counted as held.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from harness.mutants import MUTANTS
from harness.report.outcome import Outcome, Verdict
from harness.spec.ledger import areas, claims

COLUMNS: tuple[Verdict, ...] = ("pass", "fail", "blocked", "known", "error", "skip", "finding")
WORST_FIRST: tuple[Verdict, ...] = ("fail", "error", "known", "blocked", "finding", "pass", "skip")

CONFORMANT, DIVERGES, INTERRUPTED, UNKNOWN, WRONG_USE, NOTHING = 0, 1, 2, 3, 4, 5


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
    return min(verdicts, key=WORST_FIRST.index, default="skip")


def of_phases(before: Verdict, after: Verdict) -> Verdict:
    """The verdict of one scenario from its phases: one that was skipped is no pass, whichever phases passed."""
    return worst([one for one in (before, after) if one != "pass"]) if {before, after} != {"pass"} else "pass"


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
    return "finding" if verdict in ("pass", "fail") and not claims()[claim].is_judged else verdict


def by_area(outcomes: Sequence[Outcome]) -> list[AreaCount]:
    """One line an area of the document that was asked about."""
    verdicts = by_claim(outcomes)
    counts = []
    for area, title in areas().items():
        of_area = [verdict for claim, verdict in verdicts.items() if claims()[claim].area == area]
        if of_area:
            counts.append(AreaCount(title, *(of_area.count(one) for one in COLUMNS)))
    return counts


def by_mutant(outcomes: Sequence[Outcome]) -> list[MutantResult]:
    """What was proven about each mutant that ran.

    A mutant is proven when each claim named for it fails, and each declared unrelated holds.
    """
    return [_mutant_result(name, outcomes) for name in MUTANTS if any(_is_of(name, outcome) for outcome in outcomes)]


def exit_status(outcomes: Sequence[Outcome], proof: bool) -> int:
    """pytest's number for what the outcomes say."""
    unknown = any(outcome.verdict == "error" for outcome in outcomes)
    if proof:
        proven = all(result.proven for result in by_mutant(outcomes))
        return UNKNOWN if unknown else CONFORMANT if proven else DIVERGES
    if any(outcome.verdict == "fail" and outcome.is_judged for outcome in outcomes):
        return DIVERGES
    if unknown:
        return UNKNOWN
    # A gate must not turn green where nothing was asked.
    asked_nothing = outcomes and all(outcome.verdict in ("skip", "blocked") for outcome in outcomes)
    return NOTHING if asked_nothing else CONFORMANT


def _mutant_result(name: str, outcomes: Sequence[Outcome]) -> MutantResult:
    mutant = MUTANTS[name]
    verdicts = by_claim([outcome for outcome in outcomes if _is_of(name, outcome)])
    asked = [claim for claim in verdicts if claim in mutant.must_fail]
    return MutantResult(
        name,
        killed_by=tuple(claim for claim in asked if verdicts[claim] == "fail"),
        survived=tuple(claim for claim in asked if verdicts[claim] in ("pass", "skip", "blocked")),
        collateral=tuple(claim for claim in mutant.unrelated if verdicts.get(claim) == "fail"),
        unknown=tuple(claim for claim, verdict in verdicts.items() if verdict == "error"),
    )


def _is_of(name: str, outcome: Outcome) -> bool:
    return outcome.subject == f"mutant:{name}"
