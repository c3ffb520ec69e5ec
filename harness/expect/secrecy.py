"""Judge whether a scenario kept its passwords and keys to itself."""

from __future__ import annotations

from harness.errors import NotAsked
from harness.expect.ending import equal
from harness.scenario.record import Record


def no_secret_is_shown(record: Record) -> None:
    """Check that no password or key can be read in a log, an object, a Job or a command line.

    Raises:
        Divergence: One can be read; the places are named.
        NotAsked: None was seen, but not all command lines of the mover could be: that is no proof.
    """
    places = sorted({leak.place for leak in record.leaks()})
    equal("where a password or key can be read", expected=[], seen=places, oracle="harness")
    blind = [sync.result.blind for sync in record.syncs if sync.result and sync.result.blind]
    if blind:
        raise NotAsked(f"no secret was seen, but the command lines of the mover's processes cannot be: {blind[0]}")
