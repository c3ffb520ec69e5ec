"""The S3 store of a run: create, read and remove buckets, measure sizes, and check its health."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import urllib3
from minio import Minio
from minio.commonconfig import CopySource
from minio.datatypes import Object
from minio.error import MinioException, S3Error

from harness.errors import HarnessError
from harness.system.http import is_loopback
from harness.system.limits import SUITE

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

T = TypeVar("T")
AT_ONCE = 8
"""Number of objects that are read or written at the same time."""
PROBE_BUCKET_SUFFIX = "probe"
ALREADY_THERE = ("BucketAlreadyOwnedByYou", "BucketAlreadyExists")


@dataclass(frozen=True)
class S3Store:
    """An S3 endpoint with its credentials.

    Attributes:
        endpoint: ``host:port``.
        tls: True for https.
        access_key: The access key.
        secret_key: The secret key.
        origin: A description of how the store runs.
        kind: ``container``, ``process`` or ``external``.
        bucket_prefix: The first part of the name of every bucket of the run.
        lasting: True if the store still exists after the run. Only then are buckets removed one by one.
        ends_with: The command that removes the store, or what is left in it, after ``--keep``.
    """

    endpoint: str
    tls: bool
    access_key: str = field(repr=False)
    secret_key: str = field(repr=False)
    origin: str = ""
    kind: str = ""
    bucket_prefix: str = "conformance"
    lasting: bool = False
    ends_with: str = "remove the buckets"

    def as_dict(self) -> Mapping[str, Any]:
        """Return plain values, to send the store to a worker."""
        return asdict(self)

    @property
    def url(self) -> str:
        """The endpoint as a URL."""
        return f"{'https' if self.tls else 'http'}://{self.endpoint}"

    @property
    def probe_bucket(self) -> str:
        """The name of the bucket that ``check`` writes to."""
        return f"{self.bucket_prefix}-{PROBE_BUCKET_SUFFIX}"

    def make_bucket(self, name: str) -> None:
        """Create a bucket.

        Raises:
            HarnessError: The bucket exists already, or the store refuses it or does not answer.
        """
        try:
            self._minio.make_bucket(name)
        except S3Error as error:
            if error.code in ALREADY_THERE:
                raise self._taken(name) from None
            raise HarnessError(f"S3 endpoint {self.endpoint}: bucket {name} cannot be created: {error.code}") from None
        except (MinioException, urllib3.exceptions.HTTPError) as error:
            raise HarnessError(f"S3 endpoint {self.endpoint} does not answer: {type(error).__name__}") from None

    def require_free(self, name: str) -> None:
        """Check that a bucket does not exist.

        Raises:
            HarnessError: The bucket exists, or the store does not answer.
        """
        try:
            taken = self._minio.bucket_exists(name)
        except (MinioException, urllib3.exceptions.HTTPError) as error:
            raise HarnessError(f"S3 endpoint {self.endpoint} does not answer: {type(error).__name__}") from None
        if taken:
            raise self._taken(name)

    def _taken(self, name: str) -> HarnessError:
        return HarnessError(
            f"bucket {name} exists already at {self.endpoint} and was not changed; choose another bucket-prefix"
        )

    def remove_smallest(self, bucket: str, prefix: str) -> bool:
        """Remove the smallest of the objects of a bucket whose keys begin with a prefix, unless it is the only one.

        Returns:
            True if there were at least two.

        Raises:
            HarnessError: The store does not answer.
        """
        found = sorted(self._listed(bucket, prefix), key=lambda one: int(one.size or 0))
        if len(found) < 2:
            return False
        self._minio.remove_object(bucket, str(found[0].object_name))
        return True

    def remove_bucket(self, name: str) -> None:
        """Remove a bucket of this run with all its objects. It is no error if the bucket does not exist.

        Raises:
            HarnessError: The bucket cannot be removed.
        """
        try:
            for item in self._minio.list_objects(name, recursive=True):
                self._minio.remove_object(name, str(item.object_name))
            self._minio.remove_bucket(name)
        except S3Error as error:
            if error.code != "NoSuchBucket":
                raise HarnessError(
                    f"bucket {name} at {self.endpoint} could not be removed: {error.code}; remove it by hand"
                ) from None
        except (MinioException, urllib3.exceptions.HTTPError) as error:
            raise HarnessError(
                f"bucket {name} at {self.endpoint} could not be removed: {error}; remove it by hand"
            ) from None

    def check(self) -> None:
        """Check the health of the store: write and remove a small object in the probe bucket, which must exist.

        Raises:
            HarnessError: The store refuses the object or does not answer.
        """
        bucket = self.probe_bucket
        try:
            self._minio.put_object(bucket, "probe", io.BytesIO(b"probe"), 5)
            self._minio.remove_object(bucket, "probe")
        except S3Error as error:
            raise HarnessError(
                f"S3 endpoint {self.endpoint} failed its health check: {error.code}: {error.message}"
            ) from None
        except (MinioException, urllib3.exceptions.HTTPError) as error:
            raise HarnessError(f"S3 endpoint {self.endpoint} does not answer: {type(error).__name__}") from None

    def objects(self, bucket: str) -> list[str]:
        """Return one line for every object of a bucket: its key and its size in bytes."""
        return [f"{bucket}/{one.object_name}\t{one.size}" for one in self._listed(bucket)]

    def copy_objects(
        self, source: str, target: str, *, without: str | None = None, only: Sequence[str] | None = None
    ) -> None:
        """Copy objects of a bucket into another bucket.

        Args:
            source: The bucket to read.
            target: The bucket to write.
            without: Objects whose keys begin with this text are left out.
            only: The keys of the objects to copy; by default all.
        """
        try:
            for item in self._minio.list_objects(source, recursive=True):
                name = str(item.object_name)
                if (without is not None and name.startswith(without)) or (only is not None and name not in only):
                    continue
                self._minio.copy_object(target, name, CopySource(source, name))
        except (MinioException, urllib3.exceptions.HTTPError) as error:
            raise HarnessError(f"bucket {source} at {self.endpoint} cannot be copied: {type(error).__name__}") from None

    def download(self, bucket: str, *, without: str) -> Mapping[str, bytes]:
        """Return the objects of a bucket by key, except those whose keys begin with ``without``."""
        names = [str(item.object_name) for item in self._listed(bucket)]
        wanted = [name for name in names if not name.startswith(without)]

        def get(name: str) -> bytes:
            response = self._minio.get_object(bucket, name)
            try:
                return bytes(response.read())
            finally:
                response.release_conn()

        return dict(zip(wanted, self._at_once(get, wanted, f"bucket {bucket} cannot be read"), strict=True))

    def upload(self, bucket: str, objects: Mapping[str, bytes]) -> None:
        """Write objects into a bucket."""

        def put(name: str) -> None:
            self._minio.put_object(bucket, name, io.BytesIO(objects[name]), len(objects[name]))

        self._at_once(put, list(objects), f"bucket {bucket} cannot be written")

    def holds(self, bucket: str, name: str) -> bool:
        """Return True if a bucket contains an object with this key."""
        return name in [one.object_name for one in self._listed(bucket, name)]

    def holds_like(self, bucket: str, end: str) -> bool:
        """Return True if a bucket contains an object whose key ends with a text."""
        return any(str(one.object_name).endswith(end) for one in self._listed(bucket))

    def size_bytes(self, bucket: str, prefix: str = "") -> int:
        """Return the sum of the sizes of all objects whose keys begin with a prefix."""
        pages = self._boto.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        return sum(item["Size"] for page in pages for item in page.get("Contents", ()))

    def _listed(self, bucket: str, prefix: str = "") -> list[Object]:
        try:
            return list(self._minio.list_objects(bucket, prefix=prefix, recursive=True))
        except (MinioException, urllib3.exceptions.HTTPError) as error:
            raise HarnessError(f"bucket {bucket} at {self.endpoint} cannot be listed: {type(error).__name__}") from None

    def _at_once(self, act: Callable[[str], T], names: Sequence[str], problem: str) -> list[T]:
        try:
            with ThreadPoolExecutor(AT_ONCE) as pool:
                return list(pool.map(act, names))
        except (MinioException, urllib3.exceptions.HTTPError) as error:
            raise HarnessError(f"S3 endpoint {self.endpoint}: {problem}: {type(error).__name__}") from None

    @cached_property
    def _minio(self) -> Minio:
        pool = urllib3.PoolManager(timeout=SUITE.store_answer_s, retries=False, maxsize=AT_ONCE)
        return Minio(
            self.endpoint, self.access_key, self.secret_key, secure=self.tls, http_client=pool, region="us-east-1"
        )

    @cached_property
    def _boto(self) -> S3Client:
        # Import it late: loading boto3 takes longer than most scenarios.
        import boto3
        from botocore.config import Config

        return boto3.client(
            "s3",
            endpoint_url=self.url,
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            region_name="us-east-1",
            # An empty mapping: boto3 would take the proxy of the environment for this machine, too.
            config=Config(proxies={}) if is_loopback(self.endpoint) else None,
        )
