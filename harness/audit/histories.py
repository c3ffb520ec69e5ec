"""Index the snapshots of a repository by identity and path."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from harness.audit.rules import Asked
from harness.kopia.listing import ListedSnapshot
from harness.model import Identity
from harness.mover.selection import candidates, counted_back
from harness.volsync.mover_job import Selection


@dataclass(frozen=True, eq=False)
class Choice:
    """What a restore takes from a history.

    Attributes:
        snapshot: The snapshot, or None.
        usable: The number of snapshots that match the request before any is counted back.
    """

    snapshot: ListedSnapshot | None
    usable: int


class History:
    """Hold the snapshots of one identity and path, oldest first."""

    def __init__(self, asked: Asked, listed: Iterable[ListedSnapshot]) -> None:
        self.asked = asked
        self.listed = sorted(listed, key=lambda one: one.record.end)
        self._chosen: dict[Selection, Choice] = {}

    @cached_property
    def whole(self) -> Sequence[ListedSnapshot]:
        """Return the snapshots that lack no files; only these are restored."""
        return [one for one in self.listed if not one.record.incomplete]

    @property
    def incomplete(self) -> int:
        """Return the number of snapshots that lack files."""
        return len(self.listed) - len(self.whole)

    @property
    def newest(self) -> ListedSnapshot | None:
        """Return the newest whole snapshot, or None."""
        return self.whole[-1] if self.whole else None

    def choose(self, selection: Selection) -> Choice:
        """Return what a restore with this selection takes, as the reference mover selects it."""
        if selection not in self._chosen:
            records = [one.record for one in self.whole]
            usable = candidates(records, selection)
            record = counted_back(usable, selection.previous)
            chosen = next((one for one in reversed(self.whole) if one.record is record), None) if record else None
            self._chosen[selection] = Choice(chosen, len(usable))
        return self._chosen[selection]


class Histories:
    """Hold all histories of a repository."""

    def __init__(self, listed: Iterable[ListedSnapshot]) -> None:
        found: dict[Asked, list[ListedSnapshot]] = {}
        for one in listed:
            found.setdefault(Asked(one.record.identity, one.record.path), []).append(one)
        self.by_asked: Mapping[Asked, History] = {asked: History(asked, of) for asked, of in found.items()}
        self.by_identity: dict[Identity, list[History]] = {}
        for asked, history in self.by_asked.items():
            self.by_identity.setdefault(asked.identity, []).append(history)
        self.snapshots = sum(len(history.listed) for history in self.by_asked.values())

    def of(self, asked: Asked) -> History:
        """Return the history of an identity and path; empty if there is none."""
        return self.by_asked.get(asked) or History(asked, ())

    def of_identity(self, identity: Identity) -> Sequence[History]:
        """Return the histories of an identity, one for each path."""
        return self.by_identity.get(identity, ())
