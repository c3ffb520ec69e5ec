"""The program that sees command lines: of every process, however short it lives, and without changing anything else."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from harness.model import MoverJob, ObjectRef
from harness.mover import process_trace
from harness.mover.command import CommandMover, CommandSpec

pytestmark = pytest.mark.skipif(bool(process_trace.blind_here()), reason="command lines cannot be seen here")

SYSTEM_PYTHON = "/usr/bin/python3"


@pytest.fixture
def watched(tmp_path):
    report = tmp_path / "report"

    def run(*command, **kwargs):
        done = subprocess.run(
            process_trace.watched(command, report), capture_output=True, text=True, timeout=30, check=False, **kwargs
        )
        return done, process_trace.read(report)

    return run


def test_every_process_is_seen_also_one_that_is_gone_at_once(watched):
    body = "for n in $(seq 100); do /bin/true short-$n; done; (/bin/sleep 0.05 & wait); exec /bin/echo last"
    done, seen = watched("/bin/sh", "-c", body)
    assert (done.returncode, done.stdout, done.stderr) == (0, "last\n", "")
    assert seen.blind == ""
    assert {f"/bin/true short-{n}" for n in range(1, 101)} <= set(seen.command_lines)
    assert {"/bin/sleep 0.05", "/bin/echo last"} <= set(seen.command_lines)


def test_arguments_are_read_whole(watched):
    odd = ["", "a b", "ü", "x" * 100_000, "\udcff"]
    done, seen = watched(sys.executable, "-c", "import sys; print(len(sys.argv))", *odd)
    assert done.stdout.strip() == "6"
    assert f"{sys.executable} -c import sys; print(len(sys.argv)) {' '.join(odd)}" in seen.command_lines


@pytest.mark.parametrize("body", ["exit 7", "kill -9 $$"])
def test_the_exit_status_is_that_of_the_program(watched, body):
    assert watched("/bin/sh", "-c", body)[0].returncode == (7 if "7" in body else 137)


def test_a_program_that_is_not_there_is_named(watched):
    done, _ = watched("/no/such/program")
    assert (done.returncode, done.stderr) == (127, "/no/such/program: No such file or directory\n")


def test_the_environment_is_left_as_it_is(watched):
    done, _ = watched("/usr/bin/env", env={"LC_ALL": "C", "KOPIA_PASSWORD": "ü 'x'"})
    assert sorted(done.stdout.splitlines()) == ["KOPIA_PASSWORD=ü 'x'", "LC_ALL=C"]


def test_a_process_that_outlives_the_program_is_seen_too(watched):
    done, seen = watched("/bin/sh", "-c", "(setsid /bin/sh -c '/bin/sleep 0.1; /bin/echo late' &) ; exit 3")
    assert (done.returncode, done.stdout) == (3, "late\n")
    assert "/bin/echo late" in seen.command_lines


def test_sigterm_is_passed_on(tmp_path):
    command = process_trace.watched(
        ["/bin/sh", "-c", "trap 'exit 9' TERM; echo up; sleep 20 & wait"], tmp_path / "report"
    )
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"up\n"
    begin = time.monotonic()
    process.terminate()
    process.stdout.close()
    assert process.wait(10) == 9
    assert time.monotonic() - begin < 5


@pytest.mark.skipif(os.geteuid() != 0 or not Path(SYSTEM_PYTHON).exists(), reason="becomes another user")
def test_a_user_without_privileges_is_watched_as_well():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        watch = shutil.copy(process_trace.WATCH, folder)
        report = folder / "report"
        command = [SYSTEM_PYTHON, "-I", "-S", watch, report, "0", "/bin/sh", "-c", "/bin/true as-nobody"]
        subprocess.run(command, user=65534, group=65534, extra_groups=[], check=True, timeout=30)
        seen = process_trace.read(report)
    assert "/bin/true as-nobody" in seen.command_lines
    assert seen.blind == ""


@pytest.mark.parametrize("isolation", ["auto", "environment"])
def test_a_mover_is_watched_where_that_is_asked_for(tmp_path, isolation):
    words = ("/bin/sh", "-c", '/bin/sh -c "/bin/sleep 0.05; :" - "--password=$KOPIA_PASSWORD"; exit 4')
    job = MoverJob(
        ObjectRef("ReplicationSource", "shop", "orders"),
        ("backup",),
        {},
        {"KOPIA_PASSWORD": "it's ü"},
        {"/data": tmp_path / "data", "/cache": tmp_path / "cache"},
    )
    for folder in job.volumes.values():
        folder.mkdir()
    mover = CommandMover(CommandSpec(words, isolation=isolation), Path("/usr/bin/true"), tmp_path / "mover", print)
    assert mover.run(job).blind == "the processes of the mover were not traced"
    mover.watched = True
    result = mover.run(job)
    assert (result.exit_code, result.why_ended, result.blind) == (4, "", "")
    assert "/bin/sh -c /bin/sleep 0.05; : - --password=it's ü" in result.command_lines
    assert "it's ü" not in repr(result)


def test_a_report_without_a_line_is_no_watch(tmp_path):
    assert process_trace.read(tmp_path / "none") == process_trace.Seen(blind="the watching program did not start")


def test_one_command_line_that_cannot_be_read_leaves_the_whole_unknown(tmp_path):
    report = tmp_path / "report"
    report.write_text('{"argv": ["sh"]}\n{"blind": "the arguments of a process: Permission denied"}\n{"argv": ["a"]}\n')
    seen = process_trace.read(report)
    assert seen == process_trace.Seen(("sh", "a"), "the arguments of a process: Permission denied")
