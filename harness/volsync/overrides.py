"""Write the lines and manifests with which an object reaches a given identity and path."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.model import Identity, Manifest, ObjectRef
from harness.system import yaml_io
from harness.volsync.fields import Field
from harness.volsync.kinds import API_VERSION, DESTINATION
from harness.volsync.variables import DEFAULT_PATH


def naming(source: ObjectRef, path: str = "") -> dict[str, Any]:
    """Return the fields of ``spec.kopia`` of a destination that name a source.

    Args:
        source: The source.
        path: The path to restore, if it is not that of the source.
    """
    named = {Field.SOURCE_NAME.value: source.name, Field.SOURCE_NAMESPACE.value: source.namespace}
    if path:
        named[Field.SOURCE_PATH_OVERRIDE.value] = path
    return {Field.SOURCE_IDENTITY.value: named}


def asking(identity: Identity, path: str, name: str, *, always_path: bool = False) -> dict[str, Any]:
    """Return the fields of ``spec.kopia`` of a destination that ask for an identity and a path.

    Args:
        identity: The identity.
        path: The path; another one than the default needs a named source, which does not have to exist.
        name: The name of that source.
        always_path: True to write the default path, too.
    """
    fields: dict[str, Any] = custom_names(identity)
    if always_path or path != DEFAULT_PATH:
        fields |= {Field.SOURCE_IDENTITY.value: {Field.SOURCE_NAME.value: name, Field.SOURCE_PATH_OVERRIDE.value: path}}
    return fields


def custom_names(identity: Identity) -> dict[str, Any]:
    """Return the fields of ``spec.kopia`` with both custom names."""
    return {Field.USERNAME.value: identity.username, Field.HOSTNAME.value: identity.hostname}


def keeping(identity: Identity, path: str, *, always_path: bool = False) -> dict[str, Any]:
    """Return the fields of ``spec.kopia`` with which a source continues a history."""
    writes_path = always_path or path != DEFAULT_PATH
    return {**custom_names(identity), **({Field.SOURCE_PATH_OVERRIDE.value: path} if writes_path else {})}


def as_lines(fields: dict[str, Any]) -> str:
    """Return fields of ``spec.kopia`` as the lines of a manifest."""
    return yaml_io.dump_all([fragment(fields)])


def patch(kind: str, namespace: str, name: str, fields: dict[str, Any]) -> dict[str, Any]:
    """Return a patch that sets fields of ``spec.kopia`` of an object and leaves the others."""
    metadata = {"name": name, "namespace": namespace}
    return {"apiVersion": API_VERSION, "kind": kind, "metadata": metadata, "spec": {"kopia": fields}}


def destination(namespace: str, name: str, fields: dict[str, Any], repository: str, pvc: str) -> dict[str, Any]:
    """Return a whole destination that restores once into an existing PVC.

    Args:
        namespace: Its namespace.
        name: Its name.
        fields: The fields of ``spec.kopia`` that say what to restore.
        repository: The name of the repository Secret.
        pvc: The name of the PVC.
    """
    kopia = {
        Field.REPOSITORY.value: repository,
        Field.DESTINATION_PVC.value: pvc,
        Field.COPY_METHOD.value: "Direct",
        **fields,
    }
    return {
        "apiVersion": API_VERSION,
        "kind": DESTINATION,
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"trigger": {"manual": "restore-once"}, "kopia": kopia},
    }


def with_fields(manifest: Manifest, fields: dict[str, Any]) -> dict[str, Any]:
    """Return a manifest with a patch of ``spec.kopia`` applied, to see what the patch would change.

    A field of a field that the patch does not name stays, as in a merge patch.
    """
    spec = dict(manifest.get("spec") or {})
    kopia = dict(spec.get("kopia") or {})
    for field, value in fields.items():
        before = kopia.get(field)
        kopia[field] = {**before, **value} if isinstance(before, Mapping) and isinstance(value, Mapping) else value
    return {**manifest, "spec": {**spec, "kopia": kopia}}


def fragment(fields: dict[str, Any]) -> dict[str, Any]:
    """Return fields of ``spec.kopia`` in their place in a manifest."""
    return {"spec": {"kopia": fields}}
