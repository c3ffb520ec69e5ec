"""Create, copy and remove the buckets of a run. A file for each bucket survives the worker that created it."""

from __future__ import annotations

from pathlib import Path

from harness.storage.s3 import S3Store

FOLDER = "buckets"


class Buckets:
    """The buckets of a run.

    Args:
        store: The S3 store.
        folder: The folder of the run. A file in it names each bucket.
    """

    def __init__(self, store: S3Store, folder: Path) -> None:
        self.store = store
        self._marks = folder / FOLDER

    def make(self, name: str) -> None:
        """Create a bucket.

        The bucket must not exist yet, so that the clean-up never removes the bucket of another user. Its name is
        recorded before it is created, so that the clean-up finds it even if the run is killed in between.

        Raises:
            HarnessError: The bucket exists already, or the store does not answer.
        """
        self.expect(name)
        self.store.make_bucket(name)

    def expect(self, name: str) -> None:
        """Record the name of a bucket that does not exist, so that the clean-up removes it if a subject creates it.

        Raises:
            HarnessError: The bucket exists already, or the store does not answer.
        """
        self.store.require_free(name)
        self._note(name)

    def copy(self, source: str, bucket: str, *, without: str) -> None:
        """Copy the objects of one bucket into another, and record it for the script that repeats a scenario.

        Args:
            source: The bucket to read.
            bucket: The bucket to write.
            without: Objects whose keys begin with this text are left out.
        """
        self.store.copy_objects(source, bucket, without=without)
        self._note(bucket, source)

    def copied_from(self, bucket: str) -> str:
        """Return the bucket from which a bucket was copied, or "" if it was empty at first."""
        mark = self._marks / bucket
        return mark.read_text(encoding="utf-8") if mark.exists() else ""

    def remove_all(self) -> None:
        """Remove all buckets of this run that still exist."""
        for mark in sorted(self._marks.glob("*")):
            self.store.remove_bucket(mark.name)
            mark.unlink()

    def _note(self, name: str, copied_from: str = "") -> None:
        self._marks.mkdir(exist_ok=True)
        (self._marks / name).write_text(copied_from, encoding="utf-8")
