"""Histories that a scenario writes into a repository: who backed up what at which instant."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from harness.administrator import Administrator
from harness.model import Identity, ObjectRef
from harness.volumes import FolderVolumes, Tree, fill


class Histories:
    """Writes snapshots of the past, and remembers what each of them held."""

    def __init__(self, administrator: Administrator, volumes: FolderVolumes) -> None:
        self._administrator = administrator
        self._volumes = volumes
        self._of_sources: dict[tuple[ObjectRef, str], Tree] = {}
        self._of_strangers: dict[Identity, Tree] = {}

    def write(self, ref: ObjectRef, identity: Identity, folder: Path, path: str, instants: Sequence[str]) -> list[Tree]:
        """Has a source look back on backups of its volume at the given instants; returns what they held."""
        self._administrator.keep(len(instants))
        for instant in instants:
            self._of_sources[ref, instant] = fill(folder, f"{ref} at {instant}")
            self._administrator.write_snapshot(identity, folder, path, instant)
        return [self._of_sources[ref, instant] for instant in instants]

    def write_stranger(self, identity: Identity, instant: str) -> Identity:
        """Has a kopia user that no operator knows look back on one snapshot of ``/data``."""
        folder = self._volumes.claim("outside", f"{identity.username}-{identity.hostname}")
        self._of_strangers[identity] = fill(folder, str(identity))
        self._administrator.write_snapshot(identity, folder, "/data", instant)
        return identity

    def at(self, ref: ObjectRef, instant: str) -> Tree:
        """What the backup of a source at an instant held."""
        return self._of_sources[ref, instant]

    def instant_of(self, ref: ObjectRef, content: Tree) -> str:
        """Which backup of a source had exactly this content; "" where none had."""
        return next((when for (owner, when), one in self._of_sources.items() if (owner, one) == (ref, content)), "")

    def of_stranger(self, identity: Identity) -> Tree:
        """What the snapshot of a user that no operator knows held."""
        return self._of_strangers[identity]
