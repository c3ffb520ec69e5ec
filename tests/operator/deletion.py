"""Operators under which the deletion of a source goes wrong: it never ends, or it takes what is not theirs with it.

The objects are marked when a sync begins; the API and its garbage collector do the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from harness.kubernetes.api import Api
from harness.model import ObjectRef

FINALIZER = "backups.example.com/not-yet"


def _nothing(api: Api, source: Mapping[str, Any], secret: str, claim: str) -> None:
    """Leave deletion to the API."""


def _never_ends(api: Api, source: Mapping[str, Any], secret: str, claim: str) -> None:
    """Give the source a finalizer that nobody removes."""
    metadata = source["metadata"]

    def marked(current: dict[str, Any]) -> dict[str, Any]:
        return {**current, "metadata": {**current["metadata"], "finalizers": [FINALIZER]}}

    api.update(ObjectRef(source["kind"], metadata["namespace"], metadata["name"]), marked)


def _takes(kind: str) -> Callable[[Api, Mapping[str, Any], str, str], None]:
    """Make the source the owner of its PVC or Secret."""

    def own(api: Api, source: Mapping[str, Any], secret: str, claim: str) -> None:
        metadata = source["metadata"]
        owner = {key: source[key] for key in ("apiVersion", "kind")} | {key: metadata[key] for key in ("name", "uid")}

        def owned(current: dict[str, Any]) -> dict[str, Any]:
            return {**current, "metadata": {**current["metadata"], "ownerReferences": [owner]}}

        name = claim if kind == "PersistentVolumeClaim" else secret
        api.update(ObjectRef(kind, metadata["namespace"], name), owned)

    return own


ON_DELETION = {
    "": _nothing,
    "never-ends": _never_ends,
    "takes-its-claim": _takes("PersistentVolumeClaim"),
    "takes-its-secret": _takes("Secret"),
}
