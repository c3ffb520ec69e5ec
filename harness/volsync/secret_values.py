"""Read the values of a repository Secret from its manifest."""

from __future__ import annotations

import base64
from collections.abc import Mapping

from harness.model import Manifest, RepositoryAccess, RepositoryAddress
from harness.system import urls
from harness.volsync.mover_job import address_in
from harness.volsync.variables import REPOSITORY_KEYS, S3_KEYS, Key

OF_A_REPOSITORY = frozenset(key.value for key in Key)
SECRET_KEYS = (Key.PASSWORD.value, Key.SECRET_KEY.value)
"""The keys of a Secret whose values are never shown."""
SECRET_WORDS = frozenset(
    {
        "PASSWORD",
        "PASSPHRASE",
        "PASS",
        "SECRET",
        "TOKEN",
        "KEY",
        "KEYDATA",
        "CREDENTIALS",
        "CREDENTIAL",
        "SAS",
        "PRIVATE",
    }
)
"""Words in the keys of a repository Secret whose values are never shown."""
NO_SECRET = frozenset({"ID", "FILE", "PATH", "NAME"})
"""What is at the end of such a key if its value is none."""
SWITCHES = frozenset({"true", "false"})


def values_in(secret: Manifest) -> dict[str, str]:
    """Return the values of a Secret, decoded; ``stringData`` wins over ``data``, as in the API.

    A value that is no text is left out, if it is of no use for a repository.

    Raises:
        ValueError: A part is no mapping, or a value for a repository is no base64 of a text. The message names the
            part or key, and not the value.
    """
    parts = {part: secret.get(part) or {} for part in ("data", "stringData")}
    if wrong := [part for part, given in parts.items() if not isinstance(given, Mapping)]:
        raise ValueError(f"{wrong[0]} is no mapping")
    data = {}
    for key, value in parts["data"].items():
        decoded = _decoded(value)
        if decoded is not None:
            data[str(key)] = decoded
        elif str(key) in OF_A_REPOSITORY:
            raise ValueError(f"data.{key} is no base64 of a text")
    return {**data, **{str(key): str(value) for key, value in parts["stringData"].items()}}


def secrets_in(values: Mapping[str, str]) -> list[str]:
    """Return those values of a Secret that must be redacted.

    Of a Secret that is for no repository, only the well-known keys count: nothing else of it is ever shown.
    """
    looks_secret = _looks_secret if OF_A_REPOSITORY & values.keys() else SECRET_KEYS.__contains__
    found = [value for key, value in values.items() if looks_secret(key) and value and value not in SWITCHES]
    return [*found, *urls.secrets_of(values.values())]


def repository_in(values: Mapping[str, str]) -> str:
    """Return the URL of the repository; "" if the Secret has none.

    White space around it does not count, and its scheme is written in lower-case letters.
    """
    scheme, separator, rest = values.get(Key.REPOSITORY, "").strip().partition("://")
    return f"{scheme.lower()}{separator}{rest}" if separator else scheme


def address_of_values(values: Mapping[str, str]) -> RepositoryAddress | None:
    """Return the address of a repository in an S3 store, or None if the Secret names none."""
    url = repository_in(values)
    return address_in({**values, Key.REPOSITORY.value: url}) if url.startswith("s3://") else None


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


def _looks_secret(key: str) -> bool:
    words = key.upper().replace("-", "_").split("_")
    return bool(SECRET_WORDS & set(words)) and words[-1] not in NO_SECRET


def _decoded(value: object) -> str | None:
    """Return the text of a base64, which may have line breaks, or None if it is no base64 of a text."""
    try:
        return base64.b64decode("".join(str(value).splitlines()), validate=True).decode()
    except ValueError:
        return None
