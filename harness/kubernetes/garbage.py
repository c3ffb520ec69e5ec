"""Delete what belongs to deleted objects, as the garbage collector of a cluster does."""

from __future__ import annotations

from collections.abc import Collection

from harness.kubernetes.api import Api
from harness.model import ObjectRef


def collect_config_maps(api: Api, namespace: str, owners: Collection[str]) -> None:
    """Delete the ConfigMaps of deleted objects. An operator that finds one of the same name would take it for its own.

    Args:
        api: The API, which has no garbage collector if the harness started it.
        namespace: The namespace to search.
        owners: The uids of the deleted objects.
    """
    for one in api.list("ConfigMap", namespace):
        if set(owners) & {owner["uid"] for owner in one["metadata"].get("ownerReferences") or ()}:
            api.delete(ObjectRef("ConfigMap", namespace, one["metadata"]["name"]))
