"""``python -m tests.operator [--decisions module:Class] [OPTIONS]``: an operator that hosts Decisions.

It keeps an in-memory platform as its mind: what the API holds is shown to that, the jobs that it makes
become Jobs, and what it says of results becomes status.
"""

from __future__ import annotations

import argparse
import importlib
import os
import queue
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.errors import AdmissionRefused
from harness.kubernetes.api import Api
from harness.kubernetes.informer import Informer
from harness.model import CustomNames, DefaultUsername, MoverJob, MoverResult, ObjectRef, Variants
from harness.operator.decisions import Decisions
from harness.operator.platform import NoJob
from harness.operator.simulated import SimulatedPlatform
from harness.volsync.fields import SYNCED, kopia_spec, status_of
from tests.operator.deletion import ON_DELETION
from tests.operator.styles import STYLES, container_of


class NoVolumes:
    """An operator never looks into a volume."""

    def claim(self, namespace: str, name: str) -> Path:
        return Path("/nowhere")

    def cache(self, owner: ObjectRef) -> Path:
        return Path("/nowhere")


@dataclass(frozen=True)
class Pods:
    """How it makes a Pod and marks the objects of a sync, beyond what decides for a mover."""

    image: str = "mover"
    host_network: bool = False
    backoff_limit: int = 8
    required_keys: tuple[str, ...] = ()
    style: str = ""
    on_deletion: str = ""


