"""Processes: time limits, environment, redaction."""

import os
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from harness.errors import HarnessError, TimeLimitExceeded
from harness.model import MoverJob, ObjectRef, RepositoryAccess
from harness.system import process
from harness.system.process import REDACT, RUN_MARKER, Output, Redactor, run, spawn


def test_secrets_are_replaced_longest_first():
    redact = Redactor()
    redact.add(["secret", "secret-word", "ab"])
    assert redact("a secret-word, a secret, ab") == "a ***, a ***, ab"


def test_output_is_handed_on_as_it_is():
    REDACT.add(["hunter2hunter2"])
    done = run([sys.executable, "-c", "import sys; print(sys.argv[1])", "hunter2hunter2"], env={}, timeout_s=10)
    assert done.stdout == "hunter2hunter2\n", "what leaks must be found: whoever writes it down redacts it"
    assert REDACT(done.stdout) == "***\n"


def test_gets_the_given_environment_and_nothing_else(monkeypatch):
    monkeypatch.setenv("LEAK", "1")
    done = run([sys.executable, "-c", "import os; print(sorted(os.environ))"], env={"ONLY": "1"}, timeout_s=10)
    assert "LEAK" not in done.stdout
    assert "ONLY" in done.stdout


def test_a_process_that_hangs_is_killed_with_its_children(tmp_path):
    pid_file = tmp_path / "pid"
    script = f"sleep 60 & echo $! > {pid_file}; wait"
    begin = time.monotonic()
    with pytest.raises(TimeLimitExceeded, match=r"0\.5 s"):
        run(["/bin/sh", "-c", script], env={"PATH": os.environ["PATH"]}, timeout_s=0.5)
    assert time.monotonic() - begin < 5
    state = Path("/proc", pid_file.read_text().strip(), "stat")
    # A killed process closes its files, for which the run waits, a moment before it is a zombie.
    while state.exists() and state.read_text().split()[2] != "Z":
        assert time.monotonic() - begin < 5, "the child goes on"
        time.sleep(0.01)


def test_a_program_that_is_not_there_is_named():
    with pytest.raises(HarnessError, match="/no/such/program"):
        run(["/no/such/program"], env={}, timeout_s=1)


def test_a_job_never_shows_its_secrets():
    owner = ObjectRef("ReplicationSource", "shop", "orders")
    job = MoverJob(owner, ("backup",), {}, {"KOPIA_PASSWORD": "hunter2hunter2"}, {})
    assert "hunter2" not in repr(job)
    assert "hunter2" not in repr(RepositoryAccess("hunter2hunter2", "a", "hunter2"))


def test_reads_what_it_is_given_and_hands_bytes_on_as_they_are():
    done = run(["cat"], env={"PATH": os.environ["PATH"]}, timeout_s=10, given=b"\xff\x00")
    assert done.stdout_bytes == b"\xff\x00"


@pytest.mark.parametrize(("marked", "seen"), [(True, "of-this-run"), (False, "none")])
def test_carries_the_marker_of_the_run(monkeypatch, marked, seen):
    monkeypatch.setenv(RUN_MARKER, "of-this-run")
    script = f"import os; print(os.environ.get({RUN_MARKER!r}, 'none'))"
    process = spawn([sys.executable, "-c", script], env={}, output=Output.MERGED, marked=marked)
    assert process.communicate(None, 10) == (0, f"{seen}\n".encode(), b"")


def test_has_a_session_of_its_own_and_nothing_to_read():
    script = "import os, sys; print(os.getsid(0) == os.getpid(), repr(sys.stdin.read()))"
    process = spawn([sys.executable, "-c", script], env={}, output=Output.MERGED)
    assert process.communicate(None, 10)[1] == b"True ''\n"


def test_a_log_file_is_appended_to(tmp_path):
    log = tmp_path / "log"
    for word in ("one", "two"):
        assert spawn(["/bin/sh", "-c", f"echo {word} >&2"], env={}, output=log).wait(10)
    assert log.read_text() == "one\ntwo\n"


TRAPS = "trap 'echo ended; exit 3' TERM; (trap 'echo child; exit' TERM; echo up; while :; do sleep 0.05; done) & wait"


def test_a_group_is_ended_with_grace():
    process = spawn(["/bin/sh", "-c", TRAPS], env={"PATH": os.environ["PATH"]}, output=Output.MERGED)
    assert process.stdout.readline() == b"up\n"
    process.end_group(5)
    assert process.exit_code == 3
    with process.stdout as output:
        assert b"ended" in output.read()


def test_a_group_that_ignores_sigterm_is_killed_with_its_children():
    script = "trap '' TERM; (while :; do sleep 0.05; done) & echo up; wait"
    process = spawn(["/bin/sh", "-c", script], env={"PATH": os.environ["PATH"]}, output=Output.MERGED)
    assert process.stdout.readline() == b"up\n"
    process.end_group(0.2)
    assert process.exit_code == -signal.SIGKILL
    with process.stdout as output:
        assert output.read() == b"", "the pipe is closed: no child holds it any more"


def test_waiting_has_a_limit():
    process = spawn(["sleep", "60"], env={"PATH": os.environ["PATH"]})
    assert not process.wait(0.05)
    assert process.is_running
    process.end_group()
    assert process.wait(0)


def test_a_program_that_cannot_be_spawned_is_named(tmp_path):
    with pytest.raises(HarnessError, match=r"cannot start /no/such/program: No such file"):
        spawn(["/no/such/program"], env={}, output=tmp_path / "log")


def test_a_pipe_that_was_not_asked_for_is_a_mistake_of_the_caller():
    process = spawn(["true"], env={"PATH": os.environ["PATH"]})
    with pytest.raises(ValueError, match="pipe"):
        process.stdout.read()
    process.wait()


def test_a_descendant_that_holds_the_pipe_does_not_keep_a_killed_run(monkeypatch):
    limits = replace(process.SUITE, killed_s=0.3)
    monkeypatch.setattr(process, "SUITE", limits)
    begin = time.monotonic()
    with pytest.raises(TimeLimitExceeded):
        run(["setsid", "--fork", "sh", "-c", "sleep 5"], env={"PATH": os.environ["PATH"]}, timeout_s=0.3)
    assert time.monotonic() - begin < 3
