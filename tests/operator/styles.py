"""Ways in which a legitimate operator may build the same Job: ``--job-style``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from harness.kubernetes.api import Api
from harness.model import ObjectRef

Job = dict[str, Any]
BUSYBOX = {"image": "busybox"}


def envfrom(job: Job, api: Api) -> None:
    """Give variables by ``envFrom``: the plain ones in a ConfigMap, the others by the Secret; ``env`` wins."""
    container = container_of(job)
    # Kubernetes replaces nothing in a ConfigMap.
    plain = {one["name"]: one["value"].replace("$$", "$") for one in container["env"] if "value" in one}
    secret = next(one["valueFrom"]["secretKeyRef"]["name"] for one in container["env"] if "valueFrom" in one)
    data_dir = plain.pop("DATA_DIR")
    metadata = {"name": job["metadata"]["name"], "namespace": job["metadata"]["namespace"]}
    api.delete(ObjectRef("ConfigMap", metadata["namespace"], metadata["name"]))
    api.create(
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {**plain, "DATA_DIR": "/nowhere"}}
    )
    container["envFrom"] = [
        {"configMapRef": {"name": metadata["name"]}},
        {"secretRef": {"name": secret}},
        {"prefix": "MORE_", "configMapRef": {"name": "no-such-map", "optional": True}},
    ]
    container["env"] = [
        {"name": "ROOT", "value": data_dir.rpartition("/")[0]},
        {"name": "DATA_DIR", "value": "$(ROOT)/data"},
        {"name": "POD_NAMESPACE", "valueFrom": {"fieldRef": {"fieldPath": "metadata.namespace"}}},
        {"name": "GOMEMLIMIT", "valueFrom": {"resourceFieldRef": {"resource": "limits.memory", "divisor": "1Mi"}}},
    ]
    container["resources"] = {"limits": {"memory": "1Gi"}}


def projected(job: Job, api: Api) -> None:
    """Show the Secret, a token and the Pod's own metadata as files, too."""
    container = container_of(job)
    secret = next(one["valueFrom"]["secretKeyRef"]["name"] for one in container["env"] if "valueFrom" in one)
    password = [{"key": "KOPIA_PASSWORD", "path": "kopia/password", "mode": 0o400}]
    namespace = [{"path": "namespace", "fieldRef": {"fieldPath": "metadata.namespace"}}]
    sources = [
        {"secret": {"name": secret, "items": password}},
        {"configMap": {"name": "no-such-map", "optional": True}},
        {"downwardAPI": {"items": namespace}},
        {"serviceAccountToken": {"path": "token"}},
    ]
    _mount(job, "all", "/projected", {"projected": {"sources": sources}})
    _mount(job, "pod", "/podinfo", {"downwardAPI": {"items": namespace}})
    _mount(job, "credentials", "/credentials", {"secret": {"secretName": secret, "items": password}})


def sidecar(job: Job, api: Api) -> None:
    """Have sidecars of both kinds, and the mover under another name in the second place."""
    spec = job["spec"]["template"]["spec"]
    container_of(job)["name"] = "mover"
    spec["containers"].insert(0, {"name": "log-shipper", **BUSYBOX, "args": ["tail", "-f", "/dev/null"]})
    spec["initContainers"] = [{"name": "proxy", **BUSYBOX, "restartPolicy": "Always"}]


def init(job: Job, api: Api) -> None:
    """Prepare the volume in an init container; the mover's whole command line is in its ``command``."""
    container = container_of(job)
    container["command"] = ["bash", *container["command"], *container.pop("args")]
    container["workingDir"] = container["volumeMounts"][0]["mountPath"]
    chmod = ["chmod", "g+rwx", "/volume"]
    volume = {"name": "data", "mountPath": "/volume"}
    job["spec"]["template"]["spec"]["initContainers"] = [
        {"name": "own-the-volume", **BUSYBOX, "command": chmod, "volumeMounts": [volume]}
    ]


def subpath(job: Job, api: Api) -> None:
    """Mount parts of volumes, and a volume above the one that is backed up, listed after it."""
    container = container_of(job)
    secret = next(one["valueFrom"]["secretKeyRef"]["name"] for one in container["env"] if "valueFrom" in one)
    container["env"].append({"name": "POD_UID", "valueFrom": {"fieldRef": {"fieldPath": "metadata.uid"}}})
    container["volumeMounts"][1]["subPathExpr"] = "of-pods/$(POD_UID)"
    if container["volumeMounts"][0]["mountPath"] == "/restore/data":
        # A mount point cannot be made below a read-only mount.
        _mount(job, "above", "/restore", {"emptyDir": {}}, readOnly=False)
    _mount(job, "secret", "/credentials/password", {"secret": {"secretName": secret}}, subPath="KOPIA_PASSWORD")


STYLES: dict[str, Callable[[Job, Api], None]] = {
    "": lambda job, api: None,
    "envfrom": envfrom,
    "projected": projected,
    "sidecar": sidecar,
    "init": init,
    "subpath": subpath,
}


def container_of(job: Job) -> dict[str, Any]:
    """Return the container that is the mover: the last one."""
    container: dict[str, Any] = job["spec"]["template"]["spec"]["containers"][-1]
    return container


def _mount(job: Job, name: str, path: str, source: dict[str, Any], **more: object) -> None:
    job["spec"]["template"]["spec"]["volumes"].append({"name": name, **source})
    container_of(job)["volumeMounts"].append({"name": name, "mountPath": path, "readOnly": True, **more})
