"""Judge what a volume holds after a sync, by its content and nothing else."""

from __future__ import annotations

from collections.abc import Collection

from harness.errors import Blocked, Divergence, HarnessError
from harness.expect import log_of, succeeded
from harness.model import Identity, ObjectRef
from harness.preconditions import BACKUP, how
from harness.sync import Sync
from harness.testbed import Testbed
from harness.volumes import Difference, Tree, compare


def holds(testbed: Testbed, sync: Sync, source: ObjectRef) -> None:
    """A restore put back, byte for byte, what the newest backup of a source held."""
    content = backed_up(testbed, source)
    succeeded(sync)
    owners = ", ".join(str(owner) for owner in testbed.owners_of(sync.after))
    _same(sync, f"the data of {source}", content, f"the data of {owners}" if owners else "")


def holds_backup_of(testbed: Testbed, sync: Sync, source: ObjectRef, instant: str) -> None:
    """A restore put back, byte for byte, the backup that a source made at an instant."""
    succeeded(sync)
    taken = testbed.histories.instant_of(source, sync.after)
    expected = f"the backup of {source} at {instant}"
    _same(sync, expected, testbed.histories.at(source, instant), f"the one at {taken}" if taken else "")


def holds_data_of_user(testbed: Testbed, sync: Sync, identity: Identity) -> None:
    """A restore put back, byte for byte, what a user that no operator knows had backed up."""
    succeeded(sync)
    _same(sync, f"the data of {identity}", testbed.histories.of_stranger(identity), "")


def holds_besides(testbed: Testbed, sync: Sync, source: ObjectRef, files: Collection[str]) -> None:
    """A volume holds the newest backup of a source, and of other files exactly these."""
    content = backed_up(testbed, source)
    succeeded(sync)
    difference = compare(content, sync.after)
    others = sorted(path for path in difference.extra if not sync.after[path].startswith("folder"))
    if difference.missing or difference.changed:
        _differs(sync, f"the data of {source}", content, str(Difference(difference.missing, [], difference.changed)))
    if others != sorted(set(files)):
        expected = f"besides the data of {source}: {', '.join(sorted(set(files))) or 'nothing'}"
        _differs(sync, expected, content, f"besides it: {', '.join(others) or 'nothing'}")


def untouched(testbed: Testbed, sync: Sync) -> None:
    """A sync left its volume as it was; a volume that was empty would show nothing: an error of the scenario."""
    if not sync.before:
        raise HarnessError(f"the volume of {sync.ref} was empty before: that it still is would show nothing")
    difference = compare(sync.before, sync.after)
    if difference:
        owners = ", ".join(str(owner) for owner in testbed.owners_of(sync.after))
        _differs(sync, "as it was before", sync.before, f"the data of {owners}" if owners else str(difference))


def backed_up(testbed: Testbed, source: ObjectRef) -> Tree:
    """Return what the newest successful backup of a source held; Blocked where it has none."""
    content = testbed.content(source)
    if content is None:
        raise Blocked(Divergence(f"the backup of {source}", expected="it succeeded", seen="it has none",
                                 oracle="operator", roots=(BACKUP,)))  # fmt: skip
    return content


def _same(sync: Sync, expected: str, content: Tree, whose: str) -> None:
    """The volume holds exactly this content; ``whose`` names the owner of other content, "" where it has none."""
    difference = compare(content, sync.after)
    if difference:
        seen = whose or ("an empty volume" if not sync.after else str(difference))
        _differs(sync, expected, content, seen)


def _differs(sync: Sync, expected: str, content: Tree, seen: str) -> None:
    raise Divergence(
        f"the volume of {sync.ref}",
        expected=expected,
        seen=seen,
        oracle="volume",
        detail=log_of(sync),
        others={"operator's Job": sync.asked_for or "no Job"},
        trees=(content, sync.after),
        cause=f"{how(sync)} gives other data",
    )
