"""A failure bundle: everything of a failed scenario, written down before anything of it is cleaned up."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness.errors import Divergence, HarnessError
from harness.scenario.sync import Sync
from harness.scenario.testbed import Testbed
from harness.system import yaml_io
from harness.system.process import REDACT
from harness.volumes import Tree

REPEAT = """#!/bin/sh
# Runs just this scenario again, from a checkout of the suite; it fails in the same way.
cd "$(dirname "$0")/../../.." && exec ${{TOX:-tox}} -e conformance -- {options}'{scenario}'
"""
HIDDEN = "***"


def write(
    folder: Path,
    testbed: Testbed,
    scenario: str,
    options: str,
    message: str,
    versions: Mapping[str, Any],
    trees: tuple[Tree, Tree] | None = None,
) -> None:
    """Writes the failure bundle of one scenario, in place of an older one; no secret gets into it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    _text(folder / "message.txt", message)
    _text(folder / "manifests.yaml", yaml_io.dump_all(REDACT.values(one) for one in testbed.manifests()))
    _json(folder / "versions.json", versions)
    _json(folder / "snapshots.json", _snapshots(testbed))
    _text(folder / "buckets.txt", _buckets(testbed))
    for name, content in zip(("volume-expected.txt", "volume-seen.txt"), trees or (), strict=False):
        _text(folder / name, _tree(content))
    if log := testbed.operator_log():
        _text(folder / "operator.log", log)
    for number, (sync, _) in enumerate(testbed.account(), 1):
        _sync(folder / f"sync-{number}-{sync.ref.kind}-{sync.ref.namespace}-{sync.ref.name}"[:200], sync, testbed)
    script = folder / "repeat.sh"
    _text(script, REPEAT.format(options=f"{options} " if options else "", scenario=scenario))
    script.chmod(0o755)


def _sync(folder: Path, sync: Sync, testbed: Testbed) -> None:
    folder.mkdir(exist_ok=True)
    if sync.job:
        job = {
            "args": sync.job.args,
            "env": dict(sync.job.env),
            "secret_env": dict.fromkeys(sync.job.secret_env, HIDDEN),
            "volumes": {mount: str(path) for mount, path in sync.job.volumes.items()},
        }
        _json(folder / "job.json", job)
    _text(folder / "mover.log", sync.result.log if sync.result else "no mover ran\n")
    _text(folder / "told.txt", sync.told)
    _text(folder / "ending.txt", f"{sync.ending.value}\n{sync.note}\n")
    _text(folder / "volume-before.txt", _tree(sync.before))
    _text(folder / "volume-seen.txt", _tree(sync.after))
    _text(folder / "volume-of-the-backup.txt", _tree(testbed.content(sync.ref) or {}))


def _snapshots(testbed: Testbed) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    for repository in testbed.repositories.in_use():
        try:
            records = testbed.repositories.snapshots(repository)
            found[repository] = [
                {
                    "id": record.id,
                    "username": record.identity.username,
                    "hostname": record.identity.hostname,
                    "path": record.path,
                    "start": record.start.isoformat(),
                    "end": record.end.isoformat(),
                }
                for record in records
            ]
        except (HarnessError, Divergence) as error:
            found[repository] = [{"unreadable": str(error)}]
    return found


def _buckets(testbed: Testbed) -> str:
    try:
        return "\n".join(testbed.repositories.objects())
    except HarnessError as error:
        return f"cannot be listed: {error}"


def _tree(content: Tree) -> str:
    return "".join(f"{path}\t{what}\n" for path, what in sorted(content.items()))


def _json(file: Path, value: Mapping[str, Any]) -> None:
    """Redacted before it is written as JSON: that quotes what a secret may hold."""
    file.write_text(json.dumps(REDACT.values(value), indent=1), encoding="utf-8")


def _text(file: Path, text: str) -> None:
    file.write_text(REDACT(text), encoding="utf-8")
