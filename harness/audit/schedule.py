"""Read the schedule of a source, in the forms that the operator's cron accepts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError

NAMED = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
EVERY = re.compile(r"@every\s+(?:(?P<hours>\d+)h)?(?:(?P<minutes>\d+)m)?(?:(?P<seconds>\d+)s)?")
ZONE = re.compile(r"(?:CRON_)?TZ=(?P<zone>\S+)\s+(?P<rest>.+)")
COUNTED = 100
"""More missed runs than this are not counted."""
SAMPLE = 10


class ScheduleError(Exception):
    """A schedule cannot be read; the message says why."""


@dataclass(frozen=True)
class Schedule:
    """A schedule: a cron expression in a time zone, or an interval."""

    expression: str
    zone: ZoneInfo | None = None
    every: timedelta | None = None

    def missed(self, since: datetime, now: datetime) -> int:
        """Return the number of runs after an instant and not after now; not more than COUNTED."""
        if self.every is not None:
            return min(COUNTED, max(0, (now - since) // self.every))
        number = 0
        for run in islice(self._runs(now + timedelta(seconds=1), reverse=True), COUNTED):
            if run <= since:
                break
            number += 1
        return number

    def longest_pause(self, now: datetime) -> timedelta:
        """Return the longest time between two of the last runs."""
        if self.every is not None:
            return self.every
        runs = list(islice(self._runs(now, reverse=True), SAMPLE))
        return max((later - earlier for later, earlier in pairwise(runs)), default=timedelta.max)

    def _runs(self, start: datetime, *, reverse: bool) -> Iterator[datetime]:
        zone = self.zone or UTC
        return iter(CronSim(self.expression, start.astimezone(zone), reverse=reverse))


def parse(text: str) -> Schedule:
    """Return a schedule.

    Raises:
        ScheduleError: The text is no schedule.
    """
    zone = None
    if found := ZONE.fullmatch(text.strip()):
        try:
            zone, text = ZoneInfo(found["zone"]), found["rest"]
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ScheduleError(f"{found['zone']} is no time zone") from None
    text = text.strip()
    if text.startswith("@every"):
        return _interval(text)
    expression = NAMED.get(text, text)
    try:
        CronSim(expression, datetime.now(UTC))
    except CronSimError as error:
        raise ScheduleError(str(error)) from None
    return Schedule(expression, zone)


def _interval(text: str) -> Schedule:
    found = EVERY.fullmatch(text)
    parts = {unit: int(number) for unit, number in found.groupdict(default="0").items()} if found else {}
    if not any(parts.values()):
        raise ScheduleError("write @every with hours, minutes or seconds, such as @every 6h")
    try:
        return Schedule(text, every=timedelta(**parts))
    except OverflowError:
        raise ScheduleError("the interval is too long") from None
