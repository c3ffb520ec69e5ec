"""Use plain kopia with the repository Secret in a scenario, without an operator or mover."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from harness.errors import NotAsked
from harness.model import Identity, ObjectRef
from harness.scenario.journal import Actor, act
from harness.scenario.preconditions import identity_of_job
from harness.scenario.record import Backup, StrangerBackup
from harness.system.process import Completed
from harness.volsync.defaults import DOCUMENTED_REPOSITORY
from harness.volsync.specs import spec_of
from harness.volsync.variables import DEFAULT_PATH
from harness.volumes import Tree


class PlainKopia(Actor):
    """Work on the documented repository with plain kopia: clients, snapshots, policies and data loss."""

    @act
    def provide_repository(self) -> None:
        """Create the documented repository if it does not exist."""
        self._world.administrator.provide_repository()

    @act
    def client(self, verb: str, identity: Identity) -> str:
        """Open the repository with a new client, by ``connect`` or ``create``, and return the client's name."""
        name = f"client {len(self._world.clients) + 1}"
        self._world.clients[name] = self._world.administrator.client(verb, identity)
        return name

    @act
    def take_snapshot(self, client: str, *flags: str) -> Completed:
        """Take a snapshot of a new small volume, with extra flags."""
        return self._world.administrator.snapshot(self._world.clients[client], *flags)

    @act
    def read(self, identity: Identity) -> Tree:
        """Restore the newest snapshot of any identity and return its content. Return an empty tree if there is none."""
        return self._world.administrator.read(identity)

    @act
    def read_all(self, repository: str) -> Completed:
        """Read every file of a documented repository with a new client, and return the call that failed or the last."""
        return self._world.administrator.read_all(repository)

    @act
    def finds_repository(self, bucket: str) -> bool:
        """Return True if a documented bucket holds a repository, below whatever prefix."""
        return self._world.locations.holds_repository(bucket)

    @act
    def keep_latest(self, hostname: str, number: int) -> None:
        """Set a retention policy for a hostname: the number of latest snapshots to keep, and none for any period."""
        self._world.administrator.keep_latest(hostname, number)

    @act
    def lose_part(self) -> None:
        """Remove a part of the content of files from the store.

        Raises:
            NotAsked: The backup is so small that only the whole could be removed.
        """
        if not self._world.locations.lose_part(DOCUMENTED_REPOSITORY):
            raise NotAsked("the backup fills one blob of the repository, so no part of it can be lost")


class History(Actor):
    """Write snapshots of the past, for sources and for kopia users without a source."""

    @act
    def write_of_source(self, ref: ObjectRef, instants: Sequence[str], unchanged: Collection[str] = ()) -> None:
        """Write one snapshot for each instant, under the identity that the operator gives to a source.

        Args:
            ref: The source.
            instants: The times of the snapshots.
            unchanged: The instants at which the volume is as it was at the instant before.
        """
        world = self._world
        identity = identity_of_job(world.runner.ask(ref))
        path = spec_of(world.objects.manifest(ref)).source_path or DEFAULT_PATH
        written = world.histories.write(identity, path, instants, unchanged)
        world.backups += [Backup(ref, one, instant) for one, instant in zip(written, instants, strict=True)]

    @act
    def write_of_each(self, refs: Sequence[ObjectRef], instants: Sequence[str]) -> None:
        """Write the same snapshots for sources with a custom identity: one history, and copies of it.

        The operator is not asked for the identities: it would wait for the end of a Job that nobody runs.
        """
        specs = [spec_of(self._world.objects.manifest(ref)) for ref in refs]
        first, *others = [Identity(spec.username, spec.hostname) for spec in specs]
        self._world.histories.write(first, DEFAULT_PATH, instants)
        for other in others:
            self._world.administrator.copy_history(f"{first}:{DEFAULT_PATH}", f"{other}:{DEFAULT_PATH}")

    @act
    def write_of_users(self, snapshots: Sequence[tuple[Identity, str, str]]) -> None:
        """Write one snapshot each of a kopia user without a source: the identity, the path and the instant."""
        self._world.histories.write_all(snapshots)

    @act
    def write_incomplete(self, source: ObjectRef) -> None:
        """Write a snapshot of a source that lacks files, as a backup that was cut off leaves it."""
        world = self._world
        path = spec_of(world.objects.manifest(source)).source_path or DEFAULT_PATH
        world.administrator.write_incomplete(identity_of_job(world.observed().last_sync(source)), path)

    @act
    def write_of_stranger(self, identity: Identity, instant: str) -> Identity:
        """Write one snapshot of ``/data`` for a kopia user without a source."""
        content = self._world.histories.write_stranger(identity, instant)
        self._world.strangers.append(StrangerBackup(identity, content))
        return identity

    @act
    def write_long(self, identity: Identity, path: str, begin: str, end: str) -> None:
        """Write a snapshot that took from ``begin`` to ``end``, for a kopia user without a source."""
        self._world.histories.write_long(identity, path, begin, end)

    @act
    def write_tenants(self, tenants: Sequence[tuple[Identity, int, str]]) -> None:
        """Write snapshots of ``/data`` for tenants, one a minute: identity, number and latest instant of each."""
        self._world.histories.write_tenants(tenants)

    @act
    def write_crowd(self, number: int) -> None:
        """Write one snapshot each for this number of kopia users."""
        self._world.histories.write_crowd(number)

    @act
    def grow_to(self, number: int) -> tuple[float, float]:
        """Add identities to the repository up to this number.

        Most are copies of the history of one host: their manifests are real, their data is shared.

        Returns:
            The seconds that kopia takes to list all snapshots, before and after.
        """
        alone = self._world.administrator.list_seconds()
        self._world.histories.write_crowd(number)
        return alone, self._world.administrator.list_seconds()
