"""What a scenario does with plain kopia and the repository's Secret, past operator and mover."""

from __future__ import annotations

from collections.abc import Sequence

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
    """Works on the documented repository by plain kopia: clients, histories, and what somebody else may do."""

    @act
    def provide_repository(self) -> None:
        """Have the repository exist."""
        self._world.administrator.provide_repository()

    @act
    def client(self, verb: str, identity: Identity) -> str:
        """Return the name of a client that opened the repository by ``connect`` or ``create`` under an identity."""
        name = f"client {len(self._world.clients) + 1}"
        self._world.clients[name] = self._world.administrator.client(verb, identity)
        return name

    @act
    def take_snapshot(self, client: str, *flags: str) -> Completed:
        """Take a snapshot of a new small volume, with extra flags."""
        return self._world.administrator.snapshot(self._world.clients[client], *flags)

    @act
    def read(self, identity: Identity) -> Tree:
        """Restore the newest snapshot of any identity; empty where there is none."""
        return self._world.administrator.read(identity)

    @act
    def keep_latest(self, hostname: str, number: int) -> None:
        """Set a retention policy for a hostname: so many latest snapshots, and none for any period."""
        self._world.administrator.keep_latest(hostname, number)

    @act
    def lose_data(self) -> None:
        """Remove the content of all files from the store; indexes and manifests stay."""
        self._world.locations.lose_data(DOCUMENTED_REPOSITORY)


class History(Actor):
    """Writes snapshots of the past: of sources, and of kopia users that no operator knows."""

    @act
    def write_of_source(self, ref: ObjectRef, instants: Sequence[str]) -> None:
        """Have a source look back on backups at the given instants, under the identity its operator gives it."""
        world = self._world
        identity = identity_of_job(world.runner.ask(ref))
        path = spec_of(world.objects.manifest(ref)).source_path or DEFAULT_PATH
        written = world.histories.write(identity, path, instants)
        world.backups += [Backup(ref, one, instant) for one, instant in zip(written, instants, strict=True)]

    @act
    def write_of_stranger(self, identity: Identity, instant: str) -> Identity:
        """Have a kopia user that no operator knows look back on one snapshot of ``/data``."""
        content = self._world.histories.write_stranger(identity, instant)
        self._world.strangers.append(StrangerBackup(identity, content))
        return identity

    @act
    def write_long(self, identity: Identity, path: str, begin: str, end: str) -> None:
        """Have a kopia user that no operator knows look back on a snapshot that took from ``begin`` to ``end``."""
        self._world.histories.write_long(identity, path, begin, end)

    @act
    def write_tenant(self, identity: Identity, number: int, latest: str) -> None:
        """Write a history of so many snapshots of ``/data``, the latest at an instant, a minute apart."""
        self._world.administrator.write_tenant(identity, number, latest)

    @act
    def write_crowd(self, number: int) -> None:
        """Have so many kopia users look back on one snapshot each."""
        self._world.histories.write_crowd(number)

    @act
    def grow_to(self, number: int) -> tuple[float, float]:
        """Have the repository grow to so many identities; return the seconds of a list before and after.

        Most are made by copying the history of a host: their manifests are real, their data is shared.
        """
        alone = self._world.administrator.list_seconds()
        self._world.histories.write_crowd(number)
        return alone, self._world.administrator.list_seconds()
