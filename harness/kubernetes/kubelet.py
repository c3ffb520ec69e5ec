"""Act as the kubelet of an API server without a cluster.

The kubelet turns Jobs into MoverJobs, and results of movers into Pods, logs and status.  Source: the Kubernetes API
reference for Jobs and Pods; the operator's contract (docs/architecture.md).
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from harness.errors import AdmissionRefused
from harness.kubernetes.api import Api
from harness.kubernetes.log_server import LogServer
from harness.kubernetes.notes import Note
from harness.kubernetes.pod import POD_IP, MissingKey, PodFacts, command_of, left_out, mover_of
from harness.kubernetes.pod_environment import Environment, Reading, environment_of
from harness.kubernetes.pod_volumes import PodVolumes
from harness.model import MoverJob, MoverResult, ObjectRef
from harness.operator.platform import Volumes
from harness.volsync.mover_job import OPERATIONS

BACKOFF_LIMIT = 6
"""The default of ``backoffLimit`` in a Job."""


class Kubelet:
    """Create the Pod of a Job and report how its mover ended."""

    def __init__(self, api: Api, logs: LogServer, note: Note) -> None:
        """Register a node of its own; ``note`` takes one line for each part of a Pod that the kubelet leaves out."""
        self._api = api
        self._logs = logs
        self._note = note
        self._running: dict[str, dict[str, Any]] = {}
        self._made: dict[str, ObjectRef] = {}
        self._deleted_jobs: set[str] = set()
        self.node = f"conformance-{secrets.token_hex(4)}"
        api.create({"apiVersion": "v1", "kind": "Node", "metadata": {"name": self.node}})
        status = {
            "addresses": [{"type": "InternalIP", "address": POD_IP}],
            "daemonEndpoints": {"kubeletEndpoint": {"Port": logs.port}},
            "conditions": [{"type": "Ready", "status": "True"}],
        }
        api.set_status(ObjectRef("Node", "", self.node), status)

    def hold(self, job: Mapping[str, Any]) -> None:
        """No-op: this kubelet runs only the Jobs for which ``start`` was called."""

    def fill(self, claim: ObjectRef, folder: Path) -> None:
        """No-op: this PVC is the folder itself."""

    def fetch(self, claim: ObjectRef, folder: Path) -> None:
        """No-op: this PVC is the folder itself."""

    def start(self, job: Mapping[str, Any], owner: ObjectRef, volumes: Volumes) -> MoverJob:
        """Create the Pod of a Job and return what the Job gives its mover.

        Args:
            job: The Job.
            owner: The source or destination of the Job, with the namespace that the scenario uses.
            volumes: The folders that stand for PVCs.

        Returns:
            The arguments, the environment and the mounts of the mover.

        Raises:
            MissingKey: The Pod cannot start because an object or a key is missing; the status of the Pod names it.
            HarnessError: The Job uses a feature that this kubelet does not support.
        """
        metadata = job["metadata"]
        facts = PodFacts(f"{metadata['namespace']}/{metadata['name']}", self._pod_for(job), self.node)
        _runs_one_pod(job, facts)
        for text in left_out(facts.pod["spec"]):
            self._note(facts.job, text)
        self._collect_older(job)
        try:
            made = self._api.create(facts.pod)
        except AdmissionRefused as refusal:
            # Raise no AdmissionRefused here: it is reserved for objects that a scenario applies.
            raise facts.cannot(
                "spec.template", facts.pod["metadata"]["name"], f"the API refuses this Pod: {refusal}"
            ) from None
        facts = PodFacts(facts.job, made, self.node)
        pod = ObjectRef("Pod", metadata["namespace"], made["metadata"]["name"])
        self._made[metadata["uid"]] = pod
        container = mover_of(made["spec"])
        try:
            read = Reading(self._api)
            environment = environment_of(read, container, facts, self._note)
            mounts = PodVolumes(read, volumes, owner.namespace, facts, self._note).mounts(container, environment)
        except MissingKey as problem:
            self._set_status(pod, made, _waiting(made, problem))
            raise
        self._running[metadata["uid"]] = made
        self._set_status(job_ref(job), job, {"startTime": _now(), "active": 1})
        if metadata["uid"] in self._deleted_jobs:
            # The operator deleted the Job before its Pod was listed here, so ``collect`` did not find the Pod.
            self.collect(job)
        return MoverJob(
            owner,
            arguments_of(container, environment, facts),
            environment.plain,
            environment.secret,
            mounts.folders,
            read_only=mounts.read_only,
            working_dir=container.get("workingDir") or None,
            declared=job,
        )

    def finish(self, job: Mapping[str, Any], result: MoverResult) -> bool:
        """Report how the mover of a Job ended: serve its log, then set the status of the Pod, then that of the Job.

        Returns:
            True; or False if the operator deleted the Job, for example because it has read the status of the Pod.
        """
        made = self._running.pop(job["metadata"]["uid"])
        pod = ObjectRef("Pod", made["metadata"]["namespace"], made["metadata"]["name"])
        container = mover_of(job["spec"]["template"]["spec"])["name"]
        succeeded = result.succeeded
        self._logs.serve(pod.namespace, pod.name, container, result.log)
        terminated = {"exitCode": result.exit_code or (0 if succeeded else 137), "finishedAt": _now()}
        status = {**_not_ready(container), "state": {"terminated": terminated}}
        phase = {"phase": "Succeeded" if succeeded else "Failed", "containerStatuses": [status]}
        self._set_status(pod, made, phase)
        return self._set_status(job_ref(job), job, _succeeded() if succeeded else _failed(job, result))

    def collect(self, job: Mapping[str, Any]) -> None:
        """Delete the Pod of a deleted Job, as the garbage collector of a cluster does."""
        uid = job["metadata"]["uid"]
        self._deleted_jobs.add(uid)
        if pod := self._made.pop(uid, None):
            self._api.delete(pod)

    def _collect_older(self, job: Mapping[str, Any]) -> None:
        """Delete the Pods of older Jobs of the same name, even if the watch has not yet told that these are deleted.

        Operators look up the Pod by the name of the Job.  Creation times have a resolution of one second, so two Pods
        could not be told apart.
        """
        namespace, name = job["metadata"]["namespace"], job["metadata"]["name"]
        for uid, pod in list(self._made.items()):
            of_its_name = pod.namespace == namespace and pod.name.rpartition("-")[0] == name
            if of_its_name and uid != job["metadata"]["uid"] and self._made.pop(uid, None):
                self._api.delete(pod)

    def _set_status(self, ref: ObjectRef, one: Mapping[str, Any], status: Mapping[str, Any]) -> bool:
        """Set the status of exactly this object; return False if the operator deleted it."""
        return self._api.set_status(ref, status, uid=one["metadata"]["uid"])

    def _pod_for(self, job: Mapping[str, Any]) -> dict[str, Any]:
        metadata, template = job["metadata"], job["spec"]["template"]
        of_template = template.get("metadata") or {}
        return {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {
                "name": f"{metadata['name']}-{secrets.token_hex(3)}",
                "namespace": metadata["namespace"],
                "labels": {**(of_template.get("labels") or {}), "job-name": metadata["name"]},
                "annotations": dict(of_template.get("annotations") or {}),
                "ownerReferences": [_owned_by(job)],
            },
            # On a cluster, admission sets the service account.  This API server has no controllers that would do so.
            "spec": {"serviceAccountName": "default", **template["spec"], "nodeName": self.node},
        }


def arguments_of(container: Mapping[str, Any], environment: Environment, facts: PodFacts) -> tuple[str, ...]:
    """Return the arguments of the mover: the container's ``args``, or the part of ``command`` after the program.

    The mover replaces the program of the image.  Its arguments must therefore contain ``backup`` or ``restore``.

    Raises:
        HarnessError: The arguments contain neither word.
    """
    words = [environment.expanded(word)[0] for word in command_of(container)]
    operations = [number for number, word in enumerate(words) if word in OPERATIONS]
    if not operations:
        field = f"{container['name']}.{'args' if container.get('args') else 'command'}"
        given = container.get("args") or container.get("command") or "not set"
        raise facts.cannot(field, given, f"has none of the words {' and '.join(OPERATIONS)}, and no mover is told so")
    # In a command, an interpreter and its options can come first.
    return tuple(words if container.get("args") else words[operations[0] :])


def job_ref(job: Mapping[str, Any]) -> ObjectRef:
    """Return the reference to a Job in the API."""
    return ObjectRef("Job", job["metadata"]["namespace"], job["metadata"]["name"])


def _owned_by(job: Mapping[str, Any]) -> dict[str, Any]:
    metadata = job["metadata"]
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "name": metadata["name"],
        "uid": metadata["uid"],
        "controller": True,
    }


def _runs_one_pod(job: Mapping[str, Any], facts: PodFacts) -> None:
    spec = job["spec"]
    for field in ("parallelism", "completions"):
        if spec.get(field, 1) != 1:
            raise facts.cannot(f"spec.{field}", spec[field], "this kubelet runs one Pod a Job, and one only")
    if spec.get("suspend"):
        raise facts.cannot("spec.suspend", "true", "no Pod of it runs before it is resumed")


def _waiting(pod: Mapping[str, Any], problem: MissingKey) -> dict[str, Any]:
    """Return the status of a Pod that waits for a missing object or key."""
    if problem.reason == "Unschedulable":
        condition = {"type": "PodScheduled", "status": "False", "reason": problem.reason, "message": str(problem)}
        return {"phase": "Pending", "conditions": [condition]}
    reason = "ContainerCreating" if problem.reason == "FailedMount" else problem.reason
    state = {"waiting": {"reason": reason, "message": str(problem)}}
    return {"phase": "Pending", "containerStatuses": [{**_not_ready(mover_of(pod["spec"])["name"]), "state": state}]}


def _not_ready(container: str) -> dict[str, Any]:
    return {"name": container, "image": "mover", "imageID": "", "ready": False, "restartCount": 0}


def _succeeded() -> dict[str, Any]:
    conditions = [_condition("SuccessCriteriaMet", "CompletionsReached"), _condition("Complete", "CompletionsReached")]
    return {"active": 0, "succeeded": 1, "completionTime": _now(), "conditions": conditions}


def _failed(job: Mapping[str, Any], result: MoverResult) -> dict[str, Any]:
    """Return the status of a Job after its last retry. The mover ran once; the cluster would have repeated it."""
    reason = result.why_ended or f"the mover ended with {result.exit_code}"
    conditions = [
        _condition("FailureTarget", "BackoffLimitExceeded", reason),
        _condition("Failed", "BackoffLimitExceeded", reason),
    ]
    return {"active": 0, "failed": job["spec"].get("backoffLimit", BACKOFF_LIMIT) + 1, "conditions": conditions}


def _condition(kind: str, reason: str, message: str = "") -> dict[str, str]:
    now = _now()
    times = {"lastProbeTime": now, "lastTransitionTime": now}
    return {"type": kind, "status": "True", "reason": reason, "message": message, **times}


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
