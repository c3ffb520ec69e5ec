"""How the tests in this folder run the suite: as a user would, in a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

PROJECT = Path(__file__).parents[2]
SCHEMA = json.loads((PROJECT / "docs" / "report.schema.json").read_text(encoding="utf-8"))
BESIDE_OTHERS, ALONE = "beside_others", "alone"
CLEAN_WITHIN_S = 10.0
START_WITHIN_S = 60.0
RUN_TIMEOUT_S = 3000.0 if os.environ.get("VOLSYNC_CONFORMANCE_WHOLE") else 600.0


@dataclass(frozen=True)
class Ended:
    """A run of the suite that has ended; ``times`` holds when each line of its output came, in seconds."""

    status: int
    output: str
    report: dict[str, Any]
    times: tuple[tuple[float, str], ...] = ()

    def seconds_after(self, words: str) -> float:
        """How long the run went on after the first line with these words."""
        return self.times[-1][0] - next(at for at, line in self.times if words in line)

    @property
    def claims(self) -> dict[str, str]:
        assert self.report, f"the run ended with {self.status} and no report:\n{self.output}"
        return {claim["id"]: claim["verdict"] for claim in self.report["claims"]}

    def line(self, *words: str) -> str:
        """The first line that holds all of these words; fails with the whole output where none does."""
        found = [line for line in self.output.splitlines() if all(word in line for word in words)]
        assert found, f"no line with {words} in:\n{self.output}"
        return found[0]


class Suite:
    """Runs the suite with a TMPDIR of its own, so that whatever is left over is found."""

    def __init__(self, folder: Path, project: Path) -> None:
        self.tmp = folder
        self.project = project

    def environment(self, **env: str) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "AWS_"))}
        return {**inherited, "TMPDIR": str(self.tmp), "PYTHONUNBUFFERED": "1", **env}

    def start(self, *args: str, **env: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "pytest", "-c", "pyproject.toml", "-p", "plugin.options", *args],
            cwd=self.project,
            env=self.environment(**env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, *args: str, **env: str) -> Ended:
        shutil.rmtree(self.project / "reports", ignore_errors=True)
        process = self.start(*args, **env)
        killer = threading.Timer(RUN_TIMEOUT_S, process.kill)
        killer.start()
        times = []
        for line in process.stdout:
            times.append((time.monotonic(), line))
        process.wait()
        killer.cancel()
        times.append((time.monotonic(), ""))
        return Ended(process.returncode, "".join(line for _, line in times), self.report(), tuple(times))

    def report(self) -> dict[str, Any]:
        """The report of the last run, held against its schema; empty where there is none."""
        file = self.project / "reports" / "report.json"
        if not file.exists():
            return {}
        report = json.loads(file.read_text(encoding="utf-8"))
        assert [error.message for error in Draft202012Validator(SCHEMA).iter_errors(report)] == []
        return report

    def folder(self) -> Path | None:
        """The folder of the run that goes on."""
        return next(self.tmp.glob("volsync-conformance-*"), None)

    def wait_for(self, condition: Any, seconds: float = START_WITHIN_S) -> Any:
        deadline = time.monotonic() + seconds
        while not (found := condition()) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert found, "did not happen in time"
        return found

    def under_way(self) -> Path:
        """Waits until scenarios run and kopia has been called."""
        return self.wait_for(lambda: next(self.tmp.glob("volsync-conformance-*/*/mover/*"), None)).parents[2]

    def leftovers(self) -> list[str]:
        """Containers, processes and folders of runs below this TMPDIR."""
        names = [f"folder {path}" for path in self.tmp.glob("volsync-conformance-*")]
        listed = subprocess.run(
            ["docker", "ps", "-a", "--format", "{{.Names}}"], capture_output=True, text=True, check=False
        )
        containers = [f"container {name}" for name in listed.stdout.split() if name.startswith("volsync-conformance-")]
        return [*names, *containers, *_processes_below(self.tmp)]

    def assert_clean(self, within_s: float = CLEAN_WITHIN_S) -> None:
        deadline = time.monotonic() + within_s
        while (left := self.leftovers()) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert left == []


def _processes_below(folder: Path) -> list[str]:
    """Processes with this TMPDIR in their environment or arguments, but for this one."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            seen = (process / "environ").read_bytes() + (process / "cmdline").read_bytes()
        except OSError:
            continue
        if str(folder).encode() in seen and int(process.name) != os.getpid():
            found.append(f"{process.name} {(process / 'cmdline').read_bytes().decode(errors='replace')}")
    return found


def pytest_configure(config):
    config.addinivalue_line("markers", f"{BESIDE_OTHERS}: runs while another test runs; its store is a process")
    config.addinivalue_line("markers", f"{ALONE}: measures time or uses the engine, and runs while no other test runs")


@pytest.fixture(scope="session")
def project(tmp_path_factory):
    """The checkout in which the suite runs: each worker has a copy, because a run writes to the folder `reports`."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return PROJECT
    copy = tmp_path_factory.mktemp("checkout") / "project"
    no_part = shutil.ignore_patterns(".git", ".tox", ".venv", ".*_cache", "__pycache__", "reports")
    return shutil.copytree(PROJECT, copy, symlinks=True, ignore=no_part)


@pytest.fixture
def suite(project):
    folder = Path(tempfile.mkdtemp(prefix="real-"))
    yield Suite(folder, project)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def has_engine():
    if (
        shutil.which("docker") is None
        or subprocess.run(["docker", "info"], capture_output=True, check=False).returncode
    ):
        pytest.skip("needs a container engine")


@pytest.fixture(scope="session")
def image():
    """The independent mover as an image, packed from the programs of this machine."""
    if (
        shutil.which("docker") is None
        or subprocess.run(["docker", "info"], capture_output=True, check=False).returncode
    ):
        pytest.skip("needs a container engine")
    from tests.movers.pack import pack

    return pack()


@pytest.fixture(scope="module")
def browser():
    """A real browser without a window."""
    playwright = pytest.importorskip("playwright.sync_api")
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        pytest.skip("needs chromium")
    with playwright.sync_playwright() as runner:
        browser = runner.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """In CI nothing is left out for want of a part: a skip is a failure there."""
    report = yield
    if report.skipped and os.environ.get("VOLSYNC_CONFORMANCE_NO_SKIP"):
        report.outcome, report.longrepr = "failed", f"skipped where nothing may be: {report.longrepr}"
    return report
