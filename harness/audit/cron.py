"""Read cron expressions as robfig/cron v3 does (``ParseStandard``), with which the operator reads them.

Its rules differ from those of Debian's cron: Sunday is 0 only, ``?`` is ``*``, and a run in an hour that the clock
skips does not happen, while in an hour that the clock repeats there are two.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import pairwise

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
DAYS_IN_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
WHOLE_NUMBER = re.compile(r"\+?[0-9]{1,18}")
DAY = timedelta(days=1)
YEARS_BACK = 50
"""Runs are looked for so many years before an instant."""


class CronError(Exception):
    """A cron expression is not valid; the message says why."""


@dataclass(frozen=True)
class Field:
    """One of the fields of a cron expression: its name, its least and its largest value, and words for values."""

    name: str
    least: int
    largest: int
    words: tuple[str, ...] = ()


FIELDS = (
    Field("minute", 0, 59),
    Field("hour", 0, 23),
    Field("day of month", 1, 31),
    Field("month", 1, 12, MONTHS),
    Field("day of week", 0, 6, WEEKDAYS),
)


@dataclass(frozen=True)
class Values:
    """The values that a field allows.

    Attributes:
        allowed: The values; none for a lone comma.
        is_star: True if a part of the field is ``*`` or ``?`` without a step.
    """

    allowed: frozenset[int]
    is_star: bool


@dataclass(frozen=True)
class Cron:
    """A cron expression of five fields."""

    minute: Values
    hour: Values
    day: Values
    month: Values
    weekday: Values

    @property
    def never_runs(self) -> bool:
        """Return True if no instant matches, such as for the 31st of February."""
        if not (self.minute.allowed and self.hour.allowed and self.month.allowed):
            return True
        days_exist = any(day <= DAYS_IN_MONTH[month - 1] for day in self.day.allowed for month in self.month.allowed)
        if self.day.is_star or self.weekday.is_star:
            return not (days_exist and self.weekday.allowed)
        return not (days_exist or self.weekday.allowed)

    def before(self, instant: datetime, zone: tzinfo = UTC) -> Iterator[datetime]:
        """Yield the runs up to and with an instant, the newest first, for not more than some years.

        Args:
            instant: The instant; with a time zone.
            zone: The time zone of the schedule.
        """
        if self.never_runs:
            return
        # The clock may be set back by an hour after midnight.
        last = instant.astimezone(zone).date() + DAY
        for day in self._days(last, date(max(2, last.year - YEARS_BACK), 1, 1)):
            yield from (run for run in self._of(day, zone) if run <= instant)

    def _days(self, last: date, first: date) -> Iterator[date]:
        day = last
        while day >= first:
            if day.month not in self.month.allowed:
                day = day.replace(day=1) - DAY
                continue
            if self._matches(day):
                yield day
            day -= DAY

    def _matches(self, day: date) -> bool:
        by_month, by_week = day.day in self.day.allowed, day.isoweekday() % 7 in self.weekday.allowed
        both = self.day.is_star or self.weekday.is_star
        return by_month and by_week if both else by_month or by_week

    def _of(self, day: date, zone: tzinfo) -> Iterator[datetime]:
        """Yield the runs of a day, the newest first."""
        hours, minutes = (sorted(one.allowed, reverse=True) for one in (self.hour, self.minute))
        local = (
            datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone) for hour in hours for minute in minutes
        )
        if zone is UTC:
            yield from local
        else:
            folds = (one.replace(fold=fold) for one in local for fold in (0, 1))
            pairs = {(one.astimezone(UTC), one.replace(tzinfo=None, fold=0)) for one in folds}
            # A time that the clock skips comes back as another time.
            real = [at for at, wall in pairs if at.astimezone(zone).replace(tzinfo=None, fold=0) == wall]
            yield from sorted(real, reverse=True)


def parse(text: str) -> Cron:
    """Return a cron expression.

    Raises:
        CronError: It is not valid.
    """
    parts = text.split()
    if len(parts) != len(FIELDS):
        raise CronError(f"write 5 fields, not {len(parts)}")
    return Cron(*(_values(part, field) for part, field in zip(parts, FIELDS, strict=True)))


def longest_between(runs: list[datetime]) -> timedelta:
    """Return the longest time between two runs, which are given with the newest first."""
    return max((later - earlier for later, earlier in pairwise(runs)), default=timedelta.max)


def _values(text: str, field: Field) -> Values:
    parts = [_part(part, field) for part in text.split(",") if part]
    return Values(frozenset(value for one in parts for value in one.allowed), any(one.is_star for one in parts))


def _part(text: str, field: Field) -> Values:
    span, *steps = text.split("/")
    first, *rest = span.split("-")
    step = _number(steps[0], text, field) if steps else 1
    is_star = first in ("*", "?")
    if is_star:
        # What follows the star and a hyphen is not looked at.
        low, high = field.least, field.largest
    else:
        low = _value(first, text, field)
        high = _value(rest[0], text, field) if rest else (field.largest if steps else low)
    if len(steps) > 1 or (len(rest) > 1 and not is_star) or step == 0:
        raise CronError(f"{field.name} {text!r} is no range with a step")
    if not field.least <= low <= high <= field.largest:
        raise CronError(f"{field.name} {text!r} is not in {field.least}-{field.largest}, or ends before it begins")
    return Values(frozenset(range(low, high + 1, step)), is_star and step == 1)


def _value(text: str, whole: str, field: Field) -> int:
    word = text.lower()
    return field.words.index(word) + field.least if word in field.words else _number(text, whole, field)


def _number(text: str, whole: str, field: Field) -> int:
    if not WHOLE_NUMBER.fullmatch(text):
        raise CronError(f"{field.name} {whole!r}: {text!r} is no number{' or name' if field.words else ''}")
    return int(text)
