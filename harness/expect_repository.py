"""Judges what a repository and its store hold: whose snapshots, how many, and how much room they take."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from harness.errors import Divergence
from harness.expect import equal, listed, succeeded
from harness.model import ObjectRef
from harness.sync import Growth, Sync
from harness.testbed import Testbed


def grown(growth: Growth, *, at_least: float = 0.0, at_most: float = 1e9) -> None:
    """A backup added between two shares of its own size to the store."""
    succeeded(growth.sync)
    share = growth.added_bytes / growth.of_bytes
    if not at_least <= share <= at_most:
        limit = f"at least {at_least:.0%}" if at_least else f"at most {at_most:.0%}"
        raise Divergence(
            f"what the backup of {growth.sync.ref} added to the store",
            expected=f"{limit} of {growth.of_bytes} bytes",
            seen=f"{share:.1%} ({growth.added_bytes} bytes)",
            oracle="store",
        )


def only_identity(testbed: Testbed, repository: str, sync: Sync) -> None:
    """A repository holds snapshots, and all of them are of one sync's identity."""
    succeeded(sync)
    seen = {record.identity for record in testbed.snapshots(repository)}
    equal(f"the identities in {repository}", expected={sync.asked_for}, seen=seen, oracle="repository")


def traced(testbed: Testbed) -> None:
    """Every snapshot of the repository can be laid at the door of one sync by its identity and its time."""
    seen = Counter((record.identity, record.id) for sync in testbed.backups() for record in testbed.recorded(sync))
    expected = Counter((record.identity, record.id) for record in testbed.snapshots())
    equal("the snapshots that the syncs account for", expected=expected, seen=seen, oracle="repository")
    for sync in testbed.backups():
        owners = sorted({record.identity for record in testbed.recorded(sync)})
        equal(f"who did {sync.ref}", expected=[sync.asked_for], seen=owners, oracle="repository")


def snapshots_of(testbed: Testbed, source: ObjectRef, number: int) -> None:
    """The identity of a source has exactly so many snapshots."""
    identity = testbed.last_sync(source).asked_for
    seen = sum(record.identity == identity for record in testbed.snapshots())
    equal(f"the number of snapshots of {source}", expected=number, seen=seen, oracle="repository")


def described_as(testbed: Testbed, sync: Sync, text: str) -> None:
    """The snapshot of a backup has exactly this description."""
    succeeded(sync)
    seen = [record.description for record in testbed.recorded(sync)]
    equal(f"the description of the snapshot of {sync.ref}", expected=[text], seen=seen, oracle="repository")


def kept_out(content: Mapping[str, str], source: ObjectRef) -> None:
    """Somebody who tried to read a source's data was shown nothing."""
    equal(
        f"what was read of {source}", expected=0, seen=len(content), oracle="volume", detail="files, folders and links"
    )


def unchanged(what: str, before: object, after: object) -> None:
    """Nothing of what was written down before has changed."""
    equal(what, expected=before, seen=after, oracle="repository")


def history_of_each(testbed: Testbed, number: int) -> None:
    """Each source's identity has exactly so many snapshots, and no other identity has any."""
    wanted = {testbed.last_sync(source).asked_for: number for source in testbed.sources()}
    seen = Counter(record.identity for record in testbed.snapshots())
    equal("the number of snapshots of each identity", expected=wanted, seen=dict(seen), oracle="repository")


def identities_in_repository(testbed: Testbed, number: int) -> None:
    """The repository holds the snapshots of exactly so many identities."""
    identities = {record.identity for record in testbed.snapshots()}
    what = "the number of identities"
    equal(what, expected=number, seen=len(identities), oracle="repository", detail=listed(identities))
