"""Find out which scenario makes the operator crash.

When the operator crashes, every scenario that was waiting for it runs again, alone, on a new operator process. If the
operator crashes again, that scenario has diverged. If no scenario makes it crash again, the verdict of the run is
unknown.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from _pytest.runner import runtestprotocol

from harness.kubernetes.crashes import is_down, note_provoked, revive, told
from harness.scenario.context import WorkerContext
from plugin.lifecycle import CONTEXT

CRASHED = pytest.StashKey[int]()
"""The number of operator crashes during a scenario."""

TURN_FILE = "operator.turn"


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Run a scenario, and run it again alone if the operator crashed during it."""
    context = item.config.stash.get(CONTEXT, None)
    if context is None or context.kubernetes is None:
        return None
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    item.stash[CRASHED] = 0
    crashes = Path(context.kubernetes.crashes)
    if is_down(crashes):
        with _turn(context, fcntl.LOCK_EX):
            revive(crashes)
    before = len(told(crashes))
    with _turn(context, fcntl.LOCK_SH):
        reports = runtestprotocol(item, log=False, nextitem=nextitem)
    if item.stash[CRASHED]:
        # No other scenario runs now, so a second crash is due to this one.
        with _turn(context, fcntl.LOCK_EX):
            revive(crashes)
            item._initrequest()  # type: ignore[attr-defined]
            reports = runtestprotocol(item, log=False, nextitem=nextitem)
            if item.stash[CRASHED] > 1:
                note_provoked(crashes, range(before, len(told(crashes))))
            revive(crashes)
    for report in reports:
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


@contextmanager
def _turn(context: WorkerContext, kind: int) -> Iterator[None]:
    """Wait until this scenario may run: together with others (LOCK_SH) or alone (LOCK_EX)."""
    with (context.folder / TURN_FILE).open("a") as file:
        fcntl.flock(file, kind)
        yield
