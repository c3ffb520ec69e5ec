"""Judge whether the parts of a status describe the newest sync, and not an earlier one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta

from harness.document.parts import Part
from harness.errors import Divergence, NotAsked
from harness.expect.ending import equal, failed, succeeded
from harness.expect.operator import STATUS
from harness.model import ObjectRef
from harness.scenario.preconditions import require, require_job, require_permitted
from harness.scenario.record import CLOCK_SLACK, Record
from harness.scenario.sync import Sync
from harness.volsync.status import (
    SUCCESSFUL,
    StatusField,
    contradicts,
    failing_conditions,
    last_sync_time,
    listed_identities,
    mover_result,
    snapshots_found,
)

AHEAD = timedelta(minutes=1)
"""How far the clock of an operator may be ahead of that of this machine."""
RESULT = f"{StatusField.MOVER_STATUS}.{StatusField.MOVER_RESULT}"


def shows_no_success(sync: Sync) -> None:
    """Check that a sync failed, and that its status does not still show the success of an earlier mover."""
    failed(sync)
    seen = "an earlier success" if mover_result(sync.status) == SUCCESSFUL else "none"
    equal(f"the success in {RESULT} of {sync.ref}", expected="none", seen=seen, oracle=STATUS, part=Part.CONTROLLER,
          cause="a status shows an earlier sync")  # fmt: skip


def no_unasked_jobs(jobs: Mapping[str, str]) -> None:
    """Check that no Job exists that no trigger asked for; ``jobs`` are the names of such Jobs by object."""
    seen = [f"{names} of {ref}, whose last sync had succeeded" for ref, names in jobs.items()]
    equal("the Jobs without a trigger", expected=[], seen=seen, oracle="operator's Job", part=Part.CONTROLLER,
          cause="one trigger is synced more than once")  # fmt: skip


def reports_success_of_mover(sync: Sync) -> None:
    """Check that a success is reported for a sync whose mover succeeded.

    Raises:
        Blocked: No mover ran, or it did not succeed, so nothing is shown about a report.
    """
    require_job(sync)
    if sync.result is None or not sync.result.succeeded:
        require(sync)
    succeeded(sync)


def shows_no_failure(record: Record, sync: Sync) -> None:
    """Check that a sync succeeded, and that no part of its status still shows the failure of the sync before.

    A condition may keep its type and its words if it changes its status.
    """
    succeeded(sync)
    before = before_it(record, sync)
    old = sorted({*failing_conditions(before.status)} & {*failing_conditions(sync.status)})
    result = mover_result(sync.status)
    if result and result == mover_result(before.status) and contradicts(sync.status, succeeded=True):
        old.append(f"{RESULT}: {result}")
    equal(f"the earlier failure in the status of {sync.ref}", expected=[], seen=old, oracle=STATUS,
          part=Part.CONTROLLER, cause="a status shows an earlier sync")  # fmt: skip


def dated(record: Record, sync: Sync) -> None:
    """Check that a sync succeeded, and that the time of the last sync in its status is between its trigger and its end.

    A time in whole seconds may be rounded down, and the clock of an operator may be ahead by ``AHEAD``.
    """
    succeeded(sync)
    text = _time(sync)
    try:
        seen = datetime.fromisoformat(text)
        begin = (sync.begin if seen.microsecond else sync.begin.replace(microsecond=0)) - CLOCK_SLACK
        # Two syncs within the slack have different times, unless these are in whole seconds.
        is_old = bool(seen.microsecond) and text == last_sync_time(before_it(record, sync).status)
        in_time = begin <= seen <= sync.end + AHEAD and not is_old
    except (ValueError, TypeError):
        in_time = False
    if not in_time:
        raise Divergence(f"{StatusField.LAST_SYNC_TIME} of {sync.ref}",
                         expected=f"between {sync.begin.isoformat()} and {sync.end.isoformat()}",
                         seen=text, oracle=STATUS, part=Part.CONTROLLER,
                         cause=StatusField.LAST_SYNC_TIME.value)  # fmt: skip


def keeps_date(record: Record, sync: Sync) -> None:
    """Check that a sync failed, and left the time of the last sync as it was."""
    failed(sync)
    equal(f"{StatusField.LAST_SYNC_TIME} of {sync.ref}", expected=_time(before_it(record, sync)), seen=_time(sync),
          oracle=STATUS, part=Part.CONTROLLER, cause=StatusField.LAST_SYNC_TIME.value)  # fmt: skip


def lists_repository(record: Record, sync: Sync, repository: str) -> None:
    """Check that a status lists the identities of a repository, the one that the object names now, and no other.

    If a number of snapshots is given, it must be of this repository, too: of the requested identity, or of all.

    Raises:
        NotAsked: The operator refuses an object whose Secret has changed, so it lists nothing.
    """
    require_permitted(sync, "the changed Secret")
    job = require_job(sync)
    snapshots = record.snapshots(repository)
    held = Counter(str(one.identity) for one in snapshots)
    listed = {str(one.identity): one.snapshots for one in listed_identities(sync.status)}
    wrong = {name: number for name, number in listed.items() if held[name] != number}
    equal(f"the identities that {sync.ref} lists and its repository does not hold like that", expected={}, seen=wrong,
          oracle=STATUS, part=Part.CONTROLLER, cause="a status lists identities of another repository")  # fmt: skip
    found = snapshots_found(sync.status)
    own = sum(one.identity == sync.asked_for for one in snapshots)
    if found not in (None, own, len(snapshots)):
        raise Divergence(f"{StatusField.SNAPSHOTS_FOUND} of {job.owner}",
                         expected=f"{own} of {sync.asked_for}, or {len(snapshots)} of the whole repository",
                         seen=str(found), oracle=STATUS, part=Part.CONTROLLER,
                         cause=StatusField.SNAPSHOTS_FOUND.value)  # fmt: skip


def before_it(record: Record, sync: Sync) -> Sync:
    """Return the sync of the same object before this one.

    Raises:
        HarnessError: There is none.
    """
    earlier = Record(syncs=tuple(one for one in record.syncs if one.begin < sync.begin))
    return earlier.last_sync(sync.ref)


def backups_kept(record: Record, source: ObjectRef) -> None:
    """Check that the newest backup of a source succeeded, and that the snapshots of all that did are there."""
    succeeded(record.last_sync(source))
    backups = [one for one in record.successful_backups() if one.ref == source]
    seen = [len(record.recorded(one)) for one in backups]
    equal(f"the snapshots of each backup of {source}", expected=[1] * len(backups), seen=seen, oracle="repository",
          part=Part.MOVER)  # fmt: skip


def _time(sync: Sync) -> str:
    text = last_sync_time(sync.status)
    if not text:
        raise NotAsked(f"the status of {sync.ref} gives no {StatusField.LAST_SYNC_TIME}")
    return text
