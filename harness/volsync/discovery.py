"""The snapshots that a mover lists in its log, and what a status makes of them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from harness.model import Identity, SnapshotRecord
from harness.volsync.status import COUNT, IDENTITY, LATEST

BEGIN = "=== Discovery Mode: Available Snapshots ==="
END = "=== End Discovery Mode ==="


class LineField(StrEnum):
    """Fields of one line of the block."""

    ID = "id"
    USERNAME = "userName"
    HOSTNAME = "hostName"
    PATH = "path"
    START = "startTime"
    END = "endTime"


@dataclass(frozen=True)
class ListedSnapshot:
    """One line of the block, each value as it is written; None where it is absent.

    Attributes:
        id: The identifier of the snapshot.
        username: The username of its identity.
        hostname: The hostname of its identity.
        path: The path under which it is recorded.
        start: When it began, as an RFC 3339 instant.
        end: When it ended, as an RFC 3339 instant.
    """

    id: object
    username: object
    hostname: object
    path: object
    start: object
    end: object


@dataclass(frozen=True)
class Discovered:
    """What a mover said of the repository: each identity with the end times of its snapshots."""

    snapshots: Mapping[Identity, Sequence[str]]

    @property
    def identities(self) -> list[Identity]:
        """All identities, sorted."""
        return sorted(self.snapshots)

    def snapshots_of(self, identity: Identity) -> int:
        """How many snapshots an identity has."""
        return len(self.snapshots.get(identity, ()))

    def status(self) -> list[dict[str, Any]]:
        """``status.kopia.availableIdentities``."""
        return [
            {
                IDENTITY: str(identity),
                COUNT: len(self.snapshots[identity]),
                LATEST: max(self.snapshots[identity], key=datetime.fromisoformat),
            }
            for identity in self.identities
        ]


def changed(
    entry: Mapping[str, Any], *, identity: str | None = None, count: int | None = None, latest: str | None = None
) -> dict[str, Any]:
    """Return an entry of ``Discovered.status`` with other values; None leaves a value as it is."""
    values = {IDENTITY: identity, COUNT: count, LATEST: latest}
    return {**entry, **{field: value for field, value in values.items() if value is not None}}


def lines(records: Sequence[SnapshotRecord]) -> list[str]:
    """The block that a mover prints: one JSON line a snapshot between two marks."""
    return [BEGIN, *(json.dumps(_entry(record)) for record in records), END]


def parse(log: str) -> Discovered | None:
    """The block in a log, or None where there is none; lines that are no such JSON are ignored."""
    if BEGIN not in log or END not in log:
        return None
    snapshots: dict[Identity, list[str]] = {}
    for entry in entries(log):
        if _is_whole(entry):
            identity = Identity(entry[LineField.USERNAME], entry[LineField.HOSTNAME])
            snapshots.setdefault(identity, []).append(entry[LineField.END])
    return Discovered(snapshots)


def entries(log: str) -> list[Mapping[str, Any]]:
    """Return the JSON objects of the block in a log as they are written; empty where there is no block."""
    block = re.search(re.escape(BEGIN) + r"\n(.*?)" + re.escape(END), log, re.DOTALL)
    found: list[Mapping[str, Any]] = []
    for line in block.group(1).splitlines() if block else ():
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        found += [entry] if isinstance(entry, dict) else []
    return found


def listed_snapshots(log: str) -> list[ListedSnapshot]:
    """Return the snapshots that a log lists, line by line; empty where there is no block."""
    return [ListedSnapshot(*(entry.get(field) for field in LineField)) for entry in entries(log)]


def of_identity(username: object, hostname: object, path: object) -> dict[str, object]:
    """Return the fields of a line that say whose snapshot it is, and of which path."""
    return {LineField.USERNAME.value: username, LineField.HOSTNAME.value: hostname, LineField.PATH.value: path}


def _entry(record: SnapshotRecord) -> dict[str, object]:
    return {
        LineField.ID.value: record.id,
        **of_identity(record.identity.username, record.identity.hostname, record.path),
        LineField.START.value: _rfc3339(record.start),
        LineField.END.value: _rfc3339(record.end),
    }


def _rfc3339(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")


def _is_whole(entry: Mapping[str, Any]) -> bool:
    """Whether a line names an identity and an instant."""
    try:
        datetime.fromisoformat(str(entry.get(LineField.END)))
    except ValueError:
        return False
    return all(isinstance(entry.get(field), str) for field in (LineField.USERNAME, LineField.HOSTNAME))
