"""An API and an operator in memory: admission, objects, jobs and status, decided by Decisions."""

from __future__ import annotations

import base64
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from harness.errors import AdmissionRefused
from harness.model import Identity, Manifest, MoverJob, MoverResult, ObjectRef
from harness.operator.decisions import Decisions
from harness.operator.platform import NoJob, Volumes
from harness.volsync import discovery, queries
from harness.volsync import status as said_in
from harness.volsync.admission import admit
from harness.volsync.fields import SYNCED, kopia_spec, status_of
from harness.volsync.jobs import job_for
from harness.volsync.manifests import ref_of


class _Unready(Exception):
    """No job can be made; the message goes into a condition."""


class SimulatedPlatform:
    """Hosts Decisions.  A sync is triggered by a new ``spec.trigger.manual``, as on a cluster."""

    def __init__(self, decisions: Decisions, volumes: Volumes) -> None:
        self.answer_s = 0.0
        self._decisions = decisions
        self._volumes = volumes
        self._objects: dict[ObjectRef, dict[str, Any]] = {}
        self._pending: deque[ObjectRef] = deque()
        self._events: dict[ObjectRef, list[str]] = {}

    def apply(self, manifest: Manifest) -> None:
        """See Platform.  An object keeps its status over an update."""
        ref = ref_of(manifest)
        admit(manifest, self._decisions.accepts_custom_name)
        self._admit_namespace(ref)
        before = self._objects.get(ref)
        self._objects[ref] = {**manifest, "status": dict(status_of(before))}
        if ref.kind == "PersistentVolumeClaim":
            self._volumes.claim(ref.namespace, ref.name)
        if ref.kind in SYNCED and _trigger(manifest) not in (None, _trigger(before or {})):
            self._pending.append(ref)

    def get(self, ref: ObjectRef) -> Manifest | None:
        """See Platform."""
        return self._objects.get(ref)

    def next_job(self, *, held: bool = False) -> MoverJob | NoJob:
        """See Platform.  An object that lacks what a Job needs gets a condition instead."""
        said = ""
        while self._pending:
            ref = self._pending.popleft()
            try:
                return self._job(ref)
            except _Unready as problem:
                said = self._decisions.complaint(str(problem))
                self._set_condition(ref, "Error" if said else "SyncInProgress", said)
                self._events.setdefault(ref, []).extend([f"Warning: {said}"] if said else [])
        return NoJob(said, "" if said else "the operator made no Job and said nothing")

    def finished(self, job: MoverJob, result: MoverResult) -> str:
        """See Platform."""
        succeeded = self._decisions.succeeded(result)
        status = self._objects[job.owner]["status"]
        status["latestMoverStatus"] = {"result": "Successful" if succeeded else "Failed", "logs": result.log}
        discovered = discovery.parse(result.log) or discovery.Discovered({})
        requested = _identity_of(job) if job.owner.kind == "ReplicationDestination" else None
        if requested is not None:
            status["kopia"].update(
                snapshotsFound=discovered.snapshots_of(requested),
                availableIdentities=self._decisions.available(discovered, result),
            )
        if succeeded:
            status["lastManualSync"] = _trigger(self._objects[job.owner])
            status["lastSyncTime"] = datetime.now(UTC).isoformat().replace("+00:00", "Z")
            self._set_condition(job.owner, "WaitingForManual", "")
        else:
            message = self._decisions.failure_message(requested, discovered, result)
            self._set_condition(job.owner, "Error", message)
        owner = self._objects[job.owner]
        owner["status"] = dict(self._decisions.status(owner, owner["status"]))
        return ""

    def await_status(self, ref: ObjectRef, holds: Callable[[Mapping[str, Any]], bool], timeout_s: float) -> None:
        """See Platform: nothing to wait for, a status changes with the call that changes it."""

    def failure(self, ref: ObjectRef) -> str:
        """See Platform."""
        return said_in.failure(status_of(self._objects.get(ref)), ())

    def messages(self, ref: ObjectRef) -> Sequence[str]:
        """See Platform."""
        return said_in.messages(status_of(self._objects.get(ref)), self._events.get(ref, ()))

    def as_json(self, ref: ObjectRef) -> str:
        """See Platform."""
        return queries.get_json(self.get(ref))

    def described(self, ref: ObjectRef) -> str:
        """See Platform."""
        return "\n".join([*self.messages(ref), said_in.mover_log(status_of(self._objects.get(ref)))])

    def close(self) -> None:
        """See Platform: it ends with its scenario."""

    def _admit_namespace(self, ref: ObjectRef) -> None:
        if ref.namespace and ObjectRef("Namespace", "", ref.namespace) not in self._objects:
            raise AdmissionRefused(f'namespaces "{ref.namespace}" not found')

    def _find_source(self, namespace: str, name: str) -> Manifest | None:
        return self._objects.get(ObjectRef("ReplicationSource", namespace, name))

    def _job(self, ref: ObjectRef) -> MoverJob:
        manifest = self._objects[ref]
        identity = self._identity(ref, manifest)
        folder = self._volumes.claim(ref.namespace, self._claim_name(ref, manifest))
        path = self._decisions.source_path(manifest, self._find_source)
        secret = self._repository(ref, manifest)
        self._set_condition(ref, "SyncInProgress", "")
        job = job_for(manifest, ref, identity, path, secret, folder, self._volumes.cache(ref))
        return replace(job, env=self._decisions.environment(manifest, job.env))

    def _identity(self, ref: ObjectRef, manifest: Manifest) -> Identity:
        refusal = self._decisions.refusal(manifest, self._find_source)
        if refusal:
            raise _Unready(refusal)
        if ref.kind == "ReplicationSource":
            return self._decisions.identity(manifest)
        identity = self._decisions.requested_identity(manifest, self._find_source)
        self._objects[ref]["status"]["kopia"] = {"requestedIdentity": self._decisions.in_words(identity)}
        return identity

    def _claim_name(self, ref: ObjectRef, manifest: Manifest) -> str:
        if ref.kind == "ReplicationDestination":
            name = kopia_spec(manifest).get("destinationPVC") or f"volsync-{ref.name}-dest"
            return str(name)
        name = manifest["spec"]["sourcePVC"]
        if ObjectRef("PersistentVolumeClaim", ref.namespace, name) not in self._objects:
            raise _Unready(f'persistentvolumeclaim "{name}" not found in namespace {ref.namespace}')
        return str(name)

    def _repository(self, ref: ObjectRef, manifest: Manifest) -> Mapping[str, str]:
        name = self._decisions.repository(manifest, self._find_source)
        if not name:
            raise _Unready("spec.kopia.repository is missing: name the Secret of the repository")
        secret = self._objects.get(ObjectRef("Secret", ref.namespace, name))
        if secret is None:
            raise _Unready(f'secret "{name}" not found in namespace {ref.namespace}')
        values = _decoded(secret)
        key = self._decisions.missing_key(values)
        if key:
            raise _Unready(f'secret "{name}" in namespace {ref.namespace} lacks the key {key}')
        return values

    def _set_condition(self, ref: ObjectRef, reason: str, message: str) -> None:
        busy = "True" if reason == "SyncInProgress" else "False"
        condition = {"type": "Synchronizing", "status": busy, "reason": reason, "message": message}
        self._objects[ref]["status"]["conditions"] = [condition]


def _trigger(manifest: Manifest) -> str | None:
    trigger = (manifest.get("spec") or {}).get("trigger") or {}
    return trigger.get("manual")


def _identity_of(job: MoverJob) -> Identity:
    return Identity(job.env["KOPIA_OVERRIDE_USERNAME"], job.env["KOPIA_OVERRIDE_HOSTNAME"])


def _decoded(secret: Manifest) -> dict[str, str]:
    data = {key: base64.b64decode(value).decode() for key, value in (secret.get("data") or {}).items()}
    return {**data, **(secret.get("stringData") or {})}
