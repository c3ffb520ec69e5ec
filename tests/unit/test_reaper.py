"""The reaper ends what a run leaves behind, also when the run is killed."""

import os
import secrets
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from harness.errors import HarnessError
from harness.system.process import RUN_MARKER
from harness.system.reaper import Reaper, marked, sweep

PROJECT = Path(__file__).parents[2]


@pytest.fixture
def marker():
    return secrets.token_hex(8)


def sleeper(marker):
    return subprocess.Popen(["sleep", "60"], env={**os.environ, RUN_MARKER: marker}, start_new_session=True)


def until(condition, seconds=10.0):
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return condition()


def test_close_ends_processes_and_removes_the_folder(tmp_path, marker):
    reaper = Reaper(marker)
    folder = tmp_path / "of-the-run"
    (folder / "deep").mkdir(parents=True)
    reaper.guard("folder", folder)
    stray = sleeper(marker)
    assert until(lambda: marked(marker))
    reaper.close()
    assert stray.wait(5) == -signal.SIGKILL
    assert not folder.exists()


def test_processes_of_other_runs_are_spared(marker):
    other = sleeper(secrets.token_hex(8))
    Reaper(marker).close()
    assert other.poll() is None
    other.kill()
    other.wait()


def test_a_process_between_two_programs_is_not_missed(tmp_path, marker):
    again = tmp_path / "again.sh"
    again.write_text('#!/bin/sh\nexec /bin/sh "$0"\n')
    again.chmod(0o700)
    for _ in range(30):
        process = subprocess.Popen([again], env={RUN_MARKER: marker})
        until(lambda: marked(marker))
        sweep(marker, spared=set())
        try:
            assert process.wait(1) == -signal.SIGKILL
        finally:
            process.kill()


def test_keep_spares_what_is_guarded(tmp_path, marker):
    reaper = Reaper(marker)
    kept, stray = sleeper(marker), sleeper(marker)
    reaper.guard("folder", tmp_path)
    reaper.guard("process", kept.pid)
    reaper.keep()
    reaper.close()
    assert stray.wait(5) == -signal.SIGKILL
    assert kept.poll() is None
    assert tmp_path.exists()
    kept.kill()
    kept.wait()


def test_what_cannot_be_cleaned_is_said(marker, monkeypatch):
    monkeypatch.setenv("DOCKER_HOST", "unix:///no/such/socket")
    reaper = Reaper(marker)
    reaper.guard("container", "nobody")
    with pytest.raises(HarnessError, match="container nobody"):
        reaper.close()


def test_an_unknown_kind_is_refused_and_never_removed(tmp_path, marker):
    reaper = Reaper(marker)
    with pytest.raises(HarnessError, match=f"cannot clean volume {tmp_path}"):
        reaper.guard("volume", tmp_path)
    reaper.close()


@pytest.mark.parametrize("line", ["volume {}", "{}", "folder", ""])
def test_the_warden_cleans_nothing_that_it_does_not_know(tmp_path, marker, line):
    told = [f"folder {tmp_path / 'known'}", line.format(tmp_path)]
    (tmp_path / "known").mkdir()
    ended = subprocess.run(
        [sys.executable, "-m", "harness.system.reaper", marker],
        cwd=PROJECT,
        input="".join(f"{one}\n" for one in told),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, tmp_path.exists(), (tmp_path / "known").exists()) == (1, True, False)
    assert "cannot clean" in ended.stdout


def test_a_killed_run_is_cleaned_up(tmp_path, marker):
    folder = tmp_path / "of-the-run"
    folder.mkdir()
    code = (
        "import sys, time; from harness.system.reaper import Reaper; w = Reaper(sys.argv[1]);"
        "w.guard('folder', sys.argv[2]); print('ready', flush=True); time.sleep(60)"
    )
    run = subprocess.Popen([sys.executable, "-c", code, marker, folder], cwd=PROJECT, stdout=subprocess.PIPE)
    with run:
        assert run.stdout is not None
        assert run.stdout.readline() == b"ready\n"
        run.kill()
    assert until(lambda: not folder.exists())
