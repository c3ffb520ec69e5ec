"""Read the values that a Pod offers its containers, and find the container that is the mover.

Source: the Kubernetes API reference for Pods; "Sidecar Containers", "Init Containers" and "Downward API" in the
documentation of Kubernetes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal, InvalidOperation
from typing import Any

from harness.errors import HarnessError
from harness.volsync.mover_job import CONTAINER, OPERATIONS

POD_IP = "127.0.0.1"
RESOURCES = ("cpu", "memory", "ephemeral-storage")

_SUBSCRIPT = re.compile(r"metadata\.(labels|annotations)\['([^']+)'\]")
_QUANTITY = re.compile(r"([+-]?[0-9.]+)(e[+-]?[0-9]+|E[+-]?[0-9]+|[numkMGTPE]|[KMGTPE]i)?")
_DECIMAL = {"n": -9, "u": -6, "m": -3, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}


class MissingKey(Exception):
    """Signal that a Pod cannot start because an object or a key is missing; the message names it.

    ``reason`` is the reason that Kubernetes uses: CreateContainerConfigError, FailedMount or Unschedulable.
    """

    def __init__(self, message: str, reason: str = "CreateContainerConfigError") -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True)
class PodFacts:
    """Hold the Pod of a Job, for the fields and resources that its containers refer to.

    Attributes:
        job: Namespace and name of the Job, for messages.
        pod: The Pod.  If a cluster creates the Pod later, the metadata that only the Pod has is absent.
        node: The name of the node, or None if a cluster creates the Pod.
    """

    job: str
    pod: Mapping[str, Any]
    node: str | None = None

    def cannot(self, field: str, value: object, why: str) -> HarnessError:
        """Return the error for a field that the harness does not support; it names Job, field and value."""
        return HarnessError(f"Job {self.job}: {field}: {value}: {why}")

    def field(self, name: str, path: str) -> str:
        """Return the value of a ``fieldPath``.

        Args:
            name: The field of the Job that refers to the path, for error messages.
            path: The path, such as ``metadata.labels['app']``.

        Raises:
            HarnessError: This kubelet does not support the path, or only the Pod of a cluster has a value for it.
        """
        metadata, spec = self.pod["metadata"], self.pod["spec"]
        if match := _SUBSCRIPT.fullmatch(path):
            # Kubernetes returns "" for a label or annotation that the Pod does not have.
            return str((metadata.get(match[1]) or {}).get(match[2], ""))
        if path in ("metadata.labels", "metadata.annotations"):
            values = metadata.get(path.removeprefix("metadata.")) or {}
            return "\n".join(f"{key}={_quoted(values[key])}" for key in sorted(values))
        of_the_node = POD_IP if self.node else None
        known: dict[str, str | None] = {
            "metadata.name": metadata.get("name"),
            "metadata.namespace": metadata["namespace"],
            "metadata.uid": metadata.get("uid"),
            "spec.nodeName": self.node,
            "spec.serviceAccountName": spec.get("serviceAccountName") or "default",
            **dict.fromkeys(("status.podIP", "status.podIPs", "status.hostIP", "status.hostIPs"), of_the_node),
        }
        value = known.get(path)
        if value is None:
            why = "is known to its Pod only" if path in known else "is none that this kubelet knows"
            raise self.cannot(f"{name}.fieldRef.fieldPath", path, why)
        return value

    def resource(self, name: str, container: Mapping[str, Any], reference: Mapping[str, Any]) -> str:
        """Return the value of a ``resourceFieldRef`` in units of its divisor, rounded up.

        Raises:
            HarnessError: The resource is not supported, or its limit is not set.  Kubernetes would then return the
                capacity of the node, which this kubelet does not have.
        """
        resource = reference["resource"]
        kind, _, what = resource.partition(".")
        field = f"{name}.resourceFieldRef.resource"
        if kind not in ("limits", "requests") or what not in RESOURCES:
            raise self.cannot(field, resource, "is none that this kubelet knows")
        resources = container.get("resources") or {}
        limit = (resources.get("limits") or {}).get(what)
        given = limit if kind == "limits" else (resources.get("requests") or {}).get(what, limit or "0")
        if given is None:
            raise self.cannot(field, resource, "is not set, and this kubelet has no capacity to give instead")
        divisor = reference.get("divisor", "1")
        try:
            unit = quantity(divisor) or Decimal(1)
            return str(int((quantity(given) / unit).to_integral_value(ROUND_CEILING)))
        except ValueError:
            raise self.cannot(field, f"{resource} {given} by {divisor}", "is no quantity of Kubernetes") from None


def quantity(text: object) -> Decimal:
    """Return a Kubernetes quantity, such as ``500m`` or ``2Gi``, as a number; ValueError if it is not a quantity."""
    match = _QUANTITY.fullmatch(str(text))
    if match is None:
        raise ValueError(text)
    suffix = match[2] or ""
    try:
        number = Decimal(match[1])
    except InvalidOperation:
        raise ValueError(text) from None
    if suffix in _BINARY:
        return number * Decimal(1 << _BINARY[suffix])
    return number.scaleb(_DECIMAL[suffix] if suffix in _DECIMAL else int(suffix[1:] or 0))


def command_of(container: Mapping[str, Any]) -> list[str]:
    """Return the arguments of a container: ``args``, or else the part of ``command`` after the program."""
    return list(container.get("args") or (container.get("command") or ())[1:])


def mover_of(spec: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the container that is the mover.

    It is the container with the name that the operator uses.  Otherwise it is the only container with the argument
    ``backup`` or ``restore``, or else the first container.
    """
    containers: Sequence[Mapping[str, Any]] = spec["containers"]
    told = [one for one in containers if set(OPERATIONS) & set(command_of(one))]
    named = [one for one in containers if one["name"] == CONTAINER]
    return (named or (told if len(told) == 1 else containers))[0]


def left_out(spec: Mapping[str, Any]) -> list[str]:
    """Return one sentence for each container of a Pod that is not run; the harness can run only the mover."""
    mover = mover_of(spec)
    notes = [
        f"container {_described(one)} is not run: it is a sidecar" for one in spec["containers"] if one is not mover
    ]
    for one in spec.get("initContainers") or ():
        is_sidecar = one.get("restartPolicy") == "Always"
        kind = "it is a sidecar" if is_sidecar else "what it prepares is not there"
        notes.append(f"init container {_described(one)} is not run: {kind}")
    return notes


def _described(container: Mapping[str, Any]) -> str:
    return f"{container['name']} (image {container.get('image', 'none')})"


def _quoted(value: str) -> str:
    """Quote a value as the downward API does in a file."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'
