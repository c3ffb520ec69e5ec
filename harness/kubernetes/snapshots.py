"""Act as the snapshot controller of a cluster that has none."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from typing import Any

from harness.kubernetes.api import Api
from harness.kubernetes.pod_volumes import copied, snapshots_of
from harness.model import ObjectRef
from harness.operator.platform import Volumes
from harness.volsync.fields import status_of


def take(snapshot: Mapping[str, Any], namespace: str, volumes: Volumes, api: Api) -> None:
    """Copy the folder of the PVC that a VolumeSnapshot names, and set the status of the VolumeSnapshot.

    Args:
        snapshot: The VolumeSnapshot. Nothing is done if it is ready already, or names no PVC.
        namespace: Its namespace in the scenario.
        volumes: The folders of the PVCs.
        api: The API that has the VolumeSnapshot.
    """
    metadata = snapshot["metadata"]
    claim = (snapshot.get("spec") or {}).get("source", {}).get("persistentVolumeClaimName")
    if claim is None or status_of(snapshot).get("readyToUse"):
        return
    folder = volumes.claim(snapshots_of(namespace), metadata["name"])
    # A snapshot of the same name may have been here, and was deleted.
    shutil.rmtree(folder)
    copied(volumes.claim(namespace, claim), folder)
    content = f"content-of-{metadata['uid']}"
    ref = ObjectRef("VolumeSnapshot", metadata["namespace"], metadata["name"])
    api.set_status(ref, {"boundVolumeSnapshotContentName": content, "readyToUse": True})
