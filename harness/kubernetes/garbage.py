"""Delete what belongs to deleted objects, because an API server alone has no garbage collector."""

from __future__ import annotations

from collections.abc import Collection

from harness.errors import HarnessError
from harness.kubernetes.api import Api
from harness.kubernetes.informer import Informer
from harness.model import ObjectRef

OWNED = ("Job", "ConfigMap", "PersistentVolumeClaim", "Secret")
"""Kinds of objects that an operator may create for a source or destination."""


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
        raise HarnessError(f"{ref} is still there {gone_s:g} s after it was deleted")
    collect(api, ref.namespace, {before["metadata"]["uid"]})
