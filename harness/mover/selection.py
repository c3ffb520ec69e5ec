"""Select the snapshot that a restore takes from the snapshots of one identity.

First ``as_of`` removes later snapshots.  Then ``shallow`` keeps the newest ones.  Then ``previous`` counts back from
the newest of these.  Source: the sister page on restores.
"""

from __future__ import annotations

from collections.abc import Sequence

from harness.model import SnapshotRecord
from harness.volsync.mover_job import Selection


def candidates(history: Sequence[SnapshotRecord], selection: Selection) -> list[SnapshotRecord]:
    """Return the snapshots that match ``as_of`` and ``shallow``, newest first; ``history`` can have any order."""
    newest_first = sorted(history, key=lambda record: record.end, reverse=True)
    limit = selection.limit
    if limit is not None:
        newest_first = [record for record in newest_first if record.end <= limit]
    return newest_first[: selection.shallow] if selection.shallow else newest_first


def choose(history: Sequence[SnapshotRecord], selection: Selection) -> SnapshotRecord | None:
    """Return the snapshot to restore, or None if the history has too few snapshots."""
    return counted_back(candidates(history, selection), selection.previous)


def counted_back(newest_first: Sequence[SnapshotRecord], previous: int) -> SnapshotRecord | None:
    """Return the snapshot that is ``previous`` places after the first, or None if the list is too short."""
    return newest_first[previous] if previous < len(newest_first) else None
