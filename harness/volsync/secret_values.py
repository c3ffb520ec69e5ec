"""Read the values of a repository Secret from its manifest."""

from __future__ import annotations

import base64
import binascii

from harness.model import Manifest, RepositoryAddress
from harness.volsync.mover_job import address_in
from harness.volsync.variables import Key

SECRET_KEYS = (Key.PASSWORD.value, Key.SECRET_KEY.value)
"""The keys of a repository Secret whose values are never shown."""


def values_in(secret: Manifest) -> dict[str, str]:
    """Return the values of a Secret, decoded; ``stringData`` wins over ``data``, as in the API.

    Raises:
        ValueError: A value is no base64 of a text. The message names its key and not the value.
    """
    data = {str(key): _decoded(str(key), value) for key, value in (secret.get("data") or {}).items()}
    return {**data, **{str(key): str(value) for key, value in (secret.get("stringData") or {}).items()}}


def secrets_in(values: dict[str, str]) -> list[str]:
    """Return those values of a repository Secret that must be redacted."""
    return [values[key] for key in SECRET_KEYS if values.get(key)]


def repository_in(values: dict[str, str]) -> str:
    """Return the URL of the repository; "" if the Secret has none."""
    return values.get(Key.REPOSITORY, "")


def address_of_values(values: dict[str, str]) -> RepositoryAddress | None:
    """Return the address of a repository in an S3 store, or None if the Secret names none."""
    return address_in(values) if repository_in(values).startswith("s3://") else None


def _decoded(key: str, value: object) -> str:
    try:
        return base64.b64decode(str(value), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise ValueError(f"data.{key} is no base64 of a text") from None
