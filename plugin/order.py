"""The order in which scenarios run: the base claims first, because everything else stands on them.

After them workers take the longest scenarios first, so that none of them is alone at the end; a run
without workers keeps the order of the features, in which people read.
"""

from __future__ import annotations

import pytest
from pytest_bdd.parser import Step
from pytest_bdd.scenario import scenario_wrapper_template_registry

from harness.scenario.preconditions import BASE
from plugin.options import OPTIONS


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Sorts by length; the workers are then handed one at a time (``--dist load --maxschedchunk 1``)."""
    if int(getattr(config, "workerinput", {}).get("workercount", 1)) > 1:
        items.sort(key=_weight, reverse=True)
    if not config.stash[OPTIONS].proof:
        items.sort(key=_base_first)


def _base_first(item: pytest.Item) -> int:
    """The place of a base claim among them; all others come after."""
    tags = {mark.name for mark in item.iter_markers()}
    return min((index for index, claim in enumerate(BASE) if claim in tags), default=len(BASE))


def _weight(item: pytest.Item) -> int:
    """About how long a scenario takes: its steps and the rows of their tables.

    One without a source runs no mover, and is short; one that is skipped takes nothing.
    """
    if item.get_closest_marker("skip"):
        return 0
    function = getattr(item, "obj", None)
    scenario = scenario_wrapper_template_registry.get(function) if function else None
    steps = list(scenario.steps) if scenario else []
    if not any("source" in step.name for step in steps):
        return 1
    most_rows = max(map(_rows, steps), default=0)
    return sum(1 + _rows(step) + most_rows * _rounds(step) for step in steps)


def _rows(step: Step) -> int:
    return len(step.datatable.rows) - 1 if step.datatable else 0


def _rounds(step: Step) -> int:
    """How often a step syncs every source that a table lists."""
    return (2 if "twice" in step.name else 1) if "every source" in step.name else 0
