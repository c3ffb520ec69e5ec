"""Write a status as the operator does; status.py reads it back.

Source: the operator's public API (docs/architecture.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from harness.volsync.status import SUCCESSFUL

Status = dict[str, Any]


class Reason(StrEnum):
    """The reasons of the condition ``Synchronizing``."""

    IN_PROGRESS = "SyncInProgress"
    WAITING = "WaitingForManual"
    ERROR = "Error"


def set_condition(status: Status, reason: Reason, message: str) -> None:
    """Set the condition ``Synchronizing``, in place of every other."""
    busy = "True" if reason is Reason.IN_PROGRESS else "False"
    condition = {"type": "Synchronizing", "status": busy, "reason": reason.value, "message": message}
    status["conditions"] = [condition]


def set_requested(status: Status, identity: str) -> None:
    """Set the identity that a destination asks for; what was discovered before is dropped."""
    status["kopia"] = {"requestedIdentity": identity}


def set_discovered(status: Status, found: int, available: Sequence[dict[str, Any]]) -> None:
    """Set how many snapshots the requested identity has, and the identities of the repository."""
    status["kopia"].update(snapshotsFound=found, availableIdentities=available)


def set_mover_status(status: Status, log: str, *, succeeded: bool) -> None:
    """Set how the mover ended, with its log."""
    status["latestMoverStatus"] = {"result": SUCCESSFUL if succeeded else "Failed", "logs": log}


def set_synced(status: Status, trigger: str | None) -> None:
    """Set the trigger whose sync succeeded now."""
    status["lastManualSync"] = trigger
    status["lastSyncTime"] = datetime.now(UTC).isoformat().replace("+00:00", "Z")
