"""One scenario's world: objects, volumes, repositories, and what was seen of them.

Steps call one verb of a ``Testbed``; it drives the platform and the mover of the subject, and
asks the Observer.  Judging is in ``harness.expect.ending``.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path

from harness.errors import HarnessError
from harness.kopia.administrator import Administrator
from harness.kopia.histories import Histories
from harness.kopia.repositories import Repositories
from harness.model import Finding, Identity, Manifest, ObjectRef, SnapshotRecord, Variants
from harness.scenario import leak_scan
from harness.scenario.context import WorkerContext
from harness.scenario.declarations import Declarations
from harness.scenario.preconditions import identity_of_job
from harness.scenario.sync import Sync
from harness.scenario.sync_runner import SyncRunner
from harness.subject.subject import Subject
from harness.volsync import objects
from harness.volsync.defaults import DOCUMENTED_REPOSITORY
from harness.volsync.fields import claim_of, kopia_spec
from harness.volumes import FolderVolumes, Tree, contents, fill, fill_peculiar, write_bytes

CLOCK_SLACK = timedelta(milliseconds=5)
"""kopia's instants and ours come from one clock; they are rounded in different ways."""


class Testbed:
    """The world of one scenario; nothing in it meets another scenario."""

    __test__ = False  # not a test class, whatever pytest makes of the name

    def __init__(
        self,
        context: WorkerContext,
        subject: Subject,
        variants: Variants,
        name: str,
        rename: Callable[[str], str] = str,
    ) -> None:
        """``rename`` maps namespaces as a scenario calls them to those on an API that others share."""
        folder = self.folder = context.folder / name
        self._context = context
        self._volumes = FolderVolumes(folder / "volumes")
        self._platform = subject.platform(variants, self._volumes, context.cluster, rename)
        self._contents: dict[ObjectRef, list[Tree]] = {}
        self.repositories = Repositories(context.repository_tools, name, folder)
        self.objects = Declarations(self._platform, self.repositories, subject.additions)
        self._keeps_owners = subject.mover_kind.keeps_owners
        mover = subject.mover(context.kopia.path, folder / "mover", context.record, context.cluster)
        self._runner = SyncRunner(
            self._platform,
            mover,
            self._volumes,
            self.objects,
            self.repositories,
            limits=subject.limits,
            takes_jobs=subject.mover_kind.pods is None,
        )
        self.administrator = Administrator(self.repositories, self._volumes)
        self.histories = Histories(self.administrator, self._volumes)
        self.findings: list[Finding] = []

    # --- objects

    def declare(self, manifest: Manifest) -> ObjectRef:
        """Completes a manifest and remembers it; it is applied with its first sync."""
        return self.objects.declare(manifest)

    def manifests(self) -> list[Manifest]:
        """Every object declared so far, whole, with the status it has."""
        return [self.get(ref) or self.declared(ref) for ref in self.objects.all()]

    def sources(self) -> list[ObjectRef]:
        """The sources declared so far, in order."""
        return self.objects.of_kind("ReplicationSource")

    def destinations(self) -> list[ObjectRef]:
        """The destinations declared so far, in order."""
        return self.objects.of_kind("ReplicationDestination")

    def declared(self, ref: ObjectRef) -> Manifest:
        """A declared object, whole, as it is applied."""
        return self.objects.manifest(ref)

    def get(self, ref: ObjectRef) -> Manifest | None:
        """The object with its status, or None where the API does not hold it."""
        return self._platform.get(ref)

    def described(self, ref: ObjectRef) -> str:
        """What ``kubectl describe`` shows of an object beyond its fields."""
        return self._platform.described(ref)

    def as_json(self, ref: ObjectRef) -> str:
        """What ``kubectl get … -o json`` prints of an object."""
        return self._platform.as_json(ref)

    @property
    def mover_keeps_owners(self) -> bool:
        """Whether the mover may set owners: one that runs as another user gets volumes that belong to that user."""
        return self._keeps_owners

    @property
    def mover_seconds(self) -> list[float]:
        """How long each Job of the mover took."""
        return self._runner.mover_seconds

    @property
    def operator_seconds(self) -> float:
        """How long the operator took to answer, in all."""
        return self._platform.answer_s

    def operator_log(self) -> str:
        """What an operator with a process of its own wrote; "" where it has none."""
        return self._context.cluster.operator_log() if self._context.cluster else ""

    def close(self) -> None:
        """Ends the scenario: what it left on a shared API is removed."""
        self._platform.close()

    # --- syncs

    def back_up(self, ref: ObjectRef) -> Sync:
        """Fills the source's volume with new content and syncs it once."""
        return self.back_up_content(ref, fill(self.volume(ref), str(ref)))

    def back_up_peculiar(self, ref: ObjectRef) -> Sync:
        """Fills the source's volume with what a restore easily loses, and syncs it once."""
        return self.back_up_content(ref, fill_peculiar(self.volume(ref), str(ref)))

    def back_up_content(self, ref: ObjectRef, content: Tree) -> Sync:
        """Syncs a source whose volume was made to hold ``content``."""
        return self._remember_content(self.sync(ref), content)

    def sync(self, ref: ObjectRef) -> Sync:
        """Triggers an object and carries its job from the operator to the mover and back."""
        return self._runner.sync(ref)

    def fail(self, ref: ObjectRef) -> Sync:
        """Triggers an object, and has its Job fail without running the mover."""
        return self._runner.fail(ref)

    def ask(self, ref: ObjectRef) -> Sync:
        """Triggers an object and sees what the operator makes of it, without running its mover."""
        return self._runner.ask(ref)

    def discover(self, ref: ObjectRef) -> Sync:
        """Syncs a destination, and gives its operator the documented time to list the identities."""
        return self._runner.discover(ref)

    def restore(self, name: str, namespace: str, fields: Mapping[str, str] | None = None) -> Sync:
        """Declares a destination and syncs it once."""
        return self.sync(self.declare(objects.destination(name, namespace, fields)))

    def restore_recorded(self, name: str, namespace: str, source: ObjectRef) -> Sync:
        """Restores by the very identity that the operator gave its mover for the newest backup of a source."""
        identity = identity_of_job(self.last_sync(source))
        return self.restore(name, namespace, {"username": identity.username, "hostname": identity.hostname})

    def restore_every_source(self, namespace: str) -> list[tuple[ObjectRef, Sync]]:
        """Restores each declared source from another namespace, naming it by ``sourceIdentity`` alone."""
        return [
            (source, self.restore(f"restore-{number}", namespace, _by_name(source)))
            for number, source in enumerate(self.sources(), 1)
        ]

    def restore_each(self, source: ObjectRef, rows: Sequence[Mapping[str, str]]) -> list[Sync]:
        """Restores a source by the destination of its name, once for each row of fields, each into a new volume."""
        return [
            self.restore(source.name, source.namespace, {**row, "destinationPVC": f"restored-{number}"})
            for number, row in enumerate(rows, 1)
        ]

    def write_history(self, ref: ObjectRef, instants: Sequence[str]) -> None:
        """Has a source look back on backups at the given instants, under the identity its operator gives it."""
        identity = identity_of_job(self.ask(ref))
        path = kopia_spec(self.declared(ref)).get("sourcePathOverride", "/data")
        written = self.histories.write(ref, identity, path, instants)
        self._contents.setdefault(ref, []).extend(written)

    def hand_over_backup(self, ref: ObjectRef, identity: Identity) -> Sync:
        """Hands the mover the backup job of an identity, past admission and operator."""
        content = fill(self.volume(ref), str(ref))
        return self._remember_content(self._runner.hand_over(ref, identity), content)

    def hand_over_restore(self, namespace: str, identity: Identity, fields: Mapping[str, str] | None = None) -> Sync:
        """Hands the mover the restore job of an identity, past admission and operator."""
        return self._runner.hand_over(self.declare(objects.destination("handed-over", namespace, fields)), identity)

    def backups(self) -> list[Sync]:
        """The backups that succeeded, in order."""
        return [sync for sync in self._runner.syncs if sync.succeeded and sync.ref.kind == "ReplicationSource"]

    def last_sync(self, ref: ObjectRef) -> Sync:
        """The newest sync of an object; HarnessError where a scenario asks before there is one."""
        for sync in reversed(self._runner.syncs):
            if sync.ref == ref:
                return sync
        raise HarnessError(f"{ref} was never synced in this scenario")

    # --- volumes and repositories

    def volume(self, ref: ObjectRef) -> Path:
        """The folder of the PVC that an object backs up or restores into."""
        manifest = self.declared(ref)
        return self._volumes.claim(ref.namespace, claim_of(manifest).name)

    def use_volume(self, ref: ObjectRef, *files: str) -> None:
        """Has the volume of an object hold files that no backup knows."""
        for file in files:
            write_bytes(self.volume(ref), secrets.token_bytes(32), file)

    def content(self, ref: ObjectRef) -> Tree | None:
        """What the newest successful backup of a source held."""
        return self._contents[ref][-1] if ref in self._contents else None

    def owners_of(self, content: Tree) -> list[ObjectRef]:
        """The sources one of whose backups had exactly this content."""
        return [
            ref for ref, history in self._contents.items() if contents(content) in [contents(one) for one in history]
        ]

    def snapshots(self, repository: str = DOCUMENTED_REPOSITORY) -> tuple[SnapshotRecord, ...]:
        """Every snapshot in a repository, as the Observer reads it."""
        return self.repositories.snapshots(repository)

    def recorded(self, sync: Sync) -> list[SnapshotRecord]:
        """The snapshots that came into the repository during one sync."""
        return self._within(sync, known=False)

    def watch_command_lines(self) -> None:
        """Has the command line of every process of the movers be seen from here on."""
        self._runner.watch_command_lines()

    def secret_shown(self, told: Mapping[str, object]) -> list[str]:
        """Where a password or key can be read: a log, a status, a Job, a command line, or what else was ``told``."""
        return leak_scan.shown(self._runner.syncs, self._context.calls, self.repositories.secrets(), told)

    def account(self) -> list[tuple[Sync, tuple[str, ...]]]:
        """Every sync of this scenario, with the ids of its snapshots where the repository was read after it."""
        return [(sync, tuple(record.id for record in self._within(sync, known=True))) for sync in self._runner.syncs]

    def check_surroundings(self) -> None:
        """Raises HarnessError where store or disk are not well: what was seen is then no verdict."""
        self._context.check()

    # --- inside

    def _within(self, sync: Sync, *, known: bool) -> list[SnapshotRecord]:
        begin, end = sync.begin - CLOCK_SLACK, sync.end + CLOCK_SLACK
        repository = self.objects.repository_of(sync.ref)
        records = self.repositories.last_read(repository) if known else self.snapshots(repository)
        return [record for record in records if begin <= record.start <= end]

    def _remember_content(self, sync: Sync, content: Tree) -> Sync:
        if sync.succeeded:
            self._contents.setdefault(sync.ref, []).append(content)
        return sync


def _by_name(source: ObjectRef) -> Mapping[str, str]:
    return {"sourceName": source.name, "sourceNamespace": source.namespace}
