"""Notice that Kustomize changes the objects of a folder, so that the files are not what the cluster gets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
GROUP = "kustomize.config.k8s.io"
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
NAMESPACE = "namespace"


def is_kustomization(file: Path, document: Mapping[str, Any]) -> bool:
    """Return True if a document says how Kustomize builds the folder that it is in."""
    return file.name in NAMES and str(document.get("apiVersion", GROUP)).partition("/")[0] == GROUP


def changes(document: Mapping[str, Any], namespaces: Iterable[str]) -> list[str]:
    """Return the fields by which a kustomization changes objects of its folder.

    Args:
        document: The kustomization.
        namespaces: The namespaces that the files of the folder give to their objects.
    """
    found = [field for field in CHANGING if document.get(field)]
    wanted = document.get(NAMESPACE)
    others = set(namespaces) - {wanted}
    return [*([NAMESPACE] if wanted and others else []), *found]
