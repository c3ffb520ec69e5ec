"""Write and parse the list of snapshots in the log of a discovery, and convert it for the status."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from harness.model import Identity, SnapshotRecord
from harness.volsync.status import COUNT, IDENTITY, LATEST, listed_identities

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
    """Hold one line of the list with the values as written; None if a value is absent.

    Attributes:
        id: The identifier of the snapshot.
        username: The username of its identity.
        hostname: The hostname of its identity.
        path: The path that the snapshot records.
        start: The start time in RFC 3339.
        end: The end time in RFC 3339.
    """

    id: object
    username: object
    hostname: object
    path: object
    start: object
    end: object


@dataclass(frozen=True)
class Discovered:
    """Hold the identities of a repository that a mover listed, each with the end times of its snapshots."""

    snapshots: Mapping[Identity, Sequence[str]]

    @property
    def identities(self) -> list[Identity]:
        """Return all identities, sorted."""
        return sorted(self.snapshots)

    def snapshots_of(self, identity: Identity) -> int:
        """Return the number of snapshots of an identity."""
        return len(self.snapshots.get(identity, ()))

    def status(self) -> list[dict[str, Any]]:
        """Return the value of ``status.kopia.availableIdentities``."""
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
    """Return a copy of an entry of ``Discovered.status`` with other values; None keeps a value."""
    values = {IDENTITY: identity, COUNT: count, LATEST: latest}
    return {**entry, **{field: value for field, value in values.items() if value is not None}}


def lines(records: Sequence[SnapshotRecord]) -> list[str]:
    """Return the block for the log of a mover: one line of JSON for each snapshot between two marker lines."""
    return [BEGIN, *(json.dumps(_entry(record)) for record in records), END]


def parse(log: str) -> Discovered | None:
    """Return the content of the block in a log, or None if there is no block.

    Lines are ignored if they are not JSON or lack an identity or an end time.
    """
    if BEGIN not in log or END not in log:
        return None
    snapshots: dict[Identity, list[str]] = {}
    for entry in entries(log):
        if _is_whole(entry):
            identity = Identity(entry[LineField.USERNAME], entry[LineField.HOSTNAME])
            snapshots.setdefault(identity, []).append(entry[LineField.END])
    return Discovered(snapshots)


def shows_all(status: Mapping[str, Any], log: str) -> bool:
    """Return True if a status lists every identity that the discovery in a log of a mover lists."""
    found = parse(log)
    listed = {str(one.identity) for one in listed_identities(status)}
    return found is None or {str(identity) for identity in found.identities} <= listed


def entries(log: str) -> list[Mapping[str, Any]]:
    """Return the JSON objects of the block in a log unchanged; empty if there is no block."""
    # A path may contain the text of the mark: only a line that is nothing else ends the block.
    block = re.search(rf"{re.escape(BEGIN)}\r?\n(.*?)^[^\n{{}}]*{re.escape(END)}", log, re.DOTALL | re.MULTILINE)
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
    """Return True if a line has an identity and an end time."""
    try:
        datetime.fromisoformat(str(entry.get(LineField.END)))
    except ValueError:
        return False
    return all(isinstance(entry.get(field), str) for field in (LineField.USERNAME, LineField.HOSTNAME))
