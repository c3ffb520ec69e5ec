"""Order the scenarios: the base claims first, because all other claims depend on them.

With workers, the longest scenarios follow first, so that none of them runs alone at the end. Without workers, the order
of the features stays, which is easier to read.
"""

from __future__ import annotations

import hashlib

import pytest
from pytest_bdd.parser import Step

from harness.scenario.preconditions import BASE
from plugin.options import LONG, OPTIONS
from plugin.tags import tags_of, template_of


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Sort the scenarios. xdist then passes one at a time to a worker (``--dist load --maxschedchunk 1``)."""
    seed = config.stash[OPTIONS].shuffle
    if seed is not None:
        items.sort(key=lambda item: hashlib.sha256(f"{seed} {item.nodeid}".encode()).digest())
    elif int(getattr(config, "workerinput", {}).get("workercount", 1)) > 1:
        items.sort(key=_weight, reverse=True)
    if not config.stash[OPTIONS].proof:
        items.sort(key=_base_first)


def _base_first(item: pytest.Item) -> int:
    """Return the position of a base claim among the base claims. All other claims come after them."""
    tags = tags_of(item)
    return min((index for index, claim in enumerate(BASE) if claim in tags), default=len(BASE))


def _weight(item: pytest.Item) -> tuple[bool, int]:
    """Return a sort key for the length of a scenario: its tag for long ones, then its steps and table rows.

    A skipped scenario has the shortest length.
    """
    if item.get_closest_marker("skip"):
        return False, 0
    scenario = template_of(item)
    return LONG in tags_of(item), sum(1 + _rows(step) for step in (scenario.steps if scenario else ()))


def _rows(step: Step) -> int:
    return len(step.datatable.rows) - 1 if step.datatable else 0
