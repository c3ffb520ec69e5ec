"""Read the status and the events of an object.

A field that an operator leaves out or writes in another form is read as absent.  It is not an error of the harness: the
checks judge it.  Source: the operator's public API (docs/architecture.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

WRONG = re.compile(r"error|fail|invalid|denied|refus|reject|missing|not.?found|degraded", re.IGNORECASE)
"""Words that mean a failure; the document does not say with which words an operator reports it."""

CONDITION = "Synchronizing"
"""The type of the condition that shows the progress of a sync."""


class StatusField(StrEnum):
    """Name the fields of a status, of ``kopia`` in it, and of ``latestMoverStatus`` in it."""

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
    """Hold one entry of the identities in a status with the values as written; None if a value is absent.

    Attributes:
        identity: ``username@hostname``.
        snapshots: The number of snapshots.
        latest: The time of the latest snapshot.
    """

    identity: object
    snapshots: object
    latest: object

    @property
    def lacking(self) -> list[str]:
        """Return the fields that are absent or of another type than documented."""
        kinds = {IDENTITY: (self.identity, str), COUNT: (self.snapshots, int), LATEST: (self.latest, str)}
        return [field for field, (value, kind) in kinds.items() if not isinstance(value, kind)]


IDENTITY, COUNT, LATEST = "identity", "snapshotCount", "latestSnapshot"
"""The fields of an entry in ``status.kopia.availableIdentities``."""


def conditions(status: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the conditions of a status; empty if it has none."""
    return mappings(status.get(StatusField.CONDITIONS))


def identities(status: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return ``status.kopia.availableIdentities``; empty if it is absent."""
    return mappings(_kopia_status(status).get(StatusField.AVAILABLE_IDENTITIES))


def listed_identities(status: Mapping[str, Any]) -> list[ListedIdentity]:
    """Return the identities that a status lists as typed entries; empty if the list is absent."""
    return [ListedIdentity(one.get(IDENTITY), one.get(COUNT), one.get(LATEST)) for one in identities(status)]


def requested_identity(status: Mapping[str, Any]) -> str:
    """Return ``status.kopia.requestedIdentity``; "" if it is absent."""
    return str(_kopia_status(status).get(StatusField.REQUESTED_IDENTITY) or "")


def synced_trigger(status: Mapping[str, Any]) -> str | None:
    """Return the trigger of the last sync that succeeded (``lastManualSync``), or None."""
    found = status.get(StatusField.LAST_MANUAL_SYNC)
    return found if isinstance(found, str) else None


def messages(status: Mapping[str, Any], events: Iterable[str]) -> tuple[str, ...]:
    """Return the messages that the operator wrote about an object: those of its conditions and events."""
    said = [str(one.get("message") or "") for one in conditions(status)]
    return tuple(filter(None, [*said, *events]))


def mover_result(status: Mapping[str, Any]) -> str:
    """Return ``latestMoverStatus.result``; "" if it is absent."""
    return str(_mover_status(status).get(StatusField.MOVER_RESULT) or "")


def last_sync_time(status: Mapping[str, Any]) -> str:
    """Return the time of the last sync that succeeded as it is written; "" if it is absent."""
    return str(status.get(StatusField.LAST_SYNC_TIME) or "")


def snapshots_found(status: Mapping[str, Any]) -> int | None:
    """Return the number of snapshots of the requested identity; None if it is absent."""
    found = _kopia_status(status).get(StatusField.SNAPSHOTS_FOUND)
    return found if isinstance(found, int) else None


def failing_conditions(status: Mapping[str, Any]) -> list[str]:
    """Return the conditions that report a failure, each as one text without its times."""
    keys = ("type", "status", "reason", "message")
    failing = [one for one in conditions(status) if _names_failure(one)]
    return [" ".join(str(one.get(key) or "") for key in keys) for one in failing]


def contradicts(status: Mapping[str, Any], *, succeeded: bool) -> bool:
    """Return True if a part of a status reports another ending of the newest sync than this one."""
    if not succeeded:
        return mover_result(status) == SUCCESSFUL
    return bool(WRONG.search(mover_result(status)) or failing_conditions(status))


def mover_log(status: Mapping[str, Any]) -> str:
    """Return ``latestMoverStatus.logs``: the part of the mover's log that the operator shows."""
    return str(_mover_status(status).get(StatusField.MOVER_LOG) or "")


def failure(
    status: Mapping[str, Any],
    warnings: Sequence[str],
    generation: int | None = None,
    before: Mapping[str, Any] | None = None,
    *,
    is_settled: bool = True,
) -> str:
    """Return the operator's own message that a sync failed; "" if there is none.

    A condition or ``latestMoverStatus.result`` reports a failure if it contains a word such as "error" or "failed".  A
    Warning event always reports one.

    Args:
        status: The status of the object.
        warnings: The messages of Warning events, oldest first.
        generation: The generation of the object.  Conditions of another generation are ignored.
        before: The status before the sync.  If the mover status is still the same and a sync is in progress, it is
            that of an earlier mover and is ignored.
        is_settled: False if the operator may not have written its whole result yet: a mover status that is still the
            same is then ignored in any case.
    """
    for condition in conditions(status):
        if condition.get("observedGeneration") in (None, generation) and _names_failure(condition):
            return str(condition.get("message") or condition.get("reason") or "a condition without a message")
    is_old = (_is_running(status) or not is_settled) and _mover_status(status) == _mover_status(before or {})
    result = "" if is_old else mover_result(status)
    if WRONG.search(result):
        return f"{StatusField.MOVER_STATUS}.{StatusField.MOVER_RESULT}: {result}"
    return warnings[-1] if warnings else ""


def mappings(value: object) -> list[Mapping[str, Any]]:
    """Return the mappings in a list; empty if the value is not a list."""
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _names_failure(condition: Mapping[str, Any]) -> bool:
    kind, reason = str(condition.get("type") or ""), str(condition.get("reason") or "")
    is_wrong_type = bool(WRONG.search(kind)) and condition.get("status") == "True"
    is_wrong_sync = kind == CONDITION and bool(WRONG.search(str(condition.get("message") or "")))
    return is_wrong_type or bool(WRONG.search(reason)) or is_wrong_sync


def _is_running(status: Mapping[str, Any]) -> bool:
    return any(one.get("type") == CONDITION and one.get("status") == "True" for one in conditions(status))


def _kopia_status(status: Mapping[str, Any]) -> Mapping[str, Any]:
    found = status.get(StatusField.KOPIA)
    return found if isinstance(found, Mapping) else {}


def _mover_status(status: Mapping[str, Any]) -> Mapping[str, Any]:
    found = status.get(StatusField.MOVER_STATUS)
    return found if isinstance(found, Mapping) else {}
