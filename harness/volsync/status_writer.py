"""Write a status as the operator does; status.py reads it.

Source: the operator's public API (docs/architecture.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from harness.volsync.status import CONDITION, SUCCESSFUL, StatusField

Status = dict[str, Any]
FAILED = "Failed"
"""The result of a mover that failed."""


class Reason(StrEnum):
    """Name the reasons of the condition ``Synchronizing``."""

    IN_PROGRESS = "SyncInProgress"
    WAITING = "WaitingForManual"
    ERROR = "Error"


def set_condition(status: Status, reason: Reason, message: str) -> None:
    """Set the condition ``Synchronizing`` and remove all other conditions."""
    busy = "True" if reason is Reason.IN_PROGRESS else "False"
    condition = {"type": CONDITION, "status": busy, "reason": reason.value, "message": message}
    status[StatusField.CONDITIONS.value] = [condition]


def set_requested(status: Status, identity: str) -> None:
    """Set the requested identity of a destination and remove the results of an earlier discovery."""
    status.update(status_that_requests(identity))


def with_requested(status: Mapping[str, Any], identity: str) -> Status:
    """Return the status of a destination with this requested identity."""
    of_kopia = {**status[StatusField.KOPIA], StatusField.REQUESTED_IDENTITY.value: identity}
    return {**status, StatusField.KOPIA.value: of_kopia}


def status_that_requests(identity: str) -> Status:
    """Return a status that holds only the requested identity."""
    return {StatusField.KOPIA.value: {StatusField.REQUESTED_IDENTITY.value: identity}}


def set_discovered(status: Status, found: int, available: Sequence[dict[str, Any]]) -> None:
    """Set the number of snapshots of the requested identity, and the list of identities in the repository."""
    of_kopia = status[StatusField.KOPIA]
    of_kopia[StatusField.SNAPSHOTS_FOUND.value] = found
    of_kopia[StatusField.AVAILABLE_IDENTITIES.value] = available


def set_mover_status(status: Status, log: str, *, succeeded: bool) -> None:
    """Set the result and the log of the mover."""
    result = SUCCESSFUL if succeeded else FAILED
    status[StatusField.MOVER_STATUS.value] = {
        StatusField.MOVER_RESULT.value: result,
        StatusField.MOVER_LOG.value: log,
    }


def set_synced(status: Status, trigger: str | None) -> None:
    """Set the trigger and the time of a sync that succeeded now."""
    status[StatusField.LAST_MANUAL_SYNC.value] = trigger
    status[StatusField.LAST_SYNC_TIME.value] = datetime.now(UTC).isoformat().replace("+00:00", "Z")
