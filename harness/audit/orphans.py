"""Find histories that no source of the manifests writes, and their likely owners."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.audit.assignment import Assignment
from harness.audit.histories import Histories, History
from harness.audit.nearest import Alike, likeness
from harness.audit.organisation import Declared
from harness.audit.remedies import FreeNames, restoring
from harness.audit.rules import Asked
from harness.model import Identity
from harness.volsync import overrides
from harness.volsync.kinds import is_destination


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
    """

    history: History
    owner: Declared | None
    why: str
    requested_by: Sequence[Declared]
    manifest: Mapping[str, Any]


class OrphanFinder:
    """Find orphans and their likely owners.

    Args:
        assignment: The objects under the current rule.
        histories: The histories of the repository.
        others: The objects under other rules, by which they may have written a history.
    """

    def __init__(self, assignment: Assignment, histories: Histories, others: Sequence[Assignment]) -> None:
        self._assignment, self._histories = assignment, histories
        self._by_rule = [(one.rule.name, _sources_by_asked(one)) for one in others]
        self._alike = Alike(dict.fromkeys(assignment.asked[one].identity for one in assignment.sources_here))
        self._names = FreeNames(assignment.organisation)
        self._requested: dict[Asked, list[Declared]] = {}
        for one, asked in assignment.asked.items():
            if is_destination(one.ref):
                self._requested.setdefault(asked, []).append(one)

    def all(self) -> list[Orphan]:
        """Return all orphans, those with most snapshots first."""
        found = [self._orphan(one) for asked, one in self._histories.by_asked.items() if not self._is_owned(asked)]
        return sorted(found, key=lambda one: (-len(one.history.listed), one.history.asked))

    def _is_owned(self, asked: Asked) -> bool:
        return bool(self._assignment.owners(asked))

    def _orphan(self, history: History) -> Orphan:
        owner, why = self._likely(history.asked)
        if owner:
            manifest = restoring(self._assignment, owner, history.asked, self._names)
        else:
            manifest = self._fields(history.asked)
        return Orphan(history, owner, why, self._requested.get(history.asked, ()), manifest)

    def _likely(self, asked: Asked) -> tuple[Declared | None, str]:
        of_identity = self._assignment.owners_of(asked.identity)
        if of_identity:
            return of_identity[
                0
            ], f"it writes this identity with the path {self._assignment.asked[of_identity[0]].path}"
        for rule, sources in self._by_rule:
            if asked in sources:
                return sources[asked], f"the rule {rule} makes this identity of it"
        similar = [(one, self._assignment.owners_of(one)[0]) for one in self._alike.to(asked.identity)]
        # A source that was renamed has no history of its own yet.
        renamed = [pair for pair in similar if not self._histories.of(self._assignment.asked[pair[1]]).listed]
        for identity, owner in (renamed or similar)[:1]:
            hint = "; it has no snapshot of its own, so it may have been renamed" if renamed else ""
            return owner, f"{_in_words(identity, asked.identity)}{hint}"
        return None, ""

    def _fields(self, asked: Asked) -> dict[str, Any]:
        if not self._assignment.rule.accepts(asked.identity):
            return {}
        return overrides.fragment(overrides.asking(asked.identity, asked.path, "any-name"))


def _sources_by_asked(assignment: Assignment) -> dict[Asked, Declared]:
    """Return the first source that would write each identity and path."""
    found: dict[Asked, Declared] = {}
    for source in assignment.organisation.sources:
        if source in assignment.asked:
            found.setdefault(assignment.asked[source], source)
    return found


def _in_words(found: Identity, wanted: Identity) -> str:
    return f"it has {likeness(found, wanted)}"
