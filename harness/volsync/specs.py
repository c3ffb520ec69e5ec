"""Read sources and destinations as typed values, independent of how the manifest writes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from harness.model import Manifest
from harness.volsync.fields import SOURCE_PVC, Field, kopia_spec


@dataclass(frozen=True)
class NamedSource:
    """Hold the source that a destination names (``sourceIdentity``).

    Attributes:
        name: The name of the source.
        namespace: The namespace of the source; by default that of the destination.
        pvc: The PVC that the destination gives for the source; "" if it gives none.
        path: The path that the destination gives for the source; "" if it gives none.
    """

    name: str
    namespace: str
    pvc: str = ""
    path: str = ""


@dataclass(frozen=True)
class Spec:
    """Hold the fields that sources and destinations share; a field that is absent or empty is "".

    Attributes:
        username: The custom username.
        hostname: The custom hostname.
        repository: The name of the repository Secret.
        source_path: The path that a backup records, or whose snapshots a restore looks for.
        additional_args: The additional arguments for kopia.
    """

    username: str
    hostname: str
    repository: str
    source_path: str
    additional_args: tuple[str, ...]


@dataclass(frozen=True)
class SourceSpec(Spec):
    """Hold the fields of a source; ``pvc`` is the PVC that it backs up."""

    pvc: str


@dataclass(frozen=True)
class DestinationSpec(Spec):
    """Hold the fields of a destination.

    Attributes:
        pvc: The PVC that it restores into.
        named: The source that it names, or None.
    """

    pvc: str
    named: NamedSource | None


def source_spec(manifest: Manifest) -> SourceSpec:
    """Return the fields of a source."""
    return SourceSpec(**_shared(manifest), pvc=source_pvc(manifest))


def destination_spec(manifest: Manifest) -> DestinationSpec:
    """Return the fields of a destination."""
    pvc = _text(kopia_spec(manifest), Field.DESTINATION_PVC)
    return DestinationSpec(**_shared(manifest), pvc=pvc, named=named_source(manifest))


def spec_of(manifest: Manifest) -> Spec:
    """Return the fields that sources and destinations share."""
    return Spec(**_shared(manifest))


def source_pvc(manifest: Manifest) -> str:
    """Return the name of the PVC that an object backs up; "" if it names none."""
    return _text(manifest.get("spec") or {}, SOURCE_PVC)


def named_source(destination: Manifest) -> NamedSource | None:
    """Return the source that a destination names, None where it names none."""
    spec = kopia_spec(destination)
    if not spec.get(Field.SOURCE_IDENTITY):
        return None
    return source_named_in(spec, str(destination["metadata"]["namespace"]))


def source_named_in(spec: Mapping[str, Any], namespace: str) -> NamedSource | None:
    """Return the source that ``spec.kopia`` of a destination in a namespace names, None where it names none."""
    wanted = spec.get(Field.SOURCE_IDENTITY)
    if not wanted:
        return None
    return NamedSource(
        name=_text(wanted, Field.SOURCE_NAME),
        namespace=_text(wanted, Field.SOURCE_NAMESPACE) or namespace,
        pvc=_text(wanted, Field.SOURCE_PVC_NAME),
        path=_text(wanted, Field.SOURCE_PATH_OVERRIDE),
    )


def with_renamed_source(manifest: dict[str, Any], rename: Callable[[str], str]) -> dict[str, Any]:
    """Rename the namespace in ``sourceIdentity`` of a manifest, in place, and return the manifest."""
    wanted = kopia_spec(manifest).get(Field.SOURCE_IDENTITY) or {}
    if Field.SOURCE_NAMESPACE in wanted:
        wanted[Field.SOURCE_NAMESPACE.value] = rename(wanted[Field.SOURCE_NAMESPACE])
    return manifest


def _shared(manifest: Manifest) -> dict[str, Any]:
    spec = kopia_spec(manifest)
    return {
        "username": _text(spec, Field.USERNAME),
        "hostname": _text(spec, Field.HOSTNAME),
        "repository": _text(spec, Field.REPOSITORY),
        "source_path": _text(spec, Field.SOURCE_PATH_OVERRIDE),
        "additional_args": tuple(spec.get(Field.ADDITIONAL_ARGS) or ()),
    }


def _text(holder: Mapping[str, Any], field: str) -> str:
    return str(holder.get(field) or "")
