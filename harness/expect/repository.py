"""Judge the content of a repository: its identities, the number of snapshots, and its size in the store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping

from harness.document.parts import Part
from harness.errors import Divergence, HarnessError, NotAsked
from harness.expect.ending import answered, equal, failed, log_of, succeeded, succeeded_or_failed
from harness.expect.identity import listed
from harness.model import Identity, ObjectRef, SnapshotRecord
from harness.scenario.preconditions import OTHER_IDENTITY, RECORDED, identity_of_job, require
from harness.scenario.record import Record
from harness.scenario.sync import Growth, Sync
from harness.system.process import Completed


def grown(growth: Growth, *, at_least: float = -1e9, at_most: float = 1e9) -> None:
    """Check that a backup grew the store by a share of its own size within two limits.

    Args:
        growth: The measured backup.
        at_least: The lower limit, as a share. The default is negative, because a compaction may shrink the store.
        at_most: The upper limit, as a share.

    Raises:
        Divergence: The share is outside of the limits.
        Blocked: The backup did not succeed.
    """
    require(growth.sync)
    share = growth.added_bytes / growth.of_bytes
    if not at_least <= share <= at_most:
        limit = f"at least {at_least:.0%}" if at_least > 0 else f"at most {at_most:.0%}"
        raise Divergence(
            f"what the backup of {growth.sync.ref} added to the store",
            expected=f"{limit} of {growth.of_bytes} bytes",
            seen=f"{share:.1%} ({growth.added_bytes} bytes)",
            oracle="store",
        )


def only_identity(record: Record, repository: str, sync: Sync) -> None:
    """Check that a repository holds snapshots, and that all of them have the identity of one sync."""
    require(sync)
    seen = sorted({snapshot.identity for snapshot in record.snapshots(repository)})
    misnamed = bool(seen) and not {one.asked_for for one in record.syncs} & {*seen}
    equal(f"the identities in {repository}", expected=[identity_of_job(sync)], seen=seen, oracle="repository",
          roots=(RECORDED,) if misnamed else (),
          cause=OTHER_IDENTITY if misnamed else "who is in a repository")  # fmt: skip


def no_identity(record: Record, repository: str, sync: Sync) -> None:
    """Check that a repository holds snapshots, and that none of them has the identity of one sync."""
    seen = {snapshot.identity for snapshot in record.snapshots(repository)}
    if not seen:
        raise Divergence(f"the repository {repository}", expected="snapshots", seen="none", oracle="repository",
                         roots=("BA_1",))  # fmt: skip
    foreign = sorted(str(one) for one in seen & {identity_of_job(sync)})
    equal(f"foreign identities in {repository}", expected=[], seen=foreign, oracle="repository",
          cause="who is in a repository")  # fmt: skip


def traced(record: Record, number: int) -> None:
    """Check the number of successful backups, and that identity and time assign each snapshot to one of them."""
    backups = record.successful_backups()
    equal("the backups that succeeded", expected=number, seen=len(backups), oracle="operator", roots=("BA_1",))
    seen = Counter((snapshot.identity, snapshot.id) for sync in backups for snapshot in record.recorded(sync))
    expected = Counter((snapshot.identity, snapshot.id) for snapshot in record.snapshots())
    equal("the snapshots that the syncs account for", expected=expected, seen=seen, oracle="repository",
          cause="the audit trail")  # fmt: skip
    for sync in backups:
        owners = sorted({snapshot.identity for snapshot in record.recorded(sync)})
        equal(f"who did {sync.ref}", expected=[sync.asked_for], seen=owners, oracle="repository",
              roots=(RECORDED,), cause=OTHER_IDENTITY)  # fmt: skip


def snapshots_of(record: Record, source: ObjectRef, number: int) -> None:
    """Check that the identity of a source has exactly this number of snapshots."""
    identity = identity_of_job(record.last_sync(source))
    seen = sum(snapshot.identity == identity for snapshot in record.snapshots())
    equal(f"the number of snapshots of {source}", expected=number, seen=seen, oracle="repository")


def newest_is_kept(record: Record, source: ObjectRef) -> None:
    """Check that the repository holds the snapshot of a source's newest backup."""
    sync = record.last_sync(source)
    require(sync)
    seen = len(record.recorded(sync))
    equal(f"the snapshot of the newest backup of {source}", expected=1, seen=seen, oracle="repository")


