"""One scenario's world: objects, volumes, repositories, and what was seen of them.

Steps call one verb of a ``Testbed``; it drives the platform and the mover of the subject, and
asks the Observer.  Judging is in ``harness.expect``.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from harness import objects, secrecy
from harness.administrator import Administrator
from harness.completion import DOCUMENTED_REPOSITORY, REPOSITORY_SECRET, complete, repository_secret, triggered
from harness.equipment import Equipment
from harness.errors import AdmissionRefused, HarnessError, NotAsked
from harness.findings import Finding
from harness.histories import Histories
from harness.model import Identity, Manifest, MoverJob, MoverResult, ObjectRef, Sides, SnapshotRecord
from harness.platform.base import claim_of, kopia_spec, status_of
from harness.platform.jobs import job_for
from harness.platform.manifests import ref_of
from harness.repositories import Repositories
from harness.subject import Subject
from harness.sync import Sync
from harness.volumes import FolderVolumes, Tree, fill, tree, write_bytes

CLOCK_SLACK = timedelta(milliseconds=5)
"""kopia's instants and ours come from one clock; they are rounded in different ways."""


class Testbed:
    """The world of one scenario; nothing in it meets another scenario."""

    __test__ = False  # not a test class, whatever pytest makes of the name

    def __init__(
        self,
        equipment: Equipment,
        subject: Subject,
        sides: Sides,
        name: str,
        rename: Callable[[str], str] = str,
    ) -> None:
        """``rename`` maps namespaces as a scenario calls them to those on an API that others share."""
        folder = self.folder = equipment.folder / name
        self._equipment = equipment
        self._volumes = FolderVolumes(folder / "volumes")
        self._platform = subject.platform(sides, self._volumes, equipment.cluster, rename)
        self._mover = subject.mover(equipment.kopia.path, folder / "mover", equipment.record, equipment.cluster)
        self._takes_jobs = subject.pods is None
        self._numbers = count(1)
        self._manifests: dict[ObjectRef, Manifest] = {}
        self._contents: dict[ObjectRef, list[Tree]] = {}
        self._syncs: list[Sync] = []
        self.repositories = Repositories(equipment, name, folder)
        self.administrator = Administrator(self.repositories, self._volumes)
        self.histories = Histories(self.administrator, self._volumes)
        self.findings: list[Finding] = []
        self.mover_seconds: list[float] = []

    # --- objects

    def declare(self, manifest: Manifest) -> ObjectRef:
        """Completes a manifest and remembers it; it is applied with its first sync."""
        whole = complete(manifest).manifest
        ref = ref_of(whole)
        if ref.kind == "Secret":
            whole = self.repositories.adopt(whole)
        self._manifests[ref] = whole
        return ref

    def manifests(self) -> list[Manifest]:
        """Every object declared so far, whole, with the status it has."""
        return [self.get(ref) or manifest for ref, manifest in self._manifests.items()]

    def sources(self) -> list[ObjectRef]:
        """The sources declared so far, in order."""
        return [ref for ref in self._manifests if ref.kind == "ReplicationSource"]

    def destinations(self) -> list[ObjectRef]:
        """The destinations declared so far, in order."""
        return [ref for ref in self._manifests if ref.kind == "ReplicationDestination"]

    def declared(self, ref: ObjectRef) -> Manifest:
        """A declared object, whole, as it is applied."""
        return self._manifests[ref]

    def get(self, ref: ObjectRef) -> Manifest | None:
        """The object with its status, or None where the API does not hold it."""
        return self._platform.get(ref)

    def described(self, ref: ObjectRef) -> str:
        """What ``kubectl describe`` shows of an object beyond its fields."""
        return self._platform.described(ref)

    def as_json(self, ref: ObjectRef) -> str:
        """What ``kubectl get … -o json`` prints of an object."""
        return self._platform.as_json(ref)

    def operator_log(self) -> str:
        """What an operator with a process of its own wrote; "" where it has none."""
        return self._equipment.cluster.operator_log() if self._equipment.cluster else ""

    def close(self) -> None:
        """Ends the scenario: what it left on a shared API is removed."""
        self._platform.close()

    # --- syncs

    def back_up(self, ref: ObjectRef) -> Sync:
        """Fills the source's volume with new content and syncs it once."""
        return self.back_up_content(ref, fill(self.volume(ref), str(ref)))

    def back_up_content(self, ref: ObjectRef, content: Tree) -> Sync:
        """Syncs a source whose volume was made to hold ``content``."""
        return self._remember_content(self.sync(ref), content)

    def sync(self, ref: ObjectRef) -> Sync:
        """Triggers an object and carries its job from the operator to the mover and back."""
        before, begin, trigger, refused = tree(self.volume(ref)), datetime.now(UTC), *self._trigger(ref)
        job, result = (None, None) if refused else self._carry(ref)
        self.repositories.changed()
        return self._remember(ref, begin, refused, job, result, trigger, before)

    def ask(self, ref: ObjectRef) -> Sync:
        """Triggers an object and sees what the operator makes of it, without running its mover."""
        begin, trigger, refused = datetime.now(UTC), *self._trigger(ref)
        job = None if refused else self._platform.next_job(held=True)
        return self._remember(ref, begin, refused, job, None, trigger, {})

    def restore(self, name: str, namespace: str, fields: Mapping[str, str] | None = None) -> Sync:
        """Declares a destination and syncs it once."""
        return self.sync(self.declare(objects.destination(name, namespace, fields)))

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
        identity = self.ask(ref).asked_for
        if identity is None:
            raise HarnessError(f"the operator makes no job for {ref}: its history cannot be written")
        path = kopia_spec(self._manifests[ref]).get("sourcePathOverride", "/data")
        written = self.histories.write(ref, identity, path, instants)
        self._contents.setdefault(ref, []).extend(written)

    def hand_over_backup(self, ref: ObjectRef, identity: Identity) -> Sync:
        """Hands the mover the backup job of an identity, past admission and operator."""
        content = fill(self.volume(ref), str(ref))
        return self._remember_content(self._hand_over(ref, identity), content)

    def hand_over_restore(self, namespace: str, identity: Identity, fields: Mapping[str, str] | None = None) -> Sync:
        """Hands the mover the restore job of an identity, past admission and operator."""
        return self._hand_over(self.declare(objects.destination("handed-over", namespace, fields)), identity)

    def backups(self) -> list[Sync]:
        """The backups that succeeded, in order."""
        return [sync for sync in self._syncs if sync.succeeded and sync.ref.kind == "ReplicationSource"]

    def last_sync(self, ref: ObjectRef) -> Sync:
        """The newest sync of an object; HarnessError where a scenario asks before there is one."""
        for sync in reversed(self._syncs):
            if sync.ref == ref:
                return sync
        raise HarnessError(f"{ref} was never synced in this scenario")

    # --- volumes and repositories

    def volume(self, ref: ObjectRef) -> Path:
        """The folder of the PVC that an object backs up or restores into."""
        manifest = self._manifests[ref]
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
        return [ref for ref, history in self._contents.items() if content in history]

    def snapshots(self, repository: str = DOCUMENTED_REPOSITORY) -> tuple[SnapshotRecord, ...]:
        """Every snapshot in a repository, as the Observer reads it."""
        return self.repositories.snapshots(repository)

    def recorded(self, sync: Sync) -> list[SnapshotRecord]:
        """The snapshots that came into the repository during one sync."""
        return self._within(sync, known=False)

    def watch_command_lines(self) -> None:
        """Has the command line of every process of the movers be seen from here on."""
        self._mover.watched = True

    def secret_shown(self, told: Mapping[str, object]) -> list[str]:
        """Where a password or key can be read: a log, a status, a Job, a command line, or what else was ``told``."""
        return secrecy.shown(self._syncs, self._equipment.calls, self.repositories.secrets(), told)

    def account(self) -> list[tuple[Sync, tuple[str, ...]]]:
        """Every sync of this scenario, with the ids of its snapshots where the repository was read after it."""
        return [(sync, tuple(record.id for record in self._within(sync, known=True))) for sync in self._syncs]

    def check_surroundings(self) -> None:
        """Raises HarnessError where store or disk are not well: what was seen is then no verdict."""
        self._equipment.check()

    # --- inside

    def _within(self, sync: Sync, *, known: bool) -> list[SnapshotRecord]:
        begin, end = sync.begin - CLOCK_SLACK, sync.end + CLOCK_SLACK
        repository = self.repositories.of_namespace(sync.ref.namespace)
        records = self.repositories.last_read(repository) if known else self.snapshots(repository)
        return [record for record in records if begin <= record.start <= end]

    def _apply(self, ref: ObjectRef) -> str:
        """Applies an object with what it needs, after all sources; returns the API's refusal, "" where admitted."""
        waiting = [source for source in self.sources() if source != ref and self.get(source) is None]
        for source in waiting:
            self._apply_one(source)
        return self._apply_one(ref)

    def _apply_one(self, ref: ObjectRef) -> str:
        manifest = self._manifests[ref]
        try:
            for need in complete(manifest).needs:
                self._platform.apply(need)
            self._provide_secrets(ref.namespace)
            self._platform.apply(manifest)
        except AdmissionRefused as refusal:
            return str(refusal)
        return ""

    def _trigger(self, ref: ObjectRef) -> tuple[str, str]:
        trigger = f"sync-{next(self._numbers)}"
        self._manifests[ref] = triggered(self._manifests[ref], trigger)
        return trigger, self._apply(ref)

    def _provide_secrets(self, namespace: str) -> None:
        """Every repository Secret that an object names exists in every namespace in use."""
        values = self.repositories.secret_values(namespace)
        names = {kopia_spec(manifest).get("repository", REPOSITORY_SECRET) for manifest in self._manifests.values()}
        for name in names:
            self._platform.apply(repository_secret(namespace, name, values))

    def _carry(self, ref: ObjectRef) -> tuple[MoverJob | None, MoverResult | None]:
        job = self._platform.next_job()
        if job is None:
            return None, None
        if job.owner != ref:
            raise HarnessError(f"a job of {job.owner} appeared while {ref} was synced")
        result = self._run(job)
        self._platform.finished(job, result)
        return job, result

    def _run(self, job: MoverJob) -> MoverResult:
        begin = time.monotonic()
        result = self._mover.run(job)
        self.mover_seconds.append(time.monotonic() - begin)
        return result

    def _hand_over(self, ref: ObjectRef, identity: Identity) -> Sync:
        if not self._takes_jobs:
            raise NotAsked("the Jobs of a cluster come from its operator: its mover can be handed none past that")
        before, begin = tree(self.volume(ref)), datetime.now(UTC)
        secret = self.repositories.secret_values(ref.namespace)
        job = job_for(self._manifests[ref], ref, identity, None, secret, self.volume(ref), self._volumes.cache(ref))
        result = self._run(job)
        self.repositories.changed()
        sync = Sync(
            ref, begin, datetime.now(UTC), job=job, result=result, succeeded=result.succeeded,
            requested=str(identity), messages=(result.log,), before=before, volume=self.volume(ref),
        )  # fmt: skip
        self._syncs.append(sync)
        return sync

    def _remember_content(self, sync: Sync, content: Tree) -> Sync:
        if sync.succeeded:
            self._contents.setdefault(sync.ref, []).append(content)
        return sync

    def _remember(
        self,
        ref: ObjectRef,
        begin: datetime,
        refused: str,
        job: MoverJob | None,
        result: MoverResult | None,
        trigger: str,
        before: Tree,
    ) -> Sync:
        status = status_of(self._platform.get(ref))
        sync = Sync(
            ref=ref,
            begin=begin,
            end=datetime.now(UTC),
            refused=refused,
            job=job,
            result=result,
            succeeded=not refused and status.get("lastManualSync") == trigger,
            requested=str(status.get("kopia", {}).get("requestedIdentity", "")),
            messages=() if refused else tuple(self._platform.messages(ref)),
            before=before,
            volume=self.volume(ref),
        )
        self._syncs.append(sync)
        return sync


def _by_name(source: ObjectRef) -> Mapping[str, str]:
    return {"sourceName": source.name, "sourceNamespace": source.namespace}
