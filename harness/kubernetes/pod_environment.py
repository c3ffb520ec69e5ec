"""Build the environment of a container from ``envFrom`` and ``env`` of a Job.

Source: the Kubernetes API reference for EnvVar and EnvFromSource; "Define Dependent Environment Variables" in the
documentation of Kubernetes.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from harness.errors import HarnessError
from harness.kubernetes.notes import Note
from harness.kubernetes.pod import MissingKey, PodFacts
from harness.model import ObjectRef

_REFERENCE = re.compile(r"\$(?:\$|\(([^()]*)\))")


class Objects(Protocol):
    """Look up Secrets, ConfigMaps and PersistentVolumeClaims."""

    def get(self, ref: ObjectRef) -> dict[str, Any] | None:
        """Return an object, or None if it does not exist."""


class Reading:
    """Look up objects and cache them, since a Pod often refers to one Secret many times."""

    def __init__(self, api: Objects) -> None:
        """Start with an empty cache."""
        self._api = api
        self._found: dict[ObjectRef, dict[str, Any] | None] = {}

    def get(self, ref: ObjectRef) -> dict[str, Any] | None:
        """See Objects."""
        if ref not in self._found:
            self._found[ref] = self._api.get(ref)
        return self._found[ref]


@dataclass
class Environment:
    """Hold the variables of a container; values that contain data of a Secret are in ``secret``."""

    plain: dict[str, str] = field(default_factory=dict)
    secret: dict[str, str] = field(default_factory=dict)

    def set(self, name: str, value: str, *, is_secret: bool) -> None:
        """Set a variable and remove its earlier value."""
        self.plain.pop(name, None)
        self.secret.pop(name, None)
        (self.secret if is_secret else self.plain)[name] = value

    def expanded(self, text: str) -> tuple[str, list[str]]:
        """Replace each ``$(NAME)`` that refers to a known variable.

        ``$$`` becomes one dollar sign.  A reference to an unknown variable is not changed.

        Returns:
            The text, and the names of the variables that were inserted.
        """
        known, used = {**self.plain, **self.secret}, []

        def replaced(match: re.Match[str]) -> str:
            if match[0] == "$$":
                return "$"
            if match[1] not in known:
                return match[0]
            used.append(match[1])
            return known[match[1]]

        return _REFERENCE.sub(replaced, text), used


def environment_of(api: Objects, container: Mapping[str, Any], facts: PodFacts, note: Note) -> Environment:
    """Return the environment that a Job gives to a container; ``env`` overrides ``envFrom``.

    Args:
        api: Looks up Secrets and ConfigMaps.
        container: The container.
        facts: The Pod of the container.
        note: Takes one line for each variable whose value is not recorded, because only a Pod on a cluster has it.

    Raises:
        MissingKey: A required Secret, ConfigMap or key is missing.
        HarnessError: This kubelet does not support the source of a value.
    """
    found = Environment()
    for number, source in enumerate(container.get("envFrom") or ()):
        _add_all(api, source, f"{container['name']}.envFrom[{number}]", facts, found)
    for entry in container.get("env") or ():
        where = f"{container['name']}.env[{entry['name']}]"
        if source := entry.get("valueFrom"):
            try:
                _add_one(api, source, entry["name"], where, container, facts, found)
            except HarnessError as problem:
                if facts.node:
                    raise
                note(facts.job, f"{where}: is not recorded ({problem})")
        else:
            value, used = found.expanded(str(entry.get("value", "")))
            found.set(entry["name"], value, is_secret=any(name in found.secret for name in used))
    return found


def data_of(
    api: Objects, kind: str, namespace: str, name: str, *, with_binary: bool = False
) -> Mapping[str, bytes] | None:
    """Return the data of a Secret or ConfigMap as bytes, or None if the object does not exist.

    ``with_binary`` adds ``binaryData`` of a ConfigMap.  Kubernetes uses it in volumes, but not in variables.
    """
    found = api.get(ObjectRef(kind, namespace, name))
    if found is None:
        return None
    data = found.get("data") or {}
    if kind == "Secret":
        return {key: base64.b64decode(value) for key, value in data.items()}
    binary_data = (found.get("binaryData") or {}) if with_binary else {}
    binary = {key: base64.b64decode(value) for key, value in binary_data.items()}
    return {**{key: str(value).encode() for key, value in data.items()}, **binary}


def _add_all(api: Objects, source: Mapping[str, Any], where: str, facts: PodFacts, found: Environment) -> None:
    kinds = {"secretRef": "Secret", "configMapRef": "ConfigMap"}
    field_name = next((name for name in kinds if name in source), None)
    if field_name is None:
        raise facts.cannot(where, dict(source), "is of a kind that this kubelet does not know")
    kind, reference = kinds[field_name], source[field_name]
    data = data_of(api, kind, facts.pod["metadata"]["namespace"], reference["name"])
    if data is None and not reference.get("optional"):
        raise MissingKey(f"{where}: {kind} {reference['name']!r} not found")
    for key, value in (data or {}).items():
        name = f"{source.get('prefix', '')}{key}"
        found.set(name, _text(value, f"{where}: {key}", facts), is_secret=kind == "Secret")


def _add_one(
    api: Objects,
    source: Mapping[str, Any],
    name: str,
    where: str,
    container: Mapping[str, Any],
    facts: PodFacts,
    found: Environment,
) -> None:
    kinds = {"secretKeyRef": "Secret", "configMapKeyRef": "ConfigMap"}
    (kind, reference), *_ = source.items()
    if kind in kinds:
        value = _of_key(api, kinds[kind], reference, where, facts)
        if value is not None:
            found.set(name, value, is_secret=kind == "secretKeyRef")
    elif kind == "fieldRef":
        found.set(name, facts.field(where, reference["fieldPath"]), is_secret=False)
    elif kind == "resourceFieldRef":
        found.set(name, facts.resource(where, container, reference), is_secret=False)
    else:
        raise facts.cannot(f"{where}.valueFrom", dict(source), "is of a kind that this kubelet does not know")


def _of_key(api: Objects, kind: str, reference: Mapping[str, Any], where: str, facts: PodFacts) -> str | None:
    name, key = reference["name"], reference["key"]
    data = data_of(api, kind, facts.pod["metadata"]["namespace"], name)
    if data is not None and key in data:
        return _text(data[key], f"{where}: {key}", facts)
    if reference.get("optional"):
        return None
    raise MissingKey(f"{where}: {kind} {name!r} {'not found' if data is None else f'has no key {key!r}'}")


def _text(value: bytes, where: str, facts: PodFacts) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise facts.cannot(where, f"{len(value)} bytes", "is not UTF-8, and no value of a variable") from None