class Operator:
    """Reconciles one object after another, woken by watches."""

    def __init__(
        self,
        api: Api,
        decisions: Decisions,
        crash_on: str | None = None,
        crash_once: Path | None = None,
        copy_method: str = "",
        pods: Pods | None = None,
    ) -> None:
        self._pods = pods or Pods()
        self._crash_on = crash_on
        self._crash_once = crash_once
        self._copy_method = copy_method
        self._api = api
        self._decisions = decisions
        self._queue: queue.Queue[ObjectRef] = queue.Queue()
        self._running: dict[str, tuple[SimulatedPlatform, MoverJob]] = {}
        self._done: dict[str, str] = {}

    def run(self) -> None:
        Informer(self._api, (*SYNCED, "Job"), self._enqueue)
        while True:
            self.reconcile(self._queue.get())

    def _enqueue(self, event: str, kind: str, one: dict[str, Any]) -> None:
        metadata = one["metadata"]
        if kind == "Job":
            for owner in metadata.get("ownerReferences", ()):
                self._queue.put(ObjectRef(owner["kind"], metadata["namespace"], owner["name"]))
        else:
            self._queue.put(ObjectRef(kind, metadata["namespace"], metadata["name"]))

    def reconcile(self, ref: ObjectRef) -> None:
        if ref.kind not in SYNCED or (current := self._api.get(ref)) is None:
            return
        uid, trigger = current["metadata"]["uid"], (current["spec"].get("trigger") or {}).get("manual")
        if trigger is None or self._done.get(uid) == trigger:
            return
        if uid in self._running:
            self._look_at_job(ref, uid, trigger)
        else:
            self._begin(ref, current, uid, trigger)

    def _begin(self, ref: ObjectRef, current: dict[str, Any], uid: str, trigger: str) -> None:
        if self._crash_once and not self._crash_once.exists():
            self._crash_once.touch()
            sys.exit("panic: something is not as it should be")
        if self._crash_on and kopia_spec(current).get("hostname") == self._crash_on:
            sys.exit(f"panic: cannot stand {self._crash_on}")
        mind = SimulatedPlatform(self._decisions, NoVolumes())
        self._show(mind, ref, current)
        job = mind.next_job()
        self._tell(ref, status_of(mind.get(ref)))
        if isinstance(job, NoJob):
            self._done[uid] = trigger
            return
        if ref.kind == "ReplicationSource":
            parts = self._decisions.repository(current, self._find) or "", self._decisions.pvc(current)
            ON_DELETION[self._pods.on_deletion](self._api, current, *parts)
        if self._copy_method and ref.kind == "ReplicationSource":
            self._copy(ref, self._decisions.pvc(current))
        made = self._job(ref, current, job)
        STYLES[self._pods.style](made, self._api)
        self._api.exists_or_create(made)
        self._running[uid] = (mind, job)

    def _copy(self, ref: ObjectRef, claim: str) -> None:
        """A copy of the claim of a source, by a snapshot or by a clone, as copyMethod says."""
        name = f"{self._decisions.job_name(ref)}-copy"
        source = {"kind": "PersistentVolumeClaim", "name": claim}
        metadata = {"name": name, "namespace": ref.namespace}
        if self._copy_method == "Snapshot":
            snapshot = ObjectRef("VolumeSnapshot", ref.namespace, name)
            self._api.exists_or_create(
                {"apiVersion": "snapshot.storage.k8s.io/v1", "kind": "VolumeSnapshot", "metadata": metadata,
                 "spec": {"source": {"persistentVolumeClaimName": claim}}}
            )  # fmt: skip
            ready = Informer(self._api, ("VolumeSnapshot",))
            if not ready.wait(lambda: status_of(ready.get(snapshot)).get("readyToUse"), 10):
                sys.exit("the snapshot was never ready")
            source = {"kind": "VolumeSnapshot", "name": name, "apiGroup": "snapshot.storage.k8s.io"}
        size = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
        copy = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata}
        self._api.exists_or_create({**copy, "spec": {**size, "dataSource": source}})

    def _look_at_job(self, ref: ObjectRef, uid: str, trigger: str) -> None:
        there = ObjectRef("Job", ref.namespace, self._decisions.job_name(ref))
        made = self._api.get(there)
        status = status_of(made)
        ended = {one["type"] for one in status.get("conditions") or () if one["status"] == "True"}
        if made is None or not ended & {"Complete", "Failed"}:
            return
        mind, job = self._running.pop(uid)
        self._done[uid] = trigger
        mind.finished(job, MoverResult(0 if "Complete" in ended else 1, self._log(there, container_of(made)["name"])))
        self._tell(ref, status_of(mind.get(ref)))
        self._api.delete(there)

    def _log(self, job: ObjectRef, container: str) -> str:
        pods = self._api.list("Pod", job.namespace)
        own = [pod for pod in pods if pod["metadata"].get("labels", {}).get("job-name") == job.name]
        newest = max(own, key=lambda pod: int(pod["metadata"]["resourceVersion"]))
        return self._api.log(ObjectRef("Pod", job.namespace, newest["metadata"]["name"]), container)

    def _show(self, mind: SimulatedPlatform, ref: ObjectRef, current: dict[str, Any]) -> None:
        """Shows the mind what it may ask about: the source that is named, the Secrets, and the object last."""
        wanted = kopia_spec(current).get("sourceIdentity") or {}
        namespace = wanted.get("sourceNamespace") or ref.namespace
        others = self._api.list("ReplicationSource") if wanted else []
        claims = self._api.list("PersistentVolumeClaim", ref.namespace)
        spaces = {ref.namespace, namespace, *(one["metadata"]["namespace"] for one in others)}
        for space in spaces:
            self._put(mind, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": space}})
        for kind, objects in (("Secret", self._api.list("Secret", ref.namespace)), ("PersistentVolumeClaim", claims)):
            for one in objects:
                self._put(mind, {**one, "kind": kind, "apiVersion": "v1"})
        for one in others:
            self._put(mind, {**one, "spec": {key: one["spec"][key] for key in one["spec"] if key != "trigger"}})
        self._put(mind, current)

    def _put(self, mind: SimulatedPlatform, manifest: dict[str, Any]) -> None:
        plain = {key: value for key, value in manifest.items() if key not in ("status", "immutable")}
        metadata = manifest["metadata"]
        plain["metadata"] = {key: metadata[key] for key in ("name", "namespace") if key in metadata}
        try:
            mind.apply(plain)
        except AdmissionRefused as refusal:
            print(f"{manifest['kind']} {metadata['name']}: {refusal}", flush=True)

    def _tell(self, ref: ObjectRef, status: Any) -> None:
        self._api.set_status(ref, dict(status))

    def _job(self, ref: ObjectRef, current: dict[str, Any], job: MoverJob) -> dict[str, Any]:
        """The Job of the operator's contract."""
        secret = self._decisions.repository(current, self._find)
        # Kubernetes replaces $(NAME) in a value, and reads $$ as one dollar sign.
        env = [{"name": name, "value": value.replace("$", "$$")} for name, value in job.env.items()]
        keys = dict.fromkeys([*job.secret_env, *self._pods.required_keys])
        env += [{"name": name, "valueFrom": {"secretKeyRef": {"name": secret, "key": name}}} for name in keys]
        is_source = ref.kind == "ReplicationSource"
        claim = self._decisions.pvc(current) if is_source else kopia_spec(current)["destinationPVC"]
        if self._copy_method and is_source:
            claim = f"{self._decisions.job_name(ref)}-copy"
        (mount,) = (path for path in job.volumes if path != "/cache")
        container = {
            "name": "kopia",
            "image": self._pods.image,
            "command": ["/mover-kopia/entry.sh"],
            "args": list(job.args),
            "env": env,
            "volumeMounts": [{"name": "data", "mountPath": mount}, {"name": "cache", "mountPath": "/cache"}],
        }
        volumes = [
            {"name": "data", "persistentVolumeClaim": {"claimName": claim}},
            {"name": "cache", "emptyDir": {}},
        ]
        owner = {"apiVersion": "volsync.backube/v1alpha1", "kind": ref.kind, "name": ref.name,
                 "uid": current["metadata"]["uid"], "controller": True}  # fmt: skip
        return {
            "apiVersion": "batch/v1",
            "kind": "Job",
            "metadata": {"name": self._decisions.job_name(ref), "namespace": ref.namespace, "ownerReferences": [owner]},
            "spec": {
                "backoffLimit": self._pods.backoff_limit,
                "template": {
                    "metadata": {},
                    "spec": {
                        "restartPolicy": "Never",
                        "hostNetwork": self._pods.host_network,
                        "containers": [container],
                        "volumes": volumes,
                    },
                },
            },
        }

    def _find(self, namespace: str, name: str) -> Any:
        return self._api.get(ObjectRef("ReplicationSource", namespace, name))


def main() -> None:
    parser = argparse.ArgumentParser(prog="tests.operator")
    parser.add_argument("--default-username", default="object-name")
    parser.add_argument("--custom-names", default="validated")
    parser.add_argument("--crash-on", help="a custom hostname that it cannot stand")
    parser.add_argument("--crash-once", help="a file: it crashes at the first object, and makes the file")
    parser.add_argument("--copy-method", default="", help="Snapshot or Clone: how every source is copied first")
    parser.add_argument("--mover-image", default=Pods.image)
    parser.add_argument("--host-network", action="store_true", help="the pods share the network of their node")
    parser.add_argument("--backoff-limit", type=int, default=Pods.backoff_limit)
    parser.add_argument("--required-key", action="append", default=[], help="a key that its pods cannot do without")
    parser.add_argument("--job-style", choices=list(STYLES), default="", help="another way to build the same Job")
    parser.add_argument("--on-deletion", choices=list(ON_DELETION), default="", help="what a deleted source leaves")
    parser.add_argument("--decisions", default="harness.operator.decisions:Decisions")
    options = parser.parse_args()
    module, _, name = options.decisions.partition(":")
    kind = getattr(importlib.import_module(module), name)
    variants = Variants(DefaultUsername(options.default_username), CustomNames(options.custom_names))
    crash_once = Path(options.crash_once) if options.crash_once else None
    keys = tuple(options.required_key)
    pods = Pods(
        options.mover_image, options.host_network, options.backoff_limit, keys, options.job_style, options.on_deletion
    )
    api = Api(Path(os.environ["KUBECONFIG"]))
    Operator(api, kind(variants), options.crash_on, crash_once, options.copy_method, pods).run()


if __name__ == "__main__":
    sys.exit(main())
