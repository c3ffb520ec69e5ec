"""Judge the content of a volume after a sync."""

from __future__ import annotations

from collections.abc import Collection

from harness.document.parts import Part
from harness.errors import Blocked, Divergence, HarnessError, NotAsked
from harness.expect.ending import answered, failed, log_of, succeeded, succeeded_or_failed
from harness.model import Identity, ObjectRef
from harness.scenario.preconditions import BACKUP, how, require, roots_of_content
from harness.scenario.record import Record, backup_at, instant_of, newest, of_stranger, owners_of
from harness.scenario.sync import Sync
from harness.volumes import NOT_LINKED, Difference, Tree, compare, contents

THROUGH_LINKS = "a restore follows the symbolic links of its volume"


def holds(record: Record, sync: Sync, source: ObjectRef) -> None:
    """Check that a restore put back, byte for byte, the files of a source's newest backup."""
    content = backed_up(record, source)
    succeeded(sync)
    owners = owners_of(record, sync.after)
    told = [f"an earlier backup of {owner}" if owner == source else f"the data of {owner}" for owner in owners]
    _same(sync, f"the data of {source}", content, ", ".join(told))


def holds_unless_failed(record: Record, sync: Sync, source: ObjectRef) -> None:
    """Check that a restore put back the files of a source's newest backup, or failed and said so."""
    if not sync.succeeded:
        backed_up(record, source)
        failed(sync)
        return
    holds(record, sync, source)


def returned_unless_failed(record: Record, backup: Sync, restore: Sync) -> None:
    """Check that a backup failed and said so, or that the restore after it put back exactly its files."""
    if not backup.succeeded:
        failed(backup)
        return
    holds(record, restore, backup.ref)


def holds_whole(record: Record, sync: Sync, source: ObjectRef) -> None:
    """Check that a restore put back modes, empty folders, links and names as they were backed up."""
    content = backed_up(record, source)
    succeeded(sync)
    difference = compare(content, sync.after)
    if difference:
        _differs(sync, f"the tree of {source}, with modes, folders and links", content, str(difference),
                 cause="what a restore makes of modes, folders, links and names")  # fmt: skip


def holds_attributes(record: Record, sync: Sync, source: ObjectRef) -> None:
    """Check that a restore put back the time of each file and, if the mover runs as root, its owner and group.

    Raises:
        NotAsked: The mover does not run as root, so it cannot set owners.
        Divergence: An attribute differs.
    """
    if not record.keeps_owners:
        raise NotAsked("the mover does not run as root: owners are not its to set")
    backed_up(record, source)
    succeeded(sync)
    expected = _times_and_owners(record.last_sync(source).attributes_before)
    seen = _times_and_owners(sync.attributes_after)
    difference = compare(expected, seen)
    if difference:
        path = [*difference.changed, *difference.missing, *difference.extra][0]
        told = f"{path}: {expected.get(path, 'none')}", f"{path}: {seen.get(path, 'none')}"
        raise Divergence(f"owner, group and time in the volume of {sync.ref}", expected=told[0], seen=told[1],
                         oracle="volume", cause="what a restore makes of owners and times",
                         part=Part.MOVER)  # fmt: skip


def backup_left_it(record: Record, sync: Sync) -> None:
    """Check that a backup did not change its volume: content, modes, times and, if the mover runs as root, owners.

    Raises:
        Divergence: The volume changed.
        HarnessError: The volume was empty before the backup, so that the check would prove nothing.
    """
    require(sync)
    difference = compare(sync.before, sync.after)
    if record.keeps_owners:
        difference = difference or compare(sync.attributes_before, sync.attributes_after)
    if not sync.before:
        raise HarnessError(f"the volume of {sync.ref} was empty: that it still is would show nothing")
    if difference:
        _differs(sync, "as it was before the backup", sync.before, str(difference), cause="a backup changes its volume")


def holds_backup_of(record: Record, sync: Sync, source: ObjectRef, instant: str) -> None:
    """Check that a restore put back, byte for byte, the backup that a source made at an instant."""
    succeeded(sync)
    taken = instant_of(record, source, sync.after)
    expected = f"the backup of {source} at {instant}"
    _same(sync, expected, backup_at(record, source, instant), f"the one at {taken}" if taken else "")


def holds_backup_number(record: Record, sync: Sync, source: ObjectRef, number: int) -> None:
    """Check that a restore put back, byte for byte, the n-th successful backup of a source in this scenario."""
    succeeded(sync)
    own = [one.content for one in record.backups if one.source == source]
    seen = [at for at, content in enumerate(own, 1) if contents(content) == contents(sync.after)]
    whose = f"backup {seen[0]} of it" if seen else ""
    _same(sync, f"backup {number} of {source}", own[number - 1], whose)


def holds_or_failed(record: Record, sync: Sync, source: ObjectRef) -> None:
    """Check that a restore put back a source's newest backup, or failed and said so, or that there is no backup."""
    if newest(record, source) is not None:
        answered(sync)
        holds_unless_failed(record, sync, source)
        return
    failed(sync)


def holds_data_of_user(record: Record, sync: Sync, identity: Identity) -> None:
    """Check that a restore put back, byte for byte, the data of a kopia user without a source."""
    succeeded(sync)
    _same(sync, f"the data of {identity}", of_stranger(record, identity), "")


def holds_besides(record: Record, sync: Sync, source: ObjectRef, files: Collection[str]) -> None:
    """Check that a volume holds the newest backup of a source and, besides that, exactly these files."""
    content = backed_up(record, source)
    succeeded(sync)
    difference = compare(contents(content), contents(sync.after))
    others = difference.extra
    if difference.missing or difference.changed:
        _differs(sync, f"the data of {source}", content, str(Difference(difference.missing, [], difference.changed)))
    if others != sorted(set(files)):
        expected = f"besides the data of {source}: {', '.join(sorted(set(files))) or 'nothing'}"
        _differs(sync, expected, content, f"besides it: {', '.join(others) or 'nothing'}")


