"""A program under test is bounded in time and output, by the limits that a subject file may set."""

import os
from dataclasses import replace

import pytest

from harness.model import MoverJob, ObjectRef
from harness.mover.command import CommandMover, CommandSpec
from harness.system.limited_run import run
from harness.system.limits import DEFAULT_LIMITS

PATH = {"PATH": os.environ["PATH"]}


def bounded(script, timeout_s=10.0, grace_s=5.0, max_log_bytes=1 << 20):
    return run(["/bin/sh", "-c", script], PATH, timeout_s, lambda: None, grace_s=grace_s, max_log_bytes=max_log_bytes)


def test_a_program_within_its_limits_ends_by_itself():
    ended = bounded("echo said; exit 3")
    assert (ended.exit_code, ended.log, ended.why_ended) == (3, "said\n", "")


@pytest.mark.parametrize(
    ("script", "limits", "why"),
    [
        ("exec sleep 60", {"timeout_s": 0.3}, "it did not end within 0.3 s"),
        (
            "trap '' TERM; while :; do sleep 0.1; done",
            {"timeout_s": 0.3, "grace_s": 0.3},
            "it did not end within 0.3 s, and ignored SIGTERM",
        ),
        ("while :; do echo flood; done", {"max_log_bytes": 1000}, "it wrote more than 1000 bytes to its log"),
        ("while :; do echo flood; done", {"max_log_bytes": 2 << 20}, "it wrote more than 2 MiB to its log"),
    ],
)
def test_a_program_beyond_a_limit_is_ended_with_the_reason(script, limits, why):
    ended = bounded(script, **limits)
    assert ended.why_ended == why
    assert ended.exit_code != 0


def test_a_mover_that_is_a_program_has_the_limits_of_its_subject_file(tmp_path):
    limits = replace(DEFAULT_LIMITS, mover_log_bytes=1000, mover_stop_s=0.2)
    script = "trap '' TERM; [ $0 = backup ] && while :; do echo flood; done; while :; do sleep 0.1; done"
    spec = CommandSpec(("/bin/sh", "-c", script), isolation="environment", timeout_s=0.5, limits=limits)
    volume = tmp_path / "data"
    volume.mkdir()
    mover = CommandMover(spec, tmp_path / "kopia", tmp_path / "mover", lambda call: None)

    def why(word, place):
        owner = ObjectRef("ReplicationSource", "shop", "orders")
        return mover.run(MoverJob(owner, (word,), {}, {}, {place: volume})).why_ended

    assert why("backup", "/data") == "it wrote more than 1000 bytes to its log"
    assert why("restore", "/restore/data").startswith("it did not end within 0.5 s")
