"""From an object to the job that its operator makes: arguments, environment, volumes.

Source: the operator's contract (docs/architecture.md, "What a mover is given").
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness.model import Identity, Manifest, MoverJob, ObjectRef
from harness.volsync.fields import kopia_spec

ARGUMENT_SEPARATOR = "|VOLSYNC_ARG_SEP|"

RETAIN_FIELDS = ("hourly", "daily", "weekly", "monthly", "yearly", "latest")


def job_for(
    manifest: Manifest,
    ref: ObjectRef,
    identity: Identity,
    source_path: str | None,
    secret: Mapping[str, str],
    volume: Path,
    cache: Path,
) -> MoverJob:
    """The job of one sync; a source backs up from ``/data``, a destination restores to ``/restore/data``."""
    is_source = ref.kind == "ReplicationSource"
    mount = "/data" if is_source else "/restore/data"
    spec = kopia_spec(manifest)
    env = {
        "DATA_DIR": mount,
        "KOPIA_CACHE_DIR": "/cache",
        "KOPIA_OVERRIDE_USERNAME": identity.username,
        "KOPIA_OVERRIDE_HOSTNAME": identity.hostname,
        "PRIVILEGED_MOVER": "0",
        **_shared_env(spec, source_path),
        **(_source_env(spec) if is_source else _destination_env(spec)),
    }
    args = ("backup",) if is_source else ("restore",)
    return MoverJob(ref, args, env, dict(secret), {mount: volume, "/cache": cache})


def _shared_env(spec: Mapping[str, Any], source_path: str | None) -> dict[str, str]:
    env = {}
    if source_path:
        env["KOPIA_SOURCE_PATH_OVERRIDE"] = source_path
    if spec.get("additionalArgs"):
        env["KOPIA_ADDITIONAL_ARGS"] = ARGUMENT_SEPARATOR.join(spec["additionalArgs"])
    return env


def _source_env(spec: Mapping[str, Any]) -> dict[str, str]:
    retain = spec.get("retain") or {}
    return {f"KOPIA_RETAIN_{name.upper()}": str(retain[name]) for name in RETAIN_FIELDS if name in retain}


def _destination_env(spec: Mapping[str, Any]) -> dict[str, str]:
    env = {"KOPIA_DISCOVER_SNAPSHOTS": "true"}
    for field, name in (
        ("restoreAsOf", "KOPIA_RESTORE_AS_OF"),
        ("previous", "KOPIA_PREVIOUS"),
        ("shallow", "KOPIA_SHALLOW"),
    ):
        if field in spec:
            env[name] = str(spec[field])
    if spec.get("enableFileDeletion"):
        env["KOPIA_ENABLE_FILE_DELETION"] = "true"
    return env
