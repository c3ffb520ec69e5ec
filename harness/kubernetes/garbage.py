"""Delete what belongs to deleted objects, because an API server alone has no garbage collector."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from harness.errors import HarnessError
from harness.kubernetes.api import Api
from harness.kubernetes.informer import Informer
from harness.model import ObjectRef
from harness.volsync.kinds import SYNCED

OWNED = ("Job", "ConfigMap", "PersistentVolumeClaim", "Secret")
"""Kinds of objects that an operator may create for a source or destination."""


EMPTIED = ("Job", "Pod", "Secret", "VolumeSnapshot", "PersistentVolumeClaim")
"""Kinds of objects of which a scenario leaves none in its namespaces."""


def collect(api: Api, namespace: str, owners: Collection[str], kinds: Collection[str] = OWNED) -> None:
    """Delete the objects that name a deleted object in ``ownerReferences``.

    An operator that finds an object of the same name later would take it for its own.

    Args:
        api: The API, which has no garbage collector if the harness started it.
        namespace: The namespace to search.
        owners: The uids of the deleted objects.
        kinds: The kinds to delete.
    """
    for kind in kinds:
        for one in api.list(kind, namespace):
            if set(owners) & {owner["uid"] for owner in one["metadata"].get("ownerReferences") or ()}:
                api.delete(ObjectRef(kind, namespace, one["metadata"]["name"]))


def delete_with_owned(api: Api, informer: Informer, ref: ObjectRef, gone_s: float) -> None:
    """Delete an object, wait until it is gone, and delete what belongs to it.

    Raises:
        HarnessError: The object still exists after ``gone_s`` seconds.
    """
    before = api.get(ref)
    if before is None:
        return
    api.delete(ref)
    if not informer.wait(lambda: informer.get(ref) is None, gone_s):
        raise HarnessError(_left_over([api.get(ref) or before], gone_s))
    collect(api, ref.namespace, {before["metadata"]["uid"]})


def empty(api: Api, informer: Informer, namespace: str, owners: Collection[str], gone_s: float) -> None:
    """Delete what a scenario left in a namespace, apart from its sources and destinations, and wait until all is gone.

    Args:
        api: The API.
        informer: The watches of the worker.
        namespace: The namespace.
        owners: The uids of the sources and destinations, which are deleted already.
        gone_s: How long to wait.

    Raises:
        HarnessError: A Job, a source or a destination still exists after ``gone_s`` seconds.
    """
    for kind in EMPTIED:
        api.delete_all(kind, namespace)
    collect(api, namespace, owners, ("ConfigMap",))

    def left() -> list[dict[str, Any]]:
        return [one for kind in ("Job", *SYNCED) for one in informer.of(kind, namespace)]

    if not informer.wait(lambda: not left(), gone_s):
        raise HarnessError(_left_over(left(), gone_s))


def _left_over(objects: Sequence[Mapping[str, Any]], gone_s: float) -> str:
    """Return the message on objects that stay, with the finalizers that keep them."""
    told = []
    for one in objects:
        metadata = one["metadata"]
        finalizers = ", ".join(metadata.get("finalizers") or ()) or "none"
        told.append(
            f"{one.get('kind', 'object')} {metadata['namespace']}/{metadata['name']} (finalizers: {finalizers})"
        )
    return (
        f"still there {gone_s:g} s after deletion: {'; '.join(told)}. If the operator needs more time to remove a "
        "finalizer of its own, set limits.gone_s in the subject file"
    )
