"""Credentials for a store of our own: new and random in every run."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from harness.system.process import REDACT


@dataclass(frozen=True)
class Credentials:
    """An access key and its secret."""

    access_key: str
    secret_key: str = field(repr=False)


def random_credentials() -> Credentials:
    """Credentials that nobody can guess; the secret is redacted from here on.

    It holds a slash and a plus, as those of AWS do: who puts it into a URL, or into an expression, has to encode it.
    """
    secret_key = f"{secrets.token_hex(12)}/{secrets.token_urlsafe(9)}+{secrets.token_hex(4)}"
    credentials = Credentials(f"conformance{secrets.token_hex(4)}", secret_key)
    REDACT.add([credentials.secret_key])
    return credentials
