"""Read what an audit asks of sources and destinations: the mover, the schedule, open variables, the retention."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from harness.model import Manifest
from harness.volsync.fields import SOURCE_PVC, Field, kopia_spec
from harness.volsync.kinds import GROUP, SYNCED
from harness.volsync.variables import RETAIN_FIELDS

KOPIA = "kopia"
OTHER_MOVERS = ("restic", "rclone", "rsync", "rsyncTLS", "syncthing", "external")
"""The fields of ``spec`` that select another mover than kopia."""

OPEN_VARIABLE = re.compile(r"\$\{\s*([A-Za-z_][A-Za-z0-9_]*)")
"""The begin of a variable of Flux or of envsubst that nothing has replaced yet; a default may follow."""
OPEN_TEMPLATE = re.compile(r"\{\{[^{}]*\}\}")
"""An expression of a template of Helm, or of another program, that was not rendered."""

DECISIVE = (
    Field.REPOSITORY,
    Field.USERNAME,
    Field.HOSTNAME,
    Field.SOURCE_PATH_OVERRIDE,
    Field.DESTINATION_PVC,
    Field.SOURCE_IDENTITY,
    Field.RESTORE_AS_OF,
    Field.PREVIOUS,
    Field.SHALLOW,
    Field.RETAIN,
)
"""The fields of ``spec.kopia`` that decide which snapshots an object writes, keeps or restores."""

UNTRIGGERED = ""


def is_served(document: Mapping[str, Any]) -> bool:
    """Return True if a document is a source or a destination of the operator, in any version of its API."""
    group = str(document.get("apiVersion", "")).partition("/")[0]
    return document.get("kind") in SYNCED and group == GROUP


def as_stored(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Return a manifest as the API stores it.

    A field that is null is absent, but an empty section of kopia stays. A whole number with a point is an integer.
    """
    spec = manifest.get("spec")
    if isinstance(spec, Mapping) and KOPIA in spec and spec[KOPIA] is None:
        manifest = {**manifest, "spec": {**spec, KOPIA: {}}}
    stored: dict[str, Any] = _stored(manifest)
    return stored


def _stored(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _stored(inner) for key, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [_stored(inner) for inner in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def misshapen(manifest: Mapping[str, Any]) -> str:
    """Return which part of a source or destination is no mapping, or no name; "" if it can be read."""
    metadata = manifest.get("metadata")
    if not isinstance(metadata, Mapping) or not isinstance(metadata.get("name"), str):
        return "metadata.name is missing or no text"
    if not isinstance(metadata.get("namespace", ""), str):
        return "metadata.namespace is no text"
    spec = manifest.get("spec")
    holders = {"spec": spec}
    if isinstance(spec, Mapping):
        kopia = spec.get(KOPIA)
        holders |= {"spec.trigger": spec.get("trigger"), "spec.kopia": kopia}
        if isinstance(kopia, Mapping):
            holders |= {f"spec.kopia.{field}": kopia.get(field) for field in (Field.SOURCE_IDENTITY, Field.RETAIN)}
    wrong = [field for field, value in holders.items() if value is not None and not isinstance(value, Mapping)]
    return f"{wrong[0]} is no mapping" if wrong else ""


def other_mover(manifest: Manifest) -> str:
    """Return which other mover an object uses; "" if it uses kopia, or none."""
    spec = manifest.get("spec") or {}
    return "" if KOPIA in spec else next((name for name in OTHER_MOVERS if name in spec), "")


def without_mover(manifest: Manifest) -> str:
    """Return why the operator cannot use an object that sets no mover; "" if it sets one."""
    spec = manifest.get("spec") or {}
    if KOPIA in spec or any(name in spec for name in OTHER_MOVERS):
        return ""
    what = f"sets {', '.join(map(str, spec))}, and no mover" if spec else "is missing or empty"
    return f"spec: {what}; add spec.{KOPIA}"


def schedule_of(source: Manifest) -> str:
    """Return ``spec.trigger.schedule``; "" if the source has none."""
    trigger = (source.get("spec") or {}).get("trigger") or {}
    return str(trigger.get("schedule") or UNTRIGGERED)


def is_paused(source: Manifest) -> bool:
    """Return True if the operator makes no Job for a source until somebody changes that."""
    return (source.get("spec") or {}).get("paused") is True


def retain_of(source: Manifest) -> dict[str, int]:
    """Return the numbers of the retention policy that a source sets, by period."""
    given = kopia_spec(source).get(Field.RETAIN) or {}
    return {period: int(given[period]) for period in RETAIN_FIELDS if period in given}


def open_variables(manifest: Manifest) -> dict[str, tuple[str, ...]]:
    """Return the decisive fields that hold variables which nothing has replaced, each with the variables in it."""
    found = {field: tuple(dict.fromkeys(_names(value))) for field, value in _decisive(manifest)}
    return {field: names for field, names in found.items() if names}


def without_variables(value: Any) -> Any:
    """Return a value without the texts in it that hold variables which nothing has replaced."""
    if isinstance(value, Mapping):
        return {key: without_variables(inner) for key, inner in value.items() if not _names(inner)}
    return [without_variables(one) for one in value if not _names(one)] if isinstance(value, list) else value


def _decisive(manifest: Manifest) -> Iterator[tuple[str, object]]:
    metadata, spec = manifest.get("metadata") or {}, manifest.get("spec") or {}
    yield "metadata.name", metadata.get("name")
    yield "metadata.namespace", metadata.get("namespace")
    yield f"spec.{SOURCE_PVC}", spec.get(SOURCE_PVC)
    yield "spec.trigger.schedule", schedule_of(manifest)
    for field in DECISIVE:
        value = kopia_spec(manifest).get(field)
        if isinstance(value, Mapping):
            yield from ((f"spec.kopia.{field}.{key}", inner) for key, inner in value.items())
        else:
            yield f"spec.kopia.{field}", value


def _names(value: object) -> list[str]:
    return [*OPEN_VARIABLE.findall(value), *OPEN_TEMPLATE.findall(value)] if isinstance(value, str) else []


def as_written(variables: Iterable[str]) -> str:
    """Return open variables as they stand in a manifest."""
    return ", ".join(one if one.startswith("{") else f"${{{one}}}" for one in variables)
