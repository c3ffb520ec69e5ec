"""Name the environment variables of a Job and the keys of a repository Secret, and build their values.

Source: the operator's contract (docs/architecture.md, "What a mover is given").
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from harness.model import RepositoryAccess

ARGUMENT_SEPARATOR = "|VOLSYNC_ARG_SEP|"

RETAIN_FIELDS = ("hourly", "daily", "weekly", "monthly", "yearly", "latest")
"""The periods of a retention policy, in the order in which a Job lists them."""

SOURCE_MOUNT, DESTINATION_MOUNT, CACHE_MOUNT = "/data", "/restore/data", "/cache"
"""The mount paths of a source's volume, of a destination's volume, and of the cache."""

DEFAULT_PATH = "/data"
"""The path that a snapshot records by default."""


class Variable(StrEnum):
    """Name the environment variables that the operator sets in a Job."""

    DATA_FOLDER = "DATA_DIR"
    CACHE_FOLDER = "KOPIA_CACHE_DIR"
    USERNAME = "KOPIA_OVERRIDE_USERNAME"
    HOSTNAME = "KOPIA_OVERRIDE_HOSTNAME"
    PRIVILEGED = "PRIVILEGED_MOVER"
    SOURCE_PATH = "KOPIA_SOURCE_PATH_OVERRIDE"
    ADDITIONAL_ARGS = "KOPIA_ADDITIONAL_ARGS"
    DISCOVER = "KOPIA_DISCOVER_SNAPSHOTS"
    RESTORE_AS_OF = "KOPIA_RESTORE_AS_OF"
    PREVIOUS = "KOPIA_PREVIOUS"
    SHALLOW = "KOPIA_SHALLOW"
    FILE_DELETION = "KOPIA_ENABLE_FILE_DELETION"


class Key(StrEnum):
    """Name the keys of a repository Secret; the operator passes them to the mover as environment variables."""

    REPOSITORY = "KOPIA_REPOSITORY"
    PASSWORD = "KOPIA_PASSWORD"  # noqa: S105 (the name of a key, no secret)
    ACCESS_KEY = "AWS_ACCESS_KEY_ID"
    SECRET_KEY = "AWS_SECRET_ACCESS_KEY"  # noqa: S105 (the name of a key, no secret)
    ENDPOINT = "KOPIA_S3_ENDPOINT"
    DISABLE_TLS = "KOPIA_S3_DISABLE_TLS"
    BUCKET = "KOPIA_S3_BUCKET"
    OTHER_ENDPOINT = "AWS_S3_ENDPOINT"


REPOSITORY_KEYS = (Key.REPOSITORY.value, Key.PASSWORD.value)
"""The keys of every repository Secret."""

S3_KEYS = (*REPOSITORY_KEYS, Key.ACCESS_KEY.value, Key.SECRET_KEY.value)
"""The keys that a mover needs to open a repository in an S3 store."""


def retain_variable(period: str) -> str:
    """Return the variable with the number of snapshots to keep for a period."""
    return f"KOPIA_RETAIN_{period.upper()}"


def with_variable(env: Mapping[str, str], variable: Variable | Key, value: str) -> dict[str, str]:
    """Return a copy of an environment or of the values of a Secret with one variable set."""
    return {**env, variable.value: value}


def without_variable(env: Mapping[str, str], variable: Variable | Key) -> dict[str, str]:
    """Return a copy of an environment or of the values of a Secret without one variable."""
    return {name: value for name, value in env.items() if name != variable}


def joined(arguments: tuple[str, ...]) -> str:
    """Return the additional arguments as the value of one variable."""
    return ARGUMENT_SEPARATOR.join(arguments)


def repository_values(url: str, access: RepositoryAccess, endpoint: str, *, tls: bool) -> dict[str, str]:
    """Return the values of the Secret of a repository in an S3 store.

    Args:
        url: ``s3://bucket`` or ``s3://bucket/prefix``.
        access: The password of the repository and the credentials of the store.
        endpoint: The endpoint of the store, with or without a scheme.
        tls: True if the endpoint uses TLS.
    """
    return {
        Key.REPOSITORY.value: url,
        Key.PASSWORD.value: access.password,
        Key.ACCESS_KEY.value: access.access_key,
        Key.SECRET_KEY.value: access.secret_key,
        Key.ENDPOINT.value: endpoint,
        Key.DISABLE_TLS.value: "false" if tls else "true",
    }
