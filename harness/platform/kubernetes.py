"""An operator of somebody else on a real Kubernetes API, whoever runs its Jobs.

What a scenario calls a namespace may have another name on the API, so that scenarios do not meet; a
scenario whose expectations hold the name literally keeps it, and takes turns with others that do.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from harness.errors import HarnessError, OperatorCrashed
from harness.model import Manifest, MoverJob, MoverResult, ObjectRef
from harness.platform.base import SYNCED, Volumes, claim_of, kopia_spec, status_of
from harness.platform.manifests import ref_of
from harness.platform.pod import MissingKey
from harness.platform.pod_volumes import copied, snapshots_of

ANSWER_TIMEOUT_S = 15.0
"""How long an operator may take to make a job, or to say why it makes none, or to take note of a result."""

ASKED_TIMEOUT_S = 2.0
GONE_TIMEOUT_S = 15.0

if TYPE_CHECKING:
    from harness.platform.cluster import Cluster


class KubernetesPlatform:
    """See Platform.  ``rename`` maps the namespaces of a scenario to those on the API."""

    def __init__(self, cluster: Cluster, volumes: Volumes, rename: Callable[[str], str]) -> None:
        self._cluster = cluster
        self._api = cluster.api
        self._volumes = volumes
        self._rename = rename
        self._applied: dict[ObjectRef, Manifest] = {}
        self._failed: set[ObjectRef] = set()
        self._jobs: dict[ObjectRef, Mapping[str, Any]] = {}
        self._known_jobs: set[str] = set()
        self._triggered: ObjectRef | None = None
        self._said: dict[ObjectRef, list[str]] = {}
        self._crashes = cluster.crashes()
        cluster.platform = self

    def apply(self, manifest: Manifest) -> None:
        """See Platform.  An object whose last sync failed is made anew: its status would outlive the new trigger."""
        ref = ref_of(manifest)
        if self._applied.get(ref) == manifest:
            return
        outside = self._outside(manifest)
        if ref.kind in SYNCED and manifest["spec"].get("trigger"):
            claim = claim_of(manifest)
            self._cluster.node.fill(self._there(claim), self._volumes.claim(claim.namespace, claim.name))
        there = ref in self._applied
        if there and ref in self._failed:
            self._delete(ref)
            there = False
        if not there:
            there = not self._create(ref, outside)
        if there:
            self._api.update(self._there(ref), lambda before: _changed(before, outside))
        self._applied[ref] = manifest
        if ref.kind in SYNCED and manifest["spec"].get("trigger"):
            self._triggered = ref

    def get(self, ref: ObjectRef) -> Manifest | None:
        """See Platform."""
        return self._api.get(self._there(ref)) if ref in self._applied else None

    def next_job(self, *, held: bool = False) -> MoverJob | None:
        """See Platform: waits until the operator makes a Job for what was applied last, or says why it makes none."""
        ref, self._triggered = self._triggered, None
        if ref is None:
            return None
        found = self._wait(lambda: self._job_of(ref) or self._objection(ref), ANSWER_TIMEOUT_S)
        if found is None:
            self._say(ref, f"the operator made no Job and said nothing within {ANSWER_TIMEOUT_S:g} s")
            return None
        if isinstance(found, str):
            self._failed.add(ref)
            return None
        self._known_jobs.add(found["metadata"]["uid"])
        if held:
            self._cluster.node.hold(found)
        try:
            moved = self._cluster.node.start(found, ref, self._volumes)
        except MissingKey as problem:
            # What is missing, only the Pod says: whoever looks at the object is told by its operator, or not at all.
            self._wait(lambda: self._objection(ref), ASKED_TIMEOUT_S)
            self._say(ref, f"the Pod of its Job cannot start ({problem.reason})")
            return None
        self._jobs[ref] = found
        if ref.kind == "ReplicationDestination":
            asked = lambda: (self._status(ref).get("kopia") or {}).get("requestedIdentity")  # noqa: E731
            self._wait(asked, ASKED_TIMEOUT_S)
        return moved

    def finished(self, job: MoverJob, result: MoverResult) -> None:
        """See Platform: waits until the operator took note of it."""
        ref = job.owner
        trigger = self._applied[ref]["spec"]["trigger"]["manual"]
        self._cluster.node.finish(self._jobs.pop(ref), result)

        def noted() -> bool:
            status = self._status(ref)
            failed = (status.get("latestMoverStatus") or {}).get("result") == "Failed"
            return failed or status.get("lastManualSync") == trigger

        limit_s = self._cluster.answer_timeout_s
        if not self._wait(noted, limit_s):
            self._say(ref, f"the operator took no note of its mover's result within {limit_s:g} s")
        if ref.kind == "ReplicationDestination":
            claim = claim_of(self._applied[ref])
            self._cluster.node.fetch(self._there(claim), self._volumes.claim(claim.namespace, claim.name))
        if self._status(ref).get("lastManualSync") != trigger:
            self._failed.add(ref)

    def messages(self, ref: ObjectRef) -> Sequence[str]:
        """See Platform."""
        status = status_of(self.get(ref))
        conditions = [str(one.get("message", "")) for one in status.get("conditions") or ()]
        logs = (status.get("latestMoverStatus") or {}).get("logs")
        events = self._events(ref) if ref in self._failed or not logs else []
        return [*filter(None, conditions), *events, *self._said.get(ref, ()), *([logs] if logs else [])]

    def as_json(self, ref: ObjectRef) -> str:
        """See Platform: what the real kubectl prints."""
        there = self._there(ref)
        printed = self._cluster.kubectl("get", there.kind.lower(), there.name, "-n", there.namespace, "-o", "json")
        return printed.decode()

    def described(self, ref: ObjectRef) -> str:
        """See Platform: what the real kubectl prints."""
        there = self._there(ref)
        return self._cluster.kubectl("describe", there.kind.lower(), there.name, "-n", there.namespace).decode()

    def close(self) -> None:
        """Removes what a scenario made, and waits until it is gone where others may use the names."""
        synced = [ref for ref in self._applied if ref.kind in SYNCED]
        for ref in synced:
            self._api.delete(self._there(ref))
        for namespace in sorted({self._rename(ref.namespace) for ref in synced}):
            for kind in ("Job", "Pod", "Secret", "VolumeSnapshot", "PersistentVolumeClaim"):
                self._api.delete_all(kind, namespace)
            gone = lambda space=namespace: not any(self._cluster.informer.of(kind, space) for kind in ("Job", *SYNCED))  # noqa: E731
            if not self._cluster.informer.wait(gone, GONE_TIMEOUT_S):
                raise HarnessError(f"objects of namespace {namespace} are still there after {GONE_TIMEOUT_S:g} s")

    def take_snapshot(self, snapshot: Mapping[str, Any]) -> None:
        """The part of the snapshot controller: a copy of the claim's folder, and the status that says so."""
        metadata = snapshot["metadata"]
        inside = {self._rename(ref.name): ref.name for ref in list(self._applied) if ref.kind == "Namespace"}
        namespace = inside.get(metadata["namespace"])
        claim = (snapshot.get("spec") or {}).get("source", {}).get("persistentVolumeClaimName")
        if namespace is None or claim is None or status_of(snapshot).get("readyToUse"):
            return
        folder = self._volumes.claim(snapshots_of(namespace), metadata["name"])
        copied(self._volumes.claim(namespace, claim), folder)
        content = f"content-of-{metadata['uid']}"
        ref = ObjectRef("VolumeSnapshot", metadata["namespace"], metadata["name"])
        self._api.set_status(ref, {"boundVolumeSnapshotContentName": content, "readyToUse": True})

    # --- inside

    def _there(self, ref: ObjectRef) -> ObjectRef:
        if ref.kind == "Namespace":
            return ObjectRef(ref.kind, "", self._rename(ref.name))
        return ObjectRef(ref.kind, self._rename(ref.namespace) if ref.namespace else "", ref.name)

    def _outside(self, manifest: Manifest) -> dict[str, Any]:
        there = self._there(ref_of(manifest))
        whole: dict[str, Any] = json.loads(json.dumps(manifest))
        whole["metadata"] |= {"name": there.name, **({"namespace": there.namespace} if there.namespace else {})}
        identity = kopia_spec(whole).get("sourceIdentity") or {}
        if "sourceNamespace" in identity:
            identity["sourceNamespace"] = self._rename(identity["sourceNamespace"])
        return whole

    def _create(self, ref: ObjectRef, outside: Manifest) -> bool:
        """Whether it was made now; a namespace or a claim that another scenario left is as good."""
        if ref.kind == "Namespace":
            if self._api.exists_or_create(outside):
                self._cluster.made.note("Namespace", outside["metadata"]["name"])
            return True
        if ref.kind not in SYNCED:
            return self._api.exists_or_create(outside) or ref.kind == "PersistentVolumeClaim"
        self._api.create(outside)
        return True

    def _delete(self, ref: ObjectRef) -> None:
        there = self._there(ref)
        self._api.delete(there)
        if not self._cluster.informer.wait(lambda: self._cluster.informer.get(there) is None, GONE_TIMEOUT_S):
            raise HarnessError(f"{there} is still there {GONE_TIMEOUT_S:g} s after it was deleted")
        self._failed.discard(ref)
        self._said.pop(ref, None)

    def _status(self, ref: ObjectRef) -> Mapping[str, Any]:
        return status_of(self._cluster.informer.get(self._there(ref)))

    def _job_of(self, ref: ObjectRef) -> Mapping[str, Any] | None:
        there = self._there(ref)
        current = self._cluster.informer.get(there)
        if current is None:
            return None
        uid = current["metadata"]["uid"]
        for job in self._cluster.informer.of("Job", there.namespace):
            owners = [owner["uid"] for owner in job["metadata"].get("ownerReferences", ())]
            if uid in owners and job["metadata"]["uid"] not in self._known_jobs:
                return job
        return None

    def _objection(self, ref: ObjectRef) -> str:
        """What the operator says against an object, where it made no Job."""
        current = self._cluster.informer.get(self._there(ref))
        generation = (current or {}).get("metadata", {}).get("generation")
        for condition in self._status(ref).get("conditions") or ():
            fresh = condition.get("observedGeneration") in (None, generation)
            if condition.get("type") == "Synchronizing" and condition.get("reason") == "Error" and fresh:
                return str(condition.get("message") or "no message")
        return ""

    def _wait(self, condition: Callable[[], Any], timeout_s: float) -> Any:
        """Waits for the operator; one that crashes meanwhile is no answer."""

        def answered_or_crashed() -> Any:
            return self._crashed() or condition()

        found = self._cluster.informer.wait(answered_or_crashed, timeout_s)
        if self._crashed():
            raise OperatorCrashed(f"the operator crashed: {self._cluster.crashes()[len(self._crashes) :].strip()}")
        return found

    def _crashed(self) -> bool:
        return len(self._cluster.crashes()) > len(self._crashes)

    def _events(self, ref: ObjectRef) -> list[str]:
        there = self._there(ref)
        found = self._api.list("Event", there.namespace, {"involvedObject.name": there.name})
        return [str(event.get("message", "")) for event in found]

    def _say(self, ref: ObjectRef, text: str) -> None:
        self._failed.add(ref)
        self._said.setdefault(ref, []).append(text)


def _changed(before: Mapping[str, Any], outside: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: before[key] for key in ("metadata", "apiVersion", "kind", "status") if key in before}
    return {**{key: value for key, value in outside.items() if key not in ("metadata", "status")}, **kept}
