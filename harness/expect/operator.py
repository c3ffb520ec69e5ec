"""Judge the operator's status, its discovery, and the mover's log."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from harness.document.parts import Part
from harness.errors import Divergence
from harness.expect.ending import equal, succeeded
from harness.model import Identity, ObjectRef, SnapshotRecord
from harness.scenario.preconditions import identity_of_job, require_job
from harness.scenario.record import Record
from harness.scenario.sync import Ending, Sync
from harness.volsync import queries
from harness.volsync.discovery import LineField, listed_snapshots, of_identity
from harness.volsync.status import COUNT, IDENTITY, LATEST, StatusField, identities, listed_identities

STATUS = "operator's status"
AVAILABLE, REQUESTED = StatusField.AVAILABLE_IDENTITIES.value, StatusField.REQUESTED_IDENTITY.value
START, END = LineField.START.value, LineField.END.value
OVERRIDE = r"--override-{part}[= ]['\"]?{value}(?=['\"\s\]]|$)"
ANY_OVERRIDE = re.compile(r"--override-(username|hostname)")
SHOWN = 3
"""The number of wrong snapshots that a failure names."""

REFUSES = re.compile(
    r"unknown|not (be )?(allowed|supported|permitted|valid|accepted|used|given|set)|n[o']t exist|invalid|unsupported"
    r"|removed|refus|reject|forbid|disallow|can ?not|can't|(may|must|should) not|mustn't|den(y|ied)|illegal|prohibit"
    r"|reserved|\berror\b|no such|fail|instead",
    re.IGNORECASE,
)
"""Matches messages that refuse an argument: from kopia, or from a mover that refuses the argument itself."""


def lists(sync: Sync, expected: Mapping[str, int]) -> None:
    """Check that a destination's status lists exactly these identities, each once and with this number of snapshots."""
    listed = listed_identities(sync.status)
    names = [str(one.identity) for one in listed]
    twice = [name for name, number in Counter(names).items() if number > 1]
    equal(f"identities that {sync.ref} lists more than once", expected=[], seen=twice, oracle=STATUS,
          cause=AVAILABLE)  # fmt: skip
    shown = {str(one.identity): one.snapshots for one in listed}
    equal(f"the identities that {sync.ref} lists", expected=dict(expected), seen=shown, oracle=STATUS,
          detail=sync.note, cause=AVAILABLE)  # fmt: skip


def snapshots_by_identity(record: Record) -> Mapping[str, int]:
    """Return the number of snapshots of each identity in the repository.

    Raises:
        Divergence: The repository holds no snapshot.
    """
    return Counter(str(snapshot.identity) for snapshot in _snapshots(record))


def lists_repository(record: Record, sync: Sync) -> None:
    """Check that a destination's status lists every identity of the repository with the number of its snapshots."""
    lists(sync, snapshots_by_identity(record))


def latest(sync: Sync, identity: str, instant: str) -> None:
    """Check that the status entry of an identity gives this RFC 3339 instant as its latest snapshot."""
    wanted = datetime.fromisoformat(instant)
    _names_instant(sync, identity, wanted, wanted)


def latest_of_repository(record: Record, sync: Sync) -> None:
    """Check that every status entry gives the instant of the newest snapshot of its identity in the repository.

    The document does not say whether the start or the end of a snapshot counts, and a status may give whole seconds. So
    each instant from the start to the end passes, to the second.
    """
    newest = {one.identity: one for one in sorted(_snapshots(record), key=lambda one: one.end)}
    for identity, snapshot in newest.items():
        _names_instant(sync, str(identity), snapshot.start, snapshot.end)


def entries_are_whole(sync: Sync) -> None:
    """Check that every status entry has an identity, a number of snapshots and an RFC 3339 instant."""
    entries, whole = identities(sync.status), f"{IDENTITY}, {COUNT} and {LATEST}"
    if not entries:
        equal(f"the identities of {sync.ref}", expected="some", seen="none", oracle=STATUS, cause=AVAILABLE)
    for entry, one in zip(entries, listed_identities(sync.status), strict=True):
        seen = f"no {', '.join(one.lacking)} in {dict(entry)}" if one.lacking else whole
        equal(f"an entry of {sync.ref}", expected=whole, seen=seen, oracle=STATUS, cause=AVAILABLE)


def query_yields_tenants(record: Record, sync: Sync, expression: str) -> None:
    """Check that the documented jq query on the output of kubectl yields one complete object for each identity."""
    results = [one for one in _query(record, sync, expression) if isinstance(one, Mapping)]
    equal("the identities that the documented query yields", expected=sorted(snapshots_by_identity(record)),
          seen=sorted(str(one.get("identity")) for one in results), oracle="jq", detail=str(results),
          cause="a documented query")  # fmt: skip
    for one in results:
        lacking = [key for key in ("identity", "snapshots", "latest") if one.get(key) is None]
        equal(f"what the documented query leaves empty for {one['identity']}", expected=[], seen=lacking, oracle="jq",
              cause="a documented query")  # fmt: skip


