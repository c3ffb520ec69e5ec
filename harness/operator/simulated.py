"""Simulate an API and an operator in memory: admission, objects, Jobs and status, with the logic of Decisions."""

from __future__ import annotations

import shutil
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from harness.errors import AdmissionRefused
from harness.model import Identity, Manifest, MoverJob, MoverResult, ObjectRef
from harness.operator.decisions import Decisions
from harness.operator.platform import NoJob, Volumes
from harness.volsync import discovery, queries, status_writer
from harness.volsync import status as said_in
from harness.volsync.admission import admit
from harness.volsync.defaults import destination_claim
from harness.volsync.fields import Field, manual_trigger, status_of
from harness.volsync.jobs import job_for
from harness.volsync.kinds import SYNCED, is_destination, is_source, source_ref
from harness.volsync.manifests import ref_of
from harness.volsync.mover_job import identity_of
from harness.volsync.secret_values import values_in
from harness.volsync.specs import destination_spec
from harness.volsync.status_writer import Reason


class _Unready(Exception):
    """Signal that the operator cannot create a Job; the message goes into a condition."""


class SimulatedPlatform:
    """Run Decisions as an operator.  A new manual trigger starts a sync, as on a cluster."""

    def __init__(self, decisions: Decisions, volumes: Volumes) -> None:
        self.answer_s = 0.0
        self._decisions = decisions
        self._volumes = volumes
        self._objects: dict[ObjectRef, dict[str, Any]] = {}
        self._pending: deque[ObjectRef] = deque()
        self._events: dict[ObjectRef, list[str]] = {}
        self._jobs: dict[tuple[str, str], list[ObjectRef]] = {}
        self._unasked: dict[ObjectRef, tuple[str, ...]] = {}

    def apply(self, manifest: Manifest) -> None:
        """See Platform.  An update does not change the status of an object."""
        ref = ref_of(manifest)
        admit(manifest, self._decisions.accepts_custom_name)
        self._admit_namespace(ref)
        before = self._objects.get(ref)
        self._objects[ref] = {**manifest, "status": dict(status_of(before))}
        if ref.kind == "PersistentVolumeClaim":
            self._volumes.claim(ref.namespace, ref.name)
        if ref.kind in SYNCED and self._decisions.begins_sync(before, manifest):
            self._pending.append(ref)

    def get(self, ref: ObjectRef) -> Manifest | None:
        """See Platform."""
        return self._objects.get(ref)

    def delete(self, ref: ObjectRef) -> None:
        """See Platform.  The cache volume belongs to the object, so it is removed with it."""
        self._objects.pop(ref, None)
        self._events.pop(ref, None)
        self._jobs.pop(self._job_key(ref), None)
        shutil.rmtree(self._volumes.cache(ref))

    def next_job(self, *, held: bool = False, within_s: float | None = None) -> MoverJob | NoJob:
        """See Platform.  If an object lacks something that a Job needs, set a condition instead."""
        said = ""
        while self._pending:
            ref = self._pending.popleft()
            try:
                job = self._job(ref)
            except _Unready as problem:
                said = self._decisions.complaint(str(problem))
                self._set_condition(ref, Reason.ERROR if said else Reason.IN_PROGRESS, said)
                self._events.setdefault(ref, []).extend([f"Warning: {said}"] if said else [])
            else:
                if self._takes_job_of_another(ref):
                    continue
                return job
        return NoJob(said, "" if said else "the operator made no Job and said nothing")

    def finished(self, job: MoverJob, result: MoverResult) -> str:
        """See Platform.  Every object that takes the Job for its own gets the result."""
        for ref in self._jobs.pop(self._job_key(job.owner), [job.owner]):
            self._finish(replace(job, owner=ref), result)
        return ""

    def _finish(self, job: MoverJob, result: MoverResult) -> None:
        succeeded = self._decisions.succeeded(result)
        status = self._objects[job.owner]["status"]
        status_writer.set_mover_status(status, result.log, succeeded=succeeded)
        listed = discovery.parse(result.log)
        discovered = listed or discovery.Discovered({})
        requested = identity_of(job) if is_destination(job.owner) else None
        if requested is not None:
            available = self._decisions.available(discovered, result)
            status_writer.set_discovered(status, discovered.snapshots_of(requested), available)
        if succeeded:
            status_writer.set_synced(status, manual_trigger(self._objects[job.owner]))
            self._set_condition(job.owner, Reason.WAITING, "")
            if self._decisions.begins_again(self._objects[job.owner]):
                self._unasked[job.owner] = (self._decisions.job_name(job.owner),)
        else:
            # Without a list, nothing is known of what the repository holds.
            message = self._decisions.failure_message(None if listed is None else requested, discovered, result)
            self._set_condition(job.owner, Reason.ERROR, message)
        owner = self._objects[job.owner]
        owner["status"] = dict(self._decisions.status(owner, owner["status"]))

    def await_status(self, ref: ObjectRef, holds: Callable[[Mapping[str, Any]], bool], timeout_s: float) -> None:
        """See Platform.  No-op: a call that changes the status does so before it returns."""

    def failure(self, ref: ObjectRef) -> str:
        """See Platform."""
        return said_in.failure(status_of(self._objects.get(ref)), ())

    def messages(self, ref: ObjectRef) -> Sequence[str]:
        """See Platform."""
        return said_in.messages(status_of(self._objects.get(ref)), self._events.get(ref, ()))

    def unasked_jobs(self, ref: ObjectRef) -> Sequence[str]:
        """See Platform.  Such a Job is not run."""
        return self._unasked.get(ref, ())

    def as_json(self, ref: ObjectRef) -> str:
        """See Platform."""
        return queries.get_json(self.get(ref))

    def described(self, ref: ObjectRef) -> str:
        """See Platform."""
        return "\n".join([*self.messages(ref), said_in.mover_log(status_of(self._objects.get(ref)))])

    def close(self) -> None:
        """See Platform.  No-op: the objects are in memory and end with the scenario."""

    def _admit_namespace(self, ref: ObjectRef) -> None:
        if ref.namespace and ObjectRef("Namespace", "", ref.namespace) not in self._objects:
            raise AdmissionRefused(f'namespaces "{ref.namespace}" not found')

    def _job_key(self, ref: ObjectRef) -> tuple[str, str]:
        return ref.namespace, self._decisions.job_name(ref)

    def _takes_job_of_another(self, ref: ObjectRef) -> bool:
        """Return True if a Job with the name of the object's Job exists, and belongs to another object.

        Like an operator that looks up a Job by its name only, the object then waits for the result of that Job.
        """
        owners = self._jobs.setdefault(self._job_key(ref), [ref])
        owners += [] if ref in owners else [ref]
        return owners[0] != ref

    def _find_source(self, namespace: str, name: str) -> Manifest | None:
        return self._objects.get(source_ref(namespace, name))

    def _job(self, ref: ObjectRef) -> MoverJob:
        manifest = self._objects[ref]
        identity = self._identity(ref, manifest)
        folder = self._volumes.claim(ref.namespace, self._claim_name(ref, manifest))
        path = self._decisions.source_path(manifest, self._find_source)
        secret = self._repository(ref, manifest)
        self._set_condition(ref, Reason.IN_PROGRESS, "")
        job = job_for(manifest, ref, identity, path, secret, folder, self._volumes.cache(ref))
        return replace(job, env=self._decisions.environment(manifest, job.env))

    def _identity(self, ref: ObjectRef, manifest: Manifest) -> Identity:
        refusal = self._decisions.refusal(manifest, self._find_source)
        if refusal:
            raise _Unready(refusal)
        if is_source(ref):
            return self._decisions.identity(manifest)
        identity = self._decisions.requested_identity(manifest, self._find_source)
        status_writer.set_requested(self._objects[ref]["status"], self._decisions.in_words(identity))
        return identity

    def _claim_name(self, ref: ObjectRef, manifest: Manifest) -> str:
        if is_destination(ref):
            return destination_spec(manifest).pvc or destination_claim(ref.name)
        name = self._decisions.pvc(manifest)
        if ObjectRef("PersistentVolumeClaim", ref.namespace, name) not in self._objects:
            raise _Unready(f'persistentvolumeclaim "{name}" not found in namespace {ref.namespace}')
        return name

    def _repository(self, ref: ObjectRef, manifest: Manifest) -> Mapping[str, str]:
        name = self._decisions.repository(manifest, self._find_source)
        if not name:
            raise _Unready(f"spec.kopia.{Field.REPOSITORY} is missing: name the Secret of the repository")
        secret = self._objects.get(ObjectRef("Secret", ref.namespace, name))
        if secret is None:
            raise _Unready(f'secret "{name}" not found in namespace {ref.namespace}')
        values = values_in(secret)
        key = self._decisions.missing_key(values)
        if key:
            raise _Unready(f'secret "{name}" in namespace {ref.namespace} lacks the key {key}')
        return values

    def _set_condition(self, ref: ObjectRef, reason: Reason, message: str) -> None:
        status_writer.set_condition(self._objects[ref]["status"], reason, message)
