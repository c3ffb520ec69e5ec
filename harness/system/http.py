"""Create HTTP clients for downloads and health checks; S3, Kubernetes and containers have their own clients."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

import httpx2

NO_PROXY: Mapping[str, None] = {f"all://{host}": None for host in ("127.0.0.1", "localhost", "[::1]")}
"""Hosts of this machine, which must not be reached through a proxy."""


def is_loopback(url: str) -> bool:
    """Return True if a URL, or ``host:port``, is on this machine."""
    host = urlsplit(url if "//" in url else f"//{url}").hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def local_client(timeout_s: float) -> httpx2.Client:
    """Return a client for servers on this machine.

    The client ignores proxies and other settings of the environment.  It accepts any certificate, because the run has
    just created the certificates of these servers.
    """
    return httpx2.Client(timeout=timeout_s, trust_env=False, verify=False)


def download_client(connect_s: float, stall_s: float) -> httpx2.Client:
    """Return a client for downloads that follows redirects and uses proxies and certificates of the environment.

    Args:
        connect_s: The time limit for the connection.
        stall_s: The time limit without new data.
    """
    return httpx2.Client(timeout=httpx2.Timeout(stall_s, connect=connect_s), follow_redirects=True, mounts=NO_PROXY)
