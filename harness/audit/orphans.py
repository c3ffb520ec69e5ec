"""Find histories that no source of the manifests writes, and their likely owners."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from harness.audit.assignment import Assignment
from harness.audit.histories import Histories, History
from harness.audit.nearest import Alike, is_same_name, likeness
from harness.audit.organisation import Declared
from harness.audit.remedies import FreeNames, reaching, restoring
from harness.audit.rules import Asked
from harness.volsync import overrides
from harness.volsync.kinds import is_destination
from harness.volsync.specs import destination_spec


@dataclass(frozen=True)
class Orphan:
    """A history that no source writes.

    Attributes:
        history: The history.
        owner: The likely owner, or None.
        why: Why it is likely; "" without an owner.
        requested_by: The destinations that restore it.
        manifest: A destination that restores it, or without an owner only the fields that ask for it; empty if no
            manifest reaches it under the rule.
        continues: The fields of ``spec.kopia`` with which the owner continues it, if the owner has no snapshot yet.
        reserve: Why the manifest must not be applied unseen; "" if there is no reason.
    """

    history: History
    owner: Declared | None
    why: str
    requested_by: Sequence[Declared]
    manifest: Mapping[str, Any]
    continues: Mapping[str, Any] = field(default_factory=dict)
    reserve: str = ""


class OrphanFinder:
    """Find orphans and their likely owners.

    Args:
        assignment: The objects under the current rule.
        histories: The histories of the repository.
        others: The objects under other rules, by which they may have written a history.
        judged: The clusters that exist; sources of the others only wrote histories.
    """

    def __init__(
        self, assignment: Assignment, histories: Histories, others: Sequence[Assignment], judged: Collection[str]
    ) -> None:
        self._assignment, self._histories, self._judged = assignment, histories, frozenset(judged)
        self._by_rule = [(one.rule.name, _sources_by_asked(one, self._judged)) for one in others]
        here = self._existing(assignment.sources_here)
        self._alike = Alike(dict.fromkeys(assignment.asked[one].identity for one in here))
        self._names = FreeNames(assignment.organisation)
        self._requested: dict[Asked, list[Declared]] = {}
        for one, asked in assignment.asked.items():
            if is_destination(one.ref) and one.cluster in self._judged:
                self._requested.setdefault(asked, []).append(one)

    def all(self) -> list[Orphan]:
        """Return all orphans, those with most snapshots first."""
        found = [self._orphan(one) for asked, one in self._histories.by_asked.items() if not self._is_owned(asked)]
        found.sort(key=lambda one: (-len(one.history.listed), one.history.asked))
        return list(_one_for_each_volume(found))

    def _is_owned(self, asked: Asked) -> bool:
        return bool(self._existing(self._assignment.owners(asked)))

    def _existing(self, sources: Sequence[Declared]) -> list[Declared]:
        return [one for one in sources if one.cluster in self._judged]

    def _orphan(self, history: History) -> Orphan:
        owner, why, reserve = self._likely(history.asked)
        requested = self._requested.get(history.asked, ())
        if owner is None:
            return Orphan(history, None, "", requested, self._fields(history.asked))
        manifest = restoring(self._assignment, owner, history.asked, self._names)
        is_new = not self._has_snapshots(owner)
        continues = reaching(self._assignment, owner, history.asked) if is_new else {}
        if requested:
            reserve = f"{requested[0].ref} restores this history already"
        elif not is_new:
            reserve = "the owner has newer snapshots of its own"
        return Orphan(history, owner, why, requested, manifest, continues, reserve)

    def _has_snapshots(self, owner: Declared) -> bool:
        """Return True if a source has snapshots of its own; one that is refused writes none."""
        asked = self._assignment.asked.get(owner)
        return asked is not None and bool(self._histories.of(asked).listed)

    def _likely(self, asked: Asked) -> tuple[Declared | None, str, str]:
        """Return the likely owner, why it is likely, and why that is no more than a guess."""
        for of_identity in self._existing(self._assignment.owners_of(asked.identity))[:1]:
            path = self._assignment.asked[of_identity].path
            return of_identity, f"it writes this identity with the path {path}", ""
        for rule, sources in self._by_rule:
            if asked in sources:
                return sources[asked], f"the rule {rule} makes this identity of it", ""
        for identity in self._alike.to(asked.identity):
            owner = self._existing(self._assignment.owners_of(identity))[0]
            is_new = not self._has_snapshots(owner)
            # Without the path that it writes, or beside a history of its own, similar names are a coincidence.
            if self._assignment.asked[owner].path == asked.path and (is_new or is_same_name(identity, asked.identity)):
                hint = "; it has no snapshot of its own, so it may have been renamed" if is_new else ""
                return owner, f"it has {likeness(identity, asked.identity)}{hint}", "that it is the owner is a guess"
        return None, "", ""

    def _fields(self, asked: Asked) -> dict[str, Any]:
        if not self._assignment.rule.accepts(asked.identity):
            return {}
        return overrides.fragment(overrides.asking(asked.identity, asked.path, "any-name"))


def _sources_by_asked(assignment: Assignment, judged: Collection[str]) -> dict[Asked, Declared]:
    """Return the first source that would write each identity and path."""
    found: dict[Asked, Declared] = {}
    for source in assignment.organisation.sources:
        if source in assignment.asked and source.cluster in judged:
            found.setdefault(assignment.asked[source], source)
    return found


def _one_for_each_volume(found: Sequence[Orphan]) -> Iterator[Orphan]:
    """Yield the orphans; if several would be restored into one PVC, only the first is without a reserve."""
    taken = set[tuple[str, str, str]]()
    for one in found:
        if one.owner is None or not one.manifest or one.reserve:
            yield one
            continue
        volume = one.owner.cluster, one.owner.namespace, destination_spec(one.manifest).pvc
        yield replace(one, reserve="another history is restored into this PVC") if volume in taken else one
        taken.add(volume)
