"""Choose the S3 store of a run: MinIO in a container or as a process, or an endpoint that the user names."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from harness.errors import HarnessError
from harness.storage import container, external, server
from harness.storage.credentials import random_credentials
from harness.storage.s3 import S3Store
from harness.system.container_engine import NoEngine, engine
from harness.system.reaper import Reaper
from harness.toolchain import provision
from harness.toolchain.download import Progress


def open_store(
    request: str,
    image: str | None,
    name: str,
    folder: Path,
    reaper: Reaper,
    environment: Mapping[str, str],
    say: Progress,
) -> S3Store:
    """Start a store, or connect to the one that the user names.

    Args:
        request: ``auto`` (a container, or else a process), ``container``, ``process``, or an S3 URL.
        image: The MinIO image to use, or None for an image that is built here.
        name: The name of the container.
        folder: The folder of the run.
        reaper: The process that ends the store when the run ends.
        environment: The environment with the credentials for an S3 URL.
        say: Called with each progress message.

    Raises:
        HarnessError: The store cannot be started or reached.
        UsageError: The S3 URL or its credentials are invalid.
    """
    if request.startswith("s3://"):
        store = external.parse(request, environment)
        external.require_access(store)
        return store
    if request == "process":
        return _process(folder, reaper, "requested by --storage", say)
    try:
        client = engine()
    except NoEngine as reason:
        if request == "container":
            raise HarnessError(f"--storage container: {reason}; start an engine, or use --storage process") from None
        say(f"{reason}: running MinIO as a process instead")
        return _process(folder, reaper, str(reason), say)
    image = image or container.own_image(client, provision.minio(say), say)
    return _container(image, name, reaper)


def _container(image: str, name: str, reaper: Reaper) -> S3Store:
    credentials = random_credentials()
    reaper.guard("container", name)
    endpoint = container.start(image, name, credentials)
    if not server.wait_until_ready(endpoint, lambda: True):
        raise HarnessError(
            f"MinIO in the container {name} ({image}) did not become healthy at {endpoint}; see docker logs {name}"
        )
    return S3Store(
        endpoint,
        False,
        credentials.access_key,
        credentials.secret_key,
        f"MinIO in a container ({image})",
        "container",
        ends_with=f"docker rm -f {name}",
    )


def _process(folder: Path, reaper: Reaper, why: str, say: Progress) -> S3Store:
    credentials = random_credentials()
    started = server.start(provision.minio(say).path, folder, credentials)
    reaper.guard("process", started.pid)
    return S3Store(
        started.endpoint,
        False,
        credentials.access_key,
        credentials.secret_key,
        f"MinIO as a process ({why})",
        "process",
        ends_with=f"kill {started.pid}",
    )
