"""Find the container engine of this machine, or report why none can be used."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from harness.system.limits import SUITE

if TYPE_CHECKING:
    from docker import DockerClient

MIN_API = (1, 40)


class NoEngine(Exception):
    """Signal that no container engine can be used; the message holds the reason."""


def engine() -> DockerClient:
    """Return a client of the container engine; NoEngine if none runs or it is too old."""
    # Ryuk is an extra image that would have to be pulled. The reaper of this project cleans up instead.
    os.environ["TESTCONTAINERS_RYUK_DISABLED"] = "true"
    import docker
    from docker.errors import DockerException

    try:
        client = docker.from_env(timeout=SUITE.engine_s)
        api = str(client.version()["ApiVersion"])
    except DockerException as error:
        raise NoEngine(f"no container engine answers ({reason(error)})") from None
    if tuple(int(part) for part in api.split(".")) < MIN_API:
        wanted = ".".join(map(str, MIN_API))
        raise NoEngine(f"the container engine is too old (API {api}, {wanted} is needed)")
    return client


def reason(error: Exception) -> str:
    """Return the first line of an engine's error message."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
