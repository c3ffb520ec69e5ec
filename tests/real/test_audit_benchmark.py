"""The audit of a large organisation, as issue 15 bounds it: time on the processor and memory."""

import json
import os
import subprocess
import sys

import yaml

from tests.real.conftest import PROJECT
from tests.unit.audit_world import large

SECONDS, KIBIBYTES = 30, 1 << 20


def test_a_large_organisation_is_fast_and_small(tmp_path):
    """5,000 identities, 100,000 snapshots and 2,000 manifests: less than 30 s and 1 GiB."""
    declared, entries = large(6000, 100_000, 2000)
    (tmp_path / "apps").mkdir()
    for number, one in enumerate(declared):
        (tmp_path / "apps" / f"{number}.yaml").write_text(yaml.dump(one.manifest))
    (tmp_path / "list.json").write_text(json.dumps(entries))
    arguments = ["--manifests", tmp_path / "apps", "--snapshots", tmp_path / "list.json", "--out", tmp_path / "out"]
    command = [sys.executable, "-m", "harness.cli.audit", *arguments, "--against", "object-name-namespace"]
    process = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 1
    assert usage.ru_utime + usage.ru_stime < SECONDS
    assert usage.ru_maxrss < KIBIBYTES
