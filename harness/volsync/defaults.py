"""Complete the documented excerpts to valid manifests, all by the same rules, and list what was added.

An excerpt may lack a repository, a PVC or a trigger, or have an empty ``kopia:``.  The completion never changes a field
of the excerpt, and never adds a field that is part of an identity.
"""

from __future__ import annotations

import copy
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from harness.model import Manifest
from harness.volsync.kinds import SOURCE, SYNCED

REPOSITORY_SECRET = "kopia-repository"  # noqa: S105 (the name of an object, no secret)
LEFT_OUT = ""
"""The value of ``repository`` in a scenario whose object must have no repository."""
MAX_NAME_LENGTH = 50
KEPT_LENGTH = 40
DOCUMENTED_REPOSITORY = "s3://company-backups"


@dataclass(frozen=True)
class Additions:
    """Hold the fields that a subject file adds to every object that the suite applies (``objects``).

    A field that a scenario or the document gives is never replaced.

    Attributes:
        source: Fields for ``spec.kopia`` of sources.
        destination: Fields for ``spec.kopia`` of destinations.
        claim: Fields for ``spec`` of PVCs.
    """

    source: Mapping[str, Any] = field(default_factory=dict)
    destination: Mapping[str, Any] = field(default_factory=dict)
    claim: Mapping[str, Any] = field(default_factory=dict)

    def in_words(self) -> list[str]:
        """Return one line for each added field."""
        holders = {"source": self.source, "destination": self.destination, "claim": self.claim}
        return [f"{holder}: {key}: {value}" for holder, fields in holders.items() for key, value in fields.items()]


NOTHING_ADDED = Additions()


@dataclass(frozen=True)
class Completion:
    """Hold a complete manifest.

    Attributes:
        manifest: The manifest.
        needs: Other objects that must exist first: namespace and PVC.
        added: One line for each field that was added.
    """

    manifest: Manifest
    needs: tuple[Manifest, ...]
    added: tuple[str, ...]


def complete(manifest: Manifest, additions: Additions = NOTHING_ADDED) -> Completion:
    """Complete one manifest.

    A source or destination gets missing fields, and needs a namespace and a PVC.  An object of another kind is not
    changed, and needs only its namespace.

    Args:
        manifest: The manifest or excerpt.
        additions: The fields of the subject file.
    """
    whole: dict[str, Any] = copy.deepcopy(dict(manifest))
    added: list[str] = []
    needs: list[Manifest] = []
    if whole["kind"] in SYNCED:
        is_source = whole["kind"] == SOURCE
        whole["metadata"].setdefault("namespace", "default")
        whole["spec"] = dict(whole.get("spec") or {})
        kopia = whole["spec"]["kopia"] = dict(whole["spec"].get("kopia") or {})
        for key, value in (additions.source if is_source else additions.destination).items():
            _default(kopia, key, value, f"spec.kopia.{key}", added)
        claim = (_complete_source if is_source else _complete_destination)(whole, added)
        needs.append(_claim(claim, whole["metadata"]["namespace"], additions.claim))
    namespace = whole["metadata"].get("namespace")
    if namespace:
        needs.insert(0, _object("v1", "Namespace", namespace))
    return Completion(whole, tuple(needs), tuple(added))


def repository_secret(namespace: str, name: str, values: Mapping[str, str]) -> Manifest:
    """Return the Secret of a repository."""
    return {**_object("v1", "Secret", name, namespace), "type": "Opaque", "stringData": dict(values)}


def triggered(manifest: Manifest, trigger: str) -> Manifest:
    """Return the manifest with a manual trigger; a new value starts a sync."""
    return {**manifest, "spec": {**manifest["spec"], "trigger": {"manual": trigger}}}


def destination_claim(name: str) -> str:
    """Return the name of the PVC that the operator creates for a destination that names none."""
    return f"volsync-{name}-dest"


def _complete_source(whole: dict[str, Any], added: list[str]) -> str:
    """Complete a source and return the name of its PVC."""
    _default(whole["spec"], "sourcePVC", f"{_legal(whole['metadata']['name'])}-pvc", "spec.sourcePVC", added)
    _complete_both(whole["spec"]["kopia"], added)
    return str(whole["spec"]["sourcePVC"])


def _complete_destination(whole: dict[str, Any], added: list[str]) -> str:
    """Complete a destination and return the name of its PVC."""
    spec = whole["spec"]["kopia"]
    _default(
        spec, "destinationPVC", f"{_legal(whole['metadata']['name'])}-restored", "spec.kopia.destinationPVC", added
    )
    _complete_both(spec, added)
    return str(spec["destinationPVC"])


def _complete_both(spec: dict[str, Any], added: list[str]) -> None:
    _default(spec, "copyMethod", "Direct", "spec.kopia.copyMethod", added)
    _default(spec, "repository", REPOSITORY_SECRET, "spec.kopia.repository", added)
    if spec["repository"] == LEFT_OUT:
        del spec["repository"]


def _legal(name: str) -> str:
    """Return a legal name that is derived from an object's name.

    If the object's own name is illegal, it is then the only reason for the API to refuse the object.
    """
    legal = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "unnamed"
    if len(legal) <= MAX_NAME_LENGTH:
        return legal
    # The hash keeps two long names apart that differ only at the end.
    return f"{legal[:KEPT_LENGTH].rstrip('-')}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def _default(holder: dict[str, Any], key: str, value: Any, field: str, added: list[str]) -> None:
    if key not in holder:
        holder[key] = value
        added.append(f"{field}: {value}")


def _object(api_version: str, kind: str, name: str, namespace: str | None = None) -> Manifest:
    metadata = {"name": name, **({"namespace": namespace} if namespace else {})}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata}


def _claim(name: str, namespace: str, added: Mapping[str, Any]) -> Manifest:
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}, **added}
    return {**_object("v1", "PersistentVolumeClaim", name, namespace), "spec": spec}
