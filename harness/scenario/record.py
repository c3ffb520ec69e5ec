"""Define the record of a scenario: all observations, as values that a check can judge.

The live scenario creates it (``harness.scenario.world``), or it is read from a file (``harness.scenario.saved``).
Checks (``harness.expect``) take only the record.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol, TypeVar

from harness.errors import Divergence, HarnessError
from harness.model import Identity, Manifest, ObjectRef, SnapshotRecord
from harness.scenario.failure import Failure
from harness.scenario.sync import Sync
from harness.volsync.defaults import DOCUMENTED_REPOSITORY
from harness.volsync.kinds import is_destination, is_source
from harness.volumes import Tree, contents

CLOCK_SLACK = timedelta(milliseconds=5)
"""The tolerance between instants of kopia and of the harness. Both use one clock, but round differently."""
WHOLE = ""
"""The key of a reading that exists only once in a scenario."""

_T = TypeVar("_T")


@dataclass(frozen=True)
class Backup:
    """The content of one backup of a source. ``instant`` is set for a history that the scenario wrote, else ""."""

    source: ObjectRef
    content: Tree
    instant: str = ""


@dataclass(frozen=True)
class StrangerBackup:
    """The content of a snapshot of a kopia user without a source."""

    identity: Identity
    content: Tree


@dataclass(frozen=True)
class Leak:
    """A place that shows a secret, and the kind of the secret. It never holds the secret itself."""

    place: str
    kind: str


@dataclass(frozen=True)
class Sizes:
    """The size of a repository, and the number and total size of the volumes that were backed up into it."""

    volumes: int
    volumes_bytes: int
    stored_bytes: int


@dataclass
class Readings:
    """The values that were read for checks, by their keys.

    ``failed`` holds the readings that raised a Divergence, by table and key.
    """

    snapshots: dict[str, tuple[SnapshotRecord, ...]] = field(default_factory=dict)
    objects: dict[str, Manifest | None] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    json_texts: dict[str, str] = field(default_factory=dict)
    clients: dict[str, Identity] = field(default_factory=dict)
    manifests: dict[str, Mapping[str, str]] = field(default_factory=dict)
    sizes: dict[str, Sizes] = field(default_factory=dict)
    leaks: dict[str, tuple[Leak, ...]] = field(default_factory=dict)
    failed: dict[str, Failure] = field(default_factory=dict)


class Reader(Protocol):
    """The readings that are possible while the world of a scenario exists."""

    def snapshots(self, repository: str) -> tuple[SnapshotRecord, ...]:
        """Read every snapshot of a documented repository."""

    def get(self, ref: ObjectRef) -> Manifest | None:
        """Read an object with its status. Return None if the API does not hold it."""

    def described(self, ref: ObjectRef) -> str:
        """Return the text that the operator adds to ``kubectl describe`` of an object."""

    def as_json(self, ref: ObjectRef) -> str:
        """Return the output of ``kubectl get … -o json`` for an object."""

    def client_identity(self, client: str) -> Identity:
        """Return the identity that kopia reports for a plain client."""

    def manifests(self) -> Mapping[str, str]:
        """Return every manifest of the repository, except those of maintenance."""

    def sizes(self) -> Sizes:
        """Measure the volumes of the sources and the repository."""

    def leaks(self) -> tuple[Leak, ...]:
        """Search all texts of the scenario for its secrets."""


class NotRecorded(HarnessError):
    """A check needs a value that was not read when the scenario ran."""


@dataclass(frozen=True)
class Record:
    """All observations of a scenario until now.

    Some values cost a call, such as a repository or an object of the API. They are read when a check first needs them,
    and then belong to the record.

    Attributes:
        syncs: Every sync, in order.
        declared: Every declared object as it was applied last, in the order of its first declaration.
        backups: The content of the successful backups, in order.
        strangers: The snapshots of kopia users without a source.
        keeps_owners: True if the mover can set owners. A mover that does not run as root may not.
        readings: The values that were read until now.
        reader: Reads further values. None if the scenario is over.
    """

    syncs: tuple[Sync, ...] = ()
    declared: Mapping[ObjectRef, Manifest] = field(default_factory=dict)
    backups: tuple[Backup, ...] = ()
    strangers: tuple[StrangerBackup, ...] = ()
    keeps_owners: bool = True
    readings: Readings = field(default_factory=Readings)
    reader: Reader | None = field(default=None, repr=False, compare=False)

    # --- objects and syncs

    def sources(self) -> list[ObjectRef]:
        """Return the declared sources, in order."""
        return [ref for ref in self.declared if is_source(ref)]

    def destinations(self) -> list[ObjectRef]:
        """Return the declared destinations, in order."""
        return [ref for ref in self.declared if is_destination(ref)]

    def last_sync(self, ref: ObjectRef) -> Sync:
        """Return the newest sync of an object.

        Raises:
            HarnessError: The object was never synced.
        """
        for sync in reversed(self.syncs):
            if sync.ref == ref:
                return sync
        raise HarnessError(f"{ref} was never synced in this scenario")

    def successful_backups(self) -> list[Sync]:
        """Return the backups that succeeded, in order."""
        return [sync for sync in self.syncs if sync.succeeded and sync.is_backup]

    # --- readings

    def snapshots(self, repository: str = DOCUMENTED_REPOSITORY) -> tuple[SnapshotRecord, ...]:
        """Return every snapshot in a repository, as the Observer reads it."""
        return self._read("snapshots", self.readings.snapshots, repository, lambda reader: reader.snapshots(repository))

    def recorded(self, sync: Sync) -> list[SnapshotRecord]:
        """Return the snapshots that were added to its repository during one sync."""
        return _within(sync, self.snapshots(sync.repository))

    def get(self, ref: ObjectRef) -> Manifest | None:
        """Return an object with its status, or None if the API does not hold it."""
        return self._read("objects", self.readings.objects, str(ref), lambda reader: reader.get(ref))

    def described(self, ref: ObjectRef) -> str:
        """Return the text that the operator adds to ``kubectl describe`` of an object."""
        return self._read("descriptions", self.readings.descriptions, str(ref), lambda reader: reader.described(ref))

    def as_json(self, ref: ObjectRef) -> str:
        """Return the output of ``kubectl get … -o json`` for an object."""
        return self._read("json_texts", self.readings.json_texts, str(ref), lambda reader: reader.as_json(ref))

    def client_identity(self, client: str) -> Identity:
        """Return the identity that kopia reports for a plain client."""
        return self._read("clients", self.readings.clients, client, lambda reader: reader.client_identity(client))

    def manifests(self) -> Mapping[str, str]:
        """Return every manifest of the repository by id, except those of maintenance."""
        return self._read("manifests", self.readings.manifests, WHOLE, lambda reader: reader.manifests())

    def sizes(self) -> Sizes:
        """Return the sizes of the volumes of the sources, and of the repository."""
        return self._read("sizes", self.readings.sizes, WHOLE, lambda reader: reader.sizes())

    def leaks(self) -> tuple[Leak, ...]:
        """Return the places that show a secret of the scenario."""
        return self._read("leaks", self.readings.leaks, WHOLE, lambda reader: reader.leaks())

    def _read(self, name: str, table: dict[str, _T], key: str, read: Callable[[Reader], _T]) -> _T:
        place = f"{name} {key}"
        if place in self.readings.failed:
            raise self.readings.failed[place].as_error()
        if key not in table:
            if self.reader is None:
                raise NotRecorded(f"the record does not hold {name} {key}: it was not read when the scenario ran")
            try:
                table[key] = read(self.reader)
            except Divergence as divergence:
                self.readings.failed[place] = Failure.of(divergence)
                raise
        return table[key]


def account(record: Record) -> list[tuple[Sync, tuple[str, ...]]]:
    """Return every sync with the ids of its snapshots.

    There are no ids if the repository was not read after its last change.
    """
    known = record.readings.snapshots
    return [(sync, tuple(one.id for one in _within(sync, known.get(sync.repository, ())))) for sync in record.syncs]


def newest(record: Record, source: ObjectRef) -> Tree | None:
    """Return the content of the newest successful backup of a source, or None if there is none."""
    return next((one.content for one in reversed(record.backups) if one.source == source), None)


def owners_of(record: Record, content: Tree) -> list[ObjectRef]:
    """Return the sources that have a backup with exactly this content."""
    files = contents(content)
    return list(dict.fromkeys(one.source for one in record.backups if contents(one.content) == files))


def backup_at(record: Record, source: ObjectRef, instant: str) -> Tree:
    """Return the content of the backup of a source at an instant."""
    found = [one.content for one in record.backups if (one.source, one.instant) == (source, instant)]
    if not found:
        raise HarnessError(f"no backup of {source} at {instant} was written in this scenario")
    return found[-1]


def instant_of(record: Record, source: ObjectRef, content: Tree) -> str:
    """Return the instant of the backup in a source's history with exactly this content, or "" if there is none."""
    files = contents(content)
    history = [one for one in record.backups if one.source == source and one.instant]
    return next((one.instant for one in history if contents(one.content) == files), "")


def of_stranger(record: Record, identity: Identity) -> Tree:
    """Return the content of the snapshot of a kopia user without a source."""
    found = [one.content for one in record.strangers if one.identity == identity]
    if not found:
        raise HarnessError(f"{identity} has no snapshot in this scenario")
    return found[-1]


def _within(sync: Sync, snapshots: Collection[SnapshotRecord]) -> list[SnapshotRecord]:
    begin, end = sync.begin - CLOCK_SLACK, sync.end + CLOCK_SLACK
    return [one for one in snapshots if begin <= one.start <= end]