def query_yields_identities(record: Record, sync: Sync, expression: str, expected: Sequence[str]) -> None:
    """Check that a documented query yields exactly these identities, as text or as entries of the status."""
    results = _query(record, sync, expression)
    seen = [str(one.get("identity")) if isinstance(one, Mapping) else str(one) for one in results]
    equal("what the documented query yields", expected=sorted(expected), seen=sorted(seen), oracle="jq",
          cause="a documented query")  # fmt: skip


def each_names_one(record: Record, sync: Sync) -> None:
    """Check that the status lists each identity of the repository under a different text."""
    listed = sorted({str(one.identity) for one in listed_identities(sync.status)})
    number = len({snapshot.identity for snapshot in _snapshots(record)})
    if not listed:
        raise Divergence(f"the identities of {sync.ref}", expected="some", seen="none", oracle=STATUS, roots=("DI_1",))
    equal("the number of names for the identities", expected=number, seen=len(listed), oracle=STATUS,
          detail=", ".join(listed))  # fmt: skip


def requested(record: Record, sync: Sync, query: str, identity: Identity) -> None:
    """Check that the documented jsonpath query yields the identity that the destination requested."""
    asked = identity_of_job(sync)
    what, cause = f"{REQUESTED} of {sync.ref}", REQUESTED
    equal(what, expected=identity, seen=asked, oracle="operator's Job", part=Part.CONTROLLER, cause=cause)
    try:
        seen = queries.jsonpath(query, record.as_json(sync.ref))
    except queries.QueryFailed as problem:
        seen = f"nothing: {problem}"
    equal(what, expected=str(identity), seen=seen, oracle=STATUS, part=Part.CONTROLLER, cause=cause)


def requested_host_is(sync: Sync, hostname: str) -> None:
    """Check that the text after the last ``@`` of the requested identity is ``hostname``."""
    if not sync.requested:
        raise Divergence(f"{REQUESTED} of {sync.ref}", expected="an identity", seen="none", oracle=STATUS,
                         roots=("IS_3",))  # fmt: skip
    equal(
        f"what follows the @ in {REQUESTED} of {sync.ref}",
        expected=hostname,
        seen=sync.requested.rpartition("@")[2],
        oracle=STATUS,
    )


def description_shows(record: Record, ref: ObjectRef, username: str, hostname: str) -> None:
    """Check that the text which the operator adds to ``kubectl describe`` of a source shows its identity.

    Both forms pass: ``username@hostname``, or each part after a word that names it.
    """
    text = record.described(ref)
    whole = re.search(rf"(?<![\w.@-]){re.escape(username)}@{re.escape(hostname)}(?![\w@-])", text)
    parts = [
        re.search(rf"{part}\W.{{0,30}}?(?<![\w.-]){re.escape(value)}(?![\w-])", text, re.IGNORECASE)
        for part, value in (("user(name)?", username), ("host(name)?", hostname))
    ]
    if not whole and not all(parts):
        raise Divergence(f"the description of {ref}", expected=f"shows the identity {username}@{hostname}",
                         seen=text or "nothing", oracle="operator", cause="kubectl describe of a source")  # fmt: skip


def search_finds_identity(sync: Sync, pattern: str, identity: Identity) -> None:
    """Check that the documented search finds the identity in the mover's log."""
    succeeded(sync)
    found = "\n".join(queries.grep(pattern, mover_log(sync)))
    for part in (identity.username, identity.hostname):
        if not re.search(rf"(?<![\w-]){re.escape(part)}(?![\w-])", found):
            raise Divergence(f"what the documented search finds in the log of {sync.ref}",
                             expected=f"a line with {part!r}", seen=found or "nothing", oracle="mover's log",
                             part=Part.MOVER, cause="the identity in the mover's log")  # fmt: skip


def log_shows_override_at(sync: Sync, command: str, identity: Identity) -> None:
    """Check that a log line shows a kopia command with both overrides.

    Both ``--flag=value`` and ``--flag value`` pass.
    """
    succeeded(sync)
    found = [line for line in mover_log(sync).splitlines() if _is_command(line, command)]
    flags = [
        OVERRIDE.format(part=part, value=re.escape(value))
        for part, value in (("username", identity.username), ("hostname", identity.hostname))
    ]
    if not any(all(re.search(flag, line) for flag in flags) for line in found):
        raise Divergence(f"{command!r} in the log of {sync.ref}", expected=f"with the overrides of {identity}",
                         seen="\n".join(found) or "no such command", oracle="mover's log", part=Part.MOVER,
                         cause=f"{command} in the mover's log")  # fmt: skip


def log_shows_no_override_at(sync: Sync, command: str) -> None:
    """Check that no log line shows a kopia command with an override of the identity."""
    succeeded(sync)
    lines = [line for line in mover_log(sync).splitlines() if _is_command(line, command)]
    wrong = [line for line in lines if ANY_OVERRIDE.search(line)]
    equal(f"overrides at {command!r}", expected=[], seen=wrong, oracle="mover's log", part=Part.MOVER,
          cause=f"{command} in the mover's log")  # fmt: skip