def described_as(record: Record, sync: Sync, text: str) -> None:
    """Check that the snapshot of a backup has exactly this description."""
    succeeded(sync)
    seen = [snapshot.description for snapshot in record.recorded(sync)]
    equal(f"the description of the snapshot of {sync.ref}", expected=[text], seen=seen, oracle="repository")


def kept_out(content: Mapping[str, str], source: ObjectRef) -> None:
    """Check that an attempt to read a source's data yielded no files, folders or links."""
    equal(
        f"what was read of {source}", expected=0, seen=len(content), oracle="volume", detail="files, folders and links"
    )


def unchanged(what: str, before: object, after: object) -> None:
    """Check that two states, observed one after the other, are equal."""
    equal(what, expected=before, seen=after, oracle="repository")


def kept(record: Record, sync: Sync, before: Collection[SnapshotRecord]) -> None:
    """Check that a repository still holds all these snapshots after a sync, with the same identity, time and data.

    Raises:
        Divergence: A snapshot is gone or was changed.
        Blocked: The sync has no reported result.
        HarnessError: There were no snapshots, so that the check would prove nothing.
    """
    if not before:
        raise HarnessError("the repository held no snapshot before: that it still does would show nothing")
    succeeded_or_failed(sync)
    left = {_content(one) for one in record.snapshots(sync.repository)}
    lost = [f"{one.identity}:{one.path} of {one.start:%H:%M:%S.%f}" for one in before if _content(one) not in left]
    if lost:
        raise Divergence(
            f"the snapshots that were in {sync.repository} before the sync of {sync.ref}",
            expected="all of them are there, with the same identity, time and data",
            seen=f"{len(lost)} of {len(before)} gone or changed: {'; '.join(lost)}",
            oracle="repository",
            detail=log_of(sync),
            cause="a sync removes or changes earlier snapshots",
        )


def served(record: Record, sync: Sync) -> None:
    """Check that an object got its own Job or a message, and that a backup of it is in the repository if it succeeded.

    Raises:
        Divergence: The object got no answer, or a success is reported for a backup that was not made.
        Blocked: The mover has no reported result.
    """
    answered(sync)
    if not sync.succeeded:
        failed(sync)
        return
    if sync.job is None:
        raise Divergence(f"the sync of {sync.ref}", expected="a Job of its own", seen="a success without a Job",
                         oracle="operator", part=Part.CONTROLLER, cause="an object shares its Job")  # fmt: skip
    if sync.is_backup:
        seen = sum(snapshot.identity == sync.asked_for for snapshot in record.recorded(sync))
        equal(f"the snapshots of {sync.asked_for} that came in during the backup of {sync.ref}", expected=1, seen=seen,
              oracle="repository", detail=log_of(sync), cause="a backup is not recorded once")  # fmt: skip


def history_of_each(record: Record, number: int) -> None:
    """Check that each source's identity has exactly this number of snapshots.

    Snapshots of any other identity fail the check, too.
    """
    wanted: Counter[Identity] = Counter()
    for source in record.sources():
        require(record.last_sync(source))
        wanted[identity_of_job(record.last_sync(source))] += number
    seen = Counter(snapshot.identity for snapshot in record.snapshots())
    equal("the number of snapshots of each identity", expected=dict(wanted), seen=dict(seen), oracle="repository")
    equal("the number of identities", expected=len(record.sources()), seen=len(seen), oracle="repository",
          detail=listed(seen))  # fmt: skip


