"""Tell whether a manifest can be written for use: redaction must not change it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.system.process import REDACT


class MangledError(Exception):
    """A ready manifest would be written with ``***`` in it; the message says why."""


def require_whole(manifest: Mapping[str, Any]) -> None:
    """Check that a manifest holds no secret, so that it is written as it is.

    Raises:
        MangledError: A value is, or holds, what a repository Secret has as a secret, such as a weak password that is
            also the name of a namespace.
    """
    if REDACT.values(manifest) != manifest:
        raise MangledError(
            "a manifest holds a text that is also a secret of a repository, such as a password that is a name; "
            "change that secret, and audit again"
        )
