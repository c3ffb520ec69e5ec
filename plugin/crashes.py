"""A crash of the operator is a divergence for the scenario that provokes it again, and for no other.

Scenarios that were waiting when the operator crashed run once more, alone, on a fresh process.  Where
the crash recurs, it is laid to that scenario; a crash that no scenario provokes again leaves the verdict of the run
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
"""How often the operator crashed under a scenario."""

TURN_FILE = "operator.turn"


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Runs a scenario, and once more where the operator crashed under it."""
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
        # Now that nobody runs, all that could have provoked it is gone.
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
    """Others may run at the same time (LOCK_SH), or nobody (LOCK_EX)."""
    with (context.folder / TURN_FILE).open("a") as file:
        fcntl.flock(file, kind)
        yield
