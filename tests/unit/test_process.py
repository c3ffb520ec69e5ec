"""Processes: time limits, environment, redaction."""

import os
import sys
import time
from pathlib import Path

import pytest

from harness.errors import HarnessError, TimeLimitExceeded
from harness.model import MoverJob, ObjectRef, RepositoryAccess
from harness.system.process import REDACT, Redactor, run


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
