"""Tell for each source how its history is kept: how many snapshots, how old, with which gaps, and what is left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from harness.audit import schedule
from harness.audit.account import counted
from harness.audit.assignment import Assignment
from harness.audit.histories import Histories, History
from harness.audit.organisation import Declared
from harness.audit.rules import Asked
from harness.audit.schedule import Schedule, ScheduleError
from harness.kopia import retention
from harness.kopia.listing import ListedSnapshot
from harness.kopia.policies import Policies
from harness.volsync.declared import is_paused, retain_of, schedule_of
from harness.volsync.kinds import is_source

LATE_AFTER = 2
"""A source is stale if this many runs are missing: one may be running at this moment."""
PERIODS_JUDGED = 400
IGNORED = "not judged: ignoreIdenticalSnapshots of the policy saves no snapshot while the data does not change"


class State(StrEnum):
    """How the history of a source is kept."""

    GOOD = "good"
    STALE = "stale"
    NEVER = "never"
    REFUSED = "refused"
    OPEN = "open"
    ELSEWHERE = "elsewhere"
    NOT_JUDGED = "not-judged"


@dataclass(frozen=True)
class Upkeep:
    """The history of one source.

    Attributes:
        source: The source.
        state: How its history is kept.
        why: The reason in one sentence; "" if it is good.
        asked: Its identity and path, or None.
        history: Its history, or None.
        schedule: Its schedule as written; "" if it has none.
        missed: The number of scheduled runs since the newest snapshot, or None without a schedule.
        gaps: The periods in which a run was due, that retention covers, and that have no snapshot.
        left: What the retention policy of the source leaves of the history, newest first.
        ends_incomplete: True if the newest snapshot lacks files.
        never_runs: True if no day matches its schedule.
    """

    source: Declared
    state: State
    why: str = ""
    asked: Asked | None = None
    history: History | None = None
    schedule: str = ""
    missed: int | None = None
    gaps: Sequence[str] = ()
    left: Sequence[ListedSnapshot] = ()
    ends_incomplete: bool = False
    never_runs: bool = False


@dataclass(frozen=True)
class Clock:
    """The instant of the audit, and the age after which a source without a schedule is stale."""

    now: datetime
    stale_after: timedelta | None = None


def upkeep(
    assignment: Assignment, histories: Histories | None, clock: Clock, policies: Policies | None = None
) -> list[Upkeep]:
    """Return the state of each source, those with open variables last."""
    organisation = assignment.organisation
    opened = [one for one in organisation.open if is_source(one.ref)]
    known = policies or Policies()
    return [_of(assignment, histories, clock, known, one) for one in (*organisation.sources, *opened)]


def _of(assignment: Assignment, histories: Histories | None, clock: Clock, policies: Policies, one: Declared) -> Upkeep:
    if opened := assignment.opened(one):
        return Upkeep(one, State.OPEN, opened)
    if one in assignment.refused:
        return Upkeep(one, State.REFUSED, assignment.refused[one])
    asked, place, planned = assignment.asked[one], assignment.place(one), schedule_of(one.manifest)
    if not place.is_audited:
        return Upkeep(one, State.ELSEWHERE, f"it backs up into {place.key}", asked, schedule=planned)
    if histories is None:
        return Upkeep(one, State.NOT_JUDGED, "no list of snapshots was given", asked, schedule=planned)
    keep = policies.keep(asked.identity, asked.path, retain_of(one.manifest))
    found = _judged(one, asked, histories.of(asked), planned, clock, keep)
    return _without_age(found) if policies.ignores_identical(asked.identity, asked.path) else found


def _without_age(one: Upkeep) -> Upkeep:
    """Return a source without the answers that follow from the age of its snapshots."""
    if one.never_runs or not (one.gaps or one.state is State.STALE):
        return one
    why = one.why or f"{counted(len(one.gaps), 'period')} without a snapshot"
    return replace(one, state=State.GOOD, why=f"{why}; {IGNORED}", gaps=())


def _judged(
    one: Declared, asked: Asked, history: History, planned: str, clock: Clock, keep: Mapping[str, int]
) -> Upkeep:
    left = retention.kept(history.listed, keep)
    last = history.listed[-1] if history.listed else None
    ends_incomplete = last is not None and bool(last.record.incomplete or last.failed_files)
    state, why, missed, gaps = State.GOOD, "", None, list[str]()
    try:
        runs = schedule.parse(planned) if planned else None
    except ScheduleError as error:
        return Upkeep(one, State.REFUSED, f"spec.trigger.schedule: {planned!r} is no schedule: {error}", asked,
                      history, planned)  # fmt: skip
    newest = history.newest
    never_runs = bool(runs and runs.never_runs)
    if newest is None:
        never = f"; no day matches the schedule {planned}" if never_runs else ""
        state, why = State.NEVER, f"no whole snapshot of {asked}{never}"
    else:
        age = clock.now - newest.record.end
        missed = runs.missed(newest.record.start, clock.now) if runs else None
        gaps = _gaps(history.whole, runs, keep, clock.now) if runs else []
        if never_runs:
            state, why = State.STALE, f"no day matches the schedule {planned}; the newest is {in_words(age)} old"
        elif missed is not None and missed >= LATE_AFTER:
            state, why = State.STALE, f"{missed} scheduled runs without a snapshot; the newest is {in_words(age)} old"
        elif clock.stale_after is not None and age > clock.stale_after:
            state, why = State.STALE, f"the newest snapshot is {in_words(age)} old"
    if is_paused(one.manifest):
        why = f"{why}; it is paused" if why else "it is paused"
    return Upkeep(one, state, why, asked, history, planned, missed, gaps, left, ends_incomplete, never_runs)


def _gaps(whole: Sequence[ListedSnapshot], runs: Schedule, keep: Mapping[str, int], now: datetime) -> list[str]:
    """Return the periods between the oldest and the newest snapshot that should have one and have none."""
    pause = runs.longest_pause(now)
    starts = [one.record.start.astimezone(UTC) for one in whole]
    oldest, newest = min(starts), max(starts)
    found = []
    for period, length in retention.LENGTHS.items():
        if length < pause or not keep[period]:
            continue
        in_period = retention.PERIODS[period]
        present = {in_period(start) for start in starts}
        back = [retention.periods_back(period, newest, number) for number in range(min(keep[period], PERIODS_JUDGED))]
        expected = dict.fromkeys(in_period(instant) for instant in back if instant > oldest)
        found += [f"{period} {name}" for name in expected if name not in present]
    return found


def in_words(age: timedelta) -> str:
    """Return a duration in the largest unit of which it has at least two."""
    seconds = int(age.total_seconds())
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if abs(seconds) >= 2 * length:
            return f"{seconds // length} {unit}"
    return f"{seconds} s"
