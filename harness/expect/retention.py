"""Judge which snapshots of a history are left.

Only a missing snapshot is wrong: an operator may keep more, or delete later.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from harness.errors import HarnessError, NotAsked
from harness.expect.ending import equal
from harness.model import Identity, ObjectRef
from harness.scenario.preconditions import NEVER_ENDED, identity_of_job, require
from harness.scenario.record import Record
from harness.scenario.sync import Sync
from harness.volsync.fields import Field


def keeps(record: Record, source: ObjectRef, instants: Sequence[str]) -> None:
    """Check that a source was backed up, and that its snapshots of these instants are left.

    Raises:
        Divergence: At least one of them is missing.
        Blocked: Its newest backup did not succeed.
        NotAsked: The API or the operator refuses its retention, for example because a number is too large.
    """
    sync = record.last_sync(source)
    if Field.RETAIN in sync.spec and sync.was_refused_without_job:
        raise NotAsked(f"the {Field.RETAIN} of {source} is refused: {sync.said}")
    require(sync)
    seen = _instants(record, identity_of_job(sync), "")
    lost = [instant for instant in instants if datetime.fromisoformat(instant) not in seen]
    equal(f"the snapshots of {source} that are lost", expected=[], seen=lost, oracle="repository",
          detail=f"left are those of {_listed(seen)}")  # fmt: skip


def keeps_marked(record: Record, namespace: str, rows: Sequence[Mapping[str, str]], mark: str) -> None:
    """Check that each source has the snapshots that its column of a table marks.

    Args:
        record: The record of the scenario.
        namespace: The namespace of the sources.
        rows: For each instant the column ``instant``, and one for each source, by name.
        mark: The content of a marked cell.
    """
    for source in record.sources():
        if source.namespace == namespace:
            keeps(record, source, [row["instant"] for row in rows if row[source.name] == mark])


def keeps_of_users(record: Record, snapshots: Sequence[tuple[Identity, str, str]]) -> None:
    """Check that a backup succeeded, and that these snapshots are left: for each the identity, path and instant."""
    require(record.syncs[-1])
    lost = [
        f"{identity}:{path} at {instant}"
        for identity, path, instant in snapshots
        if datetime.fromisoformat(instant) not in _instants(record, identity, path)
    ]
    equal("the snapshots of other users or paths that are lost", expected=[], seen=lost, oracle="repository")


def keeps_successful(record: Record) -> None:
    """Check that the last sync ended, and that each backup that succeeded has its snapshot.

    Raises:
        Divergence: At least one snapshot is missing.
        Blocked: The last sync got no answer.
        HarnessError: No backup succeeded, so there is nothing to keep.
    """
    if record.syncs[-1].ending in NEVER_ENDED:
        require(record.syncs[-1])
    backups = record.successful_backups()
    if not backups:
        raise HarnessError("no backup succeeded in this scenario")
    _keeps_each(record, backups)


def keeps_each_of(record: Record, source: ObjectRef) -> None:
    """Check that the backups of all sources succeeded, and that each of one source has its snapshot."""
    for sync in record.syncs:
        require(sync)
    _keeps_each(record, [sync for sync in record.syncs if sync.ref == source])


def _keeps_each(record: Record, backups: Sequence[Sync]) -> None:
    lost = [_numbered(number, sync) for number, sync in enumerate(backups, 1) if not record.recorded(sync)]
    equal("the successful backups whose snapshot is lost", expected=[], seen=lost, oracle="repository",
          detail=f"{len(backups)} backups succeeded")  # fmt: skip


def _instants(record: Record, identity: Identity, path: str) -> set[datetime]:
    """Return the begin of each snapshot of an identity, of one path or of all ("")."""
    own = [one for one in record.snapshots() if one.identity == identity and path in ("", one.path)]
    return {one.start.astimezone(UTC) for one in own}


def _listed(instants: set[datetime]) -> str:
    return ", ".join(f"{instant:%Y-%m-%dT%H:%M:%SZ}" for instant in sorted(instants)) or "none"


def _numbered(number: int, sync: Sync) -> str:
    return f"backup {number}, of {sync.ref}"
