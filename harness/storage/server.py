"""Run MinIO as a process on a free port of 127.0.0.1, for machines without a container engine."""

from __future__ import annotations

import os
import random
import socket
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import httpx2

from harness.errors import HarnessError
from harness.storage.credentials import Credentials
from harness.system.http import local_client
from harness.system.limits import SUITE
from harness.system.process import REDACT, spawn, tail
from harness.system.wait import wait_until

POLL_S = 0.02
PORT_TAKEN = "already in use"
SERVER_PORTS = range(20_000, 30_000)
"""Ports that neither Linux nor macOS gives to outgoing connections, and Kubernetes to no NodePort."""


@dataclass(frozen=True)
class Server:
    """A running MinIO process: its endpoint and its process id."""

    endpoint: str
    pid: int


def start(binary: Path, folder: Path, credentials: Credentials, port_source: Callable[[], int] | None = None) -> Server:
    """Start MinIO and wait until it is healthy.

    If another process takes the chosen port first, the log of MinIO says so, and another port is tried.

    Args:
        binary: The MinIO binary.
        folder: The folder for its data and its log.
        credentials: The root credentials.
        port_source: Returns the next port to try; by default ``free_port``.

    Raises:
        HarnessError: MinIO did not start. The message has the end of its log.
    """
    choose = port_source or free_port
    for _ in range(SUITE.ports):
        server, problem = _start_on(choose(), binary, folder, credentials)
        if server:
            return server
        if PORT_TAKEN not in problem.lower():
            raise HarnessError(f"MinIO did not start as a process: {problem}")
    raise HarnessError(f"MinIO found no free port on 127.0.0.1 in {SUITE.ports} attempts; the last log says: {problem}")


def free_ports(number: int) -> list[int]:
    """Return different ports of 127.0.0.1 that are free at this moment.

    The system gives ports above this range to outgoing connections. A run makes so many of them that one could take
    the port before the server that it is meant for.

    Raises:
        HarnessError: Too few ports of the range are free.
    """
    free = list(islice(filter(_is_free, random.sample(SERVER_PORTS, len(SERVER_PORTS))), number))
    if len(free) < number:
        raise HarnessError(
            f"127.0.0.1 has no free port from {SERVER_PORTS[0]} to {SERVER_PORTS[-1]}; end what uses them"
        )
    return free


def free_port() -> int:
    """Return one free port; see ``free_ports``."""
    return free_ports(1)[0]


def _is_free(port: int) -> bool:
    with socket.socket() as listener:
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def wait_until_ready(endpoint: str, alive: Callable[[], bool], timeout_s: float = SUITE.store_start_s) -> bool:
    """Wait for a healthy server. Return False if ``alive`` becomes false or the time limit passes first."""
    with local_client(SUITE.health_s) as client:

        def is_ready() -> bool:
            try:
                return client.get(f"http://{endpoint}/minio/health/cluster").is_success
            except httpx2.HTTPError:
                # The server does not listen yet. The wait ends when it dies or at the time limit.
                return False

        return wait_until(is_ready, timeout_s, poll_s=POLL_S, give_up=lambda: not alive())


def _start_on(port: int, binary: Path, folder: Path, credentials: Credentials) -> tuple[Server | None, str]:
    log = folder / "minio.log"
    data = folder / "minio"
    data.mkdir(parents=True, exist_ok=True)
    endpoint = f"127.0.0.1:{port}"
    # What was said of another port would be taken for this one.
    log.write_bytes(b"")
    process = spawn(
        [binary, "server", "--address", endpoint, data],
        env={
            "HOME": str(folder),
            "PATH": os.environ.get("PATH", ""),
            "MINIO_ROOT_USER": credentials.access_key,
            "MINIO_ROOT_PASSWORD": credentials.secret_key,
            "MINIO_BROWSER": "off",
        },
        output=log,
    )
    if wait_until_ready(endpoint, lambda: process.is_running):
        return Server(endpoint, process.pid), ""
    process.end_group()
    return None, tail(
        REDACT(log.read_text(errors="replace")), 5
    ) or f"no healthy answer at {endpoint} within {SUITE.store_start_s:g} s"
