"""Answer all questions of an audit, and list what there is to worry about."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from harness.audit.account import Account, Skipped, counted
from harness.audit.assignment import (
    Assignment,
    as_secrets_name_it,
    confirmed,
    contradicted,
    doubt,
    named_repositories,
    unknown_secrets,
)
from harness.audit.collisions import Collision, collisions, new_collisions
from harness.audit.comparison import Change, Explained, changes, explained, newer_under
from harness.audit.histories import Histories
from harness.audit.organisation import Declared, Organisation, Repository
from harness.audit.orphans import Orphan, OrphanFinder
from harness.audit.prediction import Outcome, Prediction, Predictor
from harness.audit.reach import Reach, reaching_beyond
from harness.audit.rules import BUILT_IN, Rule, alternatives
from harness.audit.upkeep import Clock, State, Upkeep, upkeep
from harness.document.verdict import ExitStatus
from harness.kopia.listing import ListedSnapshot
from harness.kopia.policies import Policies


class Worry(StrEnum):
    """What there may be to worry about; ``--fail-on`` takes these names."""

    COLLISION = "collision"
    SHARED_IDENTITY = "shared-identity"
    FOREIGN = "foreign"
    OTHER_PVC = "other-pvc"
    OTHER_HISTORY = "other-history"
    NOTHING_FOUND = "nothing-found"
    TOO_FEW = "too-few"
    REFUSED = "refused"
    POLICY = "policy"
    STALE = "stale"
    NEVER = "never"
    GAP = "gap"
    INCOMPLETE = "incomplete"
    ORPHAN = "orphan"
    MISMATCH = "mismatch"
    OPEN = "open"
    AMBIGUOUS = "ambiguous"
    UNREAD = "unread"


BY_DEFAULT = frozenset(
    {
        Worry.COLLISION,
        Worry.FOREIGN,
        Worry.OTHER_PVC,
        Worry.OTHER_HISTORY,
        Worry.NOTHING_FOUND,
        Worry.TOO_FEW,
        Worry.REFUSED,
        Worry.STALE,
        Worry.NEVER,
        Worry.MISMATCH,
    }
)
"""What an audit fails on if ``--fail-on`` is not given."""

UNKNOWN = frozenset({Worry.OPEN, Worry.AMBIGUOUS, Worry.UNREAD})
"""What makes an audit incomplete: without a failure, its exit status is that of an unknown result."""

OF_OUTCOME = {
    Outcome.FOREIGN: Worry.FOREIGN,
    Outcome.OTHER_PVC: Worry.OTHER_PVC,
    Outcome.OTHER_HISTORY: Worry.OTHER_HISTORY,
    Outcome.NOTHING_FOUND: Worry.NOTHING_FOUND,
    Outcome.TOO_FEW: Worry.TOO_FEW,
    Outcome.REFUSED: Worry.REFUSED,
    Outcome.OPEN: Worry.OPEN,
}
OF_STATE = {
    State.STALE: Worry.STALE,
    State.NEVER: Worry.NEVER,
    State.REFUSED: Worry.REFUSED,
    State.OPEN: Worry.OPEN,
}


@dataclass(frozen=True)
class Question:
    """What is audited.

    Attributes:
        organisation: The objects of all clusters.
        snapshots: The snapshots of the repository, or None if they are not known.
        clock: The instant of the audit.
        account: What was read.
        rule: The rule for identities, or None for the one that explains most.
        candidates: Rules of files: they may be the one that explains most, or explain why nothing is found.
        against: Another rule to compare with, or None.
        audited: The repository, or None if it is not known; then it is that of all Secrets, if they have one.
        successive: True if the clusters exist one after another.
        origin: Where the list of snapshots is from, in words.
        policies: The policies of the repository, or None if they are not known.
    """

    organisation: Organisation
    snapshots: Sequence[ListedSnapshot] | None
    clock: Clock
    account: Account = field(default_factory=Account)
    rule: Rule | None = None
    candidates: Sequence[Rule] = ()
    against: Rule | None = None
    audited: Repository | None = None
    successive: bool = False
    origin: str = ""
    policies: Policies | None = None

    @property
    def judged(self) -> Sequence[str]:
        """Return the clusters whose objects are judged: of those that follow one another, only the last."""
        clusters = self.organisation.clusters
        return clusters[-1:] if self.successive else clusters


@dataclass(frozen=True)
class Audit:
    """The answers.

    Attributes:
        question: What was audited.
        rule: The rule that was used.
        explained: How much each rule explains, the best one first; empty without a list of snapshots.
        histories: The histories of the repository, or None.
        predictions: What each destination would restore.
        sources: How the history of each source is kept.
        collisions: Sources that meet.
        orphans: Histories without a source.
        reaches: Policies that govern the histories of several tenants.
        changes: What the other rule changes.
        doubts: Why the answers may not be those of the audited repository, or of the operator.
        new_collisions: Sources that meet under the other rule only.
        as_good: Rules that explain as much as the one that was used, and give other answers; none if it was given.
    """

    question: Question
    rule: Rule
    explained: Sequence[Explained]
    histories: Histories | None
    predictions: Sequence[Prediction]
    sources: Sequence[Upkeep]
    collisions: Sequence[Collision]
    orphans: Sequence[Orphan]
    reaches: Sequence[Reach]
    changes: Sequence[Change]
    doubts: Sequence[Skipped] = ()
    new_collisions: Sequence[Collision] = ()
    as_good: Sequence[Rule] = ()

    def worries(self) -> Iterator[Worry]:
        """Yield what there is to worry about, once for each object or group."""
        yield from (OF_OUTCOME[one.outcome] for one in self.predictions if one.outcome in OF_OUTCOME)
        for one in self.sources:
            yield from [OF_STATE[one.state]] if one.state in OF_STATE else []
            yield from [Worry.GAP] if one.gaps else []
            yield from [Worry.INCOMPLETE] if one.ends_incomplete else []
        yield from (Worry.COLLISION if one.mixes else Worry.SHARED_IDENTITY for one in self.collisions)
        yield from (Worry.ORPHAN for _ in self.orphans)
        yield from (Worry.POLICY for _ in self.reaches)
        yield from (Worry.MISMATCH for one in self.changes if not one.is_kept)
        yield from (Worry.MISMATCH for _ in self.new_collisions)
        yield from (Worry.AMBIGUOUS for _ in self.question.organisation.unclear)
        yield from (Worry.UNREAD for one in self.skipped() if one.matters)

    def skipped(self) -> Sequence[Skipped]:
        """Return what was not used, and what may therefore be missing in the answers."""
        return [*self.question.account.skipped, *self.doubts]

    def status(self, fail_on: Collection[Worry] = BY_DEFAULT) -> ExitStatus:
        """Return the exit status: a worry that counts wins, then what is unknown."""
        found = set(self.worries())
        if found & set(fail_on):
            return ExitStatus.DIVERGES
        return ExitStatus.UNKNOWN if found & UNKNOWN else ExitStatus.CONFORMANT


def audit(question: Question) -> Audit:
    """Return the answers to all questions."""
    organisation = question.organisation
    histories = None if question.snapshots is None else Histories(question.snapshots)
    rules = [*([question.rule] if question.rule else []), *question.candidates]
    weighed = _weighed(question, histories, rules)
    rule = question.rule or (weighed[0].rule if weighed else next(iter(BUILT_IN.values())))
    named = named_repositories(organisation, rule)
    audited = as_secrets_name_it(question.audited, named)
    current = Assignment(organisation, rule, audited)
    other_rules = [one for one in (*question.candidates, *alternatives(rule)) if one.name != rule.name]
    others = [Assignment(organisation, one, audited) for one in other_rules]
    predictions = Predictor(current, histories, others, successive=question.successive).all()
    policies = question.policies or Policies()
    met = collisions(current, histories, successive=question.successive)
    changed: Sequence[Change] = ()
    met_then: Sequence[Collision] = ()
    if question.against:
        other = Assignment(organisation, question.against, audited)
        then = Predictor(other, histories, successive=question.successive).all()
        changed = changes(current, other, histories, predictions, then, successive=question.successive)
        met_then = new_collisions(met, collisions(other, histories, successive=question.successive))
    judged = question.judged
    as_good = [] if question.rule else _as_good(current, weighed)
    of_rule = _doubts_of_rule(current, question, others, as_good, predictions, histories)
    return Audit(
        question,
        rule,
        weighed,
        histories,
        [one for one in predictions if one.destination.cluster in judged],
        [one for one in upkeep(current, histories, question.clock, policies) if one.source.cluster in judged],
        met,
        OrphanFinder(current, histories, others, question.judged).all() if histories else (),
        reaching_beyond(current, histories, policies) if histories else (),
        [one for one in changed if one.one.cluster in judged],
        [*_doubts(current, named, histories), *of_rule],
        met_then,
        [one.rule for one in as_good],
    )


def _doubts(current: Assignment, named: Sequence[Repository], histories: Histories | None) -> list[Skipped]:
    """Return why the answers may not be those of the audited repository, or of the operator."""
    found = []
    if histories is not None and not histories.snapshots:
        why = "the list has no snapshot: check the prefix, and save a list with --all"
        found.append(Skipped("snapshots", why, matters=True))
    if histories is not None and (why := doubt(current, named)):
        found.append(Skipped("--repository", why, matters=True))
    unknown = unknown_secrets(current)
    if len({one.rpartition("/")[2] for one in unknown}) > 1:
        why = (
            f"{len(unknown)} Secrets, such as {unknown[0]}, are not in the manifests, or have no URL in clear text: "
            "their users count as users of this repository; a Secret with nothing but its URL tells them apart"
        )
        found.append(Skipped("Secrets", why, matters=False))
    if against := contradicted(current):
        one, number = against[0], len(against)
        others = f" ({number} such objects)" if number > 1 else ""
        why = (
            f"the status of {one.ref} says that the operator requested {one.told}, and the rule makes "
            f"{current.asked[one].identity} of it{others}; name the rule of your operator, or describe it in a file"
        )
        # A few may only have changed since they were restored last.
        found.append(Skipped("--rules", why, matters=number > len(confirmed(current))))
    return found


def _doubts_of_rule(
    current: Assignment,
    question: Question,
    others: Sequence[Assignment],
    as_good: Sequence[Assignment],
    predictions: Sequence[Prediction],
    histories: Histories | None,
) -> list[Skipped]:
    """Return why the rule that was chosen may not be that of the operator."""
    if question.rule or histories is None:
        return []
    for other in as_good:
        then = Predictor(other, histories, successive=question.successive).all()
        differ = [
            one.destination
            for one, two in zip(predictions, then, strict=True)
            if one.destination.cluster in question.judged and (one.outcome, one.snapshot) != (two.outcome, two.snapshot)
        ]
        if differ:
            why = (
                f"{current.rule.name} and {other.rule.name} explain as much, and {_such(differ, 'destination')} would "
                f"restore something else: say which one your operator follows (--rules NAME)"
            )
            return [Skipped("--rules", why, matters=True)]
    for other in others:
        newer = newer_under(current, other, histories)
        if newer:
            why = (
                f"the newest snapshots of {_such(newer, 'source')} follow the rule {other.rule.name} and not "
                f"{current.rule.name}: if your operator has changed, give --rules {other.rule.name}"
            )
            return [Skipped("--rules", why, matters=True)]
    return []


def _such(found: Sequence[Declared], what: str) -> str:
    return f"{counted(len(found), what)} (such as {found[0].ref})"


def _as_good(current: Assignment, weighed: Sequence[Explained]) -> list[Assignment]:
    """Return the objects under each rule that explains as much as the best one and assigns something else to one."""
    found: list[Assignment] = []
    for rule in [one.rule for one in weighed[1:] if one.explains_as_much_as(weighed[0])]:
        other = Assignment(current.organisation, rule, current.audited)
        if other.asked not in [known.asked for known in (current, *found)]:
            found.append(other)
    return found


def _weighed(question: Question, histories: Histories | None, rules: Sequence[Rule]) -> Sequence[Explained]:
    if histories is None:
        return ()
    named = {rule.name for rule in rules}
    others = [rule for rule in BUILT_IN.values() if rule.name not in named]
    return explained(question.organisation, histories, [*rules, *others])