def identities_in_repository(record: Record, number: int) -> None:
    """Check that the repository holds snapshots of exactly this number of identities."""
    identities = {snapshot.identity for snapshot in record.snapshots()}
    what = "the number of identities"
    equal(what, expected=number, seen=len(identities), oracle="repository", detail=listed(identities))


def _content(snapshot: SnapshotRecord) -> tuple[object, ...]:
    """Return what makes a snapshot useful. Its id and description may change, for example if kopia edits it."""
    return (snapshot.identity, snapshot.path, snapshot.start, snapshot.root, snapshot.incomplete)


def readable(repository: str, reading: Completed) -> None:
    """Check that a plain client read every file of a repository.

    Args:
        repository: The documented repository.
        reading: The call of kopia that failed, or the last one.
    """
    if reading.exit_code:
        raise Divergence(
            f"the repository {repository}, read by a kopia client with an empty cache",
            expected="it opens, and every file in it can be read",
            seen=reading.tail,
            oracle="repository",
            part=Part.MOVER,
            cause="a backup makes a repository unreadable",
        )


def hold_own_backups(record: Record, source: ObjectRef, repositories: Collection[str]) -> None:
    """Check that each repository holds the backups of a source that succeeded while its Secret named it, and no other.

    A backup after a change of the Secret may fail: then nothing was made.

    Raises:
        Divergence: A repository holds other snapshots.
        Blocked: The first backup did not succeed, or another one has no reported result.
        NotAsked: No backup succeeded after a change of the Secret.
    """
    first, *others = [sync for sync in record.syncs if sync.ref == source]
    require(first)
    for sync in others:
        succeeded_or_failed(sync)
    for repository in repositories:
        made = [sync for sync in (first, *others) if sync.succeeded and sync.repository == repository]
        # A backup that fails at its very end may leave its snapshot where it belongs.
        failing = [sync for sync in others if not sync.succeeded and sync.repository == repository]
        late = {snapshot.id for sync in failing for snapshot in record.recorded(sync)}
        seen = [snapshot.identity for snapshot in record.snapshots(repository) if snapshot.id not in late]
        # As many as were made into it, under another identity: they are in the right place.
        misnamed = len(seen) == len(made)
        cause = OTHER_IDENTITY if misnamed else "backups are in another repository than their Secret names"
        equal(f"the snapshots in {repository}", expected=[identity_of_job(sync) for sync in made], seen=seen,
              oracle="repository", roots=(RECORDED,) if misnamed else (), cause=cause)  # fmt: skip
    if not any(sync.succeeded and sync.repository != first.repository for sync in others):
        said = others[0].said or log_of(others[0])
        raise NotAsked(f"no backup of {source} succeeds after its Secret names another repository: {said}")


def holds_each_success(record: Record) -> None:
    """Check that the repository holds as many snapshots as backups succeeded. The first of them must have succeeded."""
    require(record.syncs[0])
    number = len(record.successful_backups())
    what = f"the number of snapshots in the repository, into which {number} backups of {record.syncs[0].ref} succeeded"
    cause = "the repository lacks the snapshot of a successful backup, or holds one of a failed backup"
    equal(what, expected=number, seen=len(record.snapshots()), oracle="repository", cause=cause)


def opened_by_its_password(record: Record, sync: Sync) -> None:
    """Check that a backup failed and said so, or that kopia finds its snapshot with the password of the Secret."""
    if not sync.succeeded:
        failed(sync)
        return
    seen = len(record.snapshots(sync.repository))
    equal(f"the snapshots in {sync.repository}", expected=1, seen=seen, oracle="repository")


def absent(bucket: str, *, exists: bool) -> None:
    """Check that there is no repository in a bucket."""
    seen = "a repository" if exists else "none"
    equal(f"the repository in {bucket}", expected="none", seen=seen, oracle="store", part=Part.MOVER)
