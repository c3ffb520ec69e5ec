"""One scenario's world: objects, volumes, repositories, and what was seen of them.

Steps call one verb of a ``Testbed``; it drives the platform and the mover of the subject, and
asks the Observer.  Judging is in ``harness.expect``.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from harness import objects, secrecy
from harness.administrator import Administrator
from harness.completion import DOCUMENTED_REPOSITORY
from harness.declarations import Declarations
from harness.equipment import Equipment
from harness.errors import Blocked, Divergence, HarnessError, NotAsked
from harness.findings import Finding
from harness.histories import Histories
from harness.model import Identity, Manifest, MoverJob, MoverResult, ObjectRef, Sides, SnapshotRecord
from harness.platform.base import NoJob, claim_of, kopia_spec, status_of
from harness.platform.jobs import job_for
from harness.platform.status import identities, mover_log
from harness.preconditions import BACKUP, identity_of_job
from harness.repositories import Repositories
from harness.subject import Subject
from harness.sync import Ending, Sync
from harness.volumes import FolderVolumes, Tree, fill, tree, write_bytes

CLOCK_SLACK = timedelta(milliseconds=5)
"""kopia's instants and ours come from one clock; they are rounded in different ways."""

DISCOVERY_TIMEOUT_S = 10.0
"""How long the document has a user wait for what a discovery lists; it counts from the end of the mover."""

