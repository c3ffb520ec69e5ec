"""Whose snapshots an object of the API writes or reads, for the operator in this folder."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

NOBODY = "volsync-default"
LONGEST = 50


class Identity(NamedTuple):
    username: str
    hostname: str

    def __str__(self) -> str:
        return f"{self.username}@{self.hostname}"


def default_username(name: str, namespace: str, *, with_namespace: bool) -> str:
    combined = f"{name}-{namespace}"
    chosen = combined if with_namespace and len(combined) <= LONGEST else name
    return re.sub(r"[^A-Za-z0-9_-]", "", chosen).strip("-_") or NOBODY


def default_hostname(namespace: str) -> str:
    return re.sub(r"[^A-Za-z0-9.-]", "", namespace.replace("_", "-")).strip("-.") or NOBODY


def of_names(spec: dict[str, Any], name: str, namespace: str, *, with_namespace: bool) -> Identity:
    """What is given, and the default for what is not."""
    username = spec.get("username") or default_username(name, namespace, with_namespace=with_namespace)
    return Identity(username, spec.get("hostname") or default_hostname(namespace))
