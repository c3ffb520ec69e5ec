"""Run a real operator on a Kubernetes API, with the kubelet of the harness or on a cluster.

The namespaces of a scenario get other names on the API, so that scenarios do not share namespaces.  If the expectations
of a scenario contain the literal name of a namespace, the name is kept.  Such scenarios run one after another.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from harness.errors import OperatorCrashed
from harness.kubernetes import events, found_jobs, snapshots
from harness.kubernetes.api import replaced
from harness.kubernetes.described import written_by_operator
from harness.kubernetes.garbage import delete_with_owned, empty
from harness.kubernetes.pod import MissingKey
from harness.model import Manifest, MoverJob, MoverResult, ObjectRef
from harness.operator.platform import NoJob, Volumes
from harness.volsync import status as said_in
from harness.volsync.fields import claim_of, is_triggered, manual_trigger, status_of, untriggered
from harness.volsync.kinds import SYNCED, is_destination
from harness.volsync.manifests import ref_of
from harness.volsync.specs import with_renamed_source

NO_SOURCE = re.compile(r"source\b.{0,120}(not.?found|n[o']t exist|no such)", re.IGNORECASE | re.DOTALL)

if TYPE_CHECKING:
    from harness.kubernetes.connection import Cluster


class KubernetesPlatform:
    """Implement Platform on a Kubernetes API; ``rename`` maps namespaces of the scenario to those on the API."""

    def __init__(self, cluster: Cluster, volumes: Volumes, rename: Callable[[str], str]) -> None:
        self.answer_s = 0.0
        self._cluster = cluster
        self._limits = cluster.facts.limits
        self._api = cluster.api
        self._volumes = volumes
        self._rename = rename
        self._applied: dict[ObjectRef, Manifest] = {}
        self._namespaces: set[str] = set()
        self._failed: set[ObjectRef] = set()
        self._jobs: dict[ObjectRef, Mapping[str, Any]] = {}
        self._earlier_jobs: dict[ObjectRef, set[str]] = {}
        self._known_jobs: set[str] = set()
        self._known_events: dict[ObjectRef, set[str]] = {}
        self._stale: dict[ObjectRef, Mapping[str, Any]] = {}
        self._triggered: ObjectRef | None = None
        self._crashes = cluster.crashes()
        self._end_snapshots = cluster.serve_snapshots(self.take_snapshot)

    def apply(self, manifest: Manifest) -> None:
        """See Platform.

        If the last sync of an object failed and its new manifest changes more than the trigger, the object is deleted
        and created again.  Otherwise the operator could still retry the failed sync.
        """
        ref = ref_of(manifest)
        if self._applied.get(ref) == manifest:
            return
        # Also the namespace of an object that is refused or deleted later holds a Secret and a PVC.
        self._namespaces |= {ref.namespace} - {""}
        outside = self._outside(manifest)
        if is_triggered(manifest):
            claim = claim_of(manifest)
            self._cluster.node.fill(self._there(claim), self._volumes.claim(claim.namespace, claim.name))
        there = ref in self._applied
        if there and ref in self._failed:  # The rest of its report is not the answer to the next trigger.
            self._cluster.informer.settle(self._there(ref), self._limits.status_s)
            if untriggered(self._applied[ref]) != untriggered(manifest):
                self.delete(ref)
                there = False
        self._known_events[ref] = {events.version(event) for event in self._events(ref)}
        self._stale[ref] = self._status(ref) if there else {}
        self._earlier_jobs[ref] = {job["metadata"]["uid"] for job in self._unused_jobs(ref)} if there else set()
        if not there:
            there = not self._create(ref, outside)
        if there:
            self._api.update(self._there(ref), lambda before: replaced(before, outside))
        self._applied[ref] = manifest
        if is_triggered(manifest):
            self._triggered = ref

    def get(self, ref: ObjectRef) -> Manifest | None:
        """See Platform."""
        return self._api.get(self._there(ref)) if ref in self._applied else None

    def delete(self, ref: ObjectRef) -> None:
        """See Platform."""
        delete_with_owned(self._api, self._cluster.informer, self._there(ref), self._limits.gone_s)
        self._failed.discard(ref)
        self._applied.pop(ref, None)

    def next_job(self, *, held: bool = False, within_s: float | None = None) -> MoverJob | NoJob:
        """See Platform: wait for a Job of the object that was triggered last, or for the reason of the operator."""
        ref, self._triggered = self._triggered, None
        if ref is None:
            return NoJob(note="nothing was applied that has an operator")
        if within_s is not None and not self._wait(lambda: self._job_of(ref), within_s):
            return NoJob(note="no Job appeared without a new trigger")
        limit_s = self._cluster.answer_limit_s
        found = self._wait(lambda: self._job_of(ref) or self.failure(ref), limit_s)
        if isinstance(found, str):
            retry_s = self._limits.missing_source_retry_s if NO_SOURCE.search(found) else self._limits.retry_s
            found = self._wait(lambda: self._job_of(ref), retry_s) or self.failure(ref) or found
        if ref in self._failed:
            found = self._settled(ref, found) if isinstance(found, Mapping) else found or self._still_failing(ref)
        if found is None or isinstance(found, str):
            self._failed.add(ref)
            return NoJob(
                found or "", "" if found else f"the operator made no Job and said nothing within {limit_s:g} s"
            )
        self._known_jobs.add(found["metadata"]["uid"])
        running = self._wait(lambda: found_jobs.resumed(found, self._jobs_beside(ref)), limit_s)
        if running is None:
            self._failed.add(ref)
            return NoJob(self.failure(ref), f"its Job stays suspended for {limit_s:g} s", is_made=True)
        if ref in self._failed:
            # The status still describes the failure before this Job: ignore it until it changes.
            self._stale[ref] = self._status(ref)
        if held:
            self._cluster.node.hold(running)
        try:
            moved = self._cluster.node.start(running, ref, self._volumes)
        except MissingKey as problem:
            # Only the status of the Pod names what is missing.  Wait until the operator reports it on its object, too.
            self._failed.add(ref)
            said = self._wait(lambda: self.failure(ref), self._limits.pod_failure_s) or ""
            return NoJob(said, f"the Pod of its Job cannot start ({problem.reason}: {problem})", is_made=True)
        self._jobs[ref] = running
        if is_destination(ref):
            self._wait(lambda: said_in.requested_identity(self._status(ref)), self._limits.requested_identity_s)
        return moved

    def finished(self, job: MoverJob, result: MoverResult) -> str | None:
        """See Platform: wait until the operator has reported the result."""
        ref, used = job.owner, self._jobs.pop(job.owner)
        trigger = manual_trigger(self._applied[ref])
        is_there = self._cluster.node.finish(used, result)

        def noted(*, is_settled: bool) -> Any:
            if said_in.synced_trigger(self._status(ref)) == trigger or self._failure(ref, is_settled=is_settled):
                return True
            # An operator that runs one Job at a time first ends the one of an earlier trigger.
            is_other = said_in.synced_trigger(self._status(ref)) != said_in.synced_trigger(self._stale.get(ref, {}))
            return (is_other or not is_there) and self._job_of(ref)

        # Several updates may write one result. Before the last of them, the status still shows the result before it.
        limit_s = self._cluster.answer_timeout_s
        was_noted = self._wait(lambda: noted(is_settled=False), self._limits.status_s)
        was_noted = was_noted or self._wait(lambda: noted(is_settled=True), limit_s)
        succeeded = said_in.synced_trigger(self._status(ref)) == trigger
        if was_noted is True and not succeeded and used["metadata"]["uid"] in self._earlier_jobs.pop(ref, ()):
            # The failure may be that of the earlier trigger, for which the Job was made: its own Job follows then.
            was_noted = self._wait(lambda: self._job_of(ref), self._limits.retry_s) or True
        if was_noted and was_noted is not True:
            self._triggered = ref
            return None
        if is_destination(ref):
            claim = claim_of(self._applied[ref])
            self._cluster.node.fetch(self._there(claim), self._volumes.claim(claim.namespace, claim.name))
        (self._failed.discard if succeeded else self._failed.add)(ref)
        return "" if was_noted else f"the operator took no note of its mover's result within {limit_s:g} s"

    def await_status(self, ref: ObjectRef, holds: Callable[[Mapping[str, Any]], bool], timeout_s: float) -> None:
        """See Platform."""
        self._wait(lambda: holds(self._status(ref)), timeout_s)

    def failure(self, ref: ObjectRef) -> str:
        """See Platform: ignore older events, and the status as it was before the last trigger."""
        return self._failure(ref, is_settled=True)

    def _failure(self, ref: ObjectRef, *, is_settled: bool) -> str:
        status = self._status(ref)
        warnings = events.warnings(self._events(ref), self._known_events.get(ref, ()))
        current = self._cluster.informer.get(self._there(ref))
        generation = (current or {}).get("metadata", {}).get("generation")
        before = self._stale.get(ref)
        fresh = status if status != before else {}
        return said_in.failure(fresh, warnings, generation, before, is_settled=is_settled)

    def _still_failing(self, ref: ObjectRef) -> str | None:
        """Return the failure that the status still shows: an operator that refuses again need not change the status."""
        current = self._cluster.informer.get(self._there(ref)) or {}
        return said_in.failure(status_of(current), (), current.get("metadata", {}).get("generation")) or None

    def messages(self, ref: ObjectRef) -> Sequence[str]:
        """See Platform."""
        noted = [str(event.get("message") or "") for event in self._events(ref)]
        return said_in.messages(status_of(self.get(ref)), noted)

    def unasked_jobs(self, ref: ObjectRef) -> Sequence[str]:
        """See Platform: after a failure, any Job may be a retry."""
        jobs = [] if ref in self._failed else self._unused_jobs(ref)
        return found_jobs.certain_of(ref, self._objects_beside(ref), jobs)

    def as_json(self, ref: ObjectRef) -> str:
        """See Platform: return the output of the real kubectl."""
        there = self._there(ref)
        printed = self._cluster.kubectl("get", there.kind.lower(), there.name, "-n", there.namespace, "-o", "json")
        return printed.decode()

    def described(self, ref: ObjectRef) -> str:
        """See Platform: return the output of the real kubectl without the sections that come from the manifest."""
        there = self._there(ref)
        printed = self._cluster.kubectl("describe", there.kind.lower(), there.name, "-n", there.namespace).decode()
        return written_by_operator(printed)

    def close(self) -> None:
        """Delete the objects of the scenario, and wait until they are gone if other scenarios can use their names.

        An API server that the harness started is discarded after the run.  On it, a namespace that no other scenario
        uses is not emptied.

        Raises:
            HarnessError: Objects still exist after the time limit.
        """
        self._end_snapshots()
        synced = [ref for ref in self._applied if ref.kind in SYNCED]
        owners = {self._uid(ref) for ref in synced}
        for ref in synced:
            self._api.delete(self._there(ref))
        keeps = self._cluster.facts.owned
        left = {name for name in self._namespaces if not (keeps and self._rename(name) != name)}
        for namespace in sorted(map(self._rename, left)):
            empty(self._api, self._cluster.informer, namespace, owners, self._limits.gone_s, by_force=keeps)

    def take_snapshot(self, snapshot: Mapping[str, Any]) -> None:
        """Act as the snapshot controller for a VolumeSnapshot in a namespace of the scenario."""
        inside = {self._rename(ref.name): ref.name for ref in list(self._applied) if ref.kind == "Namespace"}
        if namespace := inside.get(snapshot["metadata"]["namespace"]):
            snapshots.take(snapshot, namespace, self._volumes, self._api)

    # --- internals

    def _there(self, ref: ObjectRef) -> ObjectRef:
        if ref.kind == "Namespace":
            return ObjectRef(ref.kind, "", self._rename(ref.name))
        return ObjectRef(ref.kind, self._rename(ref.namespace) if ref.namespace else "", ref.name)

    def _outside(self, manifest: Manifest) -> dict[str, Any]:
        there = self._there(ref_of(manifest))
        whole: dict[str, Any] = json.loads(json.dumps(manifest))
        whole["metadata"] |= {"name": there.name, **({"namespace": there.namespace} if there.namespace else {})}
        return with_renamed_source(whole, self._rename)

    def _create(self, ref: ObjectRef, outside: Manifest) -> bool:
        """Create an object; return False if it existed and must be updated instead.

        A namespace or a PVC that an earlier scenario left is used as it is, without an update.
        """
        if ref.kind == "Namespace":
            if self._api.exists_or_create(outside):
                self._cluster.made.note("Namespace", outside["metadata"]["name"])
            return True
        if ref.kind not in SYNCED:
            return self._api.exists_or_create(outside) or ref.kind == "PersistentVolumeClaim"
        self._api.create(outside)
        return True

    def _uid(self, ref: ObjectRef) -> str:
        current = self._cluster.informer.get(self._there(ref))
        return str(current["metadata"]["uid"]) if current else ""

    def _status(self, ref: ObjectRef) -> Mapping[str, Any]:
        return status_of(self._cluster.informer.get(self._there(ref)))

    def _job_of(self, ref: ObjectRef) -> Mapping[str, Any] | None:
        return found_jobs.first_of(ref, self._objects_beside(ref), self._unused_jobs(ref))

    def _objects_beside(self, ref: ObjectRef) -> dict[ObjectRef, str]:
        synced = [one for one in self._applied if one.kind in SYNCED and one.namespace == ref.namespace]
        return {one: uid for one in synced if (uid := self._uid(one))}

    def _unused_jobs(self, ref: ObjectRef) -> list[dict[str, Any]]:
        return [job for job in self._jobs_beside(ref) if job["metadata"]["uid"] not in self._known_jobs]

    def _jobs_beside(self, ref: ObjectRef) -> list[dict[str, Any]]:
        return self._cluster.informer.of("Job", self._there(ref).namespace)

    def _settled(self, ref: ObjectRef, job: Mapping[str, Any]) -> Mapping[str, Any] | str | None:
        """Return the Job that the operator keeps for a trigger after a failed sync, or else its reason for none.

        An operator that retries may have created the Job before it saw the trigger.  It then either uses the Job for
        the trigger, or deletes it at once and creates another one in its own time.
        """
        uid = job["metadata"]["uid"]

        def other() -> Mapping[str, Any] | None:
            found = self._job_of(ref)
            return found if found and found["metadata"]["uid"] != uid else None

        def is_gone() -> bool:
            return uid not in [one["metadata"]["uid"] for one in self._jobs_beside(ref)]

        if not self._wait(lambda: other() or is_gone(), self._limits.replace_s):
            return job
        return self._wait(other, self._cluster.answer_limit_s) or self.failure(ref) or None

    def _wait(self, condition: Callable[[], Any], timeout_s: float) -> Any:
        """Wait for the operator and add the time to ``answer_s``; OperatorCrashed if the operator crashes meanwhile."""

        def answered_or_crashed() -> Any:
            return self._crashed() or condition()

        begin = time.monotonic()
        found = self._cluster.informer.wait(answered_or_crashed, timeout_s)
        self.answer_s += time.monotonic() - begin if found else 0.0
        if self._crashed():
            raise OperatorCrashed(f"the operator crashed: {self._cluster.crashes()[len(self._crashes) :].strip()}")
        return found

    def _crashed(self) -> bool:
        return len(self._cluster.crashes()) > len(self._crashes)

    def _events(self, ref: ObjectRef) -> list[Mapping[str, Any]]:
        there = self._there(ref)
        return events.about(there, self._cluster.informer.of("Event", there.namespace))
