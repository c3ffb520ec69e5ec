"""Read the values of a MoverJob as the operator's contract defines them.

Source: the operator's contract (docs/architecture.md, "What a mover is given").
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from harness.model import Identity, MoverJob, ObjectRef, RepositoryAccess, RepositoryAddress
from harness.volsync.kinds import SOURCE
from harness.volsync.variables import (
    ARGUMENT_SEPARATOR,
    CACHE_MOUNT,
    DEFAULT_PATH,
    DESTINATION_MOUNT,
    RETAIN_FIELDS,
    S3_KEYS,
    SOURCE_MOUNT,
    Key,
    Variable,
    retain_variable,
)

OPERATIONS = ("backup", "restore")
BACKUP, RESTORE = OPERATIONS[:1], OPERATIONS[1:]
"""The arguments of a backup Job and of a restore Job."""

CONTAINER = "kopia"
"""The name of the mover's container in a Job."""

IMAGE_FOLDER = "/mover-kopia"
ENTRYPOINT = f"{IMAGE_FOLDER}/entry.sh"
"""The program of the operator's mover image."""

DEFAULT_ENDPOINT = "s3.amazonaws.com"
MAX_POD_NAME_LENGTH = 63


@dataclass(frozen=True)
class Selection:
    """Select a snapshot of a history, as a destination requests it.

    Attributes:
        as_of: The latest end time of the snapshot, as the object gives it; "" if it gives none.
        previous: How many of the newest snapshots to skip, after ``as_of`` and ``shallow`` are applied.
        shallow: How many of the newest snapshots to consider; 0 for all.
    """

    as_of: str = ""
    previous: int = 0
    shallow: int = 0

    @property
    def limit(self) -> datetime | None:
        """The time of ``as_of``, or None if it is not set."""
        return datetime.fromisoformat(self.as_of.upper()) if self.as_of else None


def is_backup(job: MoverJob) -> bool:
    """Return True if the first operation in the arguments of a Job is a backup."""
    return _operation(job) == BACKUP


def is_restore(job: MoverJob) -> bool:
    """Return True if the first operation in the arguments of a Job is a restore."""
    return _operation(job) == RESTORE


def _operation(job: MoverJob) -> tuple[str, ...]:
    return tuple(word for word in job.args if word in OPERATIONS)[:1]


def identity_of(job: MoverJob) -> Identity:
    """Return the identity in the environment of a Job; a part that is not set is ""."""
    return Identity(job.env.get(Variable.USERNAME, ""), job.env.get(Variable.HOSTNAME, ""))


def names_identity(job: MoverJob) -> bool:
    """Return True if the environment of a Job has both parts of an identity, and neither is empty."""
    identity = identity_of(job)
    return bool(identity.username and identity.hostname)


def source_path(job: MoverJob) -> str:
    """Return the path that a backup records, or whose snapshots a restore looks for."""
    return job.env.get(Variable.SOURCE_PATH) or DEFAULT_PATH


def recorded(path: str) -> str:
    """Return a path as a snapshot records it: cleaned as kopia cleans it."""
    return re.sub("^/+", "/", posixpath.normpath(path))


def selection_of(job: MoverJob) -> Selection:
    """Return which snapshot a restore requests."""
    return selection_in(job.env)


def selection_in(env: Mapping[str, str]) -> Selection:
    """Return which snapshot the environment of a restore requests.

    Raises:
        ValueError: A variable has no valid value. The message names it.
    """
    return Selection(
        as_of=_instant(env, Variable.RESTORE_AS_OF),
        previous=_count(env, Variable.PREVIOUS),
        shallow=_count(env, Variable.SHALLOW),
    )


def _instant(env: Mapping[str, str], name: Variable) -> str:
    value = env.get(name, "")
    try:
        is_instant = not value or datetime.fromisoformat(value.upper()).tzinfo is not None
    except ValueError:
        is_instant = False
    if not is_instant:
        raise ValueError(f"{name} is {value!r}, which is no instant with a time zone")
    return value


def _count(env: Mapping[str, str], name: Variable) -> int:
    value = env.get(name, "0")
    if not re.fullmatch("[0-9]+", value):
        raise ValueError(f"{name} is {value!r}, which is no whole number of at least 0")
    return int(value)


def deletes_files(job: MoverJob) -> bool:
    """Return True if a restore deletes the files of its volume first."""
    return job.env.get(Variable.FILE_DELETION) == "true"


def discovers(job: MoverJob) -> bool:
    """Return True if a restore lists the snapshots of the repository in its log."""
    return job.env.get(Variable.DISCOVER) == "true"


def additional_arguments(job: MoverJob) -> list[str]:
    """Return the additional arguments for kopia."""
    return [word for word in job.env.get(Variable.ADDITIONAL_ARGS, "").split(ARGUMENT_SEPARATOR) if word]


