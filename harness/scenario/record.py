"""The record of a scenario: all that was observed in it, as values that a check can judge.

A record is made by what drives a scenario (``harness.scenario.world``) or read from a file
(``harness.scenario.saved``). Checks (``harness.expect``) take it and nothing else.
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
"""kopia's instants and ours come from one clock; they are rounded in different ways."""
WHOLE = ""
"""The key of a reading of which a scenario has only one."""

_T = TypeVar("_T")


@dataclass(frozen=True)
class Backup:
    """What one backup of a source held; ``instant`` is when, for a history that was written, else ""."""

    source: ObjectRef
    content: Tree
    instant: str = ""


@dataclass(frozen=True)
class StrangerBackup:
    """What the snapshot of a kopia user held that no operator knows."""

    identity: Identity
    content: Tree


@dataclass(frozen=True)
class Leak:
    """A place that shows a secret, and which kind of secret; never the secret itself."""

    place: str
    kind: str


@dataclass(frozen=True)
class Sizes:
    """How many bytes a repository occupies, and how many the volumes hold that were backed up into it."""

    volumes: int
    volumes_bytes: int
    stored_bytes: int


@dataclass
class Readings:
    """What was read because a check asked for it, by what was asked for; ``failed`` by table and key."""

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
    """What can be asked of a world while it is there."""

    def snapshots(self, repository: str) -> tuple[SnapshotRecord, ...]:
        """Read every snapshot of a documented repository."""

    def get(self, ref: ObjectRef) -> Manifest | None:
        """Read an object with its status; None where the API does not hold it."""

    def described(self, ref: ObjectRef) -> str:
        """Return what ``kubectl describe`` shows of an object beyond its fields."""

    def as_json(self, ref: ObjectRef) -> str:
        """Return what ``kubectl get … -o json`` prints of an object."""

    def client_identity(self, client: str) -> Identity:
        """Return the identity that kopia reports for a plain client."""

    def manifests(self) -> Mapping[str, str]:
        """Return every manifest of the repository that says what is kept."""

    def sizes(self) -> Sizes:
        """Measure the volumes of the sources, and the repository."""

    def leaks(self) -> tuple[Leak, ...]:
        """Search all texts of the scenario for its secrets."""


class NotRecorded(HarnessError):
    """A check asks for what was not read when the scenario ran."""


@dataclass(frozen=True)
class Record:
    """All that was observed of a scenario until now.

    What costs a call (a repository, an object of the API) is read when a check first asks for it, and
    belongs to the record from then on.

    Attributes:
        syncs: Every sync, in order.
        declared: Every declared object as it was applied last, in the order of its first declaration.
        backups: What the successful backups held, in order.
        strangers: What users of kopia backed up that no operator knows.
        keeps_owners: Whether the mover may set owners; one that runs as another user may not.
        readings: What was read until now.
        reader: Where the rest can be read; None where the scenario is over.
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
        """Return the newest sync of an object; HarnessError where a scenario asks before there is one."""
        for sync in reversed(self.syncs):
            if sync.ref == ref:
                return sync
        raise HarnessError(f"{ref} was never synced in this scenario")

    def successful_backups(self) -> list[Sync]:
        """Return the backups that succeeded, in order."""
        return [sync for sync in self.syncs if sync.succeeded and sync.is_backup]

    # --- what was read

    def snapshots(self, repository: str = DOCUMENTED_REPOSITORY) -> tuple[SnapshotRecord, ...]:
        """Return every snapshot in a repository, as the Observer reads it."""
        return self._read("snapshots", self.readings.snapshots, repository, lambda reader: reader.snapshots(repository))

    def recorded(self, sync: Sync) -> list[SnapshotRecord]:
        """Return the snapshots that came into its repository during one sync."""
        return _within(sync, self.snapshots(sync.repository))

    def get(self, ref: ObjectRef) -> Manifest | None:
        """Return an object with its status; None where the API does not hold it."""
        return self._read("objects", self.readings.objects, str(ref), lambda reader: reader.get(ref))

    def described(self, ref: ObjectRef) -> str:
        """Return what ``kubectl describe`` shows of an object beyond its fields."""
        return self._read("descriptions", self.readings.descriptions, str(ref), lambda reader: reader.described(ref))

    def as_json(self, ref: ObjectRef) -> str:
        """Return what ``kubectl get … -o json`` prints of an object."""
        return self._read("json_texts", self.readings.json_texts, str(ref), lambda reader: reader.as_json(ref))

    def client_identity(self, client: str) -> Identity:
        """Return the identity that kopia reports for a plain client."""
        return self._read("clients", self.readings.clients, client, lambda reader: reader.client_identity(client))

    def manifests(self) -> Mapping[str, str]:
        """Return every manifest of the repository that says what is kept, by its id."""
        return self._read("manifests", self.readings.manifests, WHOLE, lambda reader: reader.manifests())

    def sizes(self) -> Sizes:
        """Return the sizes of the volumes of the sources, and of the repository."""
        return self._read("sizes", self.readings.sizes, WHOLE, lambda reader: reader.sizes())

    def leaks(self) -> tuple[Leak, ...]:
        """Return the places in which a secret of the scenario can be read."""
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
    """Return every sync, with the ids of its snapshots where its repository was read after it."""
    known = record.readings.snapshots
    return [(sync, tuple(one.id for one in _within(sync, known.get(sync.repository, ())))) for sync in record.syncs]


def newest(record: Record, source: ObjectRef) -> Tree | None:
    """Return what the newest successful backup of a source held; None where there is none."""
    return next((one.content for one in reversed(record.backups) if one.source == source), None)


def owners_of(record: Record, content: Tree) -> list[ObjectRef]:
    """Return the sources one of whose backups had exactly this content."""
    files = contents(content)
    return list(dict.fromkeys(one.source for one in record.backups if contents(one.content) == files))


def backup_at(record: Record, source: ObjectRef, instant: str) -> Tree:
    """Return what the backup of a source at an instant held."""
    found = [one.content for one in record.backups if (one.source, one.instant) == (source, instant)]
    if not found:
        raise HarnessError(f"no backup of {source} at {instant} was written in this scenario")
    return found[-1]


def instant_of(record: Record, source: ObjectRef, content: Tree) -> str:
    """Return which backup of a source's history had exactly this content; "" where none had."""
    files = contents(content)
    history = [one for one in record.backups if one.source == source and one.instant]
    return next((one.instant for one in history if contents(one.content) == files), "")


def of_stranger(record: Record, identity: Identity) -> Tree:
    """Return what the snapshot of a kopia user held that no operator knows."""
    found = [one.content for one in record.strangers if one.identity == identity]
    if not found:
        raise HarnessError(f"{identity} has no snapshot in this scenario")
    return found[-1]


def _within(sync: Sync, snapshots: Collection[SnapshotRecord]) -> list[SnapshotRecord]:
    begin, end = sync.begin - CLOCK_SLACK, sync.end + CLOCK_SLACK
    return [one for one in snapshots if begin <= one.start <= end]