def untouched(record: Record, sync: Sync) -> None:
    """Check that a sync did not change its volume.

    Raises:
        Divergence: The volume changed.
        HarnessError: The volume was empty before the sync, so that the check would prove nothing.
    """
    if not sync.before:
        raise HarnessError(f"the volume of {sync.ref} was empty before: that it still is would show nothing")
    difference = compare(sync.before, sync.after)
    if difference:
        owners = ", ".join(str(owner) for owner in owners_of(record, sync.after))
        _differs(sync, "as it was before", sync.before, f"the data of {owners}" if owners else str(difference))


def untouched_unless_emptied(record: Record, sync: Sync) -> None:
    """Check that a restore succeeded and left an empty volume, or failed and did not change its volume."""
    if not sync.succeeded:
        failed(sync)
        untouched(record, sync)
    elif sync.after:
        _differs(sync, "an empty volume, as it was backed up", {}, f"it holds {', '.join(sorted(sync.after)[:5])}")


def holds_nothing_else_unless_failed(record: Record, sync: Sync, source: ObjectRef) -> None:
    """Check that a restore left no path in its volume that a source's newest backup lacks, or failed and said so."""
    content = backed_up(record, source)
    if not sync.succeeded:
        failed(sync)
        return
    others = Difference([], compare(content, sync.after).extra, [])
    if others:
        _differs(sync, f"nothing but the data of {source}", content, str(others))


def holds_backup_unless_failed(record: Record, sync: Sync, source: ObjectRef, instant: str) -> None:
    """Check that a restore put back the backup that a source made at an instant, or failed and restored nothing."""
    if sync.succeeded:
        holds_backup_of(record, sync, source, instant)
    else:
        failed_and_untouched(sync)


def failed_and_untouched(sync: Sync) -> None:
    """Check that a restore failed and said so, and that no file of its volume came, went or changed.

    The volume may be empty: that the restore failed is evidence, too.
    """
    failed(sync)
    difference = compare(contents(sync.before), contents(sync.after))
    if difference:
        _differs(sync, "the files that were there before", sync.before, str(difference),
                 cause="a restore that fails changes its volume")  # fmt: skip


def keeps(sync: Sync, files: Collection[str]) -> None:
    """Check that a restore, whether it succeeded or failed, left these files of its volume as they were.

    Raises:
        Divergence: A file changed or is gone.
        HarnessError: A file was not there before the sync, so that the check would prove nothing.
    """
    succeeded_or_failed(sync)
    if absent := sorted(set(files) - sync.before.keys()):
        raise HarnessError(f"the volume of {sync.ref} lacked {', '.join(absent)} before: nothing could happen to it")
    difference = compare(*({file: tree[file] for file in files if file in tree} for tree in (sync.before, sync.after)))
    if difference:
        _differs(sync, "other files as they were before", sync.before, str(difference), cause=THROUGH_LINKS)


def kept_outside(sync: Sync, before: Tree, after: Tree) -> None:
    """Check that a restore, whether it succeeded or failed, changed nothing that links of its volume lead to."""
    succeeded_or_failed(sync)
    # A mover may empty its own cache volume: then it did not come there by a link.
    emptied = {path.partition("/")[0] for path in before if path.endswith(NOT_LINKED) and path not in after}
    before = {path: what for path, what in before.items() if path.partition("/")[0] not in emptied}
    difference = compare(before, {path: what for path, what in after.items() if path in before})
    if difference:
        raise Divergence(f"what the links in the volume of {sync.ref} lead to", expected="as it was before",
                         seen=str(difference), oracle="volume", detail=log_of(sync), trees=(before, after),
                         cause=THROUGH_LINKS, part=Part.MOVER)  # fmt: skip


def backed_up(record: Record, source: ObjectRef) -> Tree:
    """Return the content of the newest successful backup of a source.

    Raises:
        Blocked: The source has no successful backup.
    """
    content = newest(record, source)
    if content is None:
        raise Blocked(Divergence(f"the backup of {source}", expected="it succeeded", seen="it has none",
                                 oracle="operator", roots=(BACKUP,)))  # fmt: skip
    return content


def _same(sync: Sync, expected: str, content: Tree, whose: str) -> None:
    """Check that the volume holds exactly this content.

    Args:
        sync: The sync whose volume is checked.
        expected: The expected content, in words.
        content: The expected content.
        whose: The owner of the observed content, in words, or "" if it is no other known content.
    """
    difference = compare(contents(content), contents(sync.after))
    if difference:
        seen = whose or ("an empty volume" if not sync.after else str(difference))
        _differs(sync, expected, content, seen, roots=() if whose else roots_of_content(sync))


def _times_and_owners(attributes: Tree) -> Tree:
    """Return the attributes without hard links. kopia restores each name of a file as a separate file."""
    return {path: " ".join(what.split()[:2]) for path, what in attributes.items()}


def _differs(sync: Sync, expected: str, content: Tree, seen: str, cause: str = "", roots: tuple[str, ...] = ()) -> None:
    raise Divergence(
        f"the volume of {sync.ref}",
        expected=expected,
        seen=seen,
        oracle="volume",
        detail=log_of(sync),
        others={"operator's Job": sync.asked_for or "no Job"},
        trees=(content, sync.after),
        cause=cause or f"{how(sync)} gives other data",
        roots=roots,
    )
