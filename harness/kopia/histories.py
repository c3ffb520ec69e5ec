"""Write past snapshots of sources and kopia users into a repository."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from harness.kopia.administrator import Administrator, PastSnapshot
from harness.model import Identity
from harness.volumes import FolderVolumes, Tree, fill

SEEDS = 8
"""The number of users written for one host. The other hosts of a crowd are copies of that host."""

LONG_AGO = "2024-01-20T10:00:00Z"


class Histories:
    """Write snapshots of the past, and return the content of each."""

    def __init__(self, administrator: Administrator, volumes: FolderVolumes) -> None:
        self._administrator = administrator
        self._volumes = volumes

    def write(
        self, identity: Identity, path: str, instants: Sequence[str], unchanged: Collection[str] = ()
    ) -> list[Tree]:
        """Write one snapshot of a volume for each instant, and return their contents.

        If the history is the beginning of the repository, it is written once in a run and then copied, because many
        scenarios need the same one.

        Args:
            identity: The identity of the snapshots.
            path: Their path.
            instants: Their times, in the order in which they are written.
            unchanged: The instants at which the volume is as it was at the instant before in the list.
        """
        self._administrator.keep(len(instants))
        marked = [f"{one} unchanged" if one in unchanged else one for one in instants]
        recipes = [f"{identity}:{path} at {', '.join(marked[:number])}" for number in range(len(instants), 0, -1)]
        begun = self._administrator.begin_with(recipes[:1] if unchanged else recipes)
        contents = [*(begun or ()), *self._snapshots(identity, path, instants[len(begun or ()) :], unchanged)]
        if begun is not None and len(begun) < len(instants):
            self._administrator.keep_as_template(recipes[0], contents)
        return contents

    def _snapshots(
        self, identity: Identity, path: str, instants: Sequence[str], unchanged: Collection[str]
    ) -> list[Tree]:
        contents: list[Tree] = []
        snapshots: list[PastSnapshot] = []
        for number, instant in enumerate(instants):
            if instant in unchanged:
                folder = snapshots[-1].folder
                contents.append(contents[-1])
            else:
                folder = self._volumes.claim("outside", f"history-{number}")
                contents.append(fill(folder, f"{identity} at {instant}"))
            snapshots.append(PastSnapshot(identity, folder, path, instant))
        self._administrator.write_snapshots(snapshots)
        return contents

    def write_stranger(self, identity: Identity, instant: str) -> Tree:
        """Write one snapshot of ``/data`` for a kopia user without a source, and return its content."""
        folder = self._volumes.claim("outside", f"{identity.username}-{identity.hostname}")
        content = fill(folder, str(identity))
        self._administrator.write_snapshots([PastSnapshot(identity, folder, "/data", instant)])
        return content

    def write_all(self, snapshots: Sequence[tuple[Identity, str, str]]) -> None:
        """Write snapshots of one small volume: for each the identity, the path and the instant."""
        folder = self._volumes.claim("outside", "users")
        fill(folder, "users")
        self._administrator.write_snapshots([PastSnapshot(who, folder, path, when) for who, path, when in snapshots])

    def write_long(self, identity: Identity, path: str, begin: str, end: str) -> None:
        """Write a snapshot that took from ``begin`` to ``end``, for a kopia user without a source."""
        folder = self._volumes.claim("outside", f"{identity.username}-{identity.hostname}")
        fill(folder, str(identity))
        self._administrator.write_snapshots([PastSnapshot(identity, folder, path, begin, end)])

    def write_crowd(self, number: int) -> None:
        """Write one snapshot each for this number of kopia users. Most are copies of the history of one host.

        If the crowd is the beginning of the repository, it is written once in a run and then copied.
        """
        recipe = f"a crowd of {number}"
        begun = self._administrator.begin_with([recipe])
        if begun:
            return
        folder = self._volumes.claim("outside", "crowd")
        content = fill(folder, "crowd")
        users = [Identity(f"user-{user}", "crowd-0") for user in range(SEEDS)]
        self._administrator.write_snapshots([PastSnapshot(user, folder, "/data", LONG_AGO) for user in users])
        for host in range(1, number // SEEDS):
            self._administrator.copy_history("@crowd-0", f"@crowd-{host}")
        if begun is not None:
            self._administrator.keep_as_template(recipe, [content])
