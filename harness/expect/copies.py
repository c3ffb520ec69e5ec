"""Judge a backup together with the restore that follows it: a backup that succeeds can be restored whole."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from harness.errors import Divergence
from harness.expect.ending import equal, failed, log_of, succeeded
from harness.expect.identity import recorded_once
from harness.expect.volume import backed_up
from harness.scenario.record import Record
from harness.scenario.sync import Sync
from harness.volumes import Difference, compare, contents

NOTHING_TO_BACK_UP = re.compile(r"\b(empty|nothing|no (files?|data)|skip)", re.IGNORECASE)
"""How a mover or an operator says that it recorded no snapshot of an empty volume."""


@dataclass(frozen=True)
class Copy:
    """A backup, and the restore that was made right after it."""

    backup: Sync
    restore: Sync


def whole_but(record: Record, copy: Copy, spared: Collection[str]) -> None:
    """Check that the backup failed, or that the restore put back its regular files, all but some of ``spared``."""
    if not copy.backup.succeeded:
        failed(copy.backup)
        return
    content = backed_up(record, copy.backup.ref)
    succeeded(copy.restore)
    found = compare(contents(content), contents(copy.restore.after))
    wrong = Difference([path for path in found.missing if path not in spared], found.extra, found.changed)
    if wrong:
        raise Divergence(
            f"the volume of {copy.restore.ref}",
            expected=f"the data of {copy.backup.ref}, without at most {', '.join(sorted(spared))}",
            seen=str(wrong), oracle="volume", detail=log_of(copy.backup), trees=(content, copy.restore.after),
            cause="a backup leaves out files that nobody named",
        )  # fmt: skip


def recorded_unless_failed(record: Record, copy: Copy) -> None:
    """Check that the backup of an empty volume failed, or that it was recorded and restored to an empty volume.

    A mover may also record nothing and say so: a volume can be empty because it is not filled yet.
    """
    if not copy.backup.succeeded:
        failed(copy.backup)
        return
    told = "\n".join([*copy.backup.messages, copy.backup.log_shown, log_of(copy.backup)])
    if not record.recorded(copy.backup) and NOTHING_TO_BACK_UP.search(told):
        return
    recorded_once(record, copy.backup)
    succeeded(copy.restore)
    equal(f"the files in the volume of {copy.restore.ref}", expected=[], seen=sorted(copy.restore.after),
          oracle="volume", detail=log_of(copy.restore))  # fmt: skip
