"""Judge whether a scenario kept its passwords and keys to itself."""

from __future__ import annotations

from harness.errors import NotAsked
from harness.expect.ending import equal
from harness.scenario import leak_scan
from harness.scenario.testbed import Testbed


def no_secret_is_shown(testbed: Testbed) -> None:
    """Check that no password or key can be read in a log, an object, a Job or a command line.

    Raises:
        Divergence: One can be read; the places are named.
        NotAsked: None was seen, but not all command lines of the mover could be: that is no proof.
    """
    told: dict[str, object] = {"the log of the operator": testbed.operator_log()}
    for ref in (*testbed.sources(), *testbed.destinations()):
        if (there := testbed.get(ref)) is not None:
            told |= {f"{ref} as the API has it": there, f"what is described of {ref}": testbed.described(ref)}
    equal("where a password or key can be read", expected=[], seen=testbed.secret_shown(told), oracle="harness")
    if why := leak_scan.blind([sync for sync, _ in testbed.account()]):
        raise NotAsked(f"no secret was seen, but the command lines of the mover's processes cannot be: {why}")
