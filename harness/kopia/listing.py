"""Read a saved list of snapshots, as ``kopia snapshot list --all --json`` prints it.

A list of 100,000 snapshots is 120 MB of JSON. So only one snapshot at a time is decoded into plain values.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import msgspec

from harness.errors import HarnessError
from harness.kopia.client import parse_snapshot
from harness.model import SnapshotRecord

PROGRESS_EVERY = 10_000


@dataclass(frozen=True, slots=True)
class ListedSnapshot:
    """One snapshot of a list, with what kopia notes beside it.

    Attributes:
        record: The snapshot.
        size_bytes: The size of its files, or None if it is not listed.
        pins: The pins, which keep it in any case.
        failed_files: The number of files that could not be read. The snapshot is whole all the same: kopia restores it
            without them.
    """

    record: SnapshotRecord
    size_bytes: int | None
    pins: tuple[str, ...]
    failed_files: int = 0


def read(data: bytes, what: str, progress: Callable[[int], None] = lambda number: None) -> list[ListedSnapshot]:
    """Return the snapshots of a list, in its order.

    Args:
        data: The JSON.
        what: The origin of the list, for messages.
        progress: Called with the number of snapshots that were read so far.

    Raises:
        HarnessError: It is no such list. The message names the snapshot and the field.
    """
    found: list[ListedSnapshot] = []
    for number, raw in enumerate(_entries(data, what), 1):
        try:
            found.append(_listed(msgspec.json.decode(raw)))
        except HarnessError as error:
            raise HarnessError(f"{what}: snapshot {number}: {error}") from None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise HarnessError(f"{what}: snapshot {number}: is no JSON ({str(error)[:120]})") from None
        if number % PROGRESS_EVERY == 0:
            progress(number)
    return found


def _entries(data: bytes, what: str) -> list[msgspec.Raw]:
    try:
        return msgspec.json.decode(without_mark(data), type=list[msgspec.Raw])
    except msgspec.ValidationError:
        raise HarnessError(f"{what}: is JSON, but no list of snapshots") from None
    except (msgspec.DecodeError, RecursionError) as error:
        raise HarnessError(f"{what}: is no JSON ({str(error)[:120]})") from None


def without_mark(data: bytes) -> bytes:
    """Return JSON without the byte order mark that some programs write in front of UTF-8."""
    return data.removeprefix(codecs.BOM_UTF8)


def _listed(entry: Any) -> ListedSnapshot:
    record = parse_snapshot(entry)
    stats, root = _mapping(entry, "stats"), _mapping(entry, "rootEntry")
    summary = _mapping(root, "summ")
    size = _number(stats.get("totalSize", summary.get("size")))
    return ListedSnapshot(
        replace(record, start=_in_utc(record.start, "startTime"), end=_in_utc(record.end, "endTime")),
        size,
        _texts(entry.get("pins")),
        # Both count the same failures.
        max(0, _number(stats.get("errorCount")) or 0, _number(summary.get("numFailed")) or 0),
    )


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _in_utc(instant: datetime, field: str) -> datetime:
    if instant.tzinfo is None:
        raise HarnessError(f"field {field} has no time zone: {instant.isoformat()}")
    try:
        return instant.astimezone(UTC)
    except OverflowError:
        raise HarnessError(f"field {field} is out of range: {instant.isoformat()}") from None


def _mapping(holder: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = holder.get(key)
    return value if isinstance(value, Mapping) else {}


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else ()
