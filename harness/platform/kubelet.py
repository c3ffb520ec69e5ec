"""The kubelet's part: Jobs of the API become MoverJobs, results become Pods, logs and status.

Source: the Kubernetes API reference for Jobs and Pods; the operator's contract (docs/architecture.md).
"""

from __future__ import annotations

import base64
import secrets
import shutil
import ssl
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from harness.errors import HarnessError
from harness.model import MoverJob, MoverResult, ObjectRef
from harness.platform.api import Api
from harness.platform.base import Volumes

LOG_PATH = "/containerLogs/"


class LogServer:
    """What the API server asks for the log of a container; listens on 127.0.0.1."""

    def __init__(self, certificates: Path) -> None:
        """Serves with the certificate that the API server made for itself."""
        self._logs: dict[str, str] = {}
        logs = self._logs

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                text = logs.get(self.path.split("?")[0].removeprefix(LOG_PATH))
                body = (text or "").encode()
                self.send_response(404 if text is None else 200)
                self.send_header("Content-Type", "text/plain")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """The log of the suite is not a place for requests."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificates / "apiserver.crt", certificates / "apiserver.key")
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        threading.Thread(target=self._server.serve_forever, name="kubelet-logs", daemon=True).start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_address[1])

    def serve(self, namespace: str, pod: str, container: str, log: str) -> None:
        """Has a log from here on."""
        self._logs[f"{namespace}/{pod}/{container}"] = log


class Kubelet:
    """A node that runs what it is told to: makes the Pod of a Job, and reports how its mover ended."""

    def __init__(self, api: Api, logs: LogServer) -> None:
        """Registers a node of its own."""
        self._api = api
        self._logs = logs
        self._pods: dict[str, ObjectRef] = {}
        self.node = f"conformance-{secrets.token_hex(4)}"
        api.create({"apiVersion": "v1", "kind": "Node", "metadata": {"name": self.node}})
        status = {
            "addresses": [{"type": "InternalIP", "address": "127.0.0.1"}],
            "daemonEndpoints": {"kubeletEndpoint": {"Port": logs.port}},
            "conditions": [{"type": "Ready", "status": "True"}],
        }
        api.set_status(ObjectRef("Node", "", self.node), status)

    def hold(self, job: Mapping[str, Any]) -> None:
        """Nothing runs here but what ``start`` was asked for."""

    def fill(self, claim: ObjectRef, folder: Path) -> None:
        """The folder is the claim."""

    def fetch(self, claim: ObjectRef, folder: Path) -> None:
        """The folder is the claim."""

    def start(self, job: Mapping[str, Any], owner: ObjectRef, volumes: Volumes) -> MoverJob:
        """Makes the Pod of a Job, and what its mover is given; ``owner`` is the object as a scenario names it.

        Raises MissingKey where a Secret lacks a key that the container cannot do without.
        """
        metadata, template = job["metadata"], job["spec"]["template"]
        container = template["spec"]["containers"][0]
        moved = self._mover_job(job, container, owner, volumes)
        name = f"{metadata['name']}-{secrets.token_hex(3)}"
        pod = {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {
                "name": name,
                "namespace": metadata["namespace"],
                "labels": {**template["metadata"].get("labels", {}), "job-name": metadata["name"]},
                "ownerReferences": [_owned_by(job)],
            },
            "spec": {**template["spec"], "nodeName": self.node},
        }
        self._api.create(pod)
        self._pods[metadata["uid"]] = ObjectRef("Pod", metadata["namespace"], name)
        self._api.set_status(job_ref(job), {"startTime": _now(), "active": 1})
        return moved

    def finish(self, job: Mapping[str, Any], result: MoverResult) -> None:
        """Tells how the mover of a Job ended: first its log, then its Pod, then the Job."""
        pod = self._pods.pop(job["metadata"]["uid"])
        container = job["spec"]["template"]["spec"]["containers"][0]["name"]
        succeeded = result.succeeded
        self._logs.serve(pod.namespace, pod.name, container, result.log)
        terminated = {"exitCode": result.exit_code or (0 if succeeded else 137), "finishedAt": _now()}
        self._api.set_status(
            pod,
            {
                "phase": "Succeeded" if succeeded else "Failed",
                "containerStatuses": [
                    {"name": container, "image": "mover", "imageID": "", "ready": False, "restartCount": 0,
                     "state": {"terminated": terminated}}
                ],
            },
        )  # fmt: skip
        self._api.set_status(job_ref(job), _succeeded() if succeeded else _failed(result))

    def _mover_job(
        self, job: Mapping[str, Any], container: Mapping[str, Any], owner: ObjectRef, volumes: Volumes
    ) -> MoverJob:
        env, secret_env = environment_of(self._api, job["metadata"]["namespace"], container)
        declared = {volume["name"]: volume for volume in job["spec"]["template"]["spec"].get("volumes", ())}
        mounts = {
            mount["mountPath"]: self._folder(job, declared[mount["name"]], owner, volumes)
            for mount in container.get("volumeMounts", ())
        }
        return MoverJob(owner, tuple(container.get("args", ())), env, secret_env, mounts, job)

    def _folder(self, job: Mapping[str, Any], volume: Mapping[str, Any], owner: ObjectRef, volumes: Volumes) -> Path:
        namespace = owner.namespace
        if "persistentVolumeClaim" in volume:
            name = volume["persistentVolumeClaim"]["claimName"]
            return self._claim(
                ObjectRef("PersistentVolumeClaim", job["metadata"]["namespace"], name), namespace, volumes
            )
        folder = volumes.claim(f"pods.{namespace}", f"{job['metadata']['uid']}-{volume['name']}")
        if "emptyDir" in volume:
            return folder
        if "secret" in volume:
            self._write(folder, job["metadata"]["namespace"], "Secret", volume["secret"]["secretName"])
            return folder
        if "configMap" in volume:
            self._write(folder, job["metadata"]["namespace"], "ConfigMap", volume["configMap"]["name"])
            return folder
        raise HarnessError(
            f"Job {job['metadata']['name']}: the volume {volume} is of a kind that no kubelet here knows"
        )

    def _claim(self, there: ObjectRef, namespace: str, volumes: Volumes) -> Path:
        """The folder of a claim; one that is made from another, or from a snapshot, begins as its copy."""
        folder = volumes.claim(namespace, there.name)
        source = ((self._api.get(there) or {}).get("spec") or {}).get("dataSource") or {}
        if source and not any(folder.iterdir()):
            holder = namespace if source["kind"] == "PersistentVolumeClaim" else snapshots_of(namespace)
            copied(volumes.claim(holder, source["name"]), folder)
        return folder

    def _write(self, folder: Path, namespace: str, kind: str, name: str) -> None:
        holder = self._api.get(ObjectRef(kind, namespace, name)) or {}
        for key, value in (holder.get("data") or {}).items():
            content = base64.b64decode(value) if kind == "Secret" else str(value).encode()
            (folder / key).write_bytes(content)


def environment_of(
    api: Api, namespace: str, container: Mapping[str, Any]
) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """The environment of a container: plain values, and those that come from Secrets.

    Raises MissingKey where a Secret lacks a key that the container cannot do without.
    """
    env: dict[str, str] = {}
    secret_env: dict[str, str] = {}
    for entry in container.get("env", ()):
        reference = entry.get("valueFrom", {}).get("secretKeyRef")
        if reference is None:
            env[entry["name"]] = str(entry.get("value", ""))
            continue
        value = _secret_value(api, namespace, reference)
        if value is not None:
            secret_env[entry["name"]] = value
    return env, secret_env


def _secret_value(api: Api, namespace: str, reference: Mapping[str, Any]) -> str | None:
    secret = api.get(ObjectRef("Secret", namespace, reference["name"])) or {}
    value = (secret.get("data") or {}).get(reference["key"])
    if value is None and not reference.get("optional"):
        raise MissingKey(f"secret {reference['name']!r} has no key {reference['key']!r}")
    return None if value is None else base64.b64decode(value).decode()


class MissingKey(Exception):
    """A container cannot start: a key that it needs is in no Secret."""


def copied(source: Path, target: Path) -> None:
    """What a snapshot or a clone of a volume is here: a copy of its folder."""
    shutil.copytree(source, target, symlinks=True, dirs_exist_ok=True)


def snapshots_of(namespace: str) -> str:
    """Where the folders of a namespace's snapshots lie."""
    return f"snapshots.{namespace}"


def job_ref(job: Mapping[str, Any]) -> ObjectRef:
    """What names a Job in the API."""
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


def _succeeded() -> dict[str, Any]:
    conditions = [_condition("SuccessCriteriaMet", "CompletionsReached"), _condition("Complete", "CompletionsReached")]
    return {"active": 0, "succeeded": 1, "completionTime": _now(), "conditions": conditions}


def _failed(result: MoverResult) -> dict[str, Any]:
    reason = result.why_ended or f"the mover ended with {result.exit_code}"
    conditions = [
        _condition("FailureTarget", "BackoffLimitExceeded", reason),
        _condition("Failed", "BackoffLimitExceeded", reason),
    ]
    return {"active": 0, "failed": 1, "conditions": conditions}


def _condition(kind: str, reason: str, message: str = "") -> dict[str, str]:
    now = _now()
    times = {"lastProbeTime": now, "lastTransitionTime": now}
    return {"type": kind, "status": "True", "reason": reason, "message": message, **times}


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
