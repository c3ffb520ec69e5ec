"""The lines that the documented mover writes into its log; discovery.py has its list of snapshots."""

from __future__ import annotations

from harness.model import Identity
from harness.volsync.variables import Variable


def announcement(identity: Identity) -> list[str]:
    """Return the lines that say as whom a mover connects: its variables, and the overrides that it makes of them."""
    return [
        f"{Variable.USERNAME}={identity.username}",
        f"{Variable.HOSTNAME}={identity.hostname}",
        f"Using username override: {identity.username}",
        f"Using hostname override: {identity.hostname}",
    ]
