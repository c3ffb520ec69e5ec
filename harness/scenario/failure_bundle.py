"""Write the failure bundle of a failed scenario before the scenario is cleaned up."""

from __future__ import annotations

import json
import shlex
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from harness.errors import Divergence, HarnessError
from harness.scenario import saved
from harness.scenario.record import Record, newest
from harness.scenario.saved import About
from harness.scenario.sync import Sync
from harness.scenario.testbed import LiveTestbed
from harness.scenario.world import World
from harness.system import yaml_io
from harness.system.process import REDACT, Call
from harness.volsync.fields import SYNCED
from harness.volumes import Tree

REPEAT = """#!/bin/sh
# Runs just this scenario again, from a checkout of the suite; it fails in the same way.
cd "$(dirname "$0")/../../.." && exec ${{TOX:-tox}} -e conformance -- {options}{scenario}
"""


def write(
    folder: Path,
    testbed: LiveTestbed,
    about: About,
    versions: Mapping[str, Any],
    trees: tuple[Tree, Tree] | None = None,
) -> None:
    """Write the failure bundle of one scenario without secrets. It replaces an older bundle.

    Args:
        folder: The folder to write.
        testbed: The scenario, before its cleanup.
        about: The scenario and its result.
        versions: The versions of the tools in the run.
        trees: The expected and the observed volume, if the failure is about a volume.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    record, world = testbed.seen(), testbed.world
    calls = tuple(world.calls)
    _text(folder / "message.txt", about.message)
    _json(folder / "versions.json", versions)
    _text(folder / "buckets.txt", _buckets(world))
    _json(folder / "snapshots.json", {one: _snapshots(record, one) for one in world.secrets.repositories()})
    for name, content in zip(("volume-expected.txt", "volume-seen.txt"), trees or (), strict=False):
        _text(folder / name, _tree(content))
    if log := world.operator_log():
        _text(folder / "operator.log", log)
    _read_the_rest(record)
    manifests = [record.readings.objects.get(str(ref)) or manifest for ref, manifest in record.declared.items()]
    _text(folder / "manifests.yaml", yaml_io.dump_all(REDACT.values(one) for one in manifests))
    for number, sync in enumerate(record.syncs, 1):
        _sync(folder / f"sync-{number}-{sync.ref.kind}-{sync.ref.namespace}-{sync.ref.name}"[:200], sync, record)
    write_record(folder / saved.FILE, testbed, about, calls)
    script = folder / "repeat.sh"
    _text(
        script,
        REPEAT.format(options=f"{about.options} " if about.options else "", scenario=shlex.quote(about.scenario)),
    )
    script.chmod(0o755)


def write_record(file: Path, testbed: LiveTestbed, about: About, calls: Sequence[Call]) -> None:
    """Write the record of one scenario without secrets, so that it can be judged again.

    Args:
        file: The file to write.
        testbed: The scenario.
        about: The scenario and its result.
        calls: The kopia calls up to the verdict.
    """
    journal = testbed.journal
    one = saved.saved(about, testbed.seen(), journal.acts, journal.stages, calls)
    file.write_bytes(saved.encoded(one))


def _read_the_rest(record: Record) -> None:
    """Read all values that another version of a check may need, so that they are in the record."""
    for ref in record.declared:
        with suppress(HarnessError):
            if record.get(ref) is not None and ref.kind in SYNCED:
                record.described(ref)
                record.as_json(ref)
    with suppress(HarnessError):
        record.leaks()


def _sync(folder: Path, sync: Sync, record: Record) -> None:
    folder.mkdir(exist_ok=True)
    if sync.job:
        job = {
            "args": sync.job.args,
            "env": dict(sync.job.env),
            "secret_env": dict.fromkeys(sync.job.secret_env, saved.HIDDEN),
            "volumes": {mount: str(path) for mount, path in sync.job.volumes.items()},
        }
        _json(folder / "job.json", job)
    _text(folder / "mover.log", sync.result.log if sync.result else "no mover ran\n")
    _text(folder / "told.txt", sync.told)
    _text(folder / "ending.txt", f"{sync.ending.value}\n{sync.note}\n")
    _text(folder / "volume-before.txt", _tree(sync.before))
    _text(folder / "volume-seen.txt", _tree(sync.after))
    _text(folder / "volume-of-the-backup.txt", _tree(newest(record, sync.ref) or {}))


def _snapshots(record: Record, repository: str) -> list[Mapping[str, str]]:
    try:
        return [
            {
                "id": one.id,
                "username": one.identity.username,
                "hostname": one.identity.hostname,
                "path": one.path,
                "start": one.start.isoformat(),
                "end": one.end.isoformat(),
            }
            for one in record.snapshots(repository)
        ]
    except (HarnessError, Divergence) as error:
        return [{"unreadable": str(error)}]


def _buckets(world: World) -> str:
    try:
        return "\n".join(world.locations.objects())
    except HarnessError as error:
        return f"cannot be listed: {error}"


def _tree(content: Tree) -> str:
    return "".join(f"{path}\t{what}\n" for path, what in sorted(content.items()))


def _json(file: Path, value: Mapping[str, Any]) -> None:
    """Write a value as JSON. It is redacted first, because JSON escapes characters of the secrets."""
    file.write_text(json.dumps(REDACT.values(value), indent=1), encoding="utf-8")


def _text(file: Path, text: str) -> None:
    file.write_text(REDACT(text), encoding="utf-8")