def refusal_of_flag_is_shown(sync: Sync, flag: str) -> None:
    """Check that the log of a failed mover, the API or the operator reports the refusal of a flag.

    A line of a log that only repeats the flag does not pass. An operator may refuse the flag itself, and make no Job:
    then its message is the refusal, in whatever words, if it names the flag.
    """
    has_log = sync.result is not None or sync.ending not in (Ending.FAILED, Ending.REFUSED)
    log = mover_log(sync) if has_log else ""
    shown = [line for line in (*log.splitlines(), *sync.said.splitlines()) if flag in line]
    if any(REFUSES.search(line) or not has_log for line in shown):
        return
    oracle = "mover's log" if has_log else "API" if sync.refused else "operator"
    raise Divergence(f"the log of {sync.ref}" if has_log else f"what the user of {sync.ref} is told",
                     expected=f"says that {flag} is refused", seen="\n".join(shown) or log or sync.said or "nothing",
                     oracle=oracle, cause="the refusal of a flag is not shown")  # fmt: skip


def discovery_lines_are_right(record: Record, sync: Sync) -> None:
    """Check that the mover prints one correct line for each snapshot.

    A line has the id, identity and path of the snapshot, and its start and end to the second.
    """
    found = {str(line.id): line for line in listed_snapshots(mover_log(sync))}
    snapshots = {snapshot.id: snapshot for snapshot in _snapshots(record)}
    missing = [f"{one.identity} of {one.start:%F %T}" for number, one in snapshots.items() if number not in found]
    unknown = [number for number in found if number not in snapshots]
    if missing or unknown:
        equal("the snapshots that the mover lists", expected=f"all {len(snapshots)} of the repository, and no other",
              seen=f"{len(missing)} missing {missing[:SHOWN]}, {len(unknown)} unknown {unknown[:SHOWN]}",
              oracle="mover's log", part=Part.MOVER, cause="the mover's discovery")  # fmt: skip
    for number, snapshot in snapshots.items():
        line, identity = found[number], snapshot.identity
        wanted = of_identity(identity.username, identity.hostname, snapshot.path)
        shown = of_identity(line.username, line.hostname, line.path)
        equal(f"the line of snapshot {number}", expected=wanted, seen=shown, oracle="mover's log", part=Part.MOVER,
              cause="the mover's discovery")  # fmt: skip
        for key, written, instant in ((START, line.start, snapshot.start), (END, line.end, snapshot.end)):
            seen = _rfc3339(f"{key} of snapshot {number}", written)
            if not _within(seen, instant, instant):
                equal(f"{key} of snapshot {number}", expected=instant, seen=seen, oracle="mover's log", part=Part.MOVER,
                      cause="the mover's discovery")  # fmt: skip


def mover_log(sync: Sync) -> str:
    """Return the log of a sync's mover.

    Raises:
        Blocked: The operator created no Job.
        Divergence: There was a Job, but no mover ran.
    """
    require_job(sync)
    if sync.result is None:
        raise Divergence(f"the mover of {sync.ref}", expected="it ran", seen=sync.said or sync.note, oracle="operator")
    return sync.result.log


def _is_command(line: str, command: str) -> bool:
    """Return True if a line holds the words of a kopia command in order. Flags may stand between them."""
    first, second = command.split()
    return re.search(rf"\b{first}\b(\s+-\S+)*\s+{second}\b", line) is not None


def _snapshots(record: Record) -> Sequence[SnapshotRecord]:
    records = record.snapshots()
    if not records:
        raise Divergence("the repository", expected="snapshots to list", seen="none", oracle="repository",
                         roots=("BA_1",))  # fmt: skip
    return records


def _names_instant(sync: Sync, identity: str, begin: datetime, end: datetime) -> None:
    what = f"the latest snapshot of {identity}"
    entry = next((entry for entry in identities(sync.status) if entry.get(IDENTITY) == identity), {})
    seen = _rfc3339(what, entry.get(LATEST, "nothing"))
    if not _within(seen, begin, end):
        expected = end.isoformat() if begin == end else f"from {begin.isoformat()} to {end.isoformat()}"
        equal(what, expected=expected, seen=seen.isoformat(), oracle=STATUS, cause=LATEST)


def _within(seen: datetime, begin: datetime, end: datetime) -> bool:
    """Return True if an instant lies between two others. It may be rounded down to whole seconds."""
    return begin.replace(microsecond=0) <= seen <= end + timedelta(microseconds=1)


def _rfc3339(what: str, value: object) -> datetime:
    try:
        seen = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", str(value)))
    except ValueError:
        seen = None
    if seen is None or seen.tzinfo is None:
        raise Divergence(what, expected="an RFC 3339 instant", seen=value, oracle=STATUS, cause="an instant")
    return seen.astimezone(UTC)


def _query(record: Record, sync: Sync, expression: str) -> list[Any]:
    """Run a documented query on an object, as kubectl prints it.

    Raises:
        Divergence: The query cannot be applied, because the operator left something out.
    """
    try:
        return queries.jq(expression, record.as_json(sync.ref))
    except queries.QueryFailed as problem:
        raise Divergence("the documented query", expected="it works", seen=str(problem), oracle="jq",
                         cause="a documented query") from None  # fmt: skip
