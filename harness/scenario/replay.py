"""Repeat the kopia calls of a run as plain shell scripts, to measure the overhead of the harness.

A worker writes one script for each scenario. The main process then runs all of them through ``xargs``, with the same
parallelism as the run, on separate buckets and folders of the same store. The scripts hold secrets. They lie in the
folder of the run, which only its user can read.
"""

from __future__ import annotations

import json
import os
import re
import shlex
from collections.abc import Iterable, Mapping
from pathlib import Path

from harness.errors import HarnessError
from harness.kopia.client import CONFIG_PATH
from harness.scenario.context import WorkerContext
from harness.system.limits import SUITE
from harness.system.process import Call, run, tail

FOLDER = "replay"


def write_script(context: WorkerContext, name: str, begin: float, calls: Iterable[Call]) -> None:
    """Write the script of one scenario. Calls that were killed are left out.

    Args:
        context: The worker context.
        name: The name of the scenario.
        begin: The time when the scenario began, which puts the scripts in order.
        calls: The calls of kopia.
    """
    folder = context.folder / FOLDER
    folder.mkdir(exist_ok=True)
    known: dict[str, str] = {}
    lines = ["set -u"]
    opened: set[str] = set()
    for number, call in enumerate(call for call in calls if call.exit_code >= 0):
        lines += _configured(call, context, opened)
        lines += _lines(call, number, context.folder, known)
    prefix = f"--bucket={context.store.bucket_prefix}-"
    text = "\n".join(lines).replace(prefix, f"{prefix}r-")
    (folder / f"{begin:020.6f}-{name}.sh").write_text(text + "\n", encoding="utf-8")


def run_all(context: WorkerContext, parallel: int) -> float:
    """Run every script, ``parallel`` at a time, and return the duration in seconds.

    Raises:
        HarnessError: There is no script, or a call failed that succeeded in the run.
    """
    scripts = sorted((context.folder / FOLDER).glob("*.sh"))
    if not scripts:
        raise HarnessError("no call of kopia was recorded: there is nothing to compare with")
    for bucket in sorted({bucket for script in scripts for bucket in _buckets(script)}):
        _make_bucket(context, bucket)
    loop = ["xargs", "-P", str(parallel), "-n", "1", "/bin/sh"]
    done = run(loop, env=os.environ, timeout_s=SUITE.shell_loop_s, given="\n".join(map(str, scripts)).encode())
    if done.exit_code != 0:
        raise HarnessError(f"the shell loop did not repeat the run: {tail(done.stderr, 3)}")
    return done.seconds


def _make_bucket(context: WorkerContext, bucket: str) -> None:
    """Create a bucket for the shell loop, with the same initial content as its counterpart in the run."""
    prefix = context.store.bucket_prefix
    context.buckets.make(bucket)
    beginning = context.buckets.copied_from(bucket.replace(f"{prefix}-r-", f"{prefix}-", 1))
    if beginning:
        context.store.copy_objects(beginning, bucket)


def _lines(call: Call, number: int, folder: Path, known: dict[str, str]) -> list[str]:
    is_create = call.args[1:3] == ("snapshot", "create")
    # A snapshot reads the volume that the run left. Everything that is written goes to another folder.
    kept = {call.args[-1]} if is_create else set()
    words = [_word(word if word in kept else _moved(word, folder), known) for word in call.args]
    env = " ".join(f"{key}={shlex.quote(_moved(value, folder))}" for key, value in _sorted(call.env))
    command = f"{env} {' '.join(words)}"
    failed = f'echo "$(basename "$0"): call {number} ended with $status in place of 0" >&2; exit 1'
    # A call that failed may succeed here: the loop writes to new folders, and the obstacle may not be there.
    check = f"status=$?; [ $status -eq 0 ] || {{ {failed}; }}" if call.exit_code == 0 else ":"
    if is_create and call.exit_code == 0:
        known[json.loads(call.stdout)["id"]] = f"$id_{number}"
        return [
            f"out=$({command} 2>/dev/null)",
            check,
            f'id_{number}=$(printf %s "$out" | sed -n \'s/^{{"id":"\\([0-9a-f]*\\)".*/\\1/p\')',
        ]
    return [f"{command} >/dev/null 2>&1", check]


def _configured(call: Call, context: WorkerContext, opened: set[str]) -> list[str]:
    """Return the shell lines that write the configuration of a client that never connected, such as the Observer."""
    config = call.env[CONFIG_PATH]
    if config in opened or not Path(config).exists():
        return []
    opened.add(config)
    if call.args[1:3] in (("repository", "connect"), ("repository", "create")):
        return []
    text = Path(config).read_text(encoding="utf-8")
    bucket = context.store.bucket_prefix
    text = _moved(text.replace(f'"{bucket}-', f'"{bucket}-r-'), context.folder)
    there = shlex.quote(_moved(config, context.folder))
    return [f'mkdir -p "$(dirname {there})"', f"printf %s {shlex.quote(text)} > {there}"]


def _word(word: str, known: Mapping[str, str]) -> str:
    return known.get(word) or shlex.quote(word)


def _moved(text: str, folder: Path) -> str:
    return text.replace(f"{folder}/", f"{folder}/{FOLDER}/of-the-loop/")


def _sorted(env: Mapping[str, str]) -> list[tuple[str, str]]:
    return sorted(env.items())


def _buckets(script: Path) -> set[str]:
    return set(re.findall(r'(?:--bucket=|"bucket": ")([a-z0-9-]+)', script.read_text(encoding="utf-8")))
