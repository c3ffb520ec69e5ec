"""Clients for what the suite itself asks over HTTP; S3, Kubernetes and containers have clients of their own."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

import httpx2

NO_PROXY: Mapping[str, None] = {f"all://{host}": None for host in ("127.0.0.1", "localhost", "[::1]")}
"""Places on this machine, which no proxy can reach."""


def is_loopback(url: str) -> bool:
    """Return True if a URL, or ``host:port``, is on this machine."""
    host = urlsplit(url if "//" in url else f"//{url}").hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def local_client(timeout_s: float) -> httpx2.Client:
    """Return a client for servers on this machine, whose certificates were made a moment ago: it trusts any.

    It ignores proxies and everything else that the environment says.
    """
    return httpx2.Client(timeout=timeout_s, trust_env=False, verify=False)


def download_client(connect_s: float, stall_s: float) -> httpx2.Client:
    """Return a client for downloads: proxies and certificates as the environment says, redirects are followed.

    Args:
        connect_s: How long a server may take to accept the connection.
        stall_s: How long no data may come.
    """
    return httpx2.Client(timeout=httpx2.Timeout(stall_s, connect=connect_s), follow_redirects=True, mounts=NO_PROXY)
