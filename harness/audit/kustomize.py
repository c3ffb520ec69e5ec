"""Notice that Kustomize or Flux changes the objects of a folder, so that the files are not what the cluster gets."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.volsync.kinds import SYNCED

NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
KIND, GROUP, GROUP_OF_FLUX = "Kustomization", "kustomize.config.k8s.io", "kustomize.toolkit.fluxcd.io"
CHANGING = (
    "namePrefix",
    "nameSuffix",
    "patches",
    "patchesStrategicMerge",
    "patchesJson6902",
    "replacements",
    "transformers",
    "vars",
    "components",
)
"""The fields that may change names, and what else decides which snapshots an object reaches."""
NAMESPACE, NAMESPACE_OF_FLUX = "namespace", "targetNamespace"
INCLUDING = ("resources", "bases", "components")
"""The fields that name other folders, whose objects are changed, too."""
PATCHES = "patches"
ANYWHERE = "*"


@dataclass(frozen=True)
class Build:
    """How the objects of some folders are built.

    Attributes:
        fields: The fields that may change them.
        namespace: The namespace that all objects get, or "".
        field: The name of the field with the namespace.
        folders: The absolute folders and files. One that begins with ``*`` counts from a root that is not known.
    """

    fields: tuple[str, ...]
    namespace: str
    field: str
    folders: tuple[str, ...]

    def holds(self, where: str) -> bool:
        """Return True if an object is in one of the folders; ``where`` is its absolute file, and the document in it."""
        return any(_is_in(where, folder) for folder in self.folders)

    def changes(self, namespaces: Iterable[str]) -> list[str]:
        """Return the fields by which objects with these namespaces are changed."""
        changes_namespace = self.namespace and set(namespaces) - {self.namespace}
        return [*([self.field] if changes_namespace else []), *self.fields]


def build_in(file: Path, document: Mapping[str, Any]) -> Build | None:
    """Return how a document says that objects are built, or None if it does not say that they are changed."""
    group = str(document.get("apiVersion", GROUP)).partition("/")[0]
    if file.name in NAMES and group == GROUP:
        parent = file.parent.absolute()
        others = [one for field in INCLUDING for one in _texts(document.get(field)) if "://" not in one]
        folders = tuple(os.path.normpath(parent / one) for one in (os.curdir, *others))
        return _build(document, NAMESPACE, folders)
    spec = document.get("spec")
    if group == GROUP_OF_FLUX and document.get("kind") == KIND and isinstance(spec, Mapping):
        path = os.path.normpath(str(spec.get("path") or "."))
        # The path counts from the root of the repository, which is not known.
        return _build(spec, NAMESPACE_OF_FLUX, (f"{ANYWHERE}{path}",)) if path != "." else None
    return None


def _build(document: Mapping[str, Any], field: str, folders: tuple[str, ...]) -> Build | None:
    fields = tuple(name for name in CHANGING if _may_change(name, document.get(name)))
    namespace = str(document.get(field) or "")
    return Build(fields, namespace, field, folders) if fields or namespace else None


def _may_change(field: str, value: object) -> bool:
    """Return True if a field may change sources or destinations."""
    if field.startswith(PATCHES) and isinstance(value, list):
        return any(_patches_served(one) for one in value)
    return bool(value)


def _patches_served(patch: object) -> bool:
    """Return False if a patch names another kind as its target, or is itself of another kind."""
    whole = patch if isinstance(patch, Mapping) else {"patch": patch}
    target, text = whole.get("target"), whole.get("patch")
    kind = target.get("kind") if isinstance(target, Mapping) else None
    if isinstance(kind, str) and kind:
        return any(_matches(kind, one) for one in SYNCED)
    kinds = re.findall(r"^kind:\s*[\"']?(\w+)", text, re.MULTILINE) if isinstance(text, str) else []
    return not kinds or bool(set(kinds) & set(SYNCED))


def _matches(pattern: str, kind: str) -> bool:
    """Return True if a pattern of Kustomize, which is a regular expression, matches a kind."""
    try:
        return re.fullmatch(pattern, kind) is not None
    except re.error:
        return True


def _is_in(where: str, folder: str) -> bool:
    if folder.startswith(ANYWHERE):
        return f"{os.sep}{folder.removeprefix(ANYWHERE).strip(os.sep)}{os.sep}" in where
    return where == folder or where.startswith((f"{folder}{os.sep}", f"{folder}, "))


def _texts(value: object) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
