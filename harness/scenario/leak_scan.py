"""Search everything that a scenario leaves behind for secrets."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from harness.scenario.record import Leak
from harness.scenario.sync import Sync
from harness.system import secret_forms
from harness.system.process import Call


def leaks(
    syncs: Sequence[Sync], calls: Sequence[Call], secrets: Mapping[str, Collection[str]], told: Mapping[str, object]
) -> tuple[Leak, ...]:
    """Return the places that show one of the secrets, in any form of harness.system.secret_forms.

    Args:
        syncs: The syncs with their logs, Jobs, messages, and the command lines of their movers.
        calls: The processes that the harness started.
        secrets: The values that must stay secret, by their kind.
        told: Anything else that a user can read, by the name of its place: a text, or an object of the API.

    Returns:
        The places with the kinds of secrets that they show. The secret is removed from a shown command line.
    """
    everything = [secret for some in secrets.values() for secret in some]
    found = {
        (secret_forms.hidden(place, everything), kind)
        for place, value in [*_of_syncs(syncs), *_of_calls(calls), *told.items()]
        for kind, some in secrets.items()
        if any(secret_forms.shows(text, some) for text in secret_forms.texts(value))
    }
    return tuple(Leak(place, kind) for place, kind in sorted(found))


def _of_syncs(syncs: Sequence[Sync]) -> Iterator[tuple[str, object]]:
    for sync in syncs:
        yield f"the status of {sync.ref}", (sync.refused, sync.status, sync.messages, sync.log_shown)
        if sync.job:
            yield f"the environment of {sync.ref}", sync.job.env
            yield f"the arguments of {sync.ref}", sync.job.args
            yield f"the Job of {sync.ref}", sync.job.declared
        if sync.result:
            yield f"the log of {sync.ref}", sync.result.log
            for line in sync.result.command_lines:
                yield f"a command line of the mover of {sync.ref}: {line}", line


def _of_calls(calls: Sequence[Call]) -> Iterator[tuple[str, object]]:
    for call in calls:
        yield f"a command line of the harness: {' '.join(call.args)}", call.args
