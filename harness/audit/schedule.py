"""Read the schedule of a source, in the forms that the operator's cron accepts: robfig/cron v3, ``ParseStandard``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from fractions import Fraction
from itertools import islice, takewhile
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from harness.audit import cron
from harness.audit.cron import Cron, CronError

NAMED = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
EVERY = "@every "
UNITS_NS = {
    "ns": 1, "us": 10**3, "µs": 10**3, "μs": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9,
}  # fmt: skip
PART = re.compile(r"([0-9]+\.?[0-9]*|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h)")
DURATION = re.compile(rf"[+-]?(0|(?:{PART.pattern})+)")
LONGEST_NS, SECOND_NS = 2**63 - 1, 10**9
ZONES = ("TZ=", "CRON_TZ=")
IN_CONTAINER = ("", "UTC", "Local")
"""Names of the time zone of the operator: in a container that is UTC."""
COUNTED = 100
"""More missed runs than this are not counted."""
SAMPLE = 10


class ScheduleError(Exception):
    """A schedule cannot be read; the message says why."""


@dataclass(frozen=True)
class Schedule:
    """A schedule: an interval, or a cron expression in a time zone."""

    every: timedelta | None = None
    cron: Cron | None = None
    zone: tzinfo = UTC

    @property
    def never_runs(self) -> bool:
        """Return True if no instant matches, such as for the 31st of February."""
        return self.cron is not None and self.cron.never_runs

    def missed(self, since: datetime, now: datetime) -> int:
        """Return the number of runs after an instant and not after now; not more than COUNTED."""
        if self.every is not None:
            return min(COUNTED, max(0, (now - since) // self.every))
        runs = self.cron.before(now, self.zone) if self.cron else iter(())
        return sum(1 for _ in islice(takewhile(lambda run: run > since, runs), COUNTED))

    def longest_pause(self, now: datetime) -> timedelta:
        """Return the longest time between two of the last runs."""
        if self.every is not None:
            return self.every
        runs = self.cron.before(now, self.zone) if self.cron else iter(())
        return cron.longest_between(list(islice(runs, SAMPLE)))


def parse(text: str) -> Schedule:
    """Return a schedule.

    Raises:
        ScheduleError: The text is no schedule.
    """
    zone: tzinfo = UTC
    if text.startswith(ZONES):
        name, space, rest = text.partition("=")[2].partition(" ")
        if not space:
            raise ScheduleError("nothing follows the time zone")
        zone, text = _zone(name), rest.strip()
    if text.startswith(EVERY):
        return _interval(text.removeprefix(EVERY))
    if text.startswith("@") and text not in NAMED:
        raise ScheduleError(f"write {', '.join(NAMED)}, or @every with a duration such as 6h")
    try:
        return Schedule(cron=cron.parse(NAMED.get(text, text)), zone=zone)
    except CronError as error:
        raise ScheduleError(str(error)) from None


def _zone(name: str) -> tzinfo:
    if name in IN_CONTAINER:
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ScheduleError(f"{name} is no time zone") from None


def _interval(text: str) -> Schedule:
    """Return an interval: a duration of Go, of whole seconds and of at least one."""
    if not DURATION.fullmatch(text):
        raise ScheduleError("write @every with hours, minutes or seconds, such as @every 6h")
    length = sum(Fraction(number.rstrip(".")) * UNITS_NS[unit] for number, unit in PART.findall(text))
    if length > LONGEST_NS:
        raise ScheduleError("the interval is too long")
    is_negative = text.startswith("-")
    return Schedule(every=timedelta(seconds=1 if is_negative else max(1, int(length // SECOND_NS))))
