"""Run one sync from its trigger to its end, and record all observations."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from harness.errors import HarnessError, NotAsked
from harness.kopia.repositories import Repositories
from harness.kopia.repository_secrets import RepositorySecrets
from harness.model import Identity, MoverJob, MoverResult, ObjectRef
from harness.mover.base import Killable, Mover
from harness.operator.platform import NoJob, Platform
from harness.scenario.declared_objects import DeclaredObjects
from harness.scenario.preconditions import require_permitted
from harness.scenario.sync import Ending, Sync
from harness.system.limits import SubjectLimits
from harness.volsync.discovery import shows_all
from harness.volsync.fields import claim_of, kopia_spec, status_of
from harness.volsync.jobs import job_for
from harness.volsync.specs import spec_of
from harness.volsync.status import contradicts, identities, mover_log, requested_identity, synced_trigger
from harness.volsync.status_writer import status_that_requests
from harness.volumes import FolderVolumes, Tree, attributes, much_data, tree

JOBS_A_SYNC = 3
"""Number of Jobs that an operator may create, one after another, for one trigger."""
KILLED = 137
"""The exit status of a container that the node kills."""
FAILED_BY_HARNESS = MoverResult(1, "the container was ended by the node before it began: exit status 1\n", blind="")


@dataclass(frozen=True)
class _Begun:
    """A sync whose mover did not run yet. The fields are those of ``Sync``, and the answer of the operator."""

    ref: ObjectRef
    begin: datetime
    trigger: str
    refused: str
    answer: MoverJob | NoJob
    is_changed: bool
    before: Tree
    attributes_before: Mapping[str, str]


class SyncRunner:
    """Run syncs one after another, on the platform and the mover of one scenario."""

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
        """Start without syncs. ``takes_jobs`` is True if the mover can run Jobs that no operator created."""
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
        """Return the folder of the PVC that an object backs up or restores into."""
        return self._volumes.claim(ref.namespace, claim_of(self._objects.manifest(ref)).name)

    def watch_command_lines(self) -> None:
        """Record the command line of every process of the mover from now on."""
        self._mover.watched = True

    def sync(self, ref: ObjectRef) -> Sync:
        """Trigger an object, and pass its Job from the operator to the mover and the result back."""
        return self._sync(ref, self._run)

    def fail(self, ref: ObjectRef) -> Sync:
        """Trigger an object, and let its Job fail without running the mover.

        Raises:
            NotAsked: The cluster runs the Jobs, so the harness cannot make one fail.
        """
        if not self._takes_jobs:
            raise NotAsked("the Jobs of a cluster run there: none can be made to fail")
        return self._sync(ref, lambda job: FAILED_BY_HARNESS)

    def together(self, refs: Sequence[ObjectRef]) -> list[Sync]:
        """Sync several objects at the same time: their Jobs exist before the first mover runs.

        An operator may make the Job of one object after that of another one ended. An object without an answer is
        therefore synced once more after the others, unless the operator has reported a success by then.
        """
        begun = [self._begin(ref) for ref in refs]
        ended = [self._end(one, self._run) for one in begun]
        again = [sync.ending is Ending.SILENT for sync in ended]
        return [self.sync(sync.ref) if late else sync for sync, late in zip(ended, again, strict=True)]

    def fail_at_end(self, ref: ObjectRef) -> Sync:
        """Trigger an object, run its mover, and let the Job fail although the mover did all its work.

        Raises:
            NotAsked: The cluster runs the Jobs, so the harness cannot make one fail.
        """
        if not self._takes_jobs:
            raise NotAsked("the Jobs of a cluster run there: none can be made to fail")
        return self._sync(ref, lambda job: replace(self._run(job), exit_code=KILLED))

    def sync_writing(self, ref: ObjectRef, text: str) -> Sync:
        """Trigger an object, run its mover, and add a text at the end of its log.

        Raises:
            NotAsked: The cluster runs the Jobs, so the harness cannot add to their logs.
        """
        if not self._takes_jobs:
            raise NotAsked("the Jobs of a cluster run there: nothing can be added to their logs")

        def run(job: MoverJob) -> MoverResult:
            result = self._run(job)
            return replace(result, log=f"{result.log.rstrip()}\n{text}\n")

        return self._sync(ref, run)

    def change(self, ref: ObjectRef) -> Sync:
        """Apply an object with its old trigger, and run a Job if the operator creates one within a short time."""
        sync = self._sync(ref, self._run, is_new=False)
        require_permitted(sync)
        if sync.ending is Ending.SILENT:
            # Nothing was requested, so that silence is the right answer.
            self.syncs[-1] = sync = replace(sync, ending=Ending.ASKED)
        return sync

    def kill(self, ref: ObjectRef, identity: Identity) -> None:
        """Run the mover with a backup Job for an identity, on a volume with much data, and kill it.

        It is killed when it has run for as long as the Job before, which was a whole backup of little data: then it
        reads or uploads. The data is removed afterwards. This is no sync that a check can judge.

        Raises:
            NotAsked: The mover cannot be killed by the harness, or it ended before.
        """
        if not isinstance(self._mover, Killable):
            raise NotAsked("the harness cannot kill a mover of this kind")
        manifest, volume = self._objects.manifest(ref), self.volume(ref)
        secret = self._secrets.values(ref.namespace, spec_of(manifest).repository)
        with much_data(volume):
            job = job_for(manifest, ref, identity, None, secret, volume, self._volumes.cache(ref))
            result = self._mover.run_until(job, self.mover_seconds[-1])
        self._repositories.changed()
        if not result.why_ended:
            raise NotAsked(f"the mover ended by itself ({result.exit_code}) before it could be killed")

    def ask(self, ref: ObjectRef) -> Sync:
        """Trigger an object and record the operator's Job, without running the mover."""
        return self._sync(ref, None)

    def discover(self, ref: ObjectRef) -> Sync:
        """Sync a destination, and wait until its operator lists the identities, at most for the documented time."""
        before = identities(status_of(self._platform.get(ref)))
        sync = self.sync(ref)
        if sync.job is None:
            return sync

        def is_fresh(status: Mapping[str, Any]) -> bool:
            return identities(status) not in ([], before)

        return self._shown_later(sync, is_fresh)

    def request(self, ref: ObjectRef) -> Sync:
        """Sync a destination, and wait until its status shows the identity of its Job, at most as in ``discover``."""
        sync = self.sync(ref)
        if sync.job is None:
            return sync
        return self._shown_later(sync, lambda status: requested_identity(status) == str(sync.asked_for))

    def _shown_later(self, sync: Sync, is_shown: Callable[[Mapping[str, Any]], bool]) -> Sync:
        """Wait until the status shows something that an operator may write after the result, and record it again."""
        self._platform.await_status(sync.ref, is_shown, self._limits.discovery_s)
        status, messages = status_of(self._platform.get(sync.ref)), tuple(self._platform.messages(sync.ref))
        self.syncs[-1] = replace(sync, status=status, messages=messages, log_shown=mover_log(status))
        return self.syncs[-1]

    def hand_over(self, ref: ObjectRef, identity: Identity) -> Sync:
        """Run the mover with a Job for an identity, without admission and operator.

        The exit status of the mover decides the ending.

        Raises:
            NotAsked: The cluster runs the Jobs of its operator, so the harness cannot pass a Job to the mover.
        """
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

    def _sync(self, ref: ObjectRef, run: Callable[[MoverJob], MoverResult] | None, *, is_new: bool = True) -> Sync:
        return self._end(self._begin(ref, held=run is None, is_new=is_new), run)

    def _begin(self, ref: ObjectRef, *, held: bool = False, is_new: bool = True) -> _Begun:
        """Trigger an object, or apply it with its old trigger, and wait for the answer of the operator."""
        volume = self.volume(ref)
        before, attributes_before = tree(volume), attributes(volume)
        if not self._takes_jobs:  # The cluster runs the Job as soon as it exists.
            self._repositories.provide(self._objects.repository_of(ref))
        begin, is_changed = datetime.now(UTC), self._objects.take_change(ref)
        trigger, refused = self._objects.trigger(ref) if is_new else ("", self._objects.change(ref))
        within_s = None if is_new else self._limits.unasked_job_s
        answer = NoJob() if refused else self._platform.next_job(held=held, within_s=within_s)
        if isinstance(answer, MoverJob) and answer.owner != ref:
            raise HarnessError(f"a job of {answer.owner} appeared while {ref} was synced")
        return _Begun(ref, begin, trigger, refused, answer, is_changed, before, attributes_before)

    def _end(self, begun: _Begun, run: Callable[[MoverJob], MoverResult] | None) -> Sync:
        """Run the Job of an object that was triggered, and record the sync."""
        ref, refused, volume = begun.ref, begun.refused, self.volume(begun.ref)
        answer, result, note = self._run_jobs(begun.answer, run)
        self._repositories.changed()
        status = self._settled_status(ref, result, begun.trigger)
        sync = Sync(
            ref=ref,
            begin=begun.begin,
            end=datetime.now(UTC),
            ending=_ending(refused, answer, result, self._word(ref, status, begun.trigger)),
            spec=kopia_spec(self._objects.manifest(ref)),
            refused=refused,
            job=answer if isinstance(answer, MoverJob) else None,
            result=result,
            status=status,
            messages=() if refused else self._messages(ref, mover_log(status), has_mover=result is not None),
            log_shown=mover_log(status),
            note=note,
            before=begun.before,
            after=tree(volume) if result else begun.before,
            attributes_before=begun.attributes_before,
            attributes_after=attributes(volume) if result else begun.attributes_before,
            repository=self._objects.repository_of(ref),
        )
        self.syncs.append(sync)
        if begun.is_changed:
            require_permitted(sync)
        return sync

    def _run_jobs(
        self, answer: MoverJob | NoJob, run: Callable[[MoverJob], MoverResult] | None
    ) -> tuple[MoverJob | NoJob, MoverResult | None, str]:
        """Run a Job, and each Job that the operator replaces it with; return the last one, its result and a note."""
        for _ in range(JOBS_A_SYNC):
            if isinstance(answer, NoJob):
                return answer, None, answer.note
            if run is None:
                return answer, None, ""
            result = run(answer)
            note = self._platform.finished(answer, result)
            if note is not None:
                return answer, result, note
            answer = self._platform.next_job()
        return NoJob(), None, f"the operator replaced its Job {JOBS_A_SYNC} times before the mover ended"

    def _settled_status(self, ref: ObjectRef, result: MoverResult | None, trigger: str) -> Mapping[str, Any]:
        """Return the status after a sync. If a part of it contradicts another or is missing, wait for the update."""

        def is_whole(status: Mapping[str, Any]) -> bool:
            fits = not contradicts(status, succeeded=synced_trigger(status) == trigger)
            return result is None or (fits and shows_all(status, result.log))

        if not is_whole(status_of(self._platform.get(ref))):
            self._platform.await_status(ref, is_whole, self._limits.status_s)
        return status_of(self._platform.get(ref))

    def _messages(self, ref: ObjectRef, log: str, *, has_mover: bool) -> tuple[str, ...]:
        """Return the messages of the operator, that of a failure first. A log that no mover wrote is one of them."""
        of_movers = {sync.log_shown for sync in self.syncs if sync.ref == ref and sync.result is not None}
        said = () if has_mover or log in of_movers else log.splitlines()
        failure = self._platform.failure(ref)
        return tuple(sorted((*self._platform.messages(ref), *said), key=lambda message: message != failure))

    def _word(self, ref: ObjectRef, status: Mapping[str, Any], trigger: str) -> Ending:
        """Return the ending that the operator reports for a finished Job."""
        if synced_trigger(status) == trigger:
            return Ending.SUCCEEDED
        return Ending.FAILED if self._platform.failure(ref) else Ending.UNNOTED

    def _run(self, job: MoverJob) -> MoverResult:
        self._repositories.provide(self._objects.repository_of(job.owner))
        begin = time.monotonic()
        result = self._mover.run(job)
        self.mover_seconds.append(time.monotonic() - begin)
        return result


def _ending(refused: str, answer: MoverJob | NoJob, result: MoverResult | None, word: Ending) -> Ending:
    """Return how a sync ended. ``word`` is the ending that the operator reports for a finished Job."""
    if refused:
        return Ending.REFUSED
    if isinstance(answer, NoJob) and word is not Ending.SUCCEEDED:
        silent = Ending.WAITING if answer.is_made else Ending.SILENT
        return Ending.FAILED if answer.said else silent
    if result is None:
        return word if isinstance(answer, NoJob) else Ending.ASKED
    if result.why_ended and word is not Ending.SUCCEEDED:
        return Ending.CUT_OFF
    return word
