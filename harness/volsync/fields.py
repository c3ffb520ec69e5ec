"""Name the fields of sources and destinations, and read the parts of an object as plain mappings.

``harness/volsync/specs.py`` reads the same fields as typed values.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from harness.model import Manifest, ObjectRef
from harness.volsync.kinds import SOURCE
from harness.volsync.kinds import SYNCED as SYNCED


class Field(StrEnum):
    """Name the fields of ``spec.kopia``; each member is a string, so ``field in spec`` and ``spec[field]`` work."""

    REPOSITORY = "repository"
    USERNAME = "username"
    HOSTNAME = "hostname"
    COPY_METHOD = "copyMethod"
    ADDITIONAL_ARGS = "additionalArgs"
    # Of sources, and of ``sourceIdentity``.
    SOURCE_PATH_OVERRIDE = "sourcePathOverride"
    # Of sources.
    RETAIN = "retain"
    # Of destinations.
    DESTINATION_PVC = "destinationPVC"
    SOURCE_IDENTITY = "sourceIdentity"
    RESTORE_AS_OF = "restoreAsOf"
    PREVIOUS = "previous"
    SHALLOW = "shallow"
    ENABLE_FILE_DELETION = "enableFileDeletion"
    # Of ``sourceIdentity``.
    SOURCE_NAME = "sourceName"
    SOURCE_NAMESPACE = "sourceNamespace"
    SOURCE_PVC_NAME = "sourcePVCName"


DECIDED_BY_SCENARIOS = frozenset(
    {
        Field.USERNAME,
        Field.HOSTNAME,
        Field.SOURCE_IDENTITY,
        Field.SOURCE_PATH_OVERRIDE,
        Field.REPOSITORY,
        Field.DESTINATION_PVC,
        Field.RESTORE_AS_OF,
        Field.PREVIOUS,
        Field.SHALLOW,
        Field.ENABLE_FILE_DELETION,
        Field.ADDITIONAL_ARGS,
    }
)
"""Fields that are part of an identity or select a snapshot; only a scenario may set them."""

SOURCE_PVC = "sourcePVC"
"""The field of ``spec`` that names the PVC of a source."""


def status_of(manifest: Manifest | None) -> Mapping[str, Any]:
    """Return the status of an object; empty if it has none yet."""
    return (manifest or {}).get("status") or {}


def claim_of(manifest: Manifest) -> ObjectRef:
    """Return the reference to the PVC that an object backs up or restores into."""
    metadata, is_source = manifest["metadata"], manifest["kind"] == SOURCE
    name = manifest["spec"][SOURCE_PVC] if is_source else kopia_spec(manifest)[Field.DESTINATION_PVC]
    return ObjectRef("PersistentVolumeClaim", metadata["namespace"], name)


def kopia_spec(manifest: Manifest) -> Mapping[str, Any]:
    """Return ``spec.kopia``; empty if it is absent or null, as in the documented excerpts."""
    return (manifest.get("spec") or {}).get("kopia") or {}


def without_fields(manifest: Manifest, *fields: Field) -> Manifest:
    """Return a manifest without some fields of ``spec.kopia``."""
    kept = {name: value for name, value in kopia_spec(manifest).items() if name not in fields}
    return {**manifest, "spec": {**manifest.get("spec", {}), "kopia": kept}}


def with_field(manifest: Manifest, field: Field, other: Manifest) -> Manifest:
    """Return a manifest with one field of ``spec.kopia`` taken from another one, or without it if that one lacks it."""
    rest = {name: value for name, value in kopia_spec(manifest).items() if name != field}
    kopia = {**rest, **{name: value for name, value in kopia_spec(other).items() if name == field}}
    return {**manifest, "spec": {**manifest["spec"], "kopia": kopia}}


def manual_trigger(manifest: Manifest | None) -> str | None:
    """Return ``spec.trigger.manual``, or None if it is absent; a new value starts a sync."""
    trigger = ((manifest or {}).get("spec") or {}).get("trigger") or {}
    return trigger.get("manual")


def is_triggered(manifest: Manifest) -> bool:
    """Return True if a source or destination has a trigger, manual or by schedule."""
    return bool(manifest["kind"] in SYNCED and manifest["spec"].get("trigger"))


def untriggered(manifest: Manifest) -> Manifest:
    """Return a manifest without its trigger, to compare two manifests of one object."""
    return {**manifest, "spec": {key: value for key, value in manifest["spec"].items() if key != "trigger"}}
