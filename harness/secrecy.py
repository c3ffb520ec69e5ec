"""Where a secret can be read, in all that a scenario leaves to be read."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from harness.process import Call
from harness.sync import Sync


def shown(syncs: Sequence[Sync], calls: Sequence[Call], secrets: Collection[str]) -> list[str]:
    """The logs, statuses, environments and command lines that hold one of the secrets."""
    places = {f"the log of {sync.ref}": sync.result.log for sync in syncs if sync.result}
    places |= {f"the status of {sync.ref}": sync.told for sync in syncs}
    places |= {f"the environment of {sync.ref}": str(dict(sync.job.env)) for sync in syncs if sync.job}
    places |= {f"the command line {' '.join(call.args[:3])}": " ".join(call.args) for call in calls}
    return sorted(place for place, text in places.items() if any(secret in text for secret in secrets))
