"""Which snapshot of one identity a restore takes.

Source: the sister page on restores.  The instant filters first, the number of newest snapshots cuts next, and the
number of steps back counts from the newest that is left.
"""

from __future__ import annotations

from collections.abc import Sequence

from harness.model import SnapshotRecord
from harness.volsync.mover_job import Selection


def candidates(history: Sequence[SnapshotRecord], selection: Selection) -> list[SnapshotRecord]:
    """The snapshots that come into question, newest first; ``history`` in any order."""
    newest_first = sorted(history, key=lambda record: record.end, reverse=True)
    limit = selection.limit
    if limit is not None:
        newest_first = [record for record in newest_first if record.end <= limit]
    return newest_first[: selection.shallow] if selection.shallow else newest_first


def choose(history: Sequence[SnapshotRecord], selection: Selection) -> SnapshotRecord | None:
    """The snapshot to restore, or None where the history does not reach that far."""
    return counted_back(candidates(history, selection), selection.previous)


def counted_back(newest_first: Sequence[SnapshotRecord], previous: int) -> SnapshotRecord | None:
    """Return the snapshot so many before the first, None where there are not so many."""
    return newest_first[previous] if previous < len(newest_first) else None
