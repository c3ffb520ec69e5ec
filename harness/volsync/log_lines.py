"""Build the log lines of the documented mover; discovery.py builds its list of snapshots."""

from __future__ import annotations

from harness.model import Identity
from harness.volsync.variables import Variable


def announcement(identity: Identity) -> list[str]:
    """Return the log lines with the identity of a mover: its variables and its overrides."""
    return [
        f"{Variable.USERNAME}={identity.username}",
        f"{Variable.HOSTNAME}={identity.hostname}",
        f"Using username override: {identity.username}",
        f"Using hostname override: {identity.hostname}",
    ]
