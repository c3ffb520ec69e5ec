"""Judge what became of additional arguments: in the snapshot of a backup, and in the volume of a restore."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from harness.document.parts import Part
from harness.errors import Blocked, Divergence, HarnessError
from harness.expect.ending import equal, failed, log_of, succeeded
from harness.scenario.preconditions import BACKUP, NOT_FOUND, identity_of_job, require
from harness.scenario.record import Record
from harness.scenario.sync import Sync
from harness.volumes import contents


def reached(record: Record, sync: Sync, expected: Mapping[str, Any]) -> None:
    """Check that the snapshot of a backup has these values of arguments.

    A mover may add tags of its own.

    Args:
        record: The record of the scenario.
        sync: The backup.
        expected: ``description`` and ``tags``, a list of ``key:value``.
    """
    succeeded(sync)
    wanted = {"description": expected["description"], "tags": sorted(expected["tags"])}
    given = "\n".join([expected["description"], *expected["tags"]])
    seen = [
        {"description": one.description, "tags": [tag for tag in one.tags if tag in wanted["tags"] or tag in given]}
        for one in record.recorded(sync)
    ]
    equal(f"what the snapshot of {sync.ref} says of its arguments", expected=[wanted], seen=seen, oracle="repository",
          detail=log_of(sync), cause="additional arguments do not arrive as they were written")  # fmt: skip


def reached_unless_failed(record: Record, sync: Sync, expected: Mapping[str, Any]) -> None:
    """Check that a backup failed, or that its snapshot has these values of arguments."""
    if sync.succeeded:
        reached(record, sync, expected)
    else:
        failed(sync)


def own_unless_failed(record: Record, sync: Sync) -> None:
    """Check that a backup failed, or that it added one snapshot, which has the identity of its Job.

    Raises:
        Divergence: It is recorded under another identity, or more than once.
        Blocked: It succeeded and recorded nothing, which does not show whose backup it is.
    """
    if not sync.succeeded:
        failed(sync)
        return
    seen = [snapshot.identity for snapshot in record.recorded(sync)]
    if not seen:
        require(sync)
        raise Blocked(Divergence(f"what the backup of {sync.ref} recorded", expected="a snapshot", seen="none",
                                 oracle="repository", detail=log_of(sync), part=Part.MOVER if sync.result else "",
                                 roots=(BACKUP,), cause=NOT_FOUND))  # fmt: skip
    equal(f"who the backup of {sync.ref} is recorded for", expected=[identity_of_job(sync)], seen=seen,
          oracle="repository", detail=log_of(sync),
          cause="an additional argument changes whose backup it is")  # fmt: skip


def printed_nowhere(record: Record, sync: Sync, text: str) -> None:
    """Check that the text that commands in the arguments of a backup print is in nothing that the subject left.

    A Job without a log shows nothing by this: the snapshot must be as written, too.
    """
    job, result = sync.job, sync.result
    places = {
        "its log": "\n".join([result.log if result else "", sync.log_shown]),
        "its Job": "\n".join([*job.args, *job.env.values()] if job else []),
        "its status": json.dumps(sync.status, default=str),
        "its messages": sync.said,
        "a snapshot": "\n".join(" ".join([one.description, *one.tags]) for one in record.snapshots(sync.repository)),
    }
    seen = [place for place, words in places.items() if text in words]
    equal(f"where the output of commands in the arguments of {sync.ref} is", expected=[], seen=seen, oracle="log",
          detail=log_of(sync), cause="text in an additional argument is run as a command")  # fmt: skip


def existing_files_kept(sync: Sync) -> None:
    """Check that a restore failed or succeeded, and in both cases left the files that were in its volume before.

    Raises:
        HarnessError: The volume was empty before the restore, so that the check would prove nothing.
    """
    before, after = contents(sync.before), contents(sync.after)
    if not before:
        raise HarnessError(f"the volume of {sync.ref} was empty before: that it keeps its files would show nothing")
    if not sync.succeeded:
        failed(sync)
    changed = [path for path, content in before.items() if after.get(path) != content]
    equal(f"the files that {sync.ref} had before its restore, and that were replaced or removed", expected=[],
          seen=changed, oracle="volume", detail=log_of(sync),
          cause="a restore ignores its additional arguments")  # fmt: skip