def retention_of(job: MoverJob) -> dict[str, str]:
    """Return the periods of the retention policy that a Job sets, each with its number of snapshots."""
    return retention_in(job.env)


def retention_in(env: Mapping[str, str]) -> dict[str, str]:
    """Return the retention policy in the environment of a backup, with its values as they are given."""
    found = {period: env.get(retain_variable(period)) for period in RETAIN_FIELDS}
    return {period: number for period, number in found.items() if number is not None}


def with_retention(env: Mapping[str, str], kept: Mapping[str, str]) -> dict[str, str]:
    """Return an environment with exactly this retention policy."""
    others = {name: value for name, value in env.items() if name not in map(retain_variable, RETAIN_FIELDS)}
    return {**others, **{retain_variable(period): number for period, number in kept.items()}}


def not_to_keep(job: MoverJob) -> str:
    """Return why the retention policy of a Job is wrong: a value that is no whole number of at least 0; else ""."""
    wrong = [(name, value) for name, value in retention_of(job).items() if not re.fullmatch("[0-9]+", value)]
    return f"{retain_variable(wrong[0][0])} is {wrong[0][1]!r}, which is no whole number of at least 0" if wrong else ""


def data_dir_of(job: MoverJob) -> str:
    """Return the path in the container that is backed up or restored into."""
    by_default = SOURCE_MOUNT if BACKUP[0] in job.args else DESTINATION_MOUNT
    return job.env.get(Variable.DATA_FOLDER) or job.secret_env.get(Variable.DATA_FOLDER) or by_default


def cache_dir_of(job: MoverJob) -> str:
    """Return the path of kopia's cache in the container."""
    return job.env.get(Variable.CACHE_FOLDER) or job.secret_env.get(Variable.CACHE_FOLDER) or CACHE_MOUNT


def missing_key(job: MoverJob) -> str:
    """Return the first key of the repository Secret that a mover needs but does not have; "" if it has all keys."""
    return next((key for key in S3_KEYS if not job.secret_env.get(key, "").strip()), "")


def address_of(job: MoverJob) -> RepositoryAddress:
    """Return the bucket, prefix and endpoint of a Job's repository.  Check first that ``missing_key`` returns "".

    Raises:
        ValueError: The URL of the repository has another scheme than s3.
    """
    return address_in(job.secret_env)


def address_in(values: Mapping[str, str]) -> RepositoryAddress:
    """Return the bucket, prefix and endpoint in the values of a repository Secret; the URL must be there.

    Raises:
        ValueError: The URL of the repository has another scheme than s3.
    """
    scheme, _, rest = values[Key.REPOSITORY].strip().partition("://")
    if scheme != "s3":
        raise ValueError(f"{Key.REPOSITORY} has the scheme {scheme!r}; this mover supports s3 only")
    # No part of an S3 key is a query or a fragment: everything after the bucket is the prefix.
    bucket, _, path = rest.partition("/")
    endpoint = values.get(Key.ENDPOINT) or values.get(Key.OTHER_ENDPOINT, DEFAULT_ENDPOINT)
    prefix = path.strip("/")
    return RepositoryAddress(
        bucket=values.get(Key.BUCKET) or bucket,
        prefix=f"{prefix}/" if prefix else "",
        endpoint=endpoint.split("://")[-1],
        tls=values.get(Key.DISABLE_TLS, "false") != "true",
    )


def endpoint_as_given(job: MoverJob) -> str:
    """Return the endpoint of the store as the Secret gives it, with or without a scheme."""
    return job.secret_env[Key.ENDPOINT]


def access_of(job: MoverJob) -> RepositoryAccess:
    """Return the password and credentials of a Job's repository.  Check first that ``missing_key`` returns ""."""
    values = job.secret_env
    return RepositoryAccess(values[Key.PASSWORD], values[Key.ACCESS_KEY], values[Key.SECRET_KEY])


def pod_name(owner: ObjectRef) -> str:
    """Return the name that the operator gives the Pod of an object."""
    kind = "src" if owner.kind == SOURCE else "dst"
    name = re.sub(r"[^a-z0-9-]", "-", f"volsync-{kind}-{owner.name}".lower())
    return name[:MAX_POD_NAME_LENGTH].strip("-")


def environment_outside(job: MoverJob, data_dir: str, cache_dir: str) -> dict[str, str]:
    """Return the variables with the folders of a mover that runs without the mounts of its Job.

    Args:
        job: The Job.
        data_dir: The folder that stands for the PVC.
        cache_dir: The folder of kopia's cache.
    """
    return {
        Variable.DATA_FOLDER.value: data_dir,
        Variable.CACHE_FOLDER.value: cache_dir,
        Variable.SOURCE_PATH.value: source_path(job),
    }
