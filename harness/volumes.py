"""Persistent volumes as folders: filled with content that cannot be guessed, compared by content.

A ``Tree`` is what a restore is judged by: each path with its kind, mode and content.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.model import ObjectRef

Tree = Mapping[str, str]
"""Relative path -> ``kind mode content``: a digest for a file, the target for a symlink."""

UNGUESSABLE_BYTES = 64
PLAIN_FILES = ("owner.txt", "bin/run.sh", "private/key", "notes/2024/january.txt")
PECULIAR_FILES = {"bin/run-as-owner.sh": 0o755, "private/id": 0o600, "a name with blanks.txt": 0o640,
                  "grüße/データ.txt": 0o444}  # fmt: skip
"""Path -> mode."""

FOREIGN_OWNER = 2000
"""The first of the numbers of users and groups that own files of a volume, and nothing else here."""

OLD_S = 1_600_000_000
"""The time of the first file, in seconds since 1970: long before any run."""
OF_THE_FILESYSTEM = "lost+found"
"""A folder that a new ext4 volume holds before anybody writes to it."""


class FolderVolumes:
    """A folder for each PersistentVolumeClaim and each mover cache, below one root."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def claim(self, namespace: str, name: str) -> Path:
        """The folder of a claim, made where it is new."""
        return _made(self._root / "claims" / namespace / name)

    def cache(self, owner: ObjectRef) -> Path:
        """The cache volume that an object's movers share."""
        return _made(self._root / "caches" / owner.kind / owner.namespace / owner.name)


@dataclass(frozen=True)
class Difference:
    """Where two trees differ; empty lists mean that they are equal."""

    missing: list[str]
    extra: list[str]
    changed: list[str]

    def __bool__(self) -> bool:
        return bool(self.missing or self.extra or self.changed)

    def __str__(self) -> str:
        parts = [("missing", self.missing), ("extra", self.extra), ("different", self.changed)]
        return "; ".join(f"{what}: {', '.join(paths[:5])}" for what, paths in parts if paths) or "equal"


def fill(folder: Path, owner: str) -> Tree:
    """Replaces the content of a volume by a small new one that only this call can have made; returns the tree.

    It holds plain files only: what a restore makes of anything else is a question of its own (``fill_peculiar``).
    """
    for name in PLAIN_FILES:
        _write(folder / name, owner, 0o644)
    return tree(folder)


def fill_peculiar(folder: Path, owner: str) -> Tree:
    """Fills a volume with what a restore easily loses; returns the tree.

    It holds modes, an empty folder, symlinks (one that dangles), a name with blanks and one beyond ASCII,
    two hard links to one file, old times and, where this process may set them, owners.
    """
    fill(folder, owner)
    for name, mode in PECULIAR_FILES.items():
        _write(folder / name, owner, mode)
    (folder / "empty").mkdir(exist_ok=True, mode=0o750)
    _link(folder / "current", "bin/run.sh")
    _link(folder / "dangling", f"nowhere/{secrets.token_hex(8)}")
    (folder / "second-name.txt").unlink(missing_ok=True)
    os.link(folder / "owner.txt", folder / "second-name.txt")
    for number, name in enumerate(sorted([*PLAIN_FILES, *PECULIAR_FILES])):
        if os.geteuid() == 0:
            os.chown(folder / name, FOREIGN_OWNER + number, FOREIGN_OWNER)
        os.utime(folder / name, (OLD_S + number, OLD_S + number))
    return tree(folder)


def attributes(folder: Path) -> Mapping[str, str]:
    """Return owner, group, time and other hard links of each file of a volume, by its path."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink()]
    by_inode: dict[int, list[str]] = {}
    for path in files:
        by_inode.setdefault(path.stat().st_ino, []).append(str(path.relative_to(folder)))
    return {str(path.relative_to(folder)): _attributes(path, by_inode) for path in files}


def write_bytes(folder: Path, content: bytes, name: str = "data.bin") -> Tree:
    """Has a volume hold one file of the given bytes besides what it holds; returns the tree."""
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)
    return tree(folder)


def tree(folder: Path) -> Tree:
    """Read a volume: every path below ``folder`` with kind, mode and content.

    An empty ``lost+found`` of the volume is left out: it belongs to the filesystem.  One that holds files counts.
    """
    own = folder / OF_THE_FILESYSTEM
    spared = own if own.is_dir() and not own.is_symlink() and not any(own.iterdir()) else None
    return {str(path.relative_to(folder)): _describe(path) for path in sorted(folder.rglob("*")) if path != spared}


def contents(whole: Tree) -> Tree:
    """Return the regular files of a tree with their content alone, whatever their modes."""
    return {path: what.split()[-1] for path, what in whole.items() if what.startswith("file ")}


def compare(expected: Tree, seen: Tree) -> Difference:
    """How ``seen`` differs from ``expected``."""
    return Difference(
        missing=sorted(expected.keys() - seen.keys()),
        extra=sorted(seen.keys() - expected.keys()),
        changed=sorted(path for path in expected.keys() & seen.keys() if expected[path] != seen[path]),
    )


def _describe(path: Path) -> str:
    status = path.lstat()
    mode = f"{stat.S_IMODE(status.st_mode):04o}"
    if stat.S_ISLNK(status.st_mode):
        return f"link {path.readlink()}"
    if stat.S_ISDIR(status.st_mode):
        return f"folder {mode}"
    if stat.S_ISREG(status.st_mode):
        return f"file {mode} {hashlib.sha256(path.read_bytes()).hexdigest()}"
    return f"other {mode}"


def _attributes(path: Path, by_inode: Mapping[int, list[str]]) -> str:
    status = path.stat()
    return f"{status.st_uid}:{status.st_gid} {int(status.st_mtime)} {','.join(by_inode[status.st_ino])}"


def _write(file: Path, owner: str, mode: int) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    file.write_text(f"{owner} {file.name} {secrets.token_hex(UNGUESSABLE_BYTES)}\n", encoding="utf-8")
    file.chmod(mode)


def _link(path: Path, target: str) -> None:
    path.unlink(missing_ok=True)
    path.symlink_to(target)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
