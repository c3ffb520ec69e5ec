"""Group divergences by their cause, and tie each blocked scenario to the claim that blocks it.

A scenario whose precondition fails proves nothing about its own claims. It is *blocked* by the broken claim that the
precondition depends on. Divergences with the same cause become one entry of the report.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from harness.document.harms import Harm
from harness.document.ledger import claims, harm_of
from harness.document.verdict import Verdict
from harness.report.outcome import Evidence, Outcome

_BASE = ("BA_3", "BA_1", "OV_5", "BA_2", "BA_4")
_OF_BACKUPS = ("VA_V", "VR_1", "VR_2", "UN_1", "HN_1", "SR_7", "TR_5", "RP_8")
_OF_RESTORES = ("RD_4", "RD_2", "SI_1", "RP_2", "RP_3", "RP_7", "RP_9", "DI_1", "IS_3")
_OF_SECRETS = ("LO_21", "LO_1")
RANK = (*_BASE, *_OF_BACKUPS, *_OF_RESTORES, *_OF_SECRETS)
"""Claims that other claims depend on, the most basic one first. A claim can only block claims that come after it."""

CHARGED = " (precondition)"
"""The suffix in the scenario name of an outcome that ``resolved`` adds for a root claim."""


@dataclass(frozen=True)
class Also:
    """A further claim that a cause breaks, with what its own first scenario showed.

    Attributes:
        claim: The claim.
        evidence: What was expected and observed.
        scenario: The scenario.
    """

    claim: str
    evidence: Evidence | None
    scenario: str


@dataclass(frozen=True)
class Cause:
    """One cause of divergences, with its evidence and its consequences.

    Attributes:
        cause: What is wrong, in a few words.
        claims: The claims that diverge because of it, in the order of the document.
        harm: What happens to users.
        evidence: What was expected and observed in the first scenario that diverged.
        scenarios: All scenarios that diverged because of it.
        blocks: The claims that are blocked by it.
        also: The claims beside that of the first scenario. What looks like one cause may be several bugs.
    """

    cause: str
    claims: tuple[str, ...]
    harm: str
    evidence: Evidence | None
    scenarios: tuple[str, ...]
    blocks: tuple[str, ...]
    also: tuple[Also, ...] = ()


def resolved(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Return the outcomes, and name in the ``root`` of each blocked outcome the claim that blocks it.

    The evidence of a failed precondition has root claims: the claims of which one must be broken. There are two cases:

    * A root claim diverges in one of its own scenarios. That claim blocks the outcome, and an outcome with the
      verdict ``fail`` becomes ``blocked``.
    * No root claim diverges in one of its own scenarios. Then the blocked outcome is the only evidence against its
      roots, and a failed outcome for one of them is added.
    """
    by_subject: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        by_subject.setdefault(outcome.subject, []).append(outcome)
    return [outcome for group in by_subject.values() for outcome in _resolved(group)]


def causes(outcomes: Sequence[Outcome]) -> list[Cause]:
    """Return the causes of all divergences: those of the profile ``safety`` first, the worst harm first.

    The others follow, the cause that breaks the most basic claim first.
    """
    groups: dict[str, list[Outcome]] = {}
    for outcome in sorted(outcomes, key=_order):
        if outcome.verdict == Verdict.FAIL and outcome.is_judged:
            groups.setdefault(outcome.evidence.cause if outcome.evidence else outcome.message, []).append(outcome)
    blocked = [outcome for outcome in outcomes if outcome.verdict == Verdict.BLOCKED]
    return [_cause(cause, group, blocked) for cause, group in groups.items()]


def in_order(names: Sequence[str]) -> tuple[str, ...]:
    """Return the ids of claims without duplicates, in the order of the document."""
    order = list(claims())
    return tuple(sorted(set(names), key=order.index))


def accounts(evidence: Evidence) -> Mapping[str, str]:
    """Return what each oracle showed, the diverging oracle first."""
    return {evidence.oracle: evidence.seen, **evidence.others}


def _cause(cause: str, group: Sequence[Outcome], blocked: Sequence[Outcome]) -> Cause:
    broken = in_order([claim for one in group for claim in one.claims if claims()[claim].is_judged])
    blocks = [claim for one in blocked if one.root in broken for claim in one.claims if claim not in broken]
    first = group[0]
    scenarios = tuple(one.scenario for one in group)
    shown = {claim: one for one in reversed(group) for claim in one.claims if claim in broken}
    also = tuple(
        Also(claim, shown[claim].evidence, shown[claim].scenario) for claim in broken if claim not in first.claims
    )
    return Cause(cause, broken, harm_of(broken[0]), first.evidence, scenarios, in_order(blocks), also)


def _resolved(outcomes: Sequence[Outcome]) -> list[Outcome]:
    held = {claim for one in outcomes if one.verdict == Verdict.PASS for claim in one.claims}
    broken: dict[str, int] = {}
    for one in outcomes:
        for claim in one.claims if one.verdict in (Verdict.FAIL, Verdict.KNOWN) else ():
            broken[claim] = broken.get(claim, 0) + 1
    found: list[Outcome] = []
    charged: dict[str, Outcome] = {}
    for one in sorted(outcomes, key=_rank):
        roots = one.evidence.roots if one.evidence else ()
        root = next((root for root in _basic_first(roots) if broken.get(root) and _may_block(root, one)), "")
        if one.verdict == Verdict.FAIL and root:
            for claim in one.claims:
                broken[claim] -= 1
            one = replace(one, verdict=Verdict.BLOCKED, root=root)
        elif one.verdict == Verdict.BLOCKED and not root and roots:
            root = next((root for root in roots if root not in held), roots[-1])
            if one.is_judged:
                charged.setdefault(root, _charge(one, root))
        found.append(replace(one, root=root) if one.verdict == Verdict.BLOCKED else one)
    return [*found, *charged.values()]


def _charge(outcome: Outcome, root: str) -> Outcome:
    """Return a failed outcome of ``root``, with the blocked outcome of another claim as evidence."""
    return replace(
        outcome, scenario=f"{outcome.scenario}{CHARGED}", claims=(root,), verdict=Verdict.FAIL, seconds=0.0,
        kopia_s=0.0, operations=0, mover_s=0.0, operator_s=0.0, findings=(), syncs=(), root="",
    )  # fmt: skip


def _basic_first(roots: Sequence[str]) -> list[str]:
    return sorted(roots, key=RANK.index)


def _may_block(root: str, outcome: Outcome) -> bool:
    return root not in outcome.claims and RANK.index(root) < _rank(outcome)


def _order(outcome: Outcome) -> tuple[int, int, int, str]:
    """Return the sort key: safety claims first, by harm; then base claims; then the order of the document."""
    order, harms = list(claims()), list(Harm)
    kinds = [kind for claim in outcome.claims if (kind := claims()[claim].kind_of_harm)]
    harm = min(map(harms.index, kinds), default=len(harms))
    basic = min((_BASE.index(claim) for claim in outcome.claims if claim in _BASE), default=len(_BASE))
    return harm, basic, min(map(order.index, outcome.claims), default=len(order)), outcome.scenario


def _rank(outcome: Outcome) -> int:
    return min((RANK.index(claim) for claim in outcome.claims if claim in RANK), default=len(RANK))
