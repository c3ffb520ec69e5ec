"""Hide the secrets of a URL, and write URLs of one place alike."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from urllib.parse import unquote

FILE = "filesystem://"
USER_INFO = re.compile(
    r"(?P<before>[A-Za-z][A-Za-z0-9+.-]*://[^/@:?#]*):(?!\d+(?:[/?#]|$))(?P<password>.*)@", re.DOTALL
)
"""The user and the password of a URL; a password may hold a slash that is not quoted. A port is no password."""
PARAMETER = re.compile(
    r"(?P<before>[?&;][\w.-]{0,40}(?:password|passwd|secret|token|key|sig|sas|credential)[\w.-]{0,40}=)(?P<secret>[^&;#]*)",
    re.IGNORECASE,
)
"""A parameter of a URL that is a secret by its name."""
HIDDEN = "***"
DEFAULT_PORTS = {True: "443", False: "80"}
"""The ports of https and of http."""
ONE_STORE = ".amazonaws.com"
"""Amazon has one endpoint for each region, and a bucket has the same name at all of them."""


def secrets_of(texts: Iterable[str]) -> list[str]:
    """Return the secrets in URLs, as written and unquoted."""
    found = []
    for text in (one.strip() for one in texts if "://" in one):
        found += [one["password"] for one in [USER_INFO.match(text)] if one]
        found += [one["secret"] for one in PARAMETER.finditer(text)]
    return [one for secret in found for one in dict.fromkeys((secret, unquote(secret))) if one]


def shown(url: str) -> str:
    """Return a URL without its password and without parameters that are secrets."""
    without = USER_INFO.sub(lambda found: f"{found['before']}:{HIDDEN}@", url, count=1)
    return PARAMETER.sub(lambda found: f"{found['before']}{HIDDEN}", without)


def canonical(url: str) -> str:
    """Return the form of a URL that is the same for all URLs of one place; passwords do not count."""
    scheme, separator, rest = shown(url.strip()).partition("://")
    if not separator:
        return url
    if f"{scheme.lower()}://" == FILE:
        return f"{FILE}{re.sub('^/+', '/', posixpath.normpath(rest))}"
    place, slash, path = rest.partition("/")
    user, at, host = place.rpartition("@")
    return f"{scheme.lower()}://{user}{at}{host.lower()}{slash}{path}".rstrip("/")


def is_same_endpoint(one: str, two: str, *, tls: tuple[bool, bool]) -> bool:
    """Return True if two endpoints of stores, without a scheme, are one.

    Args:
        one: An endpoint, with or without a port.
        two: Another one.
        tls: For each, True if it uses TLS; that decides which port is meant if there is none.
    """
    hosts, ports = zip(*(_host_and_port(text) for text in (one, two)), strict=True)
    if all(host.endswith(ONE_STORE) for host in hosts):
        return True
    meant = [port or DEFAULT_PORTS[secure] for port, secure in zip(ports, tls, strict=True)]
    return hosts[0] == hosts[1] and (meant[0] == meant[1] or not any(ports))


def _host_and_port(endpoint: str) -> tuple[str, str]:
    place = endpoint.strip().rpartition("@")[2].partition("/")[0].lower()
    found = re.fullmatch(r"(?P<host>.*?)(?::(?P<port>\d+))?", place)
    return (found["host"].removesuffix("."), found["port"] or "") if found else (place, "")
