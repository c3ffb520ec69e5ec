"""Build the volumes of a Pod as folders, and return where the mover mounts them.

Source: the Kubernetes API reference for Volume and VolumeMount; "Projected Volumes" in the documentation of Kubernetes.
"""

from __future__ import annotations

import posixpath
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.kubernetes.notes import Note
from harness.kubernetes.pod import MissingKey, PodFacts
from harness.kubernetes.pod_environment import Environment, Objects, data_of
from harness.model import ObjectRef
from harness.operator.platform import Volumes

ALWAYS_READ_ONLY = ("secret", "configMap", "projected", "downwardAPI")
FILE_MODE, SHARED_FOLDER_MODE = 0o644, 0o777
NO_TOKEN = "Not a token: the conformance suite acts as the kubelet, and no ServiceAccount exists.\n"  # noqa: S105


@dataclass(frozen=True)
class Mounts:
    """Hold the mounts of a container, ordered by depth, and the mount paths that are read-only."""

    folders: Mapping[str, Path]
    read_only: frozenset[str]


@dataclass(frozen=True)
class PodVolumes:
    """Build the volumes of one Pod; ``namespace`` is the namespace of the Pod in the scenario."""

    api: Objects
    volumes: Volumes
    namespace: str
    facts: PodFacts
    note: Note

    def mounts(self, container: Mapping[str, Any], environment: Environment) -> Mounts:
        """Return the mounts of a container; a parent directory comes before the mounts inside it.

        Raises:
            MissingKey: A Secret, a ConfigMap, a key of one, or a PVC is missing.
            HarnessError: This kubelet does not support the kind of a volume.
        """
        if devices := container.get("volumeDevices"):
            raise self.facts.cannot(f"{container['name']}.volumeDevices", devices, "folders are no block devices")
        declared = {volume["name"]: volume for volume in self.facts.pod["spec"].get("volumes") or ()}
        made = {name: self._folder(volume) for name, volume in declared.items()}
        found: dict[str, Path] = {}
        read_only = set()
        for mount in container.get("volumeMounts") or ():
            at = posixpath.normpath(f"/{mount['mountPath'].lstrip('/')}")
            field = f"{container['name']}.volumeMounts[{at}]"
            found[at] = self._part(made[mount["name"]], mount, field, environment)
            if mount.get("readOnly") or _is_read_only(declared[mount["name"]]):
                read_only.add(at)
        by_depth = sorted(found, key=lambda path: (path.count("/"), path))
        return Mounts({at: found[at] for at in by_depth}, frozenset(read_only))

    def _folder(self, volume: Mapping[str, Any]) -> Path:
        source = {key: value for key, value in volume.items() if key != "name"} or {"emptyDir": {}}
        (kind, given), *_ = source.items()
        field = f"volumes[{volume['name']}]"
        if kind == "persistentVolumeClaim":
            return self._claim(given["claimName"])
        if kind == "ephemeral" and (given.get("volumeClaimTemplate") or {}).get("spec", {}).get("dataSource"):
            raise self.facts.cannot(f"{field}.ephemeral", given, "with a dataSource is not known to this kubelet")
        if kind not in ("emptyDir", "ephemeral", *ALWAYS_READ_ONLY):
            raise self.facts.cannot(field, source, "is of a kind that this kubelet does not know")
        folder = self.volumes.claim(f"pods.{self.namespace}", f"{self.facts.pod['metadata']['uid']}-{volume['name']}")
        if kind in ALWAYS_READ_ONLY:
            self._project(folder, kind, given or {}, field)
        else:
            folder.chmod(SHARED_FOLDER_MODE)
        return folder

    def _claim(self, name: str) -> Path:
        """Return the folder of a PVC; if the PVC has a ``dataSource``, copy that source into an empty folder."""
        claim = self.api.get(ObjectRef("PersistentVolumeClaim", self.facts.pod["metadata"]["namespace"], name))
        if claim is None:
            raise MissingKey(f"PersistentVolumeClaim {name!r} not found", "Unschedulable")
        source = (claim.get("spec") or {}).get("dataSource") or {}
        if not source:
            return self.volumes.claim(self.namespace, name)
        # An operator that copies a volume for each sync may give each copy the same name.
        folder = self.volumes.claim(f"copies.{self.namespace}", f"{name}-{claim['metadata']['uid']}")
        if not any(folder.iterdir()):
            holder = self.namespace if source["kind"] == "PersistentVolumeClaim" else snapshots_of(self.namespace)
            copied(self.volumes.claim(holder, source["name"]), folder)
        return folder

    def _project(self, folder: Path, kind: str, given: Mapping[str, Any], field: str) -> None:
        """Write the files of a volume whose content comes from the API."""
        mode = int(given.get("defaultMode", FILE_MODE))
        if kind != "projected":
            self._write(folder, kind, given, field, mode)
            return
        for number, source in enumerate(given.get("sources") or ()):
            for of_kind, part in source.items():
                self._write(folder, of_kind, part or {}, f"{field}.sources[{number}]", mode)

    def _write(self, folder: Path, kind: str, given: Mapping[str, Any], field: str, mode: int) -> None:
        if kind in ("secret", "configMap"):
            self._write_data(folder, kind, given, field, mode)
        elif kind == "downwardAPI":
            for item in given.get("items") or ():
                self._put(folder, item, self._of_pod(item, f"{field}.{item['path']}").encode(), field, mode)
        elif kind == "serviceAccountToken":
            self.note(self.facts.job, f"{field}.serviceAccountToken: its file holds no token, and says so")
            self._put(folder, given, NO_TOKEN.encode(), field, mode)
        else:
            raise self.facts.cannot(field, {kind: dict(given)}, "is of a kind that this kubelet does not know")

    def _write_data(self, folder: Path, kind: str, given: Mapping[str, Any], field: str, mode: int) -> None:
        api_kind = {"secret": "Secret", "configMap": "ConfigMap"}[kind]
        # The field is ``secretName`` in a Secret volume, and ``name`` in a projected volume.
        name, optional = given.get("secretName") or given["name"], given.get("optional")
        data = data_of(self.api, api_kind, self.facts.pod["metadata"]["namespace"], name, with_binary=True)
        if data is None and not optional:
            raise MissingKey(f"{field}: {api_kind} {name!r} not found", "FailedMount")
        for item in given.get("items") or [{"key": key, "path": key} for key in data or ()]:
            if data is not None and item["key"] in data:
                self._put(folder, item, data[item["key"]], field, mode)
            elif not optional:
                raise MissingKey(f"{field}: {api_kind} {name!r} has no key {item['key']!r}", "FailedMount")

    def _of_pod(self, item: Mapping[str, Any], field: str) -> str:
        if reference := item.get("resourceFieldRef"):
            wanted = reference.get("containerName")
            containers = {one["name"]: one for one in self.facts.pod["spec"]["containers"]}
            if wanted not in containers:
                raise self.facts.cannot(f"{field}.resourceFieldRef.containerName", wanted, "is no container of the Pod")
            return self.facts.resource(field, containers[wanted], reference)
        return self.facts.field(field, item["fieldRef"]["fieldPath"])

    def _put(self, folder: Path, item: Mapping[str, Any], content: bytes, field: str, mode: int) -> None:
        file = self._inside(folder, item["path"], f"{field}.path")
        file.parent.mkdir(parents=True, exist_ok=True)
        # Several sources of a projected volume can write one file: the last source wins.
        file.unlink(missing_ok=True)
        file.write_bytes(content)
        file.chmod(int(item.get("mode", mode)))

    def _part(self, folder: Path, mount: Mapping[str, Any], field: str, environment: Environment) -> Path:
        """Return the part of a volume that a mount shows: the whole volume, or the path in ``subPath``."""
        part = mount.get("subPath") or ""
        if expression := mount.get("subPathExpr"):
            part, _ = environment.expanded(expression)
            if "$(" in part:
                raise MissingKey(f"{field}.subPathExpr: {expression}: not all of its variables are set")
        if not part:
            return folder
        inside = self._inside(folder, part, f"{field}.subPath")
        if not inside.exists():
            inside.mkdir(parents=True)
        return inside

    def _inside(self, folder: Path, part: str, field: str) -> Path:
        """Return a path in a volume; HarnessError if the path or a link in it leads out of the volume."""
        path = folder / part
        leads_out = part.startswith("/") or ".." in part.split("/")
        if leads_out or not path.resolve().is_relative_to(folder.resolve()):
            raise self.facts.cannot(field, part, "leads out of its volume")
        return path


def copied(source: Path, target: Path) -> None:
    """Copy the folder of a volume; such a copy stands for a snapshot or a clone of the volume."""
    shutil.copytree(source, target, symlinks=True, dirs_exist_ok=True)


def snapshots_of(namespace: str) -> str:
    """Return the namespace name under which ``Volumes`` stores the folders of a namespace's snapshots."""
    return f"snapshots.{namespace}"


def _is_read_only(volume: Mapping[str, Any]) -> bool:
    claim = volume.get("persistentVolumeClaim") or {}
    return bool(claim.get("readOnly")) or any(kind in volume for kind in ALWAYS_READ_ONLY)
