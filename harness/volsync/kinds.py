"""Name the custom resources of the operator: kinds, API group and plural names."""

from __future__ import annotations

from collections.abc import Mapping

from harness.model import Manifest, ObjectRef

GROUP, VERSION = "volsync.backube", "v1alpha1"
API_VERSION = f"{GROUP}/{VERSION}"

SOURCE = "ReplicationSource"
"""The kind of an object that backs up a PVC."""

DESTINATION = "ReplicationDestination"
"""The kind of an object that restores into a PVC."""

SYNCED = (SOURCE, DESTINATION)
"""The kinds that the operator under test serves."""

PLURALS: Mapping[str, str] = {SOURCE: "replicationsources", DESTINATION: "replicationdestinations"}
"""The plural name of each kind in URLs of the API."""


def source_ref(namespace: str, name: str) -> ObjectRef:
    """Return the reference to a source."""
    return ObjectRef(SOURCE, namespace, name)


def destination_ref(namespace: str, name: str) -> ObjectRef:
    """Return the reference to a destination."""
    return ObjectRef(DESTINATION, namespace, name)


def is_source(ref: ObjectRef) -> bool:
    """Return True if an object is a source."""
    return ref.kind == SOURCE


def is_destination(ref: ObjectRef) -> bool:
    """Return True if an object is a destination."""
    return ref.kind == DESTINATION


def is_destination_manifest(manifest: Manifest) -> bool:
    """Return True if a manifest is a destination."""
    return bool(manifest["kind"] == DESTINATION)


def crd_name(kind: str) -> str:
    """Return the name of the CustomResourceDefinition of a kind."""
    return f"{PLURALS[kind]}.{GROUP}"
