"""Folders that stand for PersistentVolumes: fill them with random content, read them, and compare them.

A restore is judged by a ``Tree``: each path of the volume with its kind, mode and content.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from harness.errors import UsageError
from harness.model import ObjectRef

Tree = Mapping[str, str]
"""A relative path -> ``kind mode content``. The content is the SHA-256 of a file or the target of a symlink."""

UNGUESSABLE_BYTES = 64
MIB = 1 << 20
RANDOM_BYTES, SPARSE_BYTES = 64 << 20, 64 << 30
"""The sizes of the files that keep a backup busy for longer than any scenario waits."""
PLAIN_FILES = ("owner.txt", "bin/run.sh", "private/key", "notes/2024/january.txt")
PECULIAR_FILES = {"bin/run-as-owner.sh": 0o755, "private/id": 0o600, "a name with blanks.txt": 0o640,
                  "grüße/データ.txt": 0o444}  # fmt: skip
"""The path of a file -> its mode."""

FOREIGN_OWNER = 2000
"""The first uid and gid of files in a filled volume. No user of this machine is expected to have it."""

OLD_S = 1_600_000_000
"""The modification time of the first file, in seconds since 1970: long before any run."""
NOT_LINKED = "not-linked"
"""A file beside those that links lead to."""
OF_THE_FILESYSTEM = "lost+found"
"""The folder that every new ext4 volume contains."""


class FolderVolumes:
    """One folder for each PVC and one for each mover cache, below a root folder."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def claim(self, namespace: str, name: str) -> Path:
        """Return the folder of a PVC. Create it if it does not exist."""
        return _made(self._root / "claims" / namespace / name)

    def cache(self, owner: ObjectRef) -> Path:
        """Return the folder of the cache volume of a source or destination. Create it if it does not exist."""
        return _made(self._root / "caches" / owner.kind / owner.namespace / owner.name)


@dataclass(frozen=True)
class Difference:
    """The paths in which two trees differ. ``bool()`` of it is False if the trees are equal."""

    missing: list[str]
    extra: list[str]
    changed: list[str]

    def __bool__(self) -> bool:
        return bool(self.missing or self.extra or self.changed)

    def __str__(self) -> str:
        parts = [("missing", self.missing), ("extra", self.extra), ("different", self.changed)]
        return "; ".join(f"{what}: {', '.join(paths[:5])}" for what, paths in parts if paths) or "equal"


def fill(folder: Path, owner: str) -> Tree:
    """Write a few plain files with random content into a volume.

    The content is unique to this call, so restored files show which backup they come from. ``fill_peculiar`` adds other
    kinds of files.

    Args:
        folder: The folder of the volume.
        owner: A text to begin each file with, for a person who reads it.

    Returns:
        The tree of the volume.
    """
    for name in PLAIN_FILES:
        _write(folder / name, owner, 0o644)
    return tree(folder)


def fill_peculiar(folder: Path, owner: str) -> Tree:
    """Fill a volume with files whose properties a restore can easily lose.

    The volume gets different modes, an empty folder, symlinks (one of them dangling), a name with spaces, a name with
    non-ASCII characters, two hard links to one file, and old modification times. If this process runs as root, the
    files also get different owners.

    Args:
        folder: The folder of the volume.
        owner: A text to begin each file with, for a person who reads it.

    Returns:
        The tree of the volume.
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


def fill_listed(folder: Path, owner: str, files: Mapping[str, str]) -> Tree:
    """Write exactly the listed files into an empty volume.

    Args:
        folder: The folder of the volume.
        owner: A text to begin each file with, for a person who reads it.
        files: The kind of each file by its path: ``file`` (random text), ``file of N MiB`` (random bytes), ``sparse
            file of N MiB`` (random text before a hole), ``empty file``, ``named pipe``, ``socket``, ``link to TARGET``,
            ``hard link to PATH`` (a path that is listed before it), or ``file with the line TEXT``.

    Returns:
        The tree of the volume.

    Raises:
        UsageError: The volume is not empty, or a kind is unknown.
    """
    if any(folder.iterdir()):
        raise UsageError(f"{folder}: a volume with exactly the listed files has to be empty before")
    for name, kind in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        _write_kind(folder, folder / name, owner, kind)
    return tree(folder)


def attributes(folder: Path) -> Mapping[str, str]:
    """Return the owner, group, modification time and hard links of each file of a volume, by its path."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink()]
    by_inode: dict[int, list[str]] = {}
    for path in files:
        by_inode.setdefault(path.stat().st_ino, []).append(str(path.relative_to(folder)))
    return {str(path.relative_to(folder)): _attributes(path, by_inode) for path in files}


