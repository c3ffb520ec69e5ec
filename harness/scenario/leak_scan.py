"""Where a secret can be read, in all that a scenario leaves to be read."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from harness.scenario.sync import Sync
from harness.system import secret_forms
from harness.system.process import Call


def shown(
    syncs: Sequence[Sync], calls: Sequence[Call], secrets: Collection[str], told: Mapping[str, object]
) -> list[str]:
    """Return the places in which one of the secrets can be read, in any form of harness.system.secret_forms.

    Args:
        syncs: Their logs, Jobs, messages, and the command lines of all processes of their movers.
        calls: The processes that the harness started.
        secrets: What nobody may read.
        told: By the name of its place, anything else that a user can read: a text, or an object of the API.

    Returns:
        The places; a command line is shown without the secret.
    """
    places = [*_of_syncs(syncs), *_of_calls(calls), *told.items()]
    found = [
        place for place, value in places if any(secret_forms.shows(text, secrets) for text in secret_forms.texts(value))
    ]
    return sorted({secret_forms.hidden(place, secrets) for place in found})


def blind(syncs: Sequence[Sync]) -> str:
    """Return why the command lines of a mover were not all seen; "" where they were."""
    return next((sync.result.blind for sync in syncs if sync.result and sync.result.blind), "")


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
