"""Compare two rules: what matches after a change of the rule, and the overrides that keep the history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from harness.audit.assignment import Assignment, confirmed
from harness.audit.histories import Histories, History
from harness.audit.organisation import Declared, Organisation
from harness.audit.prediction import Outcome, Prediction, Predictor
from harness.audit.remedies import reaching
from harness.audit.rules import Asked, Rule
from harness.volsync import overrides
from harness.volsync.fields import kopia_spec
from harness.volsync.kinds import is_source
from harness.volsync.specs import destination_spec

STRANGE = (Outcome.FOREIGN, Outcome.OTHER_PVC, Outcome.OTHER_HISTORY)


@dataclass(frozen=True)
class Change:
    """What another rule means for one object.

    Attributes:
        one: The source or destination.
        before: Its identity and path under the current rule, or None if it is refused.
        after: Those under the other rule, or None.
        snapshots: The number of snapshots that it has, or would restore from, under the current rule.
        is_kept: True if the other rule reaches the same history, or if there is none to lose and it reaches nothing
            of another tenant.
        why: Why it is not kept, or "".
        override: A patch that keeps the history under the other rule; empty if none is needed or none does.
        follows_source: True if the override of the source that a destination names keeps its history, too.
    """

    one: Declared
    before: Asked | None
    after: Asked | None
    snapshots: int
    is_kept: bool
    why: str
    override: Mapping[str, Any]
    follows_source: bool = False


def changes(
    current: Assignment,
    other: Assignment,
    histories: Histories | None,
    now: Sequence[Prediction] = (),
    then: Sequence[Prediction] = (),
    *,
    successive: bool,
) -> list[Change]:
    """Return the change of each object that another rule affects, those that lose a history first.

    Args:
        current: The objects under the current rule.
        other: The same objects under the other rule.
        histories: The histories of the repository, or None if they are not known.
        now: The predictions under the current rule.
        then: The predictions under the other rule, in the same order.
        successive: True if the clusters exist one after another.
    """
    sources = [_of_source(current, other, histories, one) for one in current.organisation.sources]
    destinations = [_of_destination(other, one, two) for one, two in zip(now, then, strict=True)]
    affected = [one for one in (*sources, *destinations) if one]
    found = _Together(other, histories, now, successive).checked(affected)
    return sorted(found, key=lambda one: (one.is_kept, one.one.ref.kind, one.one.namespace, one.one.name))


@dataclass(frozen=True)
class _Together:
    """Apply all overrides, and replace or leave out those of destinations that then restore something else.

    Attributes:
        other: The objects under the other rule.
        histories: The histories of the repository, or None if they are not known.
        now: The predictions under the current rule.
        successive: True if the clusters exist one after another.
    """

    other: Assignment
    histories: Histories | None
    now: Sequence[Prediction]
    successive: bool

    def checked(self, found: Sequence[Change]) -> Sequence[Change]:
        """Return the changes with overrides that hold together."""
        # A destination that names a source follows the override of that source.
        alone = [one if is_source(one.one.ref) else replace(one, override={}) for one in found]
        lost = set(self._wrong(alone))
        found = [
            one
            if is_source(one.one.ref) or one.one in lost or not one.override
            else replace(one, override={}, follows_source=True)
            for one in found
        ]
        for by_names in (True, False):
            wrong = self._wrong(found)
            if not wrong:
                break
            found = [
                self._without(one, wrong[one.one], by_names) if one.one in wrong and one.override else one
                for one in found
            ]
        return found

    def _without(self, one: Change, why: str, by_names: bool) -> Change:
        """Return a change with an override that gives both names, or with none."""
        override = _override(self.other, one.one, one.before, by_source=False) if by_names and one.before else {}
        return replace(one, override=override, why=one.why if override else f"with all overrides: {why}")

    def _wrong(self, found: Sequence[Change]) -> dict[Declared, str]:
        """Return the destinations that lose their history in spite of the overrides, and what they restore."""
        patched = {one.one: _patched(one) for one in found if one.override}
        judged = {one.one for one in found if not one.is_kept and not is_source(one.one.ref)}
        wanted = {patched.get(one.destination, one.destination): one for one in self.now if one.destination in judged}
        if not wanted:
            return {}
        served = (*self.other.organisation.sources, *self.other.organisation.destinations)
        organisation = self.other.organisation.with_others(patched.get(one, one) for one in served)
        together = Assignment(organisation, self.other.rule, self.other.audited)
        wrong = {}
        for one in Predictor(together, self.histories, successive=self.successive).all():
            expected = wanted.get(one.destination)
            if expected is None:
                continue
            becomes_foreign = one.outcome is Outcome.FOREIGN and expected.outcome is not Outcome.FOREIGN
            if becomes_foreign or (one.asked, one.snapshot) != (expected.asked, expected.snapshot):
                wrong[expected.destination] = one.why or f"it restores from {one.asked}"
        return wrong


def _patched(one: Change) -> Declared:
    return replace(one.one, manifest=overrides.with_fields(one.one.manifest, dict(kopia_spec(one.override))))


def _of_source(current: Assignment, other: Assignment, histories: Histories | None, one: Declared) -> Change | None:
    before, after = current.asked.get(one), other.asked.get(one)
    if before == after:
        return None
    number = len(histories.of(before).listed) if histories and before else 0
    if before is None:
        return Change(one, None, after, 0, True, "", {})
    why = other.refused.get(one, f"it continues as {after} and not as {before}")
    is_kept = histories is not None and not number
    return Change(one, before, after, number, is_kept, "" if is_kept else why, _override(other, one, before))


def _of_destination(other: Assignment, now: Prediction, then: Prediction) -> Change | None:
    if (now.outcome, now.asked, now.snapshot) == (then.outcome, then.asked, then.snapshot):
        return None
    number = len(now.history.whole) if now.history else 0
    becomes_foreign = then.outcome is Outcome.FOREIGN and now.outcome is not Outcome.FOREIGN
    keeps = not becomes_foreign and (now.snapshot is None or now.snapshot is then.snapshot)
    keeps = keeps and now.outcome is not Outcome.NOT_JUDGED
    is_own = now.outcome not in STRANGE or _writes_it(now)
    override: Mapping[str, Any] = {}
    if not keeps and is_own and now.asked is not None:
        by_source = set(other.owners(now.asked)) <= set(now.owners)
        override = _override(other, now.destination, now.asked, by_source=by_source)
    why = "" if keeps else then.why or f"it restores from {then.asked} and not from {now.asked}"
    why = why if keeps or is_own else f"{why}; what it restores now is not its own: {now.why}"
    return Change(now.destination, now.asked, then.asked, number, keeps, why, override)


def _writes_it(now: Prediction) -> bool:
    """Return True if the source that a destination means is one of those that write the history."""
    one, named = now.destination, destination_spec(now.destination.manifest).named
    meant = (named.namespace, named.name) if named else (one.namespace, one.name)
    return meant in [(owner.namespace, owner.name) for owner in now.owners]


def _override(other: Assignment, one: Declared, wanted: Asked, *, by_source: bool = True) -> dict[str, Any]:
    fields = reaching(other, one, wanted, by_source=by_source)
    return overrides.patch(one.ref.kind, one.namespace, one.name, fields) if fields else {}


@dataclass(frozen=True)
class Explained:
    """How much of a repository a rule explains.

    Attributes:
        rule: The rule.
        identities: The number of identities and paths that a source writes under this rule.
        snapshots: The number of their snapshots.
        confirmed: The number of destinations for which the operator says what this rule says; it decides between
            rules that explain as many snapshots.
        requested: The number of snapshots that destinations request under this rule; it decides after that.
    """

    rule: Rule
    identities: int
    snapshots: int
    confirmed: int
    requested: int

    def explains_as_much_as(self, other: Explained) -> bool:
        """Return True if nothing in the repository decides between both rules."""
        return self.rank == other.rank

    @property
    def rank(self) -> tuple[int, int, int]:
        """Return what decides between rules, the most important number first.

        What destinations request is a guess of the audit: a rule of other operators needs snapshots of sources.
        """
        return (self.snapshots, -1, -1) if self.rule.is_of_others else (self.snapshots, self.confirmed, self.requested)


def explained(organisation: Organisation, histories: Histories, rules: Sequence[Rule]) -> list[Explained]:
    """Return how much each rule explains, the best one first; the first of equal ones wins."""
    found = []
    for rule in rules:
        assignment = Assignment(organisation, rule)
        of_sources, of_destinations = set[Asked](), set[Asked]()
        for one, asked in assignment.asked.items():
            (of_sources if is_source(one.ref) else of_destinations).add(asked)
        written, requested = _matched(histories, of_sources), _matched(histories, of_destinations)
        agreed = len(confirmed(assignment))
        found.append(Explained(rule, len(written), _snapshots(written), agreed, _snapshots(requested)))
    return sorted(found, key=lambda one: one.rank, reverse=True)


def _matched(histories: Histories, asked: Iterable[Asked]) -> list[History]:
    return [histories.by_asked[one] for one in asked if one in histories.by_asked]


def _snapshots(histories: Iterable[History]) -> int:
    return sum(len(one.listed) for one in histories)


def newer_under(current: Assignment, other: Assignment, histories: Histories) -> list[Declared]:
    """Return the sources that have newer snapshots under another rule than under the current one.

    A history that is that of another source under the current rule does not count.
    """
    found = []
    for one in current.sources_here:
        asked, then = current.asked[one], other.asked.get(one)
        if then is None or then == asked or current.owners(then):
            continue
        now, newest = histories.of(asked).newest, histories.of(then).newest
        if newest and now and now.record.end < newest.record.end:
            found.append(one)
    return found
