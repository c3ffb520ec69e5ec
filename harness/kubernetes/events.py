"""Read the events of a namespace."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from harness.model import ObjectRef


def about(ref: ObjectRef, events: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the events about an object, whose reference holds the namespace on the API."""
    wanted = (ref.name, ref.kind)
    return [event for event in events if _object(event) == wanted]


def version(event: Mapping[str, Any]) -> str:
    """Return what differs between two events, and between two states of one event."""
    return f"{event['metadata'].get('uid')}/{event['metadata'].get('resourceVersion')}"


def warnings(events: Iterable[Mapping[str, Any]], known: Collection[str]) -> list[str]:
    """Return the messages of the Warning events whose versions are not known, oldest first."""
    return [
        str(event.get("message") or event.get("reason") or "a warning without a message")
        for event in events
        if event.get("type") == "Warning" and version(event) not in known
    ]


def _object(event: Mapping[str, Any]) -> tuple[Any, Any]:
    involved = event.get("involvedObject") or {}
    return involved.get("name"), involved.get("kind")
