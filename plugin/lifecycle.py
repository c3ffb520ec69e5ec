"""Start what a run needs, pass it to the workers, and clean up, however the run ends."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import pytest

from harness.document.verdict import ExitStatus
from harness.errors import HarnessError, UsageError
from harness.scenario import replay
from harness.scenario.context import WorkerContext, require_space
from harness.storage.choose import open_store
from harness.system.background import BackgroundThread
from harness.system.process import REDACT, RUN_MARKER
from harness.system.reaper import Reaper, marked, sweep
from harness.system.wait import FOREVER, wait_until
from harness.toolchain import provision
from plugin import variants
from plugin.options import OPTIONS, SUITE_BROKEN, serves

if TYPE_CHECKING:
    from harness.kubernetes.session import OperatorSession

CONTEXT = pytest.StashKey[WorkerContext]()
RUN = pytest.StashKey["Run"]()
PARENT_POLL_S = 0.3
KILL_EVERY_S = 0.1
WORKERS_FOLDER = "workers"
WORKER_MARKER = "VOLSYNC_CONFORMANCE_WORKER_OF"
"""The environment variable that marks the workers of a run from their start."""
ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

ERROR_LINE = re.compile(r"[\w.]*(Error|Exception): ")
"""The last line of a traceback, which names the exception."""


class Run:
    """The main process of a run: start the store and the operator, and clean up through the reaper."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._options = config.stash[OPTIONS]
        self._reaper: Reaper | None = None
        self.begin = time.monotonic()
        self.begin_at = datetime.now(UTC)
        self.interrupted = False
        self.lost_worker = False
        self.problem = ""
        self.mover = ""
        self._operator: OperatorSession | None = None
        self.overhead = ""
        self.ended_s = 0.0
        self.first_s = 0.0

    def start(self) -> WorkerContext:
        """Provide kopia and a store, and start the operator. Print the progress on the terminal."""
        # Remove the report of an earlier run first, so that it does not remain if this run cannot start.
        shutil.rmtree(self._config.rootpath / "reports", ignore_errors=True)
        marker = secrets.token_hex(8)
        os.environ[RUN_MARKER] = marker
        self._reaper = Reaper(marker)
        kopia = provision.kopia(self._options.kopia, os.environ, self.say)
        who = self._options.subject
        self.mover = who.mover_kind.in_words(kopia.path)
        if who.mover_kind.uses_containers:
            self._reaper.guard("containers", marker)
        folder = Path(tempfile.gettempdir()).absolute() / f"volsync-conformance-{marker}"
        self._reaper.guard("folder", folder)
        _made(folder)
        require_space(folder)
        name = folder.name
        store = open_store(
            self._options.storage, self._options.minio_image, name, folder, self._reaper, os.environ, self.say
        )
        self.say(f"kopia {kopia.version} ({kopia.origin}); {store.origin}")
        if not who.mover_kind.is_reference:
            self.say(f"mover: {self.mover}")
        context = WorkerContext(kopia, store, folder, self._options.keep, self._options.overhead)
        context.mover_kopia = who.mover_kind.own_kopia(kopia.path, folder)
        context.buckets.make(store.probe_bucket)
        if who.kubernetes:
            # Imported late, because only such a subject needs the API client.
            from harness.kubernetes.session import OperatorSession

            self._operator = OperatorSession(who.kubernetes, folder / "kubernetes", self._reaper)
            context.kubernetes = self._operator.start(os.environ, self.say, self._give_up)
        variants.find_out(self._config, context)
        # Set after everything else was started, so that only workers inherit it.
        os.environ[WORKER_MARKER] = marker
        return context

    def _give_up(self) -> None:
        """End the run, because the operator crashes again and again. The other scenarios would only repeat this."""
        crashes = self._options.subject.limits.operator_crashes
        self.problem = f"the operator crashed {crashes} times; its log is in reports/operator.log"
        self.lost_worker = True
        self.kill_workers()

    def pytest_internalerror(self, excrepr: object) -> None:
        """Make the verdict unknown: the harness failed here or in a worker, and scenarios may have no result."""
        lines = [line.removeprefix("E").strip() for line in str(excrepr).splitlines()]
        errors = [line for line in lines if ERROR_LINE.match(line)]
        self.problem = self.problem or REDACT(f"the harness itself failed: {(errors or lines or [''])[-1]}")

    def say(self, text: str) -> None:
        """Print one line of progress."""
        reporter = self._config.pluginmanager.getplugin("terminalreporter")
        if reporter is not None:
            reporter.write_line(REDACT(text))
            reporter.flush()

    def close(self) -> None:
        """Clean up once. An error is stored in ``problem``, which makes the verdict unknown."""
        reaper, self._reaper = self._reaper, None
        if reaper is None:
            return
        context = self._config.stash.get(CONTEXT, None)
        try:
            if self._operator is not None:
                self._operator.close(self._config.rootpath / "reports" / "operator.log")
        except (HarnessError, OSError) as error:
            self._fail(error)
        try:
            if context is not None and context.store.lasting:
                # Before the buckets are removed, end the processes that still write to them.
                sweep(os.environ[RUN_MARKER], spared=set())
                context.remove_buckets()
            if context is not None and context.keep:
                reaper.keep()
        except (HarnessError, OSError) as error:
            self._fail(error)
        try:
            reaper.close()
        except (HarnessError, OSError) as error:
            self._fail(error)

    def compare_with_shell_loop(self, parallel: int) -> None:
        """Repeat all kopia calls as a shell loop, and store the overhead of the suite compared with it."""
        suite_s = self.ended_s
        self.say("repeating all calls of kopia as a shell loop")
        try:
            loop_s = replay.run_all(self._config.stash[CONTEXT], parallel)
        except HarnessError as error:
            self._fail(error)
            return
        self.overhead = (
            f"overhead: the run took {suite_s:.1f} s, a shell loop of its kopia calls, {parallel} at a time, "
            f"{loop_s:.1f} s: {suite_s / loop_s:.2f} times"
        )

    def _fail(self, error: HarnessError | OSError) -> None:
        self.problem = self.problem or str(error)
        self.say(f"ERROR: {REDACT(str(error))}")

    def pytest_runtest_logstart(self) -> None:
        """Store the time at which the first scenario begins. The time before it is provisioning."""
        self.first_s = self.first_s or self.elapsed_s

    @property
    def elapsed_s(self) -> float:
        """Return the seconds since the run began."""
        return time.monotonic() - self.begin

    def kill_workers(self) -> None:
        """Kill all workers at once, also one that is just starting.

        Otherwise they would run their queued scenarios first.
        """
        self.kill_known_workers()
        BackgroundThread("worker-killer", _keep_killing)

    def kill_known_workers(self) -> None:
        """Kill the workers that have registered in the folder of the run."""
        context = self._config.stash.get(CONTEXT, None)
        folder = context.folder / WORKERS_FOLDER if context else None
        _kill(int(entry.name) for entry in (folder.glob("*") if folder else ()))


