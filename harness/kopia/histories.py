"""Write past snapshots of sources and kopia users into a repository."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from harness import volumes
from harness.kopia import administrator, client
from harness.kopia.administrator import Administrator, PastSnapshot
from harness.model import Identity
from harness.volumes import FolderVolumes, Tree, fill

SEEDS = 8
"""The number of users written for one host. The other hosts of a crowd are copies of that host."""

LONG_AGO = "2024-01-20T10:00:00Z"


def history_code(kopia: Path) -> str:
    """Return a digest of what decides how a history is written: the code of the suite, and the file of kopia."""
    code = [Path(file).read_bytes() for file in (__file__, administrator.__file__, client.__file__, volumes.__file__)]
    binary = kopia.stat()
    code.append(f"{kopia.resolve()} {binary.st_size} {binary.st_mtime_ns}".encode())
    return hashlib.sha256(b"".join(code)).hexdigest()[:16]


class Histories:
    """Write snapshots of the past, and return the content of each."""

    def __init__(self, administrator: Administrator, volumes: FolderVolumes) -> None:
        self._administrator = administrator
        self._volumes = volumes

    def write(
        self, identity: Identity, path: str, instants: Sequence[str], unchanged: Collection[str] = ()
    ) -> list[Tree]:
        """Write one snapshot of a volume for each instant, and return their contents.

        If the history is the beginning of the repository, it is copied from an earlier scenario or run if possible,
        because many scenarios need the same one.

        Args:
            identity: The identity of the snapshots.
            path: Their path.
            instants: Their times, in the order in which they are written.
            unchanged: The instants at which the volume is as it was at the instant before in the list.
        """
        marked = [f"{one} unchanged" if one in unchanged else one for one in instants]
        recipes = [f"{identity}:{path} at {', '.join(marked[:number])}" for number in range(len(instants), 0, -1)]
        begun = self._administrator.begin_with(recipes[:1] if unchanged else recipes)
        self._administrator.keep(len(instants))
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
        return self._of_one_volume([PastSnapshot(identity, self._folder(str(identity)), "/data", instant)])

    def write_all(self, snapshots: Sequence[tuple[Identity, str, str]]) -> None:
        """Write snapshots of one small volume: for each the identity, the path and the instant."""
        folder = self._folder("users")
        self._of_one_volume([PastSnapshot(who, folder, path, when) for who, path, when in snapshots])

    def write_tenants(self, tenants: Sequence[tuple[Identity, int, str]]) -> None:
        """Write a history of ``/data`` for each tenant: its identity, the number of snapshots and the latest instant.

        A tenant with a shorter history comes before one with a longer history.
        """

        def write() -> Tree:
            for identity, number, latest in tenants:
                self._administrator.write_tenant(identity, number, latest)
            return {}

        self._once(f"tenants {tenants}", write)

    def write_long(self, identity: Identity, path: str, begin: str, end: str) -> None:
        """Write a snapshot that took from ``begin`` to ``end``, for a kopia user without a source."""
        self._of_one_volume([PastSnapshot(identity, self._folder(str(identity)), path, begin, end)])

    def write_crowd(self, number: int) -> None:
        """Write one snapshot each for this number of kopia users. Most are copies of the history of one host."""

        def write() -> Tree:
            folder = self._folder("crowd")
            content = fill(folder, "crowd")
            users = [Identity(f"user-{user}", "crowd-0") for user in range(SEEDS)]
            self._administrator.write_snapshots([PastSnapshot(user, folder, "/data", LONG_AGO) for user in users])
            for host in range(1, number // SEEDS):
                self._administrator.copy_history("@crowd-0", f"@crowd-{host}")
            return content

        self._once(f"a crowd of {number}", write)

    def _folder(self, name: str) -> Path:
        return self._volumes.claim("outside", name)

    def _of_one_volume(self, snapshots: Sequence[PastSnapshot]) -> Tree:
        """Fill the folder of the snapshots, write them, and return the content of each."""
        recipe = [(str(one.identity), one.folder.name, one.path, one.instant, one.end) for one in snapshots]

        def write() -> Tree:
            content = fill(snapshots[0].folder, snapshots[0].folder.name)
            self._administrator.write_snapshots(snapshots)
            return content

        return self._once(f"one volume {recipe}", write)

    def _once(self, recipe: str, write: Callable[[], Tree]) -> Tree:
        """Write snapshots with one content, or copy them from an earlier scenario or run; return that content.

        They can be copied if they are the beginning of the repository.
        """
        begun = self._administrator.begin_with([recipe])
        if begun:
            return begun[0]
        content = write()
        if begun is not None:
            self._administrator.keep_as_template(recipe, [content])
        return content
