"""Read a list of policies, as ``kopia policy list --json`` prints it, and compute the retention of a history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import msgspec

from harness.errors import HarnessError
from harness.kopia.listing import without_mark
from harness.kopia.retention import DEFAULTS
from harness.model import Identity

KEYS: Mapping[str, str] = {
    "keepLatest": "latest",
    "keepHourly": "hourly",
    "keepDaily": "daily",
    "keepWeekly": "weekly",
    "keepMonthly": "monthly",
    "keepAnnual": "yearly",
}
"""The fields of a retention policy of kopia, with the periods that they are for."""
IGNORES_IDENTICAL = "ignoreIdenticalSnapshots"


@dataclass(frozen=True)
class Policy:
    """One policy of a repository. A part of the target that is "" stands for all.

    Attributes:
        username: The username of the target.
        hostname: The hostname of the target.
        path: The path of the target.
        keep: The number of snapshots to keep, for the periods that the policy sets.
        ignores_identical: True if no snapshot is saved while the data does not change; None if the policy does not say.
    """

    username: str
    hostname: str
    path: str
    keep: Mapping[str, int]
    ignores_identical: bool | None = None

    @property
    def is_global(self) -> bool:
        """Return True if the policy is for all histories."""
        return not self.hostname

    def __str__(self) -> str:
        if self.is_global:
            return "the global policy"
        return f"{self.username}@{self.hostname}{':' + self.path if self.path else ''}"


class Policies:
    """Hold the policies of a repository by their targets."""

    def __init__(self, policies: Sequence[Policy] = ()) -> None:
        self.all = list(policies)
        self._by_target = {(one.username, one.hostname, one.path): one for one in policies}

    def keep(self, identity: Identity, path: str, own: Mapping[str, int]) -> dict[str, int]:
        """Return what is kept of a history: the nearest policy that sets a period wins.

        Args:
            identity: The identity of the history.
            path: Its path.
            own: What a source sets for this history with its next backup.
        """
        found = dict(DEFAULTS)
        for policy in reversed(self._nearest(identity, path)):
            found |= policy.keep
        return found | dict(own)

    def ignores_identical(self, identity: Identity, path: str) -> bool:
        """Return True if no snapshot of a history is saved while its data does not change."""
        told = (one.ignores_identical for one in self._nearest(identity, path))
        return next((one for one in told if one is not None), False)

    def _nearest(self, identity: Identity, path: str) -> list[Policy]:
        """Return the policies for a history, the nearest one first."""
        paths = [path, *map(str, PurePosixPath(path).parents), ""]
        targets = [*((identity.username, identity.hostname, one) for one in paths), ("", identity.hostname, "")]
        return [self._by_target[one] for one in (*targets, ("", "", "")) if one in self._by_target]


def read(data: bytes, what: str) -> list[Policy]:
    """Return the policies of a list.

    Args:
        data: The JSON.
        what: The origin of the list, for messages.

    Raises:
        HarnessError: It is no such list.
    """
    try:
        entries = msgspec.json.decode(without_mark(data))
    except (msgspec.DecodeError, RecursionError) as error:
        raise HarnessError(f"{what}: is no JSON ({str(error)[:120]})") from None
    if not isinstance(entries, list):
        raise HarnessError(f"{what}: is JSON, but no list of policies")
    return [_policy(entry, f"{what}: policy {number}") for number, entry in enumerate(entries, 1)]


def _policy(entry: Any, where: str) -> Policy:
    target = entry.get("target") if isinstance(entry, Mapping) else None
    retention = entry.get("retention") or {} if isinstance(entry, Mapping) else None
    if not isinstance(target, Mapping) or not isinstance(retention, Mapping):
        raise HarnessError(f"{where}: expected an object with target and retention")
    parts = [target.get(name, "") for name in ("userName", "host", "path")]
    if not all(isinstance(part, str) for part in parts):
        raise HarnessError(f"{where}: field target: expected texts, got {dict(target)!r}")
    keep = {period: retention[key] for key, period in KEYS.items() if isinstance(retention.get(key), int)}
    username, hostname, path = map(str, parts)
    ignores = retention.get(IGNORES_IDENTICAL)
    return Policy(username, hostname, path, keep, ignores if isinstance(ignores, bool) else None)
