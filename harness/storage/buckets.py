"""The buckets that a run makes in its store, remembered beyond the life of a worker."""

from __future__ import annotations

from pathlib import Path

from harness.storage.s3 import S3Store

FOLDER = "buckets"


class Buckets:
    """Make, copy and remove the buckets of a run.

    Args:
        store: The S3 store.
        folder: The folder of the run. A file in it names each bucket.
    """

    def __init__(self, store: S3Store, folder: Path) -> None:
        self.store = store
        self._marks = folder / FOLDER

    def make(self, name: str) -> None:
        """Make a bucket.

        It is noted before it is made: a kill in between would leave it. It is looked for before that: a
        bucket of somebody else would be taken for one of this run.
        """
        self.store.require_free(name)
        self._note(name)
        self.store.make_bucket(name)

    def copy(self, source: str, bucket: str) -> None:
        """Copy all objects of one bucket into another, and note that for whoever repeats the run."""
        self.store.copy_objects(source, bucket)
        self._note(bucket, source)

    def copied_from(self, bucket: str) -> str:
        """Return the bucket that a bucket began as a copy of; "" where it began empty."""
        mark = self._marks / bucket
        return mark.read_text(encoding="utf-8") if mark.exists() else ""

    def remove_all(self) -> None:
        """Remove every bucket that is left of this run."""
        for mark in sorted(self._marks.glob("*")):
            self.store.remove_bucket(mark.name)
            mark.unlink()

    def _note(self, name: str, copied_from: str = "") -> None:
        self._marks.mkdir(exist_ok=True)
        (self._marks / name).write_text(copied_from, encoding="utf-8")
