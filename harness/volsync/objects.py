"""Manifests of sources and destinations from the few fields that a scenario names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.errors import UsageError
from harness.model import Manifest, ObjectRef
from harness.volsync.fields import Field
from harness.volsync.kinds import API_VERSION, DESTINATION, SOURCE

SPEC_FIELDS = ("sourcePVC",)
KOPIA_FIELDS = (
    "username",
    "hostname",
    "repository",
    "sourcePathOverride",
    "destinationPVC",
    "copyMethod",
    "restoreAsOf",
)
NUMBERS = ("previous", "shallow")
LISTS = ("additionalArgs",)
"""An element is a line of the value."""
SWITCHES = ("enableFileDeletion",)
RETAIN = "retain."
"""``retain.latest`` and its like: a number of the mapping ``retain``."""
SOURCE_IDENTITY_FIELDS = ("sourceName", "sourceNamespace", "sourcePVCName")


def source(name: str, namespace: str, fields: Mapping[str, str] | None = None) -> Manifest:
    """A ReplicationSource; ``fields`` are named as in the API, whatever their depth."""
    return _manifest(SOURCE, name, namespace, fields or {})


def destination(name: str, namespace: str, fields: Mapping[str, str] | None = None) -> Manifest:
    """A ReplicationDestination; ``fields`` are named as in the API, whatever their depth."""
    return _manifest(DESTINATION, name, namespace, fields or {})


def fields_that_name(source: ObjectRef) -> Mapping[str, str]:
    """Return the fields of a destination that name a source by its name and namespace."""
    return {Field.SOURCE_NAME.value: source.name, Field.SOURCE_NAMESPACE.value: source.namespace}


def in_namespace(manifest: Manifest, namespace: str) -> Manifest:
    """A documented manifest that names no namespace, put into one."""
    return {**manifest, "metadata": {**manifest["metadata"], "namespace": namespace}}


def _manifest(kind: str, name: str, namespace: str, fields: Mapping[str, str]) -> Manifest:
    spec: dict[str, Any] = {}
    kopia: dict[str, Any] = {}
    for field, value in fields.items():
        if field in SPEC_FIELDS:
            spec[field] = value
        elif field in SOURCE_IDENTITY_FIELDS:
            kopia.setdefault("sourceIdentity", {})[field] = value
        elif field in KOPIA_FIELDS:
            kopia[field] = value
        elif field in NUMBERS:
            kopia[field] = int(value)
        elif field in LISTS:
            kopia[field] = value.splitlines()
        elif field.startswith(RETAIN):
            kopia.setdefault("retain", {})[field.removeprefix(RETAIN)] = int(value)
        elif field in SWITCHES:
            kopia[field] = value == "true"
        else:
            raise UsageError(
                f"a scenario names the field {field!r} of a {kind}; harness/volsync/objects.py does not know it"
            )
    metadata = {"name": name, "namespace": namespace}
    return {"apiVersion": API_VERSION, "kind": kind, "metadata": metadata, "spec": {**spec, "kopia": kopia}}
