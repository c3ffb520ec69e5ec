"""Run MinIO in a container whose port is published on 127.0.0.1 only."""

from __future__ import annotations

import hashlib
import io
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import HarnessError
from harness.storage.credentials import Credentials
from harness.system.container_engine import reason
from harness.toolchain.download import Progress
from harness.toolchain.provision import Tool

if TYPE_CHECKING:
    from docker import DockerClient

IMAGE = "volsync-kopia-conformance/minio"
PORT = 9000
DOCKERFILE = b'FROM scratch\nCOPY minio /minio\nENTRYPOINT ["/minio"]\n'


def own_image(client: DockerClient, server: Tool, say: Progress) -> str:
    """Return the tag of an image that contains the MinIO binary. Build it if the engine does not have it."""
    from docker.errors import DockerException, ImageNotFound

    tag = f"{IMAGE}:{server.version}-{_digest(server.path)}"
    try:
        client.images.get(tag)
    except ImageNotFound:
        say(f"building the image {tag}")
        try:
            client.images.build(fileobj=_context(server.path), custom_context=True, tag=tag, rm=True, forcerm=True)
        except DockerException as error:
            raise HarnessError(f"the image {tag} could not be built: {reason(error)}") from None
    return tag


def start(image: str, name: str, credentials: Credentials) -> str:
    """Start MinIO in a container, and return its endpoint on 127.0.0.1."""
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
    # testcontainers has no public method to publish a port on one address only.
    container.ports[f"{PORT}/tcp"] = ("127.0.0.1", None)
    try:
        container.start()
    except DockerException as error:
        raise HarnessError(f"no MinIO container could be started from {image}: {reason(error)}") from None
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
    """Return a digest of size and modification time. Hashing 100 MB of content would delay every start."""
    status = binary.stat()
    return hashlib.sha256(f"{status.st_size} {status.st_mtime_ns}".encode()).hexdigest()[:12]
