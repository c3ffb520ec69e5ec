"""Makes the documented excerpts whole: one completion, the same for all, and shown.

An excerpt may lack a repository, a PVC, a trigger, or hold an empty ``kopia:``.  What is added
here never touches a field that the excerpt gives, nor one that an identity is made from.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from harness.model import Manifest

REPOSITORY_SECRET = "kopia-repository"  # noqa: S105 (the name of an object, no secret)
MAX_NAME_LENGTH = 50
DOCUMENTED_REPOSITORY = "s3://company-backups"


@dataclass(frozen=True)
class Completion:
    """A whole manifest, the objects it needs besides, and in words what was added."""

    manifest: Manifest
    needs: tuple[Manifest, ...]
    added: tuple[str, ...]


def complete(manifest: Manifest) -> Completion:
    """Completes one manifest; kinds other than source and destination need only their namespace."""
    whole: dict[str, Any] = copy.deepcopy(dict(manifest))
    added: list[str] = []
    needs: list[Manifest] = []
    if whole["kind"] in ("ReplicationSource", "ReplicationDestination"):
        whole["metadata"].setdefault("namespace", "default")
        whole["spec"] = dict(whole.get("spec") or {})
        whole["spec"]["kopia"] = dict(whole["spec"].get("kopia") or {})
        (_complete_source if whole["kind"] == "ReplicationSource" else _complete_destination)(whole, needs, added)
    namespace = whole["metadata"].get("namespace")
    if namespace:
        needs.insert(0, _object("v1", "Namespace", namespace))
    return Completion(whole, tuple(needs), tuple(added))


def repository_secret(namespace: str, name: str, values: Mapping[str, str]) -> Manifest:
    """The Secret of a repository."""
    return {**_object("v1", "Secret", name, namespace), "type": "Opaque", "stringData": dict(values)}


def triggered(manifest: Manifest, trigger: str) -> Manifest:
    """The manifest with a manual trigger: a new value starts a sync."""
    return {**manifest, "spec": {**manifest["spec"], "trigger": {"manual": trigger}}}


def _complete_source(whole: dict[str, Any], needs: list[Manifest], added: list[str]) -> None:
    name, namespace = whole["metadata"]["name"], whole["metadata"]["namespace"]
    _default(whole["spec"], "sourcePVC", f"{_legal(name)}-pvc", "spec.sourcePVC", added)
    _default(whole["spec"]["kopia"], "repository", REPOSITORY_SECRET, "spec.kopia.repository", added)
    needs.append(_claim(whole["spec"]["sourcePVC"], namespace))


def _complete_destination(whole: dict[str, Any], needs: list[Manifest], added: list[str]) -> None:
    name, namespace = whole["metadata"]["name"], whole["metadata"]["namespace"]
    spec = whole["spec"]["kopia"]
    _default(spec, "destinationPVC", f"{_legal(name)}-restored", "spec.kopia.destinationPVC", added)
    _default(spec, "copyMethod", "Direct", "spec.kopia.copyMethod", added)
    if "sourceIdentity" not in spec:
        # With a sourceIdentity the repository of the source is used: that is a promise under test.
        _default(spec, "repository", REPOSITORY_SECRET, "spec.kopia.repository", added)
    needs.append(_claim(spec["destinationPVC"], namespace))


def _legal(name: str) -> str:
    """What is added is legal, also where the excerpt's own name is not: the API should refuse that and nothing else."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:MAX_NAME_LENGTH].rstrip("-") or "unnamed"


def _default(holder: dict[str, Any], key: str, value: str, field: str, added: list[str]) -> None:
    if key not in holder:
        holder[key] = value
        added.append(f"{field}: {value}")


def _object(api_version: str, kind: str, name: str, namespace: str | None = None) -> Manifest:
    metadata = {"name": name, **({"namespace": namespace} if namespace else {})}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata}


def _claim(name: str, namespace: str) -> Manifest:
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    return {**_object("v1", "PersistentVolumeClaim", name, namespace), "spec": spec}
