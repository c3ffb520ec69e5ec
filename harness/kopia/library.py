"""Keep histories on the disk of this machine, so that later runs copy them instead of writing them again.

All kept repositories begin as one empty repository, the seed. So they have the same encryption keys, and only the blobs
that hold these keys depend on the password. A run gives the seed its own password, and combines these blobs with the
other blobs of a kept repository. The kept data is generated text, and belongs to nobody.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import tarfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from filelock import FileLock

from harness.errors import HarnessError
from harness.kopia.locations import KEY_BLOBS, LOG_BLOBS
from harness.kopia.templates import RepositoryTemplate
from harness.storage.s3 import S3Store
from harness.volumes import Tree

SEED_PASSWORD = "seed"  # noqa: S105 (protects generated text only)
SEED = "seed"
CONTENTS = "contents.json"
OBJECTS = "objects/"
UNUSED_S = 30 * 24 * 3600


class Library:
    """The kept repositories of one version of kopia and of the suite.

    Args:
        folder: The folder for this version. Folders beside it that no run has used for ``UNUSED_S`` are removed.
        store: The store of the run.
    """

    def __init__(self, folder: Path, store: S3Store) -> None:
        self._folder = folder
        self._store = store

    def plant(self, bucket: str, create: Callable[[], object]) -> str:
        """Fill an empty bucket with the seed.

        Args:
            bucket: The bucket.
            create: Creates an empty repository with ``SEED_PASSWORD`` in the bucket. Called if there is no seed yet.

        Returns:
            The id of the seed. Another seed has other keys.
        """
        self._make_folder()
        with FileLock(self._folder / "seed.lock"):
            packed = self._read(SEED)
            if packed is None:
                create()
                packed = self._pack(bucket, ())
                self._write(SEED, packed)
            else:
                self._store.upload(bucket, _unpacked(packed)[0])
        return hashlib.sha256(packed).hexdigest()

    def keep(self, seed: str, recipe: str, bucket: str, contents: Sequence[Tree]) -> None:
        """Keep a copy of a repository that began as a seed, with the content of each snapshot in order."""
        self._write(_name(seed, recipe), self._pack(bucket, contents))

    def fetch(self, seed: str, recipe: str, make_bucket: Callable[[], str]) -> RepositoryTemplate | None:
        """Fill a new bucket with the kept repository for a recipe, without the blobs that hold its keys.

        Returns:
            The repository, or None if none is kept for this seed and recipe.
        """
        name = _name(seed, recipe)
        packed = self._read(name)
        if packed is None:
            return None
        objects, contents = _unpacked(packed)
        bucket = make_bucket()
        self._store.upload(bucket, {name: value for name, value in objects.items() if name not in KEY_BLOBS})
        return RepositoryTemplate(bucket, tuple(contents))

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}.tar"

    def _make_folder(self) -> None:
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._folder.touch()
        except OSError as error:
            raise _unwritable(self._folder, error) from None
        for other in self._folder.parent.iterdir():
            # Another run may remove the folder at the same time.
            with suppress(FileNotFoundError):
                if time.time() - other.stat().st_mtime > UNUSED_S:
                    shutil.rmtree(other)

    def _read(self, name: str) -> bytes | None:
        """Return what a file packs, or None if there is no such file or it is damaged; it is written anew then."""
        try:
            digest, _, packed = self._file(name).read_bytes().partition(b"\n")
        except FileNotFoundError:
            return None
        return packed if hashlib.sha256(packed).hexdigest().encode() == digest else None

    def _write(self, name: str, packed: bytes) -> None:
        """Write a file atomically, because another worker or run may be reading it."""
        half = self._file(f"{name}.{os.getpid()}")
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            half.write_bytes(hashlib.sha256(packed).hexdigest().encode() + b"\n" + packed)
            half.rename(self._file(name))
        except OSError as error:
            raise _unwritable(self._folder, error) from None

    def _pack(self, bucket: str, contents: Sequence[Tree]) -> bytes:
        objects = self._store.download(bucket, without=LOG_BLOBS)
        files = {f"{OBJECTS}{name}": value for name, value in sorted(objects.items())}
        files[CONTENTS] = json.dumps([dict(one) for one in contents]).encode()
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w") as tar:
            for name, value in files.items():
                entry = tarfile.TarInfo(name)
                entry.size = len(value)
                tar.addfile(entry, io.BytesIO(value))
        return packed.getvalue()


def _name(seed: str, recipe: str) -> str:
    return hashlib.sha256(f"{seed} {recipe}".encode()).hexdigest()


def _unpacked(packed: bytes) -> tuple[Mapping[str, bytes], Sequence[Tree]]:
    """Return the objects of a packed repository, and the content of each of its snapshots."""
    with tarfile.open(fileobj=io.BytesIO(packed), mode="r:") as tar:
        members = {entry.name: data.read() for entry in tar if (data := tar.extractfile(entry)) is not None}
    contents = json.loads(members.pop(CONTENTS))
    return {name.removeprefix(OBJECTS): value for name, value in members.items()}, contents


def _unwritable(folder: Path, error: OSError) -> HarnessError:
    return HarnessError(f"{folder} cannot be written: {error.strerror}; free space there or set XDG_CACHE_HOME")