FAILED_BY_HARNESS = MoverResult(1, "the container was ended by the node before it began: exit status 1\n")


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
        self._contents: dict[ObjectRef, list[Tree]] = {}
        self._syncs: list[Sync] = []
        self.repositories = Repositories(equipment, name, folder)
        self.objects = Declarations(self._platform, self.repositories, subject.additions)
        self.administrator = Administrator(self.repositories, self._volumes)
        self.histories = Histories(self.administrator, self._volumes)
        self.findings: list[Finding] = []
        self.mover_seconds: list[float] = []

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
        return self._sync(ref, self._run)

    def fail(self, ref: ObjectRef) -> Sync:
        """Triggers an object, and has its Job fail without running the mover."""
        if not self._takes_jobs:
            raise NotAsked("the Jobs of a cluster run there: none can be made to fail")
        return self._sync(ref, lambda job: FAILED_BY_HARNESS)

    def ask(self, ref: ObjectRef) -> Sync:
        """Triggers an object and sees what the operator makes of it, without running its mover."""
        return self._sync(ref, None)

    def discover(self, ref: ObjectRef) -> Sync:
        """Syncs a destination, and gives its operator the documented time to list the identities."""
        before = identities(status_of(self.get(ref)))
        sync = self.sync(ref)
        if sync.job is None:
            return sync
        fresh: Callable[[Mapping[str, Any]], bool] = lambda status: identities(status) not in ([], before)  # noqa: E731
        self._platform.await_status(ref, fresh, DISCOVERY_TIMEOUT_S)
        status, messages = status_of(self.get(ref)), tuple(self._platform.messages(ref))
        self._syncs[-1] = replace(sync, status=status, messages=messages, log_shown=mover_log(status))
        return self._syncs[-1]

    def restore(self, name: str, namespace: str, fields: Mapping[str, str] | None = None) -> Sync:
        """Declares a destination and syncs it once."""
        return self.sync(self.declare(objects.destination(name, namespace, fields)))

    def restore_recorded(self, name: str, namespace: str, source: ObjectRef) -> Sync:
        """Restores by the very identity under which the newest backup of a source was recorded."""
        recorded = self.recorded(self.last_sync(source))
        if not recorded:
            raise Blocked(Divergence(f"the backup of {source}", expected="a snapshot", seen="none", oracle="repository",
                                     roots=(BACKUP,)))  # fmt: skip
        identity = recorded[0].identity
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
        return [ref for ref, history in self._contents.items() if content in history]

    def snapshots(self, repository: str = DOCUMENTED_REPOSITORY) -> tuple[SnapshotRecord, ...]:
        """Every snapshot in a repository, as the Observer reads it."""
        return self.repositories.snapshots(repository)

    def recorded(self, sync: Sync) -> list[SnapshotRecord]:
        """The snapshots that came into the repository during one sync."""
        return self._within(sync, known=False)

    def secret_shown(self) -> list[str]:
        """Where a password or key of this scenario can be read: a log, a status, an environment, a command line."""
        return secrecy.shown(self._syncs, self._equipment.calls, self.repositories.secrets())

    def account(self) -> list[tuple[Sync, tuple[str, ...]]]:
        """Every sync of this scenario, with the ids of its snapshots where the repository was read after it."""
        return [(sync, tuple(record.id for record in self._within(sync, known=True))) for sync in self._syncs]

    def check_surroundings(self) -> None:
        """Raises HarnessError where store or disk are not well: what was seen is then no verdict."""
        self._equipment.check()

    # --- inside

    def _within(self, sync: Sync, *, known: bool) -> list[SnapshotRecord]:
        begin, end = sync.begin - CLOCK_SLACK, sync.end + CLOCK_SLACK
        repository = self.objects.repository_of(sync.ref)
        records = self.repositories.last_read(repository) if known else self.snapshots(repository)
        return [record for record in records if begin <= record.start <= end]

    def _sync(self, ref: ObjectRef, run: Callable[[MoverJob], MoverResult] | None) -> Sync:
        before = tree(self.volume(ref))
        begin, trigger, refused = datetime.now(UTC), *self.objects.trigger(ref)
        answer = NoJob() if refused else self._platform.next_job(held=run is None)
        result, note = None, "" if isinstance(answer, MoverJob) else answer.note
        if isinstance(answer, MoverJob) and answer.owner != ref:
            raise HarnessError(f"a job of {answer.owner} appeared while {ref} was synced")
        if isinstance(answer, MoverJob) and run is not None:
            result = run(answer)
            note = self._platform.finished(answer, result)
        self.repositories.changed()
        status = status_of(self._platform.get(ref))
        sync = Sync(
            ref=ref,
            begin=begin,
            end=datetime.now(UTC),
            ending=_ending(refused, answer, result, self._word(ref, status, trigger)),
            spec=kopia_spec(self.declared(ref)),
            refused=refused,
            job=answer if isinstance(answer, MoverJob) else None,
            result=result,
            status=status,
            messages=() if refused else tuple(self._platform.messages(ref)),
            log_shown=mover_log(status),
            note=note,
            before=before,
            after=tree(self.volume(ref)) if result else before,
            volume=self.volume(ref),
        )
        self._syncs.append(sync)
        return sync

    def _word(self, ref: ObjectRef, status: Mapping[str, Any], trigger: str) -> Ending:
        """Return what the operator reports of a Job that ended."""
        if status.get("lastManualSync") == trigger:
            return Ending.SUCCEEDED
        return Ending.FAILED if self._platform.failure(ref) else Ending.UNNOTED

    def _run(self, job: MoverJob) -> MoverResult:
        begin = time.monotonic()
        result = self._mover.run(job)
        self.mover_seconds.append(time.monotonic() - begin)
        return result

    def _hand_over(self, ref: ObjectRef, identity: Identity) -> Sync:
        if not self._takes_jobs:
            raise NotAsked("the Jobs of a cluster come from its operator: its mover can be handed none past that")
        before, begin = tree(self.volume(ref)), datetime.now(UTC)
        manifest = self.declared(ref)
        secret = self.repositories.secret_values(ref.namespace, kopia_spec(manifest).get("repository", ""))
        job = job_for(manifest, ref, identity, None, secret, self.volume(ref), self._volumes.cache(ref))
        result = self._run(job)
        self.repositories.changed()
        word = Ending.SUCCEEDED if result.succeeded else Ending.FAILED
        sync = Sync(
            ref, begin, datetime.now(UTC), _ending("", job, result, word), kopia_spec(manifest), job=job,
            result=result, status={"kopia": {"requestedIdentity": str(identity)}}, log_shown=result.log,
            before=before, after=tree(self.volume(ref)), volume=self.volume(ref),
        )  # fmt: skip
        self._syncs.append(sync)
        return sync

    def _remember_content(self, sync: Sync, content: Tree) -> Sync:
        if sync.succeeded:
            self._contents.setdefault(sync.ref, []).append(content)
        return sync


def _ending(refused: str, answer: MoverJob | NoJob, result: MoverResult | None, word: Ending) -> Ending:
    """Return how a sync ended; ``word`` is what the operator reports of a Job that ended."""
    if refused:
        return Ending.REFUSED
    if isinstance(answer, NoJob):
        return Ending.FAILED if answer.said else Ending.SILENT
    if result is None:
        return Ending.ASKED
    if result.why_ended and word is not Ending.SUCCEEDED:
        return Ending.CUT_OFF
    return word


def _by_name(source: ObjectRef) -> Mapping[str, str]:
    return {"sourceName": source.name, "sourceNamespace": source.namespace}
