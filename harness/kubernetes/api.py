"""Read, write and watch the objects of a Kubernetes API as plain mappings.

If the API rejects an object, the error is AdmissionRefused.  Every other failure is a HarnessError.  Source: the
Kubernetes API reference; the client is lightkube.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
from lightkube import Client, KubeConfig
from lightkube.core.exceptions import ApiError, ConfigError, LoadResourceError
from lightkube.generic_resource import create_global_resource, create_namespaced_resource
from lightkube.models import meta_v1
from lightkube.types import CascadeType, PatchType
from yaml import YAMLError

from harness.errors import AdmissionRefused, HarnessError
from harness.model import Manifest, ObjectRef
from harness.system.http import is_loopback
from harness.volsync.kinds import GROUP, PLURALS, SYNCED, VERSION

REFUSED = (400, 403, 404, 422)
NOT_ALLOWED = (401, 403)
UNUSABLE = (OSError, ValueError, KeyError, TypeError, AttributeError, ImportError, ConfigError)
"""What the client raises for a kubeconfig, or a proxy of the environment, that it cannot use."""
CONFLICT, GONE, NOT_FOUND, ALREADY_THERE = 409, 410, 404, 409
GONE_OR_OTHER = (NOT_FOUND, CONFLICT, 422)
"""What the API answers to a change of an object by its uid, if the object is gone or another one has its name."""
CONFLICTS_TRIED = 20

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

for _type in (meta_v1.ObjectMeta, meta_v1.Status):
    # msgspec prepares to decode a type when it is first used. In several threads at a time that crashes the process.
    _type.from_dict({})


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
        except (*UNUSABLE, YAMLError) as error:
            raise HarnessError(f"{kubeconfig}: is no usable kubeconfig ({' '.join(str(error).split())})") from None

    def get(self, ref: ObjectRef) -> dict[str, Any] | None:
        """Return an object, or None if it does not exist."""
        try:
            return dict(self._call("get", RESOURCES[ref.kind], ref.name, **_in(ref)))
        except ApiError as error:
            if code_of(error) == NOT_FOUND:
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
            raise _refusal_or_broken(error, kind) from None

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
            if code_of(error) == ALREADY_THERE:
                return False
            raise _refusal_or_broken(error, manifest["kind"]) from None
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
                if code_of(error) != CONFLICT:
                    raise _refusal_or_broken(error, ref.kind) from None
            else:
                return
        raise HarnessError(f"{ref} could not be updated: another client changed it at each attempt")

    def set_status(self, ref: ObjectRef, status: Mapping[str, Any], uid: str = "") -> bool:
        """Merge fields into the status of an object.

        Args:
            ref: The object.
            status: The fields to set.
            uid: If given, the object must have this uid: an object of the same name that was created later is left.

        Returns:
            True; or False if ``uid`` is given and no object has it any more.

        Raises:
            HarnessError: The API rejects the fields, or ``uid`` is not given and the object does not exist.
        """
        patch = {"metadata": {"uid": uid}, "status": status} if uid else {"status": status}
        try:
            self._call("patch", RESOURCES[ref.kind].Status, ref.name, patch, patch_type=PatchType.MERGE, **_in(ref))
        except ApiError as error:
            if uid and code_of(error) in GONE_OR_OTHER and not self._has_uid(ref, uid):
                return False
            raise _broken(error) from None
        return True

    def forget_finalizers(self, ref: ObjectRef) -> None:
        """Remove all finalizers of an object; do nothing if it does not exist."""
        patch = {"metadata": {"finalizers": None}}
        try:
            self._call("patch", RESOURCES[ref.kind], ref.name, patch, patch_type=PatchType.MERGE, **_in(ref))
        except ApiError as error:
            if code_of(error) != NOT_FOUND:
                raise _broken(error) from None

    def delete(self, ref: ObjectRef) -> None:
        """Delete an object; do nothing if it does not exist."""
        try:
            self._call(
                "delete", RESOURCES[ref.kind], ref.name, grace_period=0, cascade=CascadeType.BACKGROUND, **_in(ref)
            )
        except ApiError as error:
            if code_of(error) != NOT_FOUND:
                raise _broken(error) from None

    def delete_all(self, kind: str, namespace: str) -> None:
        """Delete all objects of a kind in a namespace."""
        try:
            self._call(
                "deletecollection", RESOURCES[kind], namespace=namespace, grace_period=0, cascade=CascadeType.BACKGROUND
            )
        except ApiError as error:
            if code_of(error) != NOT_FOUND:
                raise _broken(error) from None

    def list(self, kind: str, namespace: str = "*", fields: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
        """Return all objects of a kind, in one namespace or in all (``*``)."""
        where = {} if kind in _GLOBAL else {"namespace": namespace}
        try:
            # The client sends the request when the first object is taken.
            with _answering():
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

    def _has_uid(self, ref: ObjectRef, uid: str) -> bool:
        found = self.get(ref)
        return found is not None and found["metadata"]["uid"] == uid

    def _call(self, verb: str, *args: Any, **kwargs: Any) -> Any:
        with _answering():
            return getattr(self._client, verb)(*args, **kwargs)


@contextmanager
def _answering() -> Iterator[None]:
    """Report that the API does not answer; an error status is an answer, which the caller handles."""
    try:
        yield
    except ApiError:
        raise
    except (httpx2.HTTPError, LoadResourceError) as error:
        raise HarnessError(f"the Kubernetes API does not answer ({type(error).__name__}: {error})") from None


def _in(ref: ObjectRef) -> dict[str, str]:
    return {"namespace": ref.namespace} if ref.namespace else {}


def _in_manifest(manifest: Manifest) -> dict[str, str]:
    namespace = manifest["metadata"].get("namespace")
    return {"namespace": namespace} if namespace else {}


def code_of(error: ApiError) -> int:
    """Return the HTTP status of an error of the API, or 0."""
    return int(getattr(error.status, "code", 0) or 0)


def _refusal_or_broken(error: ApiError, kind: str) -> Exception:
    """Return what a refusal means. That a user may not create a PVC or a Secret says nothing about the operator."""
    is_about_the_user = code_of(error) in NOT_ALLOWED and kind not in SYNCED
    if code_of(error) in REFUSED and not is_about_the_user:
        return AdmissionRefused(str(error.status.message))
    return _broken(error)


def _broken(error: ApiError) -> HarnessError:
    return HarnessError(f"the Kubernetes API: {error.status.message} ({code_of(error)})")


def replaced(before: Mapping[str, Any], manifest: Manifest) -> dict[str, Any]:
    """Return the content of a manifest with the metadata and the status of the object that it replaces."""
    kept = {key: before[key] for key in ("metadata", "apiVersion", "kind", "status") if key in before}
    return {**{key: value for key, value in manifest.items() if key not in ("metadata", "status")}, **kept}
