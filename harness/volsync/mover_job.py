"""Read a MoverJob as typed values: what the variables of the operator's contract ask of a mover.

Source: the operator's contract (docs/architecture.md, "What a mover is given").
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

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
"""The arguments of a Job: what its mover is told to do."""

CONTAINER = "kopia"
"""The name of the container of a Job that is the mover."""

IMAGE_FOLDER = "/mover-kopia"
ENTRYPOINT = f"{IMAGE_FOLDER}/entry.sh"
"""The program of the operator's mover image."""

DEFAULT_ENDPOINT = "s3.amazonaws.com"
MAX_POD_NAME_LENGTH = 63


@dataclass(frozen=True)
class Selection:
    """Which snapshot of a history a restore asks for.

    Attributes:
        as_of: The instant at or before which a snapshot ends, as the object gives it; "" where it gives none.
        previous: How many snapshots to count back from the newest that is left.
        shallow: How many of the newest snapshots are looked at; 0 for all of them.
    """

    as_of: str = ""
    previous: int = 0
    shallow: int = 0

    @property
    def limit(self) -> datetime | None:
        """The instant of ``as_of``, None where there is none."""
        return datetime.fromisoformat(self.as_of.upper()) if self.as_of else None


def is_backup(job: MoverJob) -> bool:
    """Return True if a Job backs up."""
    return job.args == BACKUP


def is_restore(job: MoverJob) -> bool:
    """Return True if a Job restores."""
    return job.args == RESTORE


def identity_of(job: MoverJob) -> Identity:
    """Return the identity in the environment of a Job; a part that is not set is ""."""
    return Identity(job.env.get(Variable.USERNAME, ""), job.env.get(Variable.HOSTNAME, ""))


def names_identity(job: MoverJob) -> bool:
    """Return True if the environment of a Job holds both parts of an identity, whatever they are."""
    return Variable.USERNAME in job.env and Variable.HOSTNAME in job.env


def source_path(job: MoverJob) -> str:
    """Return the path under which a snapshot is recorded, or sought."""
    return job.env.get(Variable.SOURCE_PATH, DEFAULT_PATH)


def selection_of(job: MoverJob) -> Selection:
    """Return which snapshot a restore asks for."""
    return selection_in(job.env)


def selection_in(env: Mapping[str, str]) -> Selection:
    """Return which snapshot the environment of a restore asks for."""
    return Selection(
        as_of=env.get(Variable.RESTORE_AS_OF, ""),
        previous=int(env.get(Variable.PREVIOUS, "0")),
        shallow=int(env.get(Variable.SHALLOW, "0")),
    )


def deletes_files(job: MoverJob) -> bool:
    """Return True if a restore empties its volume first."""
    return job.env.get(Variable.FILE_DELETION) == "true"


def discovers(job: MoverJob) -> bool:
    """Return True if a restore lists the snapshots of the repository in its log."""
    return job.env.get(Variable.DISCOVER) == "true"


def additional_arguments(job: MoverJob) -> list[str]:
    """Return the user's own arguments for kopia."""
    return [word for word in job.env.get(Variable.ADDITIONAL_ARGS, "").split(ARGUMENT_SEPARATOR) if word]


def retention_of(job: MoverJob) -> dict[str, str]:
    """Return the retention policy that a backup sets: a period -> how many of its snapshots are kept."""
    found = {period: job.env.get(retain_variable(period)) for period in RETAIN_FIELDS}
    return {period: number for period, number in found.items() if number is not None}


def data_dir_of(job: MoverJob) -> str:
    """Return the path inside the container that is backed up, or restored to."""
    by_default = SOURCE_MOUNT if BACKUP[0] in job.args else DESTINATION_MOUNT
    return job.env.get(Variable.DATA_FOLDER) or job.secret_env.get(Variable.DATA_FOLDER) or by_default


def cache_dir_of(job: MoverJob) -> str:
    """Return the path inside the container that kopia caches in."""
    return job.env.get(Variable.CACHE_FOLDER) or job.secret_env.get(Variable.CACHE_FOLDER) or CACHE_MOUNT


def missing_key(job: MoverJob) -> str:
    """Return the first key of the repository Secret that a mover needs and does not have, "" where it has all."""
    return next((key for key in S3_KEYS if not job.secret_env.get(key)), "")


def address_of(job: MoverJob) -> RepositoryAddress:
    """Return where the repository of a Job lies; ``missing_key`` has to be "" first."""
    values = job.secret_env
    url = urlsplit(values[Key.REPOSITORY])
    endpoint = values.get(Key.ENDPOINT) or values.get(Key.OTHER_ENDPOINT, DEFAULT_ENDPOINT)
    prefix = url.path.strip("/")
    return RepositoryAddress(
        bucket=values.get(Key.BUCKET) or url.netloc,
        prefix=f"{prefix}/" if prefix else "",
        endpoint=endpoint.split("://")[-1],
        tls=values.get(Key.DISABLE_TLS, "false") != "true",
    )


def endpoint_as_given(job: MoverJob) -> str:
    """Return the endpoint of the store as the Secret gives it, with its scheme where it has one."""
    return job.secret_env[Key.ENDPOINT]


def access_of(job: MoverJob) -> RepositoryAccess:
    """Return what opens the repository of a Job; ``missing_key`` has to be "" first."""
    values = job.secret_env
    return RepositoryAccess(values[Key.PASSWORD], values[Key.ACCESS_KEY], values[Key.SECRET_KEY])


def pod_name(owner: ObjectRef) -> str:
    """Return the name of a Pod of an object, as the operator calls it."""
    kind = "src" if owner.kind == SOURCE else "dst"
    name = re.sub(r"[^a-z0-9-]", "-", f"volsync-{kind}-{owner.name}".lower())
    return name[:MAX_POD_NAME_LENGTH].strip("-")


def environment_outside(job: MoverJob, data_dir: str, cache_dir: str) -> dict[str, str]:
    """Return the variables that tell a mover where its folders are, where they are not where its Job mounts them."""
    return {
        Variable.DATA_FOLDER.value: data_dir,
        Variable.CACHE_FOLDER.value: cache_dir,
        Variable.SOURCE_PATH.value: source_path(job),
    }
