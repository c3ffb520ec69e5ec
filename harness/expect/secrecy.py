"""Judge whether passwords and keys stayed secret in a scenario."""

from __future__ import annotations

from harness.errors import NotAsked
from harness.expect.ending import equal
from harness.scenario.record import Record


def no_secret_is_shown(record: Record) -> None:
    """Check that no log, object, Job or command line shows a password or key.

    Raises:
        Divergence: A password or key is visible. The message names the places.
        NotAsked: None was found, but the harness could not see all command lines of the mover, so this proves nothing.
    """
    places = sorted({leak.place for leak in record.leaks()})
    equal("where a password or key can be read", expected=[], seen=places, oracle="harness")
    blind = [sync.result.blind for sync in record.syncs if sync.result and sync.result.blind]
    if blind:
        raise NotAsked(f"no secret was seen, but the command lines of the mover's processes cannot be: {blind[0]}")
