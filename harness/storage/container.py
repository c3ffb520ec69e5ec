"""MinIO in a container, published on 127.0.0.1 only."""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import HarnessError
from harness.storage.credentials import Credentials
from harness.toolchain.download import Progress
from harness.toolchain.provision import Tool

if TYPE_CHECKING:
    from docker import DockerClient

MIN_API = (1, 40)
PING_TIMEOUT_S = 10
IMAGE = "volsync-kopia-conformance/minio"
PORT = 9000
DOCKERFILE = b'FROM scratch\nCOPY minio /minio\nENTRYPOINT ["/minio"]\n'


class NoEngine(Exception):
    """No container engine can be used; the message says why."""


def engine() -> DockerClient:
    """The container engine; raises NoEngine where none runs, or one that is too old."""
    # Ryuk is an image that has to be pulled; the warden of this project cleans up in its place.
    os.environ["TESTCONTAINERS_RYUK_DISABLED"] = "true"
    import docker
    from docker.errors import DockerException

    try:
        client = docker.from_env(timeout=PING_TIMEOUT_S)
        api = str(client.version()["ApiVersion"])
    except DockerException as error:
        raise NoEngine(f"no container engine answers ({_reason(error)})") from None
    if tuple(int(part) for part in api.split(".")) < MIN_API:
        wanted = ".".join(map(str, MIN_API))
        raise NoEngine(f"the container engine is too old (API {api}, {wanted} is needed)")
    return client


def own_image(client: DockerClient, server: Tool, say: Progress) -> str:
    """The image around the built binary; made once per engine and binary, and found again by its tag."""
    from docker.errors import DockerException, ImageNotFound

    tag = f"{IMAGE}:{server.version}-{_digest(server.path)}"
    try:
        client.images.get(tag)
    except ImageNotFound:
        say(f"building the image {tag}")
        try:
            client.images.build(fileobj=_context(server.path), custom_context=True, tag=tag, rm=True, forcerm=True)
        except DockerException as error:
            raise HarnessError(f"the image {tag} could not be built: {_reason(error)}") from None
    return tag


def start(image: str, name: str, credentials: Credentials) -> str:
    """Starts the server under a container name; returns its endpoint on 127.0.0.1."""
    from docker.errors import DockerException
    from testcontainers.core.container import DockerContainer

    container = (
        DockerContainer(image)
        .with_name(name)
        .with_env("MINIO_ROOT_USER", credentials.access_key)
        .with_env("MINIO_ROOT_PASSWORD", credentials.secret_key)
        .with_env("MINIO_BROWSER", "off")
        .with_command(f"server --address :{PORT} /data")
        .with_tmpfs_mount("/data")
    )
    # testcontainers has no public way to publish on one address only.
    container.ports[f"{PORT}/tcp"] = ("127.0.0.1", None)
    try:
        container.start()
    except DockerException as error:
        raise HarnessError(f"no MinIO container could be started from {image}: {_reason(error)}") from None
    return f"127.0.0.1:{container.get_exposed_port(PORT)}"


def _context(binary: Path) -> io.BytesIO:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        entry = tarfile.TarInfo("Dockerfile")
        entry.size = len(DOCKERFILE)
        tar.addfile(entry, io.BytesIO(DOCKERFILE))
        tar.add(binary, "minio")
    packed.seek(0)
    return packed


def _digest(binary: Path) -> str:
    """Distinguishes binaries by size and time of making: hashing 100 MB would delay every start."""
    status = binary.stat()
    return hashlib.sha256(f"{status.st_size} {status.st_mtime_ns}".encode()).hexdigest()[:12]


def _reason(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:200]
