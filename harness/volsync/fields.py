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
    """Fields of ``spec.kopia``; a member is the text of its field, so ``field in spec`` and ``spec[field]`` work."""

    REPOSITORY = "repository"
    USERNAME = "username"
    HOSTNAME = "hostname"
    COPY_METHOD = "copyMethod"
    ADDITIONAL_ARGS = "additionalArgs"
    # Of a source, and of the source that a destination names.
    SOURCE_PATH_OVERRIDE = "sourcePathOverride"
    # Of a source.
    RETAIN = "retain"
    # Of a destination.
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
"""Fields that make an identity or choose a snapshot: what a scenario is about, which nothing else may set."""

SOURCE_PVC = "sourcePVC"
"""The field of ``spec`` that names the PersistentVolumeClaim of a source."""


def status_of(manifest: Manifest | None) -> Mapping[str, Any]:
    """The status of an object; empty where there is none yet."""
    return (manifest or {}).get("status") or {}


def claim_of(manifest: Manifest) -> ObjectRef:
    """The claim that an object backs up or restores into."""
    metadata, is_source = manifest["metadata"], manifest["kind"] == SOURCE
    name = manifest["spec"][SOURCE_PVC] if is_source else kopia_spec(manifest)[Field.DESTINATION_PVC]
    return ObjectRef("PersistentVolumeClaim", metadata["namespace"], name)


def kopia_spec(manifest: Manifest) -> Mapping[str, Any]:
    """``spec.kopia``; the documented excerpts leave it empty, which YAML reads as null."""
    return (manifest.get("spec") or {}).get("kopia") or {}


def without_fields(manifest: Manifest, *fields: Field) -> Manifest:
    """Return a manifest whose ``spec.kopia`` lacks some fields."""
    kept = {name: value for name, value in kopia_spec(manifest).items() if name not in fields}
    return {**manifest, "spec": {**manifest.get("spec", {}), "kopia": kept}}


def manual_trigger(manifest: Manifest | None) -> str | None:
    """Return ``spec.trigger.manual``, None where there is none: a new value starts a sync."""
    trigger = ((manifest or {}).get("spec") or {}).get("trigger") or {}
    return trigger.get("manual")


def is_triggered(manifest: Manifest) -> bool:
    """Return True if a source or destination has a trigger, manual or by schedule."""
    return bool(manifest["kind"] in SYNCED and manifest["spec"].get("trigger"))


def untriggered(manifest: Manifest) -> Manifest:
    """Return a manifest without its trigger: two that differ in nothing else ask for the same."""
    return {**manifest, "spec": {key: value for key, value in manifest["spec"].items() if key != "trigger"}}
