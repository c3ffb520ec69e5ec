"""Compute which snapshots of a history kopia keeps under a retention policy.

Source: the documentation of kopia's policies, measured on 0.23.1 and 0.22.3 (tests/real/test_audit.py).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from harness.kopia.listing import ListedSnapshot

LATEST = "latest"
DEFAULTS: Mapping[str, int] = {"latest": 10, "hourly": 48, "daily": 7, "weekly": 4, "monthly": 24, "yearly": 3}
"""What kopia keeps where no policy gives a number."""

PERIODS: Mapping[str, Callable[[datetime], object]] = {
    "yearly": lambda at: at.year,
    "monthly": lambda at: (at.year, at.month),
    "weekly": lambda at: at.isocalendar()[:2],
    "daily": lambda at: at.date(),
    "hourly": lambda at: (at.date(), at.hour),
}
"""For each period the function from an instant to the period that it is in."""

LENGTHS: Mapping[str, timedelta] = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(weeks=1),
    "monthly": timedelta(days=31),
    "yearly": timedelta(days=366),
}
"""The longest duration of each period, the shortest first."""


def policy(given: Mapping[str, int]) -> dict[str, int]:
    """Return the number of snapshots to keep for each period; kopia's default where none is given."""
    return {period: given.get(period, number) for period, number in DEFAULTS.items()}


def kept(history: Iterable[ListedSnapshot], keep: Mapping[str, int]) -> list[ListedSnapshot]:
    """Return the snapshots that are left after the next backup expires others, newest first.

    An incomplete snapshot has no reason to be kept. A pin keeps a snapshot in any case.

    Args:
        history: The snapshots of one identity and path, in any order.
        keep: The number to keep for each period.
    """
    newest_first = sorted(history, key=lambda one: one.record.start, reverse=True)
    if not newest_first:
        return []
    earliest = {period: _cut_off(newest_first[0].record.start, period, keep[period]) for period in PERIODS}
    taken: set[tuple[str, object]] = set()
    counts: Counter[str] = Counter()
    left = []
    for one in newest_first:
        reasons = 0 if one.record.incomplete else _reasons(one.record.start, keep, earliest, taken, counts)
        if reasons or one.pins:
            left.append(one)
    return left


def _reasons(
    start: datetime,
    keep: Mapping[str, int],
    earliest: Mapping[str, datetime],
    taken: set[tuple[str, object]],
    counts: Counter[str],
) -> int:
    """Return the number of reasons to keep a snapshot, and note the periods that it fills."""
    reasons = int(counts[LATEST] < keep[LATEST])
    counts[LATEST] += 1
    for period, in_period in PERIODS.items():
        key = (period, in_period(start))
        if start >= earliest[period] and key not in taken and counts[period] < keep[period]:
            taken.add(key)
            counts[period] += 1
            reasons += 1
    return reasons


def _cut_off(newest: datetime, period: str, number: int) -> datetime:
    """Return the instant before which no snapshot is kept for a period."""
    if period == "yearly":
        return _months_before(newest, 12 * number)
    if period == "monthly":
        return _months_before(newest, number)
    try:
        return newest - LENGTHS[period] * number
    except OverflowError:
        return datetime.min.replace(tzinfo=newest.tzinfo)


def _months_before(instant: datetime, months: int) -> datetime:
    """Return the same day some months before; a day that the month lacks runs over into the next one, as in Go."""
    index = instant.year * 12 + instant.month - 1 - months
    if index < 12:
        return datetime.min.replace(tzinfo=instant.tzinfo)
    first = instant.replace(year=index // 12, month=index % 12 + 1, day=1)
    return first + timedelta(days=instant.day - 1)
