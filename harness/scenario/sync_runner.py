"""Carry one sync from its trigger to its end, and record all that was observed of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from harness.errors import HarnessError, NotAsked
from harness.kopia.repositories import Repositories
from harness.kopia.repository_secrets import RepositorySecrets
from harness.model import Identity, MoverJob, MoverResult, ObjectRef
from harness.mover.base import Mover
from harness.operator.platform import NoJob, Platform
from harness.scenario.declared_objects import DeclaredObjects
from harness.scenario.sync import Ending, Sync
from harness.system.limits import SubjectLimits
from harness.volsync.fields import claim_of, kopia_spec, status_of
from harness.volsync.jobs import job_for
from harness.volsync.specs import spec_of
from harness.volsync.status import identities, mover_log, synced_trigger
from harness.volsync.status_writer import status_that_requests
from harness.volumes import FolderVolumes, attributes, tree

FAILED_BY_HARNESS = MoverResult(1, "the container was ended by the node before it began: exit status 1\n", blind="")


class SyncRunner:
    """Runs syncs one after another, on the platform and the mover of one scenario."""

    def __init__(
        self,
        platform: Platform,
        mover: Mover,
        volumes: FolderVolumes,
        objects: DeclaredObjects,
        repositories: Repositories,
        secrets: RepositorySecrets,
        *,
        takes_jobs: bool,
        limits: SubjectLimits,
    ) -> None:
        """``takes_jobs`` is whether the mover runs Jobs that no operator made."""
        self._limits = limits
        self._platform = platform
        self._mover = mover
        self._volumes = volumes
        self._objects = objects
        self._repositories = repositories
        self._secrets = secrets
        self._takes_jobs = takes_jobs
        self.syncs: list[Sync] = []
        self.mover_seconds: list[float] = []

    def volume(self, ref: ObjectRef) -> Path:
        """The folder of the PVC that an object backs up or restores into."""
        return self._volumes.claim(ref.namespace, claim_of(self._objects.manifest(ref)).name)

    def watch_command_lines(self) -> None:
        """Has the command line of every process of the mover be seen from here on."""
        self._mover.watched = True

    def sync(self, ref: ObjectRef) -> Sync:
        """Triggers an object and carries its Job from the operator to the mover and back."""
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
        before = identities(status_of(self._platform.get(ref)))
        sync = self.sync(ref)
        if sync.job is None:
            return sync

        def is_fresh(status: Mapping[str, Any]) -> bool:
            return identities(status) not in ([], before)

        self._platform.await_status(ref, is_fresh, self._limits.discovery_s)
        status, messages = status_of(self._platform.get(ref)), tuple(self._platform.messages(ref))
        self.syncs[-1] = replace(sync, status=status, messages=messages, log_shown=mover_log(status))
        return self.syncs[-1]

    def hand_over(self, ref: ObjectRef, identity: Identity) -> Sync:
        """Hands the mover a Job of an identity, past admission and operator; its exit status is its word."""
        if not self._takes_jobs:
            raise NotAsked("the Jobs of a cluster come from its operator: its mover can be handed none past that")
        manifest, volume, begin = self._objects.manifest(ref), self.volume(ref), datetime.now(UTC)
        before, attributes_before = tree(volume), attributes(volume)
        secret = self._secrets.values(ref.namespace, spec_of(manifest).repository)
        job = job_for(manifest, ref, identity, None, secret, volume, self._volumes.cache(ref))
        result = self._run(job)
        self._repositories.changed()
        word = Ending.SUCCEEDED if result.succeeded else Ending.FAILED
        sync = Sync(
            ref, begin, datetime.now(UTC), _ending("", job, result, word), kopia_spec(manifest), job=job,
            result=result, status=status_that_requests(str(identity)), log_shown=result.log,
            before=before, after=tree(volume), attributes_before=attributes_before,
            attributes_after=attributes(volume), repository=self._objects.repository_of(ref),
        )  # fmt: skip
        self.syncs.append(sync)
        return sync

    def _sync(self, ref: ObjectRef, run: Callable[[MoverJob], MoverResult] | None) -> Sync:
        volume = self.volume(ref)
        before, attributes_before = tree(volume), attributes(volume)
        begin, trigger, refused = datetime.now(UTC), *self._objects.trigger(ref)
        answer = NoJob() if refused else self._platform.next_job(held=run is None)
        result, note = None, "" if isinstance(answer, MoverJob) else answer.note
        if isinstance(answer, MoverJob) and answer.owner != ref:
            raise HarnessError(f"a job of {answer.owner} appeared while {ref} was synced")
        if isinstance(answer, MoverJob) and run is not None:
            result = run(answer)
            note = self._platform.finished(answer, result)
        self._repositories.changed()
        status = status_of(self._platform.get(ref))
        sync = Sync(
            ref=ref,
            begin=begin,
            end=datetime.now(UTC),
            ending=_ending(refused, answer, result, self._word(ref, status, trigger)),
            spec=kopia_spec(self._objects.manifest(ref)),
            refused=refused,
            job=answer if isinstance(answer, MoverJob) else None,
            result=result,
            status=status,
            messages=() if refused else tuple(self._platform.messages(ref)),
            log_shown=mover_log(status),
            note=note,
            before=before,
            after=tree(volume) if result else before,
            attributes_before=attributes_before,
            attributes_after=attributes(volume) if result else attributes_before,
            repository=self._objects.repository_of(ref),
        )
        self.syncs.append(sync)
        return sync

    def _word(self, ref: ObjectRef, status: Mapping[str, Any], trigger: str) -> Ending:
        """Return what the operator reports of a Job that ended."""
        if synced_trigger(status) == trigger:
            return Ending.SUCCEEDED
        return Ending.FAILED if self._platform.failure(ref) else Ending.UNNOTED

    def _run(self, job: MoverJob) -> MoverResult:
        begin = time.monotonic()
        result = self._mover.run(job)
        self.mover_seconds.append(time.monotonic() - begin)
        return result


def _ending(refused: str, answer: MoverJob | NoJob, result: MoverResult | None, word: Ending) -> Ending:
    """Return how a sync ended; ``word`` is what the operator reports of a Job that ended."""
    if refused:
        return Ending.REFUSED
    if isinstance(answer, NoJob):
        silent = Ending.WAITING if answer.is_made else Ending.SILENT
        return Ending.FAILED if answer.said else silent
    if result is None:
        return Ending.ASKED
    if result.why_ended and word is not Ending.SUCCEEDED:
        return Ending.CUT_OFF
    return word
