"""Credentials for a store of our own: new and random in every run."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from harness.process import REDACT


@dataclass(frozen=True)
class Credentials:
    """An access key and its secret."""

    access_key: str
    secret_key: str = field(repr=False)


def random_credentials() -> Credentials:
    """Credentials that nobody can guess; the secret is redacted from here on."""
    credentials = Credentials(f"conformance{secrets.token_hex(4)}", secrets.token_urlsafe(24))
    REDACT.add([credentials.secret_key])
    return credentials
