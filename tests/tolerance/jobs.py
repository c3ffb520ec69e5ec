"""The Job of a sync, in each style that a variant may have, for the operator in this folder."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Any

from tests.tolerance.identity import Identity

Object = dict[str, Any]
STYLES = (
    "env-from",  # the whole Secret, by envFrom
    "config-map",  # what the user gave, by configMapKeyRef
    "config-map-from",  # what the user gave, by envFrom
    "field-ref",  # the namespace, and names of Pod and node
    "resource-field",  # the memory limit
    "dependent",  # $(NAME) in values and arguments
    "sub-path",  # cache and /tmp in one emptyDir
    "projected",  # Secret, ConfigMap and labels as files
    "init",  # an init container before
    "sidecar",  # a native sidecar, and a container that comes first in the list
    "no-owner",  # no owner reference; annotations name the object
    "suspended",  # suspended at first, and resumed by the operator
)
SHORT = {"ReplicationSource": "src", "ReplicationDestination": "dst"}
NOTES = "tolerance.example.test/"
SEPARATOR = "|VOLSYNC_ARG_SEP|"
SECRET_KEYS = (
    "KOPIA_REPOSITORY", "KOPIA_PASSWORD", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "KOPIA_S3_ENDPOINT",
    "AWS_S3_ENDPOINT", "KOPIA_S3_BUCKET", "KOPIA_S3_DISABLE_TLS",
)  # fmt: skip
UNITS = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40}


@dataclass(frozen=True)
class Plan:
    """All that a Job of an object has to do."""

    identity: Identity
    secret: str
    claim: str
    path: str | None


def job_name(kind: str, name: str, *, hashed: bool) -> str:
    plain = f"volsync-{SHORT[kind]}-{name}"
    if len(plain) <= 63 and not hashed:
        return plain
    digest = hashlib.sha256(name.encode()).hexdigest()[:10]
    return f"volsync-{SHORT[kind]}-{digest}"


def settings(owner: Object, plan: Plan) -> dict[str, str]:
    """What the mover is told, but for the Secret."""
    spec = owner["spec"].get("kopia") or {}
    is_source = owner["kind"] == "ReplicationSource"
    env = {
        "DATA_DIR": mount_of(owner),
        "KOPIA_CACHE_DIR": "/cache",
        "PRIVILEGED_MOVER": "false",
        "KOPIA_OVERRIDE_USERNAME": plan.identity.username,
        "KOPIA_OVERRIDE_HOSTNAME": plan.identity.hostname,
    }
    given: dict[str, Any] = {"KOPIA_SOURCE_PATH_OVERRIDE": plan.path}
    if spec.get("additionalArgs"):
        given["KOPIA_ADDITIONAL_ARGS"] = SEPARATOR.join(spec["additionalArgs"])
    if spec.get("cacheCapacity") is not None:
        given["KOPIA_CACHE_CAPACITY_BYTES"] = _bytes(str(spec["cacheCapacity"]))
    if is_source:
        given |= {f"KOPIA_RETAIN_{part.upper()}": count for part, count in (spec.get("retain") or {}).items()}
    else:
        given |= {
            "KOPIA_DISCOVER_SNAPSHOTS": "true",
            "KOPIA_RESTORE_AS_OF": spec.get("restoreAsOf"),
            "KOPIA_PREVIOUS": spec.get("previous"),
            "KOPIA_SHALLOW": spec.get("shallow"),
            "KOPIA_ENABLE_FILE_DELETION": "true" if spec.get("enableFileDeletion") else None,
        }
    return env | {name: str(value) for name, value in given.items() if value is not None}


def note(job: Object, name: str) -> str:
    """What the operator wrote on a Job when it made it; "" on a Job that it did not make."""
    return str((job["metadata"].get("annotations") or {}).get(NOTES + name, ""))


def owner_of(job: Object) -> tuple[str, str]:
    """Kind and name of the object of a Job without owner references; "" and "" on another Job."""
    return note(job, "kind"), note(job, "name")


def mount_of(owner: Object) -> str:
    return "/data" if owner["kind"] == "ReplicationSource" else "/restore/data"


def build(owner: Object, plan: Plan, name: str, sync: str, styles: frozenset[str], backoff_limit: int) -> list[Object]:
    """The objects of a sync: the Job, last, and what it needs beside the Secret."""
    metadata = {
        "name": name,
        "namespace": owner["metadata"]["namespace"],
        "labels": {"app.kubernetes.io/created-by": "tolerance"},
        "annotations": {
            NOTES + "sync": sync,
            NOTES + "username": plan.identity.username,
            NOTES + "hostname": plan.identity.hostname,
        },
        "ownerReferences": [
            {
                "apiVersion": owner["apiVersion"],
                "kind": owner["kind"],
                "name": owner["metadata"]["name"],
                "uid": owner["metadata"]["uid"],
                "controller": True,
                "blockOwnerDeletion": True,
            }
        ],
    }
    if "no-owner" in styles:
        del metadata["ownerReferences"]
        metadata["annotations"] |= {NOTES + "kind": owner["kind"], NOTES + "name": owner["metadata"]["name"]}
        if named := (owner["spec"].get("kopia") or {}).get("sourceIdentity"):
            metadata["annotations"][NOTES + "of"] = named["sourceName"]
    told = settings(owner, plan)
    pod = _pod(owner, plan, name, told, styles)
    template = {"metadata": {"labels": dict(metadata["labels"])}, "spec": pod}
    job = {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": metadata,
        "spec": {"backoffLimit": backoff_limit, "parallelism": 1, "completions": 1, "template": template},
    }
    if "suspended" in styles:
        job["spec"]["suspend"] = True
    if not styles & {"config-map", "config-map-from", "projected"}:
        return [job]
    return [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": told}, job]


def _pod(owner: Object, plan: Plan, name: str, told: dict[str, str], styles: frozenset[str]) -> Object:
    kopia: Object = {
        "name": "kopia",
        "image": "mover",
        "command": ["/mover-kopia/entry.sh"],
        "args": ["backup" if owner["kind"] == "ReplicationSource" else "restore"],
        "env": [*_told(owner, name, told, styles), *_secret(plan, styles)],
        "volumeMounts": [{"name": "data", "mountPath": mount_of(owner)}, {"name": "cache", "mountPath": "/cache"}],
        "securityContext": {"allowPrivilegeEscalation": False, "privileged": False},
    }
    volumes: list[Object] = [
        {"name": "data", "persistentVolumeClaim": {"claimName": plan.claim}},
        {"name": "cache", "emptyDir": {"sizeLimit": "2Gi"}},
    ]
    pod: Object = {"restartPolicy": "Never", "containers": [kopia], "volumes": volumes}
    if sources := _env_from(plan, name, styles):
        kopia["envFrom"] = sources
    if "resource-field" in styles:
        kopia["resources"] = {"limits": {"memory": "1Gi"}}
    if "dependent" in styles:
        kopia["args"] = ["$(DIRECTION)"]
    if "sub-path" in styles:
        kopia["volumeMounts"][1]["subPath"] = "kopia-cache"
        kopia["volumeMounts"].append({"name": "cache", "mountPath": "/tmp", "subPath": "tmp"})
    if "projected" in styles:
        labels = {"path": "labels", "fieldRef": {"fieldPath": "metadata.labels"}}
        parts = [{"secret": {"name": plan.secret}}, {"configMap": {"name": name}}, {"downwardAPI": {"items": [labels]}}]
        volumes.append({"name": "facts", "projected": {"sources": parts}})
        kopia["volumeMounts"].append({"name": "facts", "mountPath": "/etc/volsync", "readOnly": True})
    if "init" in styles:
        pod["initContainers"] = [
            {
                "name": "prepare",
                "image": "busybox",
                "command": ["sh", "-c", "mkdir -p /cache/logs"],
                "volumeMounts": [{"name": "cache", "mountPath": "/cache"}],
            }
        ]
    if "sidecar" in styles:
        relay = {"name": "relay", "image": "busybox", "command": ["sleep", "infinity"], "restartPolicy": "Always"}
        pod.setdefault("initContainers", []).append(relay)
        pod["containers"].insert(0, {"name": "notify", "image": "busybox", "command": ["true"]})
    return pod


def _told(owner: Object, name: str, told: dict[str, str], styles: frozenset[str]) -> list[Object]:
    namespace = owner["metadata"]["namespace"]
    env: list[Object] = []
    for key, value in told.items():
        if "field-ref" in styles and key == "KOPIA_OVERRIDE_HOSTNAME" and value == namespace:
            env.append(_field(key, "metadata.namespace"))
        elif "config-map-from" in styles:
            continue
        elif "config-map" in styles:
            env.append({"name": key, "valueFrom": {"configMapKeyRef": {"name": name, "key": key}}})
        else:
            # Kubernetes replaces $(NAME) in a value, and reads $$ as one dollar sign.
            env.append({"name": key, "value": value.replace("$", "$$")})
    if "dependent" in styles:
        direction = "backup" if owner["kind"] == "ReplicationSource" else "restore"
        env += [
            {"name": "DIRECTION", "value": direction},
            {"name": "KOPIA_LOG_DIR", "value": "$(KOPIA_CACHE_DIR)/logs"},
        ]
    if "field-ref" in styles:
        env += [_field("POD_NAME", "metadata.name"), _field("NODE_NAME", "spec.nodeName")]
    if "resource-field" in styles:
        limit = {"containerName": "kopia", "resource": "limits.memory"}
        env.append({"name": "GOMEMLIMIT", "valueFrom": {"resourceFieldRef": limit}})
    return env


def _field(name: str, path: str) -> Object:
    return {"name": name, "valueFrom": {"fieldRef": {"fieldPath": path}}}


def _secret(plan: Plan, styles: frozenset[str]) -> list[Object]:
    if "env-from" in styles:
        return []
    required = ("KOPIA_REPOSITORY", "KOPIA_PASSWORD")
    return [
        {
            "name": key,
            "valueFrom": {"secretKeyRef": {"name": plan.secret, "key": key, "optional": key not in required}},
        }
        for key in SECRET_KEYS
    ]


def _env_from(plan: Plan, name: str, styles: frozenset[str]) -> list[Object]:
    sources = [{"secretRef": {"name": plan.secret}}] if "env-from" in styles else []
    return sources + ([{"configMapRef": {"name": name}}] if "config-map-from" in styles else [])


def _bytes(quantity: str) -> int:
    number, unit = re.fullmatch(r"([0-9.]+)([A-Za-z]*)", quantity).groups()
    return int(float(number) * UNITS[unit])
