"""Build manifests of sources and destinations from the fields that a scenario names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
"""Fields that hold a list; each line of the value is one element."""
SWITCHES = ("enableFileDeletion",)
RETAIN = "retain."
"""Prefix of the fields of ``retain``, which are numbers, such as ``retain.latest``."""
STEM = "orders-of.the-shop-in-the.north-"
"""What long names repeat."""
SOURCE_IDENTITY_FIELDS = ("sourceName", "sourceNamespace", "sourcePVCName")


def source(name: str, namespace: str, fields: Mapping[str, str] | None = None) -> Manifest:
    """Return a ReplicationSource; ``fields`` have their names in the API, without their parents."""
    return _manifest(SOURCE, name, namespace, fields or {})


def destination(name: str, namespace: str, fields: Mapping[str, str] | None = None) -> Manifest:
    """Return a ReplicationDestination; ``fields`` have their names in the API, without their parents."""
    return _manifest(DESTINATION, name, namespace, fields or {})


def with_arguments(manifest: Manifest, arguments: Sequence[str]) -> Manifest:
    """Return a copy of a manifest with these additional arguments."""
    kopia = {**manifest["spec"]["kopia"], Field.ADDITIONAL_ARGS.value: list(arguments)}
    return {**manifest, "spec": {**manifest["spec"], "kopia": kopia}}


def fields_that_name(source: ObjectRef) -> Mapping[str, str]:
    """Return the fields of a destination that name a source by its name and namespace."""
    return {Field.SOURCE_NAME.value: source.name, Field.SOURCE_NAMESPACE.value: source.namespace}


def names_that_differ_at_the_end(length: int) -> tuple[str, str]:
    """Return two legal names of this length, with dots and hyphens, that differ only in their last character."""
    stem = (STEM * length)[: length - 1]
    return f"{stem}1", f"{stem}2"


def in_namespace(manifest: Manifest, namespace: str) -> Manifest:
    """Return a copy of a manifest with this namespace."""
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
