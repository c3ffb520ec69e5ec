"""Build the Job of an object as the operator does: arguments, environment and volumes.

``harness/volsync/mover_job.py`` reads these values from a Job.  Source: the operator's contract (docs/architecture.md,
"What a mover is given").
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness.model import Identity, Manifest, MoverJob, ObjectRef
from harness.volsync.fields import Field, kopia_spec
from harness.volsync.kinds import DESTINATION, SOURCE, is_source
from harness.volsync.mover_job import BACKUP, RESTORE, Selection, selection_in
from harness.volsync.variables import (
    CACHE_MOUNT,
    DESTINATION_MOUNT,
    RETAIN_FIELDS,
    SOURCE_MOUNT,
    Variable,
    joined,
    retain_variable,
)

JOB_PREFIXES: Mapping[str, str] = {SOURCE: "volsync-src-", DESTINATION: "volsync-dst-"}
"""The beginning of the name of a Job, by the kind of its object."""
MAX_JOB_NAME_LENGTH = 63
"""The limit of Kubernetes for the name of a Job."""
HASH_LENGTH = 16


def job_name(ref: ObjectRef) -> str:
    """Return the name of the Job of an object: at most 63 characters, and another one for each kind and name."""
    prefix = JOB_PREFIXES[ref.kind]
    if len(prefix + ref.name) <= MAX_JOB_NAME_LENGTH:
        return prefix + ref.name
    # A hash keeps long names apart that differ only at the end.
    return f"{prefix}{hashlib.sha256(ref.name.encode()).hexdigest()[:HASH_LENGTH]}"


def job_for(
    manifest: Manifest,
    ref: ObjectRef,
    identity: Identity,
    source_path: str | None,
    secret: Mapping[str, str],
    volume: Path,
    cache: Path,
) -> MoverJob:
    """Return the Job of one sync.

    A source backs up from ``/data``.  A destination restores to ``/restore/data``.

    Args:
        manifest: The source or destination.
        ref: The reference to it.
        identity: The identity to back up as, or the requested identity.
        source_path: The path override, or None.
        secret: The values of the repository Secret.
        volume: The folder that stands for the PVC.
        cache: The folder of kopia's cache.
    """
    backs_up = is_source(ref)
    mount = SOURCE_MOUNT if backs_up else DESTINATION_MOUNT
    spec = kopia_spec(manifest)
    env = {
        Variable.DATA_FOLDER: mount,
        Variable.CACHE_FOLDER: CACHE_MOUNT,
        Variable.USERNAME: identity.username,
        Variable.HOSTNAME: identity.hostname,
        Variable.PRIVILEGED: "0",
        **_shared_env(spec, source_path),
    }
    plain = {variable.value: value for variable, value in env.items()}
    plain |= _source_env(spec) if backs_up else _destination_env(spec)
    return MoverJob(ref, BACKUP if backs_up else RESTORE, plain, dict(secret), {mount: volume, CACHE_MOUNT: cache})


def selection_asked(destination: Manifest) -> Selection:
    """Return which snapshot a destination requests.

    Raises:
        ValueError: A field has no valid value. The message names its variable.
    """
    return selection_in(_destination_env(kopia_spec(destination)))


def _shared_env(spec: Mapping[str, Any], source_path: str | None) -> dict[Variable, str]:
    env = {}
    if source_path:
        env[Variable.SOURCE_PATH] = source_path
    if spec.get(Field.ADDITIONAL_ARGS):
        env[Variable.ADDITIONAL_ARGS] = joined(tuple(spec[Field.ADDITIONAL_ARGS]))
    return env


def _source_env(spec: Mapping[str, Any]) -> dict[str, str]:
    retain = spec.get(Field.RETAIN) or {}
    return {retain_variable(name): str(retain[name]) for name in RETAIN_FIELDS if name in retain}


def _destination_env(spec: Mapping[str, Any]) -> dict[str, str]:
    env = {Variable.DISCOVER.value: "true"}
    for field, variable in (
        (Field.RESTORE_AS_OF, Variable.RESTORE_AS_OF),
        (Field.PREVIOUS, Variable.PREVIOUS),
        (Field.SHALLOW, Variable.SHALLOW),
    ):
        if field in spec:
            env[variable.value] = str(spec[field])
    if spec.get(Field.ENABLE_FILE_DELETION):
        env[Variable.FILE_DELETION.value] = "true"
    return env
