"""Read the values of a repository Secret from its manifest."""

from __future__ import annotations

import base64
from collections.abc import Mapping

from harness.model import Manifest, RepositoryAccess, RepositoryAddress
from harness.volsync.mover_job import address_in
from harness.volsync.variables import REPOSITORY_KEYS, S3_KEYS, Key

OF_A_REPOSITORY = frozenset(key.value for key in Key)
SECRET_KEYS = (Key.PASSWORD.value, Key.SECRET_KEY.value)
"""The keys of a repository Secret whose values are never shown."""


def values_in(secret: Manifest) -> dict[str, str]:
    """Return the values of a Secret, decoded; ``stringData`` wins over ``data``, as in the API.

    A value that is no text is left out, if it is of no use for a repository.

    Raises:
        ValueError: A value for a repository is no base64 of a text. The message names its key and not the value.
    """
    data = {}
    for key, value in (secret.get("data") or {}).items():
        decoded = _decoded(value)
        if decoded is not None:
            data[str(key)] = decoded
        elif str(key) in OF_A_REPOSITORY:
            raise ValueError(f"data.{key} is no base64 of a text")
    return {**data, **{str(key): str(value) for key, value in (secret.get("stringData") or {}).items()}}


def secrets_in(values: Mapping[str, str]) -> list[str]:
    """Return those values of a repository Secret that must be redacted."""
    return [values[key] for key in SECRET_KEYS if values.get(key)]


def repository_in(values: Mapping[str, str]) -> str:
    """Return the URL of the repository; "" if the Secret has none. White space around it does not count."""
    return values.get(Key.REPOSITORY, "").strip()


def address_of_values(values: Mapping[str, str]) -> RepositoryAddress | None:
    """Return the address of a repository in an S3 store, or None if the Secret names none."""
    return address_in(values) if repository_in(values).startswith("s3://") else None


def values_of(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the values of a repository that an environment has under the names of the keys of a Secret."""
    return {key.value: environment[key.value] for key in Key if environment.get(key.value)}


def with_repository(values: Mapping[str, str], url: str, endpoint: str = "") -> dict[str, str]:
    """Return values with another repository, and with another endpoint unless that is ""."""
    found = {**{key: value for key, value in values.items() if key != Key.BUCKET}, Key.REPOSITORY.value: url}
    if endpoint:
        found |= {
            Key.ENDPOINT.value: endpoint,
            Key.DISABLE_TLS.value: "true" if endpoint.startswith("http://") else "false",
        }
    return found


def missing_value(values: Mapping[str, str]) -> str:
    """Return the first key without which the repository cannot be opened; "" if there is none."""
    is_s3 = repository_in(values).startswith("s3://")
    return next((key for key in (S3_KEYS if is_s3 else REPOSITORY_KEYS) if not values.get(key)), "")


def access_in(values: Mapping[str, str]) -> RepositoryAccess:
    """Return the password and the credentials of a repository; what is missing is ""."""
    return RepositoryAccess(*(values.get(key, "") for key in (Key.PASSWORD, Key.ACCESS_KEY, Key.SECRET_KEY)))


def _decoded(value: object) -> str | None:
    """Return the text of a base64, which may have line breaks, or None if it is no base64 of a text."""
    try:
        return base64.b64decode("".join(str(value).splitlines()), validate=True).decode()
    except ValueError:
        return None