def write_bytes(folder: Path, content: bytes, name: str = "data.bin") -> Tree:
    """Write one file with the given bytes into a volume, and return the tree of the whole volume."""
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)
    return tree(folder)


@contextmanager
def much_data(folder: Path) -> Iterator[None]:
    """Add files to a volume for a while: some random data, and a sparse file that takes long to read."""
    added = [folder / "random.bin", folder / "sparse.bin"]
    added[0].write_bytes(secrets.token_bytes(RANDOM_BYTES))
    added[1].touch()
    os.truncate(added[1], SPARSE_BYTES)
    try:
        yield
    finally:
        for path in added:
            path.unlink()


def damage(folder: Path) -> None:
    """Change every byte of each file of a volume, and leave its size and its times as they are."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            decay(path)


def link(folder: Path, name: str, target: str) -> None:
    """Write a symbolic link into a volume, in the place of what has its name."""
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    _link(folder / name, target)


def decay(file: Path) -> None:
    """Change every byte of a file, and keep its size and its times."""
    times = file.stat()
    file.write_bytes(bytes(byte ^ 0xFF for byte in file.read_bytes()))
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))


def tree(folder: Path) -> Tree:
    """Read a volume: return every path below ``folder`` with its kind, mode and content.

    An empty ``lost+found`` at the top is left out, because the file system creates it. With files in it, it counts.
    """
    own = folder / OF_THE_FILESYSTEM
    spared = own if own.is_dir() and not own.is_symlink() and not any(own.iterdir()) else None
    return {str(path.relative_to(folder)): _describe(path) for path in sorted(folder.rglob("*")) if path != spared}


def contents(whole: Tree) -> Tree:
    """Return the regular files of a tree with their content, without their modes."""
    return {path: what.split()[-1] for path, what in whole.items() if what.startswith("file ")}


def compare(expected: Tree, seen: Tree) -> Difference:
    """Return the difference of ``seen`` from ``expected``."""
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


def _write_kind(folder: Path, path: Path, owner: str, kind: str) -> None:
    """Write one file of a kind that ``fill_listed`` explains."""
    match kind.split():
        case ["file"]:
            _write(path, owner, 0o644)
        case ["file", "of", size, "MiB"]:
            path.write_bytes(secrets.token_bytes(int(size) * MIB))
        case ["sparse", "file", "of", size, "MiB"]:
            _write(path, owner, 0o644)
            os.truncate(path, int(size) * MIB)
        case ["empty", "file"]:
            path.touch()
        case ["named", "pipe"]:
            os.mknod(path, stat.S_IFIFO | 0o644)
        case ["socket"]:
            os.mknod(path, stat.S_IFSOCK | 0o644)
        case ["link", "to", target]:
            path.symlink_to(target)
        case ["hard", "link", "to", name]:
            os.link(folder / name, path)
        case ["file", "with", "the", "line", *words]:
            path.write_text(f"{' '.join(words)}\n", encoding="utf-8")
        case _:
            raise UsageError(f"a scenario lists a file of the kind {kind!r}; harness/volumes.py does not know it")


def _link(path: Path, target: str) -> None:
    path.unlink(missing_ok=True)
    path.symlink_to(target)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
