"""Print the progress of a run every few seconds: finished scenarios, remaining time, running scenarios."""

from __future__ import annotations

import time

import pytest

from plugin import lifecycle

SAY_EVERY_S = 10.0


def pytest_configure(config: pytest.Config) -> None:
    """Register the progress messages in the main process, not in workers."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Progress(config), "conformance-progress")


class Progress:
    """Count scenarios on all workers when they begin and end."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._running: dict[str, float] = {}
        self._ended = 0
        self._total = 0
        self._begin = self._said = time.monotonic()

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Record the number of scenarios in a run without workers."""
        self._total = self._total or len(session.items)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: list[str]) -> None:
        """Record the number of scenarios that a worker collected."""
        self._total = len(ids)
        self._begin = self._said = time.monotonic()

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Record that a scenario begins."""
        self._running[nodeid] = time.monotonic()

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """Record that a scenario ended. Print the progress if the last message is old enough."""
        self._running.pop(nodeid, None)
        self._ended += 1
        now = time.monotonic()
        run = self._config.stash.get(lifecycle.RUN, None)
        if run is not None and now - self._said >= SAY_EVERY_S and self._ended < self._total:
            self._said = now
            run.say(f"\n{self.line(now)}")

    def line(self, now: float) -> str:
        """Return a line such as ``45 of 214 scenarios, about 40 s left; running: test_a_backup (2 s)``."""
        left_s = (now - self._begin) / self._ended * (self._total - self._ended)
        running = ", ".join(f"{_title(nodeid)} ({now - begin:.0f} s)" for nodeid, begin in self._running.items())
        return f"{self._ended} of {self._total} scenarios, about {left_s:.0f} s left; running: {running or 'none'}"


def _title(nodeid: str) -> str:
    return nodeid.rpartition("::")[2]
