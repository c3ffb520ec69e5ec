"""Operators under which the deletion of a source goes wrong: it never ends, or it takes what is not theirs with it.

The objects are marked when a sync begins; the API and its garbage collector do the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from harness.kubernetes.api import Api
from harness.model import ObjectRef
from harness.volsync.manifests import ref_of

FINALIZER = "backups.example.com/not-yet"


def _nothing(api: Api, source: Mapping[str, Any], secret: str, claim: str) -> None:
    """Leave deletion to the API."""


def _never_ends(api: Api, source: Mapping[str, Any], secret: str, claim: str) -> None:
    """Give the source a finalizer that nobody removes."""
    _mark(api, ref_of(source), finalizers=[FINALIZER])


def _takes(kind: str) -> Callable[[Api, Mapping[str, Any], str, str], None]:
    """Make the source the owner of its PVC or Secret."""

    def own(api: Api, source: Mapping[str, Any], secret: str, claim: str) -> None:
        metadata = source["metadata"]
        owner = {key: source[key] for key in ("apiVersion", "kind")} | {key: metadata[key] for key in ("name", "uid")}
        name = claim if kind == "PersistentVolumeClaim" else secret
        _mark(api, ObjectRef(kind, metadata["namespace"], name), ownerReferences=[owner])

    return own


def _mark(api: Api, ref: ObjectRef, **marks: Any) -> None:
    """Set fields of the metadata of an object."""
    api.update(ref, lambda current: {**current, "metadata": {**current["metadata"], **marks}})


ON_DELETION = {
    "": _nothing,
    "never-ends": _never_ends,
    "takes-its-claim": _takes("PersistentVolumeClaim"),
    "takes-its-secret": _takes("Secret"),
}
