"""Write a sequence of actions as a Gherkin scenario, in the phrases of ``steps/``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from harness.search.actions import Action, BackUp, By, Delete, Restore, Source, Tenant, UseRepository
from harness.search.found import Check, Found

FIRST = datetime.fromisoformat("2024-01-20T10:00:00+00:00")
"""The instant of the first backup that a scenario writes as one of the past."""

Line = tuple[str, str, list[list[str]]]
"""The keyword, the phrase and the table of a step."""


def scenario(found: Found, actions: Sequence[Action], title: str) -> str:
    """Return a scenario that shows what was found. The last action is the one that shows it.

    Args:
        found: What was found.
        actions: The smallest sequence that shows it.
        title: The name of the scenario.
    """
    lines = [f"@{found.claim} @literal-namespaces", f"Scenario: {title}"]
    keyword = ""
    for kind, phrase, table in _steps(found, actions):
        lines.append(f"  {'And' if kind == keyword else kind} {phrase}")
        lines += [f"    {row}" for row in _table(table)]
        keyword = kind
    return "\n".join(lines)


def _steps(found: Found, actions: Sequence[Action]) -> Iterator[Line]:
    if found.check is Check.APART:
        yield from _two(found, actions)
    elif found.check is Check.JOB_HAS:
        yield from _asked(found, actions[-1])
    else:
        yield from _told(found, actions)


def _two(found: Found, actions: Sequence[Action]) -> Iterator[Line]:
    """Yield the steps of two sources with one identity."""
    sources = {one.source.tenant: one.source for one in actions if isinstance(one, BackUp)}
    pair = [sources[one] for one in (found.tenant, found.other) if one in sources]
    if found.is_finding:
        # A finding is not shrunk: no rule of the document lets these fields change an identity.
        pair = [replace(one, claim="", latest=0) for one in pair]
    for source in pair:
        yield _declared(source)
    yield "When", "every source is backed up", []
    check = "the backups have 2 different identities"
    yield "Then", f"record whether {check}" if found.is_finding else check, []


def _asked(found: Found, action: Action) -> Iterator[Line]:
    """Yield the steps of a destination whose Job has an identity."""
    if isinstance(action, Restore) and found.identity:
        fields = action.fields(None, (found.identity.username, found.identity.hostname))
        where = f'the destination "{action.destination}" in namespace "{action.where}"'
        yield "When", f"{where} is reconciled without running its mover, with:", _fields(fields)
        yield "Then", f'its Job has username "{found.identity.username}" and hostname "{found.identity.hostname}"', []


def _told(found: Found, actions: Sequence[Action]) -> Iterator[Line]:
    """Yield a step for each action, and the check."""
    written: dict[Tenant, Source] = {}
    as_past = found.check is Check.HOLDS_OLDER
    past: list[str] = []
    for action in actions:
        is_last = action is actions[-1]
        if isinstance(action, UseRepository):
            namespace, repository = action.namespace, action.repository
            yield (
                "Given",
                f'the repository Secret of namespace "{namespace}" is changed to the repository "{repository}"',
                [],
            )
        elif isinstance(action, Delete):
            yield "Given", f"{_named(action.tenant)} is deleted and created again", []
        elif isinstance(action, BackUp):
            if written.get(action.source.tenant) != action.source:
                yield _declared(action.source)
            written[action.source.tenant] = action.source
            if as_past and action.source.tenant == found.tenant:
                past.append((FIRST + timedelta(hours=len(past))).strftime("%Y-%m-%dT%H:%M:%SZ"))
                yield "Given", f"{_named(found.tenant)} was backed up at:", [[past[-1]]]
            else:
                yield "When", f"{_named(action.source.tenant)} is backed up", []
        else:
            yield from _restored(found, action, written, is_last=is_last)
    yield from _checked(found, past, actions)


def _restored(found: Found, action: Restore, written: Mapping[Tenant, Source], *, is_last: bool) -> Iterator[Line]:
    source = written.get(action.tenant)
    if is_last and found.check is Check.HOLDS_OLDER and source:
        # The step of the check judges the source that was declared last.
        yield _declared(source)
    if is_last and found.check is Check.UNCHANGED:
        yield "Given", "every kopia manifest (snapshot or policy) of the repository is noted", []
    identity = (found.identity.username, found.identity.hostname) if found.identity else ("", "")
    if action.by is By.EXPLICIT and source and not found.identity:
        identity = (source.username or action.tenant.name, source.hostname or action.tenant.namespace)
    fields = action.fields(source, identity)
    where = f'the destination "{action.destination}" in namespace "{action.where}" restores'
    yield "When", f"{where} with:" if fields else where, _fields(fields) if fields else []


def _checked(found: Found, past: Sequence[str], actions: Sequence[Action]) -> Iterator[Line]:
    name, namespace = found.tenant.name, found.tenant.namespace
    identity = found.identity
    if found.check is Check.HOLDS and not isinstance(actions[-1], Restore):
        return
    table: list[list[str]] = []
    if found.check is Check.RECORDED_AS and identity:
        phrase = f'it is recorded under username "{identity.username}" and hostname "{identity.hostname}"'
    elif found.check is Check.COUNTS:
        phrase = "the sources have this many snapshots:"
        table = [["name", "namespace", "snapshots"], [name, namespace, str(found.number)]]
    else:
        phrase = {
            Check.ONE_IDENTITY: f"the backups have {_identities(actions)} different identities",
            Check.RECORDED_ONCE: "it is recorded once",
            Check.FAILS: "the restore fails",
            Check.UNCHANGED: "every kopia manifest of the repository is as it was",
            Check.HOLDS: f'its volume holds exactly the data of source "{name}" in namespace "{namespace}"',
            Check.HOLDS_OLDER: f'its volume holds exactly the backup of "{past[found.number] if past else ""}"',
        }[found.check]
    yield "Then", phrase, table


def _identities(actions: Sequence[Action]) -> int:
    return len({one.source.names for one in actions if isinstance(one, BackUp)})


def _declared(source: Source) -> Line:
    rows = _fields(source.fields) if source.fields else []
    return "Given", f"a {_named(source.tenant).removeprefix('the ')}{' with:' if rows else ''}", rows


def _named(tenant: Tenant) -> str:
    return f'the source "{tenant.name}" in namespace "{tenant.namespace}"'


def _fields(fields: Mapping[str, str]) -> list[list[str]]:
    return [["field", "value"], *([field, value] for field, value in fields.items())]


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
