"""MinIO in a container, published on 127.0.0.1 only."""

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
            raise HarnessError(f"the image {tag} could not be built: {reason(error)}") from None
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
    """Distinguishes binaries by size and time of making: hashing 100 MB would delay every start."""
    status = binary.stat()
    return hashlib.sha256(f"{status.st_size} {status.st_mtime_ns}".encode()).hexdigest()[:12]
