"""Observe the Jobs of an operator on a real cluster, and copy files between folders and PVCs.

A folder stands for each PVC of a scenario.  Before a sync, a helper Pod that mounts the PVC copies the folder into it.
After the sync, it copies the PVC back.
Source: the Kubernetes API reference for Jobs and Pods.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from harness.errors import AdmissionRefused, HarnessError
from harness.kubernetes.api import Api
from harness.kubernetes.informer import Informer
from harness.kubernetes.kubelet import job_ref
from harness.kubernetes.notes import Note
from harness.kubernetes.pod import MissingKey, PodFacts, mover_of
from harness.kubernetes.pod_environment import environment_of
from harness.model import MoverJob, MoverResult, ObjectRef
from harness.operator.platform import Volumes
from harness.system.limits import DEFAULT_LIMITS, SubjectLimits
from harness.system.process import run
from harness.volsync.fields import status_of
from harness.volumes import Tree, tree

HELPER, INSIDE = "helper", "/volume"
HOPELESS = ("ErrImagePull", "ImagePullBackOff", "InvalidImageName", "CreateContainerConfigError")
"""Waiting reasons with which a container never starts by itself."""

ELSEWHERE = "its Pods run on a cluster, where the suite sees no processes"


class Kubectl(Protocol):
    """Run the real kubectl with arguments and standard input, and return its output."""

    def __call__(self, *args: str, given: bytes = b"") -> bytes:
        """Run kubectl; HarnessError if it fails."""


class Pods:
    """Implement Node and Mover on a cluster that runs the Jobs: wait for the Pods and read their results."""

    def __init__(
        self,
        api: Api,
        informer: Informer,
        kubectl: Kubectl,
        helper: str,
        timeout_s: float,
        note: Note,
        limits: SubjectLimits = DEFAULT_LIMITS,
    ) -> None:
        """Prepare the node.

        Args:
            api: The API of the cluster.
            informer: Watches Jobs and Pods.
            kubectl: Runs kubectl.
            helper: An image with sh, tar, find and sleep.
            timeout_s: How long a Job may take.
            note: Takes one line for each variable whose value is not recorded, because only the Pod has it.
            limits: The time limits of the subject.
        """
        self._note = note
        self._limits = limits
        self._api = api
        self._informer = informer
        self._kubectl = kubectl
        self._helper = helper
        self._timeout_s = timeout_s
        self._no_helper = ""
        self._carried: dict[str, Tree] = {}
        self._jobs: dict[ObjectRef, Mapping[str, Any]] = {}
        self.watched = False

    # --- as a node

    def hold(self, job: Mapping[str, Any]) -> None:
        """Suspend the Job: the scenario checks only the Job itself, not a sync."""
        self._api.update(job_ref(job), lambda before: {**before, "spec": {**before["spec"], "suspend": True}})

    def start(self, job: Mapping[str, Any], owner: ObjectRef, volumes: Volumes) -> MoverJob:
        """Return what the Job gives its mover; the cluster creates the Pod.

        Raises:
            MissingKey: The Pod cannot start because a Secret, a ConfigMap, a key or a PVC is missing.
        """
        metadata, template = job["metadata"], job["spec"]["template"]
        self._require_claims(metadata["namespace"], template["spec"])
        of_template = template.get("metadata") or {}
        known = {"namespace": metadata["namespace"], **{key: of_template.get(key) for key in ("labels", "annotations")}}
        facts = PodFacts(f"{metadata['namespace']}/{metadata['name']}", {"metadata": known, "spec": template["spec"]})
        container = mover_of(template["spec"])
        environment = environment_of(self._api, container, facts, self._note)
        self._jobs[owner] = job
        args = tuple(container.get("args") or ())
        return MoverJob(owner, args, environment.plain, environment.secret, {}, declared=job)

    def finish(self, job: Mapping[str, Any], result: MoverResult) -> bool:
        """Return False if the operator deleted the Job; the cluster sets the status of the Job itself."""
        return self._is_there(job)

    def fill(self, claim: ObjectRef, folder: Path) -> None:
        """Replace the content of a PVC with the content of a folder."""
        known, wanted = self._known(claim), tree(folder)
        if known is None or wanted == self._carried.get(known, {}):
            return
        self._carried[known] = wanted
        packed = self._tar("-cf", "-", "-C", str(folder), ".")
        unpack = f"find {INSIDE} -mindepth 1 -delete && tar -xpf - -C {INSIDE}"
        self._with_helper(claim, ("sh", "-c", unpack), packed)

    def fetch(self, claim: ObjectRef, folder: Path) -> None:
        """Replace the content of a folder with the content of a PVC."""
        packed = self._with_helper(claim, ("tar", "-cf", "-", "-C", INSIDE, "."))
        for entry in folder.iterdir():
            shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()
        self._tar("-xpf", "-", "-C", str(folder), given=packed)
        self._carried[self._known(claim) or ""] = tree(folder)

    # --- as a mover

    def run(self, job: MoverJob) -> MoverResult:
        """Wait until the first Pod of the Job ends; a cluster retries failing Pods for too long to wait for the Job."""
        there = self._jobs.pop(job.owner)
        ended = self._informer.wait(lambda: self._ended(there), self._timeout_s)
        if isinstance(ended, MoverResult):
            return ended
        return MoverResult(1, "", f"its Job did not end within {self._timeout_s:g} s", blind=ELSEWHERE)

    # --- internals

    def _require_claims(self, namespace: str, pod: Mapping[str, Any]) -> None:
        """Wait for the PVCs of a Pod. The cluster does not schedule the Pod before they exist."""
        mounted = [(volume.get("persistentVolumeClaim") or {}).get("claimName") for volume in pod.get("volumes") or ()]
        for name in filter(None, mounted):
            known = partial(self._known, ObjectRef("PersistentVolumeClaim", namespace, name))
            if not self._informer.wait(known, self._limits.pod_failure_s):
                raise MissingKey(f"PersistentVolumeClaim {name!r} not found", "Unschedulable")

    def _known(self, claim: ObjectRef) -> str | None:
        """Return the uid of a PVC, which differs from that of a later PVC of the same name; None if there is no PVC."""
        found = self._api.get(claim)
        return str(found["metadata"]["uid"]) if found else None

    def _ended(self, job: Mapping[str, Any]) -> MoverResult | None:
        pods = self._pods_of(job)
        for pod in pods:
            code = _terminated(pod, mover_of(pod["spec"])["name"])
            if code is not None:
                return MoverResult(code, self._log(pod), blind=ELSEWHERE)
            if why := _stuck(pod):
                return MoverResult(1, "", f"its Pod cannot start ({why})", blind=ELSEWHERE)
        if not pods and not self._is_there(job):
            return MoverResult(1, "", "its Job was deleted before its Pod ended", blind=ELSEWHERE)
        for condition in status_of(self._informer.get(job_ref(job))).get("conditions") or ():
            if (condition["type"], condition["status"]) == ("Failed", "True"):
                why = f"its Job failed: {condition.get('message', condition.get('reason'))}"
                return MoverResult(1, "", why, blind=ELSEWHERE)
        return None

    def _is_there(self, job: Mapping[str, Any]) -> bool:
        found = self._informer.get(job_ref(job))
        return found is not None and bool(found["metadata"]["uid"] == job["metadata"]["uid"])

    def _pods_of(self, job: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        uid, namespace = job["metadata"]["uid"], job["metadata"]["namespace"]
        return [
            pod
            for pod in self._informer.of("Pod", namespace)
            if uid in [owner["uid"] for owner in pod["metadata"].get("ownerReferences", ())]
        ]

    def _log(self, pod: Mapping[str, Any]) -> str:
        ref = ObjectRef("Pod", pod["metadata"]["namespace"], pod["metadata"]["name"])
        return self._api.log(ref, mover_of(pod["spec"])["name"])

    def _with_helper(self, claim: ObjectRef, command: Sequence[str], given: bytes = b"") -> bytes:
        """Run a command in a Pod that mounts the PVC; the Pod is deleted before a mover mounts the volume."""
        if self._no_helper:
            # Every helper Pod would fail for the same reason, each after the full time limit.
            raise HarnessError(self._no_helper)
        helper = ObjectRef("Pod", claim.namespace, f"conformance-helper-{secrets.token_hex(4)}")
        try:
            self._api.create(self._helper_pod(helper, claim))
        except AdmissionRefused as refusal:
            # It is not the operator's object that the API refuses.
            self._no_helper = f"the Pod that looks into {claim} is refused: {refusal}"
            raise HarnessError(self._no_helper) from None
        try:
            start_s = self._limits.volume_pod_start_s
            ready = self._informer.wait(lambda: self._running(helper), start_s)
            if ready is not True:
                late = f"it did not run within {start_s:g} s{_unscheduled(self._informer.get(helper))}"
                self._no_helper = (
                    f"the Pod that looks into {claim} cannot start (helper image {self._helper}): {ready or late}"
                )
                raise HarnessError(self._no_helper)
            return self._kubectl("exec", "-i", helper.name, "-n", helper.namespace, "--", *command, given=given)
        finally:
            self._api.delete(helper)

    def _running(self, helper: ObjectRef) -> bool | str:
        pod = self._informer.get(helper)
        if pod is None:
            return False
        return _stuck(pod) or status_of(pod).get("phase") == "Running"

    def _helper_pod(self, helper: ObjectRef, claim: ObjectRef) -> dict[str, Any]:
        container = {
            "name": HELPER,
            "image": self._helper,
            "imagePullPolicy": "IfNotPresent",
            "command": ["sleep", "3600"],
            "volumeMounts": [{"name": "volume", "mountPath": INSIDE}],
        }
        volume = {"name": "volume", "persistentVolumeClaim": {"claimName": claim.name}}
        spec = {
            "restartPolicy": "Never",
            "terminationGracePeriodSeconds": 0,
            "containers": [container],
            "volumes": [volume],
        }
        metadata = {"name": helper.name, "namespace": helper.namespace}
        return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}

    def _tar(self, *args: str, given: bytes = b"") -> bytes:
        """Run the tar of this machine, which does not write through symbolic links that lead out of the folder."""
        done = run(["tar", *args], env=os.environ, timeout_s=self._limits.volume_copy_s, given=given)
        if done.exit_code != 0:
            raise HarnessError(f"tar {' '.join(args)}: {done.stderr.strip()[-300:]}")
        return done.stdout_bytes


def _terminated(pod: Mapping[str, Any], container: str) -> int | None:
    """Return the exit status of a container at its first attempt, or None if it has not ended."""
    for status in status_of(pod).get("containerStatuses") or ():
        if status["name"] != container:
            continue
        for state in (status.get("lastState") or {}, status.get("state") or {}):
            if "terminated" in state:
                return int(state["terminated"]["exitCode"])
    return None


def _stuck(pod: Mapping[str, Any]) -> str:
    statuses = status_of(pod)
    for status in (*(statuses.get("initContainerStatuses") or ()), *(statuses.get("containerStatuses") or ())):
        waiting = (status.get("state") or {}).get("waiting") or {}
        if waiting.get("reason") in HOPELESS:
            return f"{waiting['reason']}: {waiting.get('message', 'no message')}"
    return ""


def _unscheduled(pod: Mapping[str, Any] | None) -> str:
    """Return why the cluster cannot schedule a Pod, or "" if it could."""
    for condition in status_of(pod).get("conditions") or ():
        if (condition["type"], condition["status"]) == ("PodScheduled", "False"):
            return f": {condition.get('message', condition.get('reason', ''))}"
    return ""
