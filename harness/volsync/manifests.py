"""Parse manifests from files and doc strings, and check them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from harness.errors import UsageError
from harness.model import Manifest, ObjectRef
from harness.system import yaml_io
from harness.volsync.admission import KINDS, illegal_name
from harness.volsync.variables import REPOSITORY_KEYS

CLUSTER_SCOPED = ("Namespace",)


def load_folder(folder: Path) -> Mapping[str, tuple[Manifest, ...]]:
    """Return the manifests of each YAML file in a folder, by file name without suffix.

    Raises:
        UsageError: A file is not usable; the message names the first such file.
    """
    return {file.stem: load_file(file) for file in sorted(folder.glob("*.yaml"))}


def load_file(file: Path) -> tuple[Manifest, ...]:
    """Return the manifests of one YAML file.

    Raises:
        UsageError: The file is not usable; the message names file, field, value and remedy.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: cannot be read: {error}") from None
    manifests = parse(text, str(file))
    for position, manifest in enumerate(manifests, 1):
        _check_names(manifest, f"{file}, document {position}")
        _check_secret(manifest, f"{file}, document {position}")
    return manifests


def parse(text: str, where: str) -> tuple[Manifest, ...]:
    """Return the manifests of a YAML text.

    Args:
        text: YAML with one or more documents.
        where: The origin of the text, for messages.

    Raises:
        UsageError: The text is not YAML, or a document is not an object of a known kind.
    """
    try:
        found = [document for document in yaml_io.load_all(text) if document is not None]
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "not parseable"
        raise UsageError(f"{where}{line}: not YAML ({problem}); write one Kubernetes object a document") from None
    if not found:
        raise UsageError(f"{where}: no document in it; write one Kubernetes object a document")
    return tuple(_checked(document, f"{where}, document {index}") for index, document in enumerate(found, 1))


def ref_of(manifest: Manifest) -> ObjectRef:
    """Return the reference to an object."""
    metadata = manifest["metadata"]
    return ObjectRef(manifest["kind"], str(metadata.get("namespace", "")), str(metadata["name"]))


def _checked(document: Any, where: str) -> Manifest:
    if not isinstance(document, dict):
        raise UsageError(f"{where}: expected an object, got {document!r}; write apiVersion, kind and metadata")
    kind = document.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise UsageError(f"{where}: field kind: {kind!r} is unknown; use one of {', '.join(KINDS)}")
    if document.get("apiVersion") != KINDS[kind]:
        raise UsageError(
            f"{where}: field apiVersion: {document.get('apiVersion')!r} does not fit {kind}; write {KINDS[kind]}"
        )
    metadata = document.get("metadata")
    if not isinstance(metadata, dict) or not isinstance(metadata.get("name"), str):
        raise UsageError(f"{where}: field metadata.name: missing or no text; give the {kind} a name")
    if not isinstance(metadata.get("namespace", ""), str):
        raise UsageError(f"{where}: field metadata.namespace: {metadata['namespace']!r} is no text; quote it")
    return document


def _check_names(manifest: Manifest, where: str) -> None:
    metadata = manifest["metadata"]
    for field, value in (("metadata.name", metadata["name"]), ("metadata.namespace", metadata.get("namespace"))):
        problem = value is not None and illegal_name(value, label=field == "metadata.namespace")
        if problem:
            raise UsageError(f"{where}: field {field}: {value!r} is refused by Kubernetes: {problem}")


def _check_secret(manifest: Manifest, where: str) -> None:
    if manifest["kind"] != "Secret":
        return
    present = {**manifest.get("data", {}), **manifest.get("stringData", {})}
    for key in REPOSITORY_KEYS:
        if key not in present:
            raise UsageError(f"{where}: field stringData.{key}: missing; a repository Secret needs {key}")
