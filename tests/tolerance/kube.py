"""A small client of the Kubernetes API, and a work queue, for the operator in this folder."""

from __future__ import annotations

import functools
import heapq
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
from lightkube import ApiError, Client
from lightkube.generic_resource import create_namespaced_resource
from lightkube.models import meta_v1
from lightkube.types import CascadeType, PatchType

Object = dict[str, Any]
Key = tuple[str, str, str]
"""Kind, namespace and name."""

KINDS = {
    "ReplicationSource": ("volsync.backube", "v1alpha1", "replicationsources"),
    "ReplicationDestination": ("volsync.backube", "v1alpha1", "replicationdestinations"),
    "VolumeSnapshot": ("snapshot.storage.k8s.io", "v1", "volumesnapshots"),
    "Job": ("batch", "v1", "jobs"),
    "Pod": ("", "v1", "pods"),
    "Secret": ("", "v1", "secrets"),
    "ConfigMap": ("", "v1", "configmaps"),
    "PersistentVolumeClaim": ("", "v1", "persistentvolumeclaims"),
    "Event": ("", "v1", "events"),
}
NOT_FOUND, CONFLICT = 404, 409


@functools.cache
def resource(kind: str) -> Any:
    """The class of a kind; lightkube keeps one for each in a process, so it is made when it is needed."""
    group, version, plural = KINDS[kind]
    return create_namespaced_resource(group, version, kind, plural)


class Kube:
    """Reads and writes objects as plain dictionaries."""

    def __init__(self) -> None:
        self._client = Client(timeout=httpx2.Timeout(20.0))
        for kind in KINDS:  # the first client is made before there are threads
            resource(kind)
        for prepared in (meta_v1.ObjectMeta, meta_v1.Status):  # the first use in two threads at once would crash
            prepared.from_dict({})

    def get(self, kind: str, namespace: str, name: str) -> Object | None:
        try:
            return dict(self._client.get(resource(kind), name, namespace=namespace))
        except ApiError as error:
            if error.status.code != NOT_FOUND:
                raise
            return None

    def list(self, kind: str, namespace: str = "*", labels: dict[str, str] | None = None) -> list[Object]:
        return [dict(one) for one in self._client.list(resource(kind), namespace=namespace, labels=labels)]

    def create(self, body: Object) -> bool:
        """Create an object; return False where one of that name is there."""
        kind = resource(body["kind"])
        try:
            self._client.create(kind(body), namespace=body["metadata"]["namespace"])
        except ApiError as error:
            if error.status.code != CONFLICT:
                raise
            return False
        return True

    def delete(self, kind: str, namespace: str, name: str) -> None:
        try:
            self._client.delete(resource(kind), name, namespace=namespace, cascade=CascadeType.BACKGROUND)
        except ApiError as error:
            if error.status.code != NOT_FOUND:
                raise

    def resume(self, job: Object) -> None:
        """Let the Pods of a suspended Job run."""
        metadata, body = job["metadata"], {"spec": {"suspend": False}}
        kind = resource("Job")
        self._client.patch(kind, metadata["name"], body, namespace=metadata["namespace"], patch_type=PatchType.MERGE)

    def set_status(self, owner: Object, status: Object) -> None:
        """Merge fields into the status; a field of None is taken away."""
        metadata = owner["metadata"]
        kind = resource(owner["kind"]).Status
        body = {"status": status}
        try:
            self._client.patch(
                kind, metadata["name"], body, namespace=metadata["namespace"], patch_type=PatchType.MERGE
            )
        except ApiError as error:
            if error.status.code != NOT_FOUND:
                raise

    def log(self, namespace: str, pod: str, container: str) -> str:
        return "".join(self._client.log(pod, namespace=namespace, container=container))

    def changes(self, kind: str) -> Iterator[Object]:
        """List all objects of a kind, then follow what happens to them, for good."""
        while True:
            try:
                listed = self._client.list(resource(kind), namespace="*")
                yield from (dict(one) for one in listed)
                version = listed.resourceVersion
                for _, one in self._client.watch(resource(kind), namespace="*", resource_version=version):
                    yield dict(one)
            except (ApiError, httpx2.HTTPError) as error:
                print(f"watch of {kind}: {error}; listing again", flush=True)
                time.sleep(0.5)


class WorkQueue:
    """Hands out keys that are due; a key is never with two workers at once."""

    def __init__(self) -> None:
        self._ready = threading.Condition()
        self._due: list[tuple[float, Key]] = []
        self._busy: set[Key] = set()

    def add(self, key: Key, after_s: float = 0.0) -> None:
        with self._ready:
            heapq.heappush(self._due, (time.monotonic() + after_s, key))
            self._ready.notify()

    def work(self, reconcile: Callable[[Key], None]) -> None:
        while True:
            key = self._take()
            try:
                reconcile(key)
            finally:
                with self._ready:
                    self._busy.discard(key)
                    self._ready.notify()

    def _take(self) -> Key:
        with self._ready:
            while True:
                now = time.monotonic()
                free = [entry for entry in self._due if entry[0] <= now and entry[1] not in self._busy]
                if free:
                    key = min(free)[1]
                    self._due = [entry for entry in self._due if entry[1] != key or entry[0] > now]
                    heapq.heapify(self._due)
                    self._busy.add(key)
                    return key
                later = [due for due, _ in self._due if due > now]
                self._ready.wait(min(later) - now if later else None)
