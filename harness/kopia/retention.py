"""Compute which snapshots of a history kopia keeps under a retention policy.

Source: kopia's snapshot/policy/retention_policy.go, the same in 0.23.1 and 0.22.3.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from harness.kopia.listing import ListedSnapshot

LATEST = "latest"
DEFAULTS: Mapping[str, int] = {"latest": 10, "hourly": 48, "daily": 7, "weekly": 4, "monthly": 24, "yearly": 3}
"""What kopia keeps where no policy gives a number."""

PERIODS: Mapping[str, Callable[[datetime], str]] = {
    "yearly": lambda at: f"{at:%Y}",
    "monthly": lambda at: f"{at:%Y-%m}",
    "weekly": lambda at: "{:04}-{:02}".format(*at.isocalendar()[:2]),
    "daily": lambda at: f"{at:%Y-%m-%d}",
    "hourly": lambda at: f"{at:%Y-%m-%d %H}",
}
"""For each period the function from an instant to the name of the period that it is in."""

LENGTHS: Mapping[str, timedelta] = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(weeks=1),
    "monthly": timedelta(days=31),
    "yearly": timedelta(days=366),
}
"""The longest duration of each period, the shortest first."""

INCOMPLETE_YOUNGER_THAN, INCOMPLETE_NUMBER = timedelta(hours=4), 3
"""Incomplete snapshots that are newer than every whole one are kept if they are young, or few."""


def kept(history: Iterable[ListedSnapshot], keep: Mapping[str, int]) -> list[ListedSnapshot]:
    """Return the snapshots that are left after the policy was applied, newest first.

    Args:
        history: The snapshots of one identity and path, in any order.
        keep: The number to keep for each period. If all are 0, all snapshots are kept.
    """
    newest_first = sorted(history, key=lambda one: one.record.start, reverse=True)
    whole = [one for one in newest_first if not one.record.incomplete]
    latest = len(whole) if not any(keep.values()) else keep[LATEST]
    reasons = _Reasons({**keep, LATEST: latest}, whole[0].record.start) if whole else None
    held = {id(one) for one in _young(newest_first)}
    left = []
    for place, one in enumerate(newest_first):
        has_reason = bool(reasons and not one.record.incomplete and reasons.found(place, one.record.start))
        if has_reason or one.pins or id(one) in held:
            left.append(one)
    return left


def _young(newest_first: Sequence[ListedSnapshot]) -> list[ListedSnapshot]:
    """Return the incomplete snapshots before the first whole one that are kept."""
    found = []
    for place, one in enumerate(newest_first):
        age = newest_first[0].record.start - one.record.start
        if not one.record.incomplete or (age >= INCOMPLETE_YOUNGER_THAN and place >= INCOMPLETE_NUMBER):
            break
        found.append(one)
    return found


class _Reasons:
    """Count the periods that are filled, from the newest snapshot to the oldest."""

    def __init__(self, keep: Mapping[str, int], newest: datetime) -> None:
        self._keep = keep
        self._earliest = {period: _cut_off(newest.astimezone(UTC), period, keep[period]) for period in PERIODS}
        self._taken: set[str] = set()
        self._counts: Counter[str] = Counter()

    def found(self, place: int, start: datetime) -> bool:
        """Return True if there is a reason to keep a snapshot, and note the periods that it fills."""
        at = start.astimezone(UTC)
        reasons = self._takes(LATEST, str(place))
        for period, in_period in PERIODS.items():
            if at >= self._earliest[period]:
                # All periods share one set of names, as in kopia: 2026-11 is a month and a week.
                reasons += self._takes(period, in_period(at))
        return reasons > 0

    def _takes(self, period: str, name: str) -> int:
        if name in self._taken or self._counts[period] >= self._keep[period]:
            return 0
        self._taken.add(name)
        self._counts[period] += 1
        return 1


def periods_back(period: str, newest: datetime, number: int) -> datetime:
    """Return an instant in the period that is some periods before that of the newest snapshot."""
    if period in ("yearly", "monthly"):
        return _cut_off(newest.replace(day=1), period, number)
    return _cut_off(newest, period, number)


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
