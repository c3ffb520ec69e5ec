"""Notice objects from which Helm, Argo CD or another program makes sources and destinations: those are not read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from harness.volsync.declared import is_served
from harness.volsync.kinds import GROUP, SYNCED

MENTIONED = (*SYNCED, GROUP)
RENDERED: Mapping[str, str] = {
    "Application": "argoproj.io",
    "ApplicationSet": "argoproj.io",
    "HelmChart": "helm.cattle.io",
    "HelmChartInflationGenerator": "builtin",
    "HelmRelease": "helm.toolkit.fluxcd.io",
}
"""The kinds of objects that stand for others, each with its API group: what they mention, they probably make."""
OF_KUSTOMIZE = ("kustomize.config.k8s.io", "kustomize.toolkit.fluxcd.io")
"""The groups of objects whose fields are known: what they take is looked up, and their patches make nothing."""
REFERRING = ("group", "apiGroup", "apiGroups")
"""Fields beside which a kind is a reference, such as a rule of RBAC or of a metric."""
CONTENT = ("spec", "data")
"""The fields of which an object has one, and a reference has none; ``data`` is that of a policy that generates it."""


def may_mention(data: bytes) -> bool:
    """Return True if a text has a word without which it makes neither a source nor a destination."""
    return any(word.encode() in data for word in MENTIONED)


def made_by(document: Mapping[str, Any]) -> str:
    """Return why a document, which is no source or destination, may make some; "" if it does not look so."""
    group = str(document.get("apiVersion", "")).partition("/")[0]
    kind = document.get("kind")
    if group in OF_KUSTOMIZE:
        return ""
    if isinstance(kind, str) and RENDERED.get(kind) == group:
        content = {key: value for key, value in document.items() if key not in ("apiVersion", "kind", "metadata")}
        found = mentioned(content, references=group == RENDERED["Application"])
        return f"mentions {found}" if found else ""
    found = next((one for value in _values(document) if (one := _held(value))), "")
    return f"holds a {found}" if found else ""


def mentioned(value: Any, *, references: bool = False) -> str:
    """Return which kind or group of the operator a value mentions; "" if none.

    Args:
        value: Values of Helm, or what else stands for objects.
        references: True if a reference to a kind counts, too.
    """
    for one in _values(value, () if references else REFERRING):
        if isinstance(one, str) and (found := next((word for word in MENTIONED if word in one), "")):
            return found
    return ""


def _values(value: Any, referring: tuple[str, ...] = ()) -> Iterator[Any]:
    """Yield a value and all in it, without mappings that are references."""
    open_values = [value]
    while open_values:
        one = open_values.pop()
        yield one
        if isinstance(one, Mapping):
            is_reference = any(field in one for field in referring)
            open_values += [inner for inner in one.values() if not is_reference or isinstance(inner, Mapping)]
        elif isinstance(one, list):
            open_values += one


def _held(value: Any) -> str:
    """Return the kind of a source or destination that a value is, or that stands in its text."""
    if isinstance(value, Mapping):
        return str(value["kind"]) if is_served(value) and any(field in value for field in CONTENT) else ""
    if not isinstance(value, str) or f"{GROUP}/" not in value:
        return ""
    return next((kind for kind in SYNCED if kind in value), "")
