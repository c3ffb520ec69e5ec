"""Which snapshot of one identity a restore takes.

Source: the sister page on restores.  ``restoreAsOf`` filters first, ``shallow`` keeps the newest,
``previous`` counts back from the newest that is left.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from harness.model import SnapshotRecord


def candidates(history: Sequence[SnapshotRecord], env: Mapping[str, str]) -> list[SnapshotRecord]:
    """The snapshots that come into question, newest first; ``history`` in any order."""
    newest_first = sorted(history, key=lambda record: record.end, reverse=True)
    as_of = env.get("KOPIA_RESTORE_AS_OF")
    if as_of:
        limit = datetime.fromisoformat(as_of.upper())
        newest_first = [record for record in newest_first if record.end <= limit]
    shallow = int(env.get("KOPIA_SHALLOW", "0"))
    return newest_first[:shallow] if shallow else newest_first


def choose(history: Sequence[SnapshotRecord], env: Mapping[str, str]) -> SnapshotRecord | None:
    """The snapshot to restore, or None where the history does not reach that far."""
    found = candidates(history, env)
    previous = int(env.get("KOPIA_PREVIOUS", "0"))
    return found[previous] if previous < len(found) else None
