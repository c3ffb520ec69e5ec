"""Use an S3 endpoint that the user names: ``s3://host[:port][?tls=no&bucket-prefix=name]``."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

import urllib3
from minio import Minio
from minio.error import MinioException, S3Error

from harness.errors import HarnessError, UsageError
from harness.model import RepositoryAccess, RepositoryAddress
from harness.storage.s3 import S3Store
from harness.system.limits import SUITE
from harness.system.process import REDACT

FORM = "s3://host[:port][?tls=yes|no&bucket-prefix=name]"
REFUSED = ("InvalidAccessKeyId", "SignatureDoesNotMatch", "AccessDenied")


def parse(url: str, environment: Mapping[str, str]) -> S3Store:
    """Return the store of a URL, with credentials from the environment.

    Raises:
        UsageError: The URL is invalid, or a credential is not set.
    """
    shown = REDACT(re.sub(r"//[^/?]*@", "//***@", url))
    try:
        parts = urlsplit(url)
        named = bool(parts.hostname) and parts.port != 0
    except ValueError as error:
        raise UsageError(f"--storage {shown}: {error}; write {FORM}") from None
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    unknown = options.keys() - {"tls", "bucket-prefix"}
    if not named or "@" in parts.netloc or parts.path.strip("/") or parts.fragment or unknown:
        raise UsageError(
            f"--storage {shown}: write {FORM}; credentials come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        )
    prefix = options.get("bucket-prefix") or f"conformance-{secrets.token_hex(4)}"
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{1,30}", prefix):
        raise UsageError(f"--storage: bucket-prefix={prefix}: use 2 to 31 lower-case letters, digits and hyphens")
    if options.get("tls", "yes") not in ("yes", "no"):
        raise UsageError(f"--storage: tls={options['tls']}: write yes or no")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        if not environment.get(name):
            raise UsageError(f"--storage {shown}: {name} is not set; set it to the credentials of the endpoint")
    REDACT.add([environment["AWS_SECRET_ACCESS_KEY"]])
    return S3Store(
        endpoint=parts.netloc,
        tls=options.get("tls", "yes") == "yes",
        access_key=environment["AWS_ACCESS_KEY_ID"],
        secret_key=environment["AWS_SECRET_ACCESS_KEY"],
        origin=f"S3 endpoint {parts.netloc}, named by --storage",
        kind="external",
        bucket_prefix=prefix,
        lasting=True,
    )


def require_access(store: S3Store) -> None:
    """Check that the store accepts the credentials.

    Raises:
        UsageError: The store refuses the credentials.
        HarnessError: No store answers at the endpoint.
    """
    pool = urllib3.PoolManager(timeout=SUITE.store_answer_s, retries=False)
    client = Minio(store.endpoint, store.access_key, store.secret_key, secure=store.tls, http_client=pool)
    try:
        client.list_buckets()
    except S3Error as error:
        if error.code in REFUSED:
            raise UsageError(
                f"--storage: {store.endpoint} refuses the credentials ({error.code}); "
                "check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
            ) from None
        raise HarnessError(
            f"S3 endpoint {store.endpoint}: listing the buckets failed with {error.code}; check the endpoint"
        ) from None
    except (MinioException, urllib3.exceptions.HTTPError, OSError) as error:
        raise HarnessError(
            f"no S3 store answers at {store.endpoint} ({type(error).__name__}); "
            "start it, or check host, port and tls= of --storage"
        ) from None


def require_listing(address: RepositoryAddress, access: RepositoryAccess, token: str = "") -> None:
    """Check that a store lists the objects of a repository; kopia tries for minutes if it does not.

    Raises:
        UsageError: The store refuses the credentials or the listing, or has no such bucket.
        HarnessError: No store answers at the endpoint, or it answers otherwise.
    """
    pool = urllib3.PoolManager(timeout=SUITE.store_answer_s, retries=False)
    credentials = (access.access_key, access.secret_key, token or None)
    client = Minio(address.endpoint, *credentials, secure=address.tls, http_client=pool)
    where = f"s3://{address.bucket}/{address.prefix} at {address.endpoint}"
    try:
        next(iter(client.list_objects(address.bucket, prefix=address.prefix)), None)
    except S3Error as error:
        if error.code in REFUSED:
            raise UsageError(
                f"{where}: no permission to list its objects ({error.code}); check the credentials and their rights"
            ) from None
        if error.code == "NoSuchBucket":
            raise UsageError(f"{where}: no such bucket; check bucket and endpoint") from None
        raise HarnessError(f"{where}: the list of objects failed with {error.code}; check the endpoint") from None
    except ValueError as error:
        raise UsageError(f"{where}: {error}; check bucket, prefix and endpoint") from None
    except (MinioException, urllib3.exceptions.HTTPError, OSError) as error:
        raise HarnessError(
            f"{where}: no S3 store answers ({type(error).__name__}); check host and port of the endpoint, "
            "and write http:// before it if it has no TLS"
        ) from None
