"""Random credentials for a store that the run starts itself. They are new in every run."""

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
    """Return new random credentials, and register the secret key for redaction.

    The secret key contains a slash and a plus, as keys of AWS do, so that missing URL encoding shows as an error.
    """
    secret_key = f"{secrets.token_hex(12)}/{secrets.token_urlsafe(9)}+{secrets.token_hex(4)}"
    credentials = Credentials(f"conformance{secrets.token_hex(4)}", secret_key)
    REDACT.add([credentials.secret_key])
    return credentials
