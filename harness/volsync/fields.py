"""Read the fields of sources and destinations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.model import Manifest, ObjectRef

SYNCED = ("ReplicationSource", "ReplicationDestination")
"""The kinds that have an operator of their own."""


def status_of(manifest: Manifest | None) -> Mapping[str, Any]:
    """The status of an object; empty where there is none yet."""
    return (manifest or {}).get("status") or {}


def claim_of(manifest: Manifest) -> ObjectRef:
    """The claim that an object backs up or restores into."""
    metadata, is_source = manifest["metadata"], manifest["kind"] == "ReplicationSource"
    name = manifest["spec"]["sourcePVC"] if is_source else kopia_spec(manifest)["destinationPVC"]
    return ObjectRef("PersistentVolumeClaim", metadata["namespace"], name)


def kopia_spec(manifest: Manifest) -> Mapping[str, Any]:
    """``spec.kopia``; the documented excerpts leave it empty, which YAML reads as null."""
    return (manifest.get("spec") or {}).get("kopia") or {}
