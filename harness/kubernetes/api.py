"""Read, write and watch the objects of a Kubernetes API as plain mappings.

``Api`` is the client.  ``Informer`` keeps the newest state of watched objects.  If the API rejects an object, the error
is AdmissionRefused.  Every other failure is a HarnessError.  Source: the Kubernetes API reference; the client is
lightkube.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
from lightkube import Client, KubeConfig
from lightkube.core.exceptions import ApiError, LoadResourceError
from lightkube.generic_resource import create_global_resource, create_namespaced_resource
from lightkube.types import CascadeType, PatchType

from harness.errors import AdmissionRefused, HarnessError
from harness.model import Manifest, ObjectRef
from harness.system.background import BackgroundThread
from harness.system.http import is_loopback
from harness.system.limits import SUITE
from harness.system.wait import pause
from harness.volsync.kinds import GROUP, PLURALS, VERSION

LOG = logging.getLogger(__name__)
REFUSED = (400, 403, 404, 422)
NOT_ALLOWED = (401, 403)
CONFLICT, GONE, NOT_FOUND, ALREADY_THERE = 409, 410, 404, 409
CONFLICTS_TRIED = 20
WATCH_AGAIN_AFTER_S = 0.2

_NAMESPACED = {
    **{kind: (GROUP, VERSION, plural) for kind, plural in PLURALS.items()},
    "Job": ("batch", "v1", "jobs"),
    "Secret": ("", "v1", "secrets"),
    "Pod": ("", "v1", "pods"),
    "PersistentVolumeClaim": ("", "v1", "persistentvolumeclaims"),
    "ConfigMap": ("", "v1", "configmaps"),
    "Event": ("", "v1", "events"),
    "VolumeSnapshot": ("snapshot.storage.k8s.io", "v1", "volumesnapshots"),
}
_GLOBAL = {
    "Namespace": ("", "v1", "namespaces"),
    "Node": ("", "v1", "nodes"),
    "CustomResourceDefinition": ("apiextensions.k8s.io", "v1", "customresourcedefinitions"),
}
RESOURCES: Mapping[str, Any] = {
    **{
        kind: create_namespaced_resource(group, version, kind, plural)
        for kind, (group, version, plural) in _NAMESPACED.items()
    },
    **{
        kind: create_global_resource(group, version, kind, plural) for kind, (group, version, plural) in _GLOBAL.items()
    },
}


class Api:
    """Send requests to one API server."""

    def __init__(self, kubeconfig: Path) -> None:
        """Read the kubeconfig.

        Raises:
            HarnessError: The file is not a usable kubeconfig.
        """
        try:
            config = KubeConfig.from_file(kubeconfig)
            single = config.get()
            is_here = single is not None and is_loopback(single.cluster.server)
            self._client: Any = Client(config=config, field_manager="conformance", trust_env=not is_here)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise HarnessError(f"{kubeconfig}: is no usable kubeconfig ({error})") from None

    def get(self, ref: ObjectRef) -> dict[str, Any] | None:
        """Return an object, or None if it does not exist."""
        try:
            return dict(self._call("get", RESOURCES[ref.kind], ref.name, **_in(ref)))
        except ApiError as error:
            if _code(error) == NOT_FOUND:
                return None
            raise _broken(error) from None

    def create(self, manifest: Manifest) -> dict[str, Any]:
        """Create an object and return it as the API stored it.

        Raises:
            AdmissionRefused: The API rejects the object.
            HarnessError: The request fails in another way.
        """
        kind = manifest["kind"]
        try:
            return dict(self._call("create", RESOURCES[kind](manifest), **_in_manifest(manifest)))
        except ApiError as error:
            raise _refusal_or_broken(error) from None

    def exists_or_create(self, manifest: Manifest) -> bool:
        """Create an object unless it exists already.

        Returns:
            True if this call created the object, False if it existed before.

        Raises:
            AdmissionRefused: The API rejects the object.
            HarnessError: The request fails in another way.
        """
        try:
            self._call("create", RESOURCES[manifest["kind"]](manifest), **_in_manifest(manifest))
        except ApiError as error:
            if _code(error) == ALREADY_THERE:
                return False
            raise _refusal_or_broken(error) from None
        return True

    def update(self, ref: ObjectRef, change: Callable[[dict[str, Any]], Mapping[str, Any]]) -> None:
        """Replace an object with the result of ``change``.

        If the operator wrote the object in the meantime, the API reports a conflict.  This method then reads the object
        again and repeats the change.

        Args:
            ref: The object to replace.
            change: Takes the current object and returns the new one.

        Raises:
            AdmissionRefused: The API rejects the new object.
            HarnessError: The object does not exist, or every attempt ended in a conflict.
        """
        for _ in range(CONFLICTS_TRIED):
            before = self.get(ref)
            if before is None:
                raise HarnessError(f"{ref} vanished while it was changed")
            try:
                self._call("replace", RESOURCES[ref.kind](change(before)), **_in(ref))
            except ApiError as error:
                if _code(error) != CONFLICT:
                    raise _refusal_or_broken(error) from None
            else:
                return
        raise HarnessError(f"{ref} could not be updated: another client changed it at each attempt")

    def set_status(self, ref: ObjectRef, status: Mapping[str, Any]) -> None:
        """Merge fields into the status of an object; HarnessError if the API rejects them."""
        try:
            self._call(
                "patch",
                RESOURCES[ref.kind].Status,
                ref.name,
                {"status": status},
                patch_type=PatchType.MERGE,
                **_in(ref),
            )
        except ApiError as error:
            raise _broken(error) from None

    def delete(self, ref: ObjectRef) -> None:
        """Delete an object; do nothing if it does not exist."""
        try:
            self._call(
                "delete", RESOURCES[ref.kind], ref.name, grace_period=0, cascade=CascadeType.BACKGROUND, **_in(ref)
            )
        except ApiError as error:
            if _code(error) != NOT_FOUND:
                raise _broken(error) from None

    def delete_all(self, kind: str, namespace: str) -> None:
        """Delete all objects of a kind in a namespace."""
        try:
            self._call(
                "deletecollection", RESOURCES[kind], namespace=namespace, grace_period=0, cascade=CascadeType.BACKGROUND
            )
        except ApiError as error:
            if _code(error) != NOT_FOUND:
                raise _broken(error) from None

    def list(self, kind: str, namespace: str = "*", fields: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
        """Return all objects of a kind, in one namespace or in all (``*``)."""
        where = {} if kind in _GLOBAL else {"namespace": namespace}
        try:
            return [dict(one) for one in self._call("list", RESOURCES[kind], **where, fields=fields)]
        except ApiError as error:
            raise _broken(error) from None

    def log(self, ref: ObjectRef, container: str) -> str:
        """Return the log of a container of a Pod."""
        try:
            return "".join(self._call("log", ref.name, namespace=ref.namespace, container=container))
        except ApiError as error:
            raise _broken(error) from None

    def watch(self, kind: str) -> Any:
        """Return an iterator of pairs: event type (ADDED, MODIFIED, DELETED) and object, for all namespaces."""
        return self._client.watch(RESOURCES[kind], **({} if kind in _GLOBAL else {"namespace": "*"}))

    def _call(self, verb: str, *args: Any, **kwargs: Any) -> Any:
        try:
            return getattr(self._client, verb)(*args, **kwargs)
        except ApiError:
            # The API answered with an error status: the caller handles it.
            raise
        except (httpx2.HTTPError, LoadResourceError) as error:
            raise HarnessError(f"the Kubernetes API does not answer ({type(error).__name__}: {error})") from None


class Informer:
    """Watch objects of some kinds, keep their newest state, and wake waiting threads on each change."""

    def __init__(
        self, api: Api, kinds: tuple[str, ...], tell: Callable[[str, dict[str, Any]], None] | None = None
    ) -> None:
        """Start one watch for each kind.

        Args:
            api: The API to watch.
            kinds: The kinds to watch.
            tell: Called with the kind and the object whenever an object is new or changed.
        """
        self._api = api
        self._tell = tell
        self._changed = threading.Condition()
        self._objects: dict[tuple[str, str, str], dict[str, Any]] = {}
        self._failures: dict[str, list[tuple[float, Exception]]] = {kind: [] for kind in kinds}
        self._threads = [BackgroundThread(f"watch-{kind}", partial(self._follow, kind)) for kind in kinds]

    def get(self, ref: ObjectRef) -> dict[str, Any] | None:
        """Return the newest state of an object that a watch delivered, or None."""
        with self._changed:
            return self._objects.get((ref.kind, ref.namespace, ref.name))

    def of(self, kind: str, namespace: str) -> list[dict[str, Any]]:
        """Return all objects of a kind in a namespace."""
        with self._changed:
            return [one for (a, b, _), one in self._objects.items() if (a, b) == (kind, namespace)]

    def wait(self, condition: Callable[[], Any], timeout_s: float) -> Any:
        """Wait until a condition returns a true value.

        Args:
            condition: Called now and after each change of an object.
            timeout_s: How long to wait.

        Returns:
            The value of the condition, or None if the time is up.

        Raises:
            HarnessError: A watch failed, so changes may have been missed.
        """
        deadline = time.monotonic() + timeout_s
        with self._changed:
            while not (found := condition()):
                for thread in self._threads:
                    thread.check()
                left_s = deadline - time.monotonic()
                if left_s <= 0:
                    self._require_watches()
                    return None
                self._changed.wait(min(left_s, 1.0))
            return found

    def wake(self) -> None:
        """Make all waiting threads check their conditions again."""
        with self._changed:
            self._changed.notify_all()

    def _follow(self, kind: str) -> None:
        while True:
            try:
                for event, one in self._api.watch(kind):
                    self._failures[kind].clear()
                    self._see(kind, event, dict(one))
            except (ApiError, HarnessError, httpx2.HTTPError, OSError) as error:
                # The server shuts down, is not ready, or has discarded the resource version of the watch.
                LOG.info("the watch of %s begins again: %s: %s", kind, type(error).__name__, error)
                if not _is_refused(error):
                    self._failures[kind].append((time.monotonic(), error))
                pause(WATCH_AGAIN_AFTER_S)

    def _require_watches(self) -> None:
        """Raise HarnessError if a watch failed several times in a row; one failure is normal."""
        since = time.monotonic() - SUITE.watch_failed_s
        for kind, failures in self._failures.items():
            recent = [error for at, error in list(failures) if at > since]
            if len(recent) > 1:
                what = f"{type(recent[-1]).__name__}: {recent[-1]}"
                raise HarnessError(f"the watch of {kind} on the Kubernetes API fails all the time ({what})")

    def _see(self, kind: str, event: str, one: dict[str, Any]) -> None:
        metadata = one["metadata"]
        key = (kind, metadata.get("namespace", ""), metadata["name"])
        with self._changed:
            if event == "DELETED":
                self._objects.pop(key, None)
            else:
                self._objects[key] = one
            self._changed.notify_all()
        if self._tell and event != "DELETED":
            self._tell(kind, one)


def _in(ref: ObjectRef) -> dict[str, str]:
    return {"namespace": ref.namespace} if ref.namespace else {}


def _in_manifest(manifest: Manifest) -> dict[str, str]:
    namespace = manifest["metadata"].get("namespace")
    return {"namespace": namespace} if namespace else {}


def _is_refused(error: Exception) -> bool:
    """Return True if the API answered that it does not serve a kind, or not to this user: the API itself works."""
    return isinstance(error, ApiError) and _code(error) in (NOT_FOUND, *NOT_ALLOWED)


def _code(error: ApiError) -> int:
    return int(getattr(error.status, "code", 0) or 0)


def _refusal_or_broken(error: ApiError) -> Exception:
    if _code(error) in REFUSED:
        return AdmissionRefused(str(error.status.message))
    return _broken(error)


def _broken(error: ApiError) -> HarnessError:
    return HarnessError(f"the Kubernetes API: {error.status.message} ({_code(error)})")
