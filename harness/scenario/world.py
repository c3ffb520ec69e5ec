"""Create the live parts of one scenario: a platform, a mover, volumes and repositories.

No other scenario uses them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from harness.kopia.administrator import Administrator
from harness.kopia.client import KopiaClient
from harness.kopia.histories import Histories
from harness.kopia.locations import Locations
from harness.kopia.repositories import Repositories
from harness.kopia.repository_secrets import RepositorySecrets
from harness.model import Identity, Manifest, ObjectRef, SnapshotRecord, Variants
from harness.scenario import leak_scan
from harness.scenario.context import WorkerContext
from harness.scenario.declared_objects import DeclaredObjects
from harness.scenario.record import Backup, Leak, Readings, Record, Sizes, StrangerBackup
from harness.scenario.sync import Sync
from harness.scenario.sync_runner import SyncRunner
from harness.subject.subject import Subject
from harness.system.process import Call
from harness.volsync.defaults import DOCUMENTED_REPOSITORY
from harness.volsync.kinds import SOURCE, SYNCED
from harness.volumes import FolderVolumes, Tree


class World:
    """The live parts that acts use, and the observations of the scenario."""

    def __init__(
        self,
        context: WorkerContext,
        subject: Subject,
        variants: Variants,
        name: str,
        rename: Callable[[str], str] = str,
    ) -> None:
        """Create the world of the scenario ``name``.

        Args:
            context: The worker context.
            subject: The subject under test.
            variants: The variants of the document that the reference parts follow.
            name: The name for the folder and the buckets of the scenario.
            rename: Maps the namespaces of the scenario to those on a shared API.
        """
        self.folder = context.folder / name
        self.context = context
        self.calls: list[Call] = []
        self.volumes = FolderVolumes(self.folder / "volumes")
        self.platform = subject.platform(variants, self.volumes, context.cluster, rename)
        self.locations = Locations(context.buckets, name)
        self.secrets = RepositorySecrets(self.locations, context.password)
        tools = context.repository_tools(self.calls.append)
        self.repositories = Repositories(tools, self.locations, self.secrets, self.folder)
        self.objects = DeclaredObjects(self.platform, self.secrets, subject.additions)
        self.runner = SyncRunner(
            self.platform,
            subject.mover(context.kopia.path, self.folder / "mover", self.calls.append, context.cluster),
            self.volumes,
            self.objects,
            self.repositories,
            self.secrets,
            limits=subject.limits,
            takes_jobs=subject.mover_kind.pods is None,
        )
        self.administrator = Administrator(self.repositories, self.volumes)
        self.histories = Histories(self.administrator, self.volumes)
        self.clients: dict[str, KopiaClient] = {}
        self.backups: list[Backup] = []
        self.strangers: list[StrangerBackup] = []
        self.brings = subject.brings
        self._keeps_owners = subject.mover_kind.keeps_owners

    def observed(self) -> Record:
        """Return the current record without readings."""
        return Record(
            syncs=tuple(self.runner.syncs),
            declared={ref: self.objects.manifest(ref) for ref in self.objects.all()},
            backups=tuple(self.backups),
            strangers=tuple(self.strangers),
            keeps_owners=self._keeps_owners,
            reader=WorldReader(self),
        )

    def still_valid(self, readings: Readings) -> Readings:
        """Return the readings that are still valid: snapshots of repositories that have not changed since."""
        kept = {one: seen for one, seen in readings.snapshots.items() if self.repositories.last_read(one) is seen}
        return Readings(snapshots=kept)

    def remember(self, sync: Sync, content: Tree) -> Sync:
        """Store the content of a backup if it succeeded, and return its sync."""
        if sync.succeeded and sync.is_backup:
            self.backups.append(Backup(sync.ref, content))
        return sync

    def operator_log(self) -> str:
        """Return the log of an operator with its own process, or "" without one."""
        return self.context.cluster.operator_log() if self.context.cluster else ""


class WorldReader:
    """Read values for checks from a world (``harness.scenario.record.Reader``)."""

    def __init__(self, world: World) -> None:
        self._world = world

    def snapshots(self, repository: str) -> tuple[SnapshotRecord, ...]:
        """See Reader."""
        return self._world.repositories.snapshots(repository)

    def get(self, ref: ObjectRef) -> Manifest | None:
        """See Reader."""
        return self._world.platform.get(ref)

    def described(self, ref: ObjectRef) -> str:
        """See Reader."""
        return self._world.platform.described(ref)

    def as_json(self, ref: ObjectRef) -> str:
        """See Reader."""
        return self._world.platform.as_json(ref)

    def client_identity(self, client: str) -> Identity:
        """See Reader."""
        return self._world.clients[client].client_identity()

    def manifests(self) -> Mapping[str, str]:
        """See Reader."""
        return self._world.administrator.state()

    def sizes(self) -> Sizes:
        """See Reader."""
        world = self._world
        folders = [world.runner.volume(ref) for ref in world.objects.of_kind(SOURCE)]
        files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
        stored = world.locations.size_bytes(DOCUMENTED_REPOSITORY)
        return Sizes(len(folders), sum(path.stat().st_size for path in files), stored)

    def leaks(self) -> tuple[Leak, ...]:
        """See Reader."""
        world = self._world
        told: dict[str, object] = {"the log of the operator": world.operator_log()}
        for kind in SYNCED:
            for ref in world.objects.of_kind(kind):
                if (there := world.platform.get(ref)) is not None:
                    described = world.platform.described(ref)
                    told |= {f"{ref} as the API has it": there, f"what is described of {ref}": described}
        return leak_scan.leaks(world.runner.syncs, world.calls, world.secrets.kept_secret(), told)
