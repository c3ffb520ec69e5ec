"""Read the status and the events of an object: the words of its operator, and nothing else.

Source: the operator's public API (docs/architecture.md).  Whatever an operator leaves out or writes in
another form is read as absent: what is missing is judged by the checks, it is no error of the harness.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

WRONG = re.compile(r"error|fail|invalid|denied|refus|reject|missing|not.?found|degraded", re.IGNORECASE)
"""A reason that names a failure: the document fixes no word for it."""

CONDITION = "Synchronizing"
"""The type of the condition that says how a sync goes."""


class StatusField(StrEnum):
    """Fields of a status: of its own, of its part ``kopia``, and of its part about the mover."""

    KOPIA = "kopia"
    REQUESTED_IDENTITY = "requestedIdentity"
    AVAILABLE_IDENTITIES = "availableIdentities"
    SNAPSHOTS_FOUND = "snapshotsFound"
    MOVER_STATUS = "latestMoverStatus"
    MOVER_RESULT = "result"
    MOVER_LOG = "logs"
    LAST_MANUAL_SYNC = "lastManualSync"
    LAST_SYNC_TIME = "lastSyncTime"
    CONDITIONS = "conditions"


SUCCESSFUL = "Successful"
"""The result of a mover that succeeded."""


@dataclass(frozen=True)
class ListedIdentity:
    """One entry of the identities that a status lists, each value as it is written; None where it is absent.

    Attributes:
        identity: ``username@hostname``.
        snapshots: The number of its snapshots.
        latest: The instant of its latest snapshot.
    """

    identity: object
    snapshots: object
    latest: object

    @property
    def lacking(self) -> list[str]:
        """The fields that are absent or of another type than documented."""
        kinds = {IDENTITY: (self.identity, str), COUNT: (self.snapshots, int), LATEST: (self.latest, str)}
        return [field for field, (value, kind) in kinds.items() if not isinstance(value, kind)]


IDENTITY, COUNT, LATEST = "identity", "snapshotCount", "latestSnapshot"
"""The fields of an entry of the identities that a status lists."""


def conditions(status: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the conditions of a status; empty where it has none."""
    return mappings(status.get(StatusField.CONDITIONS))


def identities(status: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return ``status.kopia.availableIdentities``; empty where the status leaves the list out."""
    return mappings(_kopia_status(status).get(StatusField.AVAILABLE_IDENTITIES))


def listed_identities(status: Mapping[str, Any]) -> list[ListedIdentity]:
    """Return the identities that a status lists, entry by entry; empty where it leaves the list out."""
    return [ListedIdentity(one.get(IDENTITY), one.get(COUNT), one.get(LATEST)) for one in identities(status)]


def requested_identity(status: Mapping[str, Any]) -> str:
    """Return ``status.kopia.requestedIdentity``, "" where the status does not hold it."""
    return str(_kopia_status(status).get(StatusField.REQUESTED_IDENTITY) or "")


def synced_trigger(status: Mapping[str, Any]) -> str | None:
    """Return the trigger whose sync succeeded last (``lastManualSync``), None where none did."""
    found = status.get(StatusField.LAST_MANUAL_SYNC)
    return found if isinstance(found, str) else None


def messages(status: Mapping[str, Any], events: Iterable[str]) -> tuple[str, ...]:
    """Return what the operator wrote itself about an object: its conditions and events."""
    said = [str(one.get("message") or "") for one in conditions(status)]
    return tuple(filter(None, [*said, *events]))


def mover_log(status: Mapping[str, Any]) -> str:
    """Return ``latestMoverStatus.logs``: what the operator shows of its mover's log."""
    return str(_mover_status(status).get(StatusField.MOVER_LOG) or "")


def failure(status: Mapping[str, Any], warnings: Sequence[str], generation: int | None = None) -> str:
    """Return the operator's own words that a sync failed; "" where it does not say so.

    A failure is reported by ``latestMoverStatus.result``, by a condition whose reason or message names
    one, or by a Warning event.  A condition of an older ``generation`` of the object says nothing.
    """
    for condition in conditions(status):
        if condition.get("observedGeneration") in (None, generation) and _names_failure(condition):
            return str(condition.get("message") or condition.get("reason") or "a condition without a message")
    result = str(_mover_status(status).get(StatusField.MOVER_RESULT) or "")
    if WRONG.search(result):
        return f"{StatusField.MOVER_STATUS}.{StatusField.MOVER_RESULT}: {result}"
    return warnings[-1] if warnings else ""


def mappings(value: object) -> list[Mapping[str, Any]]:
    """Return the objects of a list; empty for anything else."""
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _names_failure(condition: Mapping[str, Any]) -> bool:
    kind, reason = str(condition.get("type") or ""), str(condition.get("reason") or "")
    is_wrong_type = bool(WRONG.search(kind)) and condition.get("status") == "True"
    is_wrong_sync = kind == CONDITION and bool(WRONG.search(str(condition.get("message") or "")))
    return is_wrong_type or bool(WRONG.search(reason)) or is_wrong_sync


def _kopia_status(status: Mapping[str, Any]) -> Mapping[str, Any]:
    found = status.get(StatusField.KOPIA)
    return found if isinstance(found, Mapping) else {}


def _mover_status(status: Mapping[str, Any]) -> Mapping[str, Any]:
    found = status.get(StatusField.MOVER_STATUS)
    return found if isinstance(found, Mapping) else {}
