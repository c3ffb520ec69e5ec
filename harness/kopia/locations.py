"""Map the documented repositories of a scenario to buckets, and inspect those buckets.

A documented repository (``s3://bucket/prefix``) is mapped to a separate bucket of this scenario, so that scenarios do
not share data. The prefix does not change.
"""

from __future__ import annotations

from collections.abc import Mapping

from harness.model import RepositoryAddress
from harness.storage.buckets import Buckets

MAX_BUCKET_LENGTH = 63
MISSING = ".missing"
FORMAT_BLOB = "kopia.repository"
"""The key of the object that marks a bucket or prefix as a kopia repository."""
KEY_BLOBS = (FORMAT_BLOB, "kopia.blobcfg")
"""The keys of the objects that ``repository change-password`` writes again."""
LOG_BLOBS = "_log"
"""The beginning of the keys of blobs with logs. Every call of kopia writes one, and none reads it."""
PACK_BLOBS = "p"
"""The first letter of the keys of blobs with file content."""


class Locations:
    """Map documented repositories to buckets. A bucket is created at its first use."""

    def __init__(self, buckets: Buckets, name: str) -> None:
        """Start without buckets. ``name`` is the name of the scenario, which becomes a part of the bucket names."""
        self.store = buckets.store
        self._buckets = buckets
        self._name = name
        self._made: dict[str, str] = {}

    @property
    def buckets(self) -> Mapping[str, str]:
        """Return the created buckets by the documented bucket that each stands for."""
        return self._made

    def address(self, repository: str) -> RepositoryAddress:
        """Return the real address of a documented repository."""
        bucket, _, prefix = repository.removeprefix("s3://").partition("/")
        return self.at(self._bucket(bucket), f"{prefix}/" if prefix else "")

    def at(self, bucket: str, prefix: str = "") -> RepositoryAddress:
        """Return the address of a repository in a bucket of this store."""
        return RepositoryAddress(bucket, prefix, self.store.endpoint, self.store.tls)

    def is_made(self, repository: str) -> bool:
        """Return True if the bucket of a documented repository was created."""
        return repository.removeprefix("s3://").partition("/")[0] in self._made

    def exists(self, repository: str) -> bool:
        """Return True if the documented repository was created."""
        address = self.address(repository)
        return self.store.holds(address.bucket, f"{address.prefix}{FORMAT_BLOB}")

    def holds_repository(self, bucket: str) -> bool:
        """Return True if a documented bucket (``s3://bucket``) holds a repository, below whatever prefix."""
        return self.store.holds_like(self.address(bucket).bucket, FORMAT_BLOB)

    def size_bytes(self, repository: str) -> int:
        """Return the size of a repository in the store, with everything below its prefix."""
        address = self.address(repository)
        return self.store.size_bytes(address.bucket, address.prefix)

    def objects(self) -> list[str]:
        """Return every object in the buckets of this scenario, with its size in bytes."""
        return [line for bucket in self._made.values() for line in self.store.objects(bucket)]

    def lose_part(self, repository: str) -> bool:
        """Remove the smallest of the blobs with file content. Indexes and the blobs of folders and manifests stay.

        Returns:
            True, or False if there is only one such blob.
        """
        address = self.address(repository)
        return self.store.remove_smallest(address.bucket, f"{address.prefix}{PACK_BLOBS}")

    def begin_as(self, bucket: str, repository: str) -> None:
        """Fill the bucket of a documented repository with a copy of another bucket."""
        self._buckets.copy(bucket, self.address(repository).bucket, without=LOG_BLOBS)

    def copy_keys(self, source: str, bucket: str) -> None:
        """Copy the objects that hold the encryption keys of a repository from one bucket into another."""
        self.store.copy_objects(source, bucket, only=KEY_BLOBS)

    def copy_into(self, repository: str, bucket: str) -> None:
        """Copy the bucket of a documented repository into another bucket."""
        self._buckets.copy(self.address(repository).bucket, bucket, without=LOG_BLOBS)

    def missing_bucket(self) -> str:
        """Return the name of a bucket that does not exist. No other bucket has a dot in its name.

        The clean-up removes it if the subject creates it.

        Raises:
            HarnessError: The bucket exists, or the store does not answer.
        """
        name = f"{self.store.bucket_prefix}-{self._name}"[: MAX_BUCKET_LENGTH - len(MISSING)].rstrip("-") + MISSING
        self._buckets.expect(name)
        return name

    def make_template_bucket(self, number: int) -> str:
        """Create a bucket for a repository template, and return its name."""
        bucket = f"{self.store.bucket_prefix}-{self._name}-templates-{number}"
        self._buckets.make(bucket)
        return bucket

    def _bucket(self, documented: str) -> str:
        if documented not in self._made:
            bucket = f"{self.store.bucket_prefix}-{self._name}-{documented}"[:MAX_BUCKET_LENGTH].rstrip("-")
            self._buckets.make(bucket)
            self._made[documented] = bucket
        return self._made[documented]