def _keep_killing() -> None:
    """Kill new workers until the run is over. A worker that has not registered yet is found by its environment."""

    def run_is_over() -> bool:
        marker = os.environ.get(WORKER_MARKER)
        _kill(marked(marker, WORKER_MARKER) if marker else ())
        return marker is None

    wait_until(run_is_over, FOREVER, poll_s=KILL_EVERY_S)


def _kill(pids: Iterable[int]) -> None:
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Start the run in the main process. In a worker, take over its context."""
    config = session.config
    if not serves(config):
        return
    if hasattr(config, "workerinput"):
        _join(config)
        return
    run = config.stash[RUN] = Run(config)
    config.pluginmanager.register(run, "conformance-run")
    config.add_cleanup(run.close)
    _catch_signals(run)
    _watch_parent()
    try:
        config.stash[CONTEXT] = run.start()
    except UsageError as error:
        raise pytest.UsageError(REDACT(str(error))) from None
    except (HarnessError, OSError) as error:
        run.problem = REDACT(str(error))
        raise pytest.UsageError(run.problem) from None


@pytest.hookimpl(wrapper=True)
def pytest_cmdline_main(config: pytest.Config) -> Any:
    """Print one line and return the exit status for an unknown verdict if a run cannot start.

    pytest itself prints one line only for its own usage errors.
    """
    try:
        return (yield)
    except pytest.UsageError:
        run = config.stash.get(RUN, None)
        problem = run.problem if run else config.stash.get(SUITE_BROKEN, "")
        if not problem:
            raise
        print(f"ERROR: verdict unknown: {problem}", file=sys.stderr)
        return ExitStatus.UNKNOWN


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Pass the context to an xdist worker."""
    context = node.config.stash.get(CONTEXT, None)
    if context is not None:
        node.workerinput["context"] = context.as_dict()
        variants.hand_over(node.config, node.workerinput)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object | None) -> None:
    """End the run if a worker dies. Otherwise xdist would let the other workers run their queued scenarios first."""
    run = node.config.stash.get(RUN, None)
    if error and run is not None and not run.interrupted and not run.lost_worker:
        run.lost_worker = True
        run.kill_workers()


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> Any:
    """Clean up after the workers have ended and before the summary is printed."""
    run = session.config.stash.get(RUN, None)
    if run is not None:
        # The workers have sent all results. Without this, xdist would wait until each has freed its memory.
        run.kill_known_workers()
    result = yield
    if run is not None:
        run.ended_s = run.elapsed_s
        ended_early = run.interrupted or run.lost_worker
        if session.config.stash[OPTIONS].overhead and CONTEXT in session.config.stash and not ended_early:
            run.compare_with_shell_loop(int(session.config.getoption("numprocesses", None) or 1))
        run.close()
    return result


def _join(config: pytest.Config) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    context = WorkerContext.from_dict(config.workerinput["context"])  # type: ignore[attr-defined]
    _made(context.folder / WORKERS_FOLDER / str(os.getpid()))
    variants.take_over(config, config.workerinput)  # type: ignore[attr-defined]
    config.stash[CONTEXT] = context


def _catch_signals(run: Run) -> None:
    """End the run once at a signal. tox and the terminal may both send it, and it must not interrupt the cleanup."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        for each in ENDING_SIGNALS:
            signal.signal(each, signal.SIG_IGN)
        run.interrupted = True
        run.kill_workers()
        raise KeyboardInterrupt

    for number in ENDING_SIGNALS:
        signal.signal(number, interrupt)


def _watch_parent() -> None:
    """End the run if its parent process dies. tox leaves its child processes behind when it gets a SIGTERM."""
    parent = os.getppid()

    def watch() -> None:
        wait_until(lambda: os.getppid() != parent, FOREVER, poll_s=PARENT_POLL_S)
        os.kill(os.getpid(), signal.SIGTERM)

    BackgroundThread("parent-watch", watch)


def _made(folder: Path) -> None:
    folder.mkdir(parents=True, mode=0o700, exist_ok=True)
