"""The order in which scenarios run: the base claims first, because everything else stands on them.

After them workers take the longest scenarios first, so that none of them is alone at the end; a run
without workers keeps the order of the features, in which people read.
"""

from __future__ import annotations

import pytest
from pytest_bdd.parser import Step

from harness.scenario.preconditions import BASE
from plugin.options import LONG, OPTIONS
from plugin.tags import tags_of, template_of


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Sorts by length; the workers are then handed one at a time (``--dist load --maxschedchunk 1``)."""
    if int(getattr(config, "workerinput", {}).get("workercount", 1)) > 1:
        items.sort(key=_weight, reverse=True)
    if not config.stash[OPTIONS].proof:
        items.sort(key=_base_first)


def _base_first(item: pytest.Item) -> int:
    """The place of a base claim among them; all others come after."""
    tags = tags_of(item)
    return min((index for index, claim in enumerate(BASE) if claim in tags), default=len(BASE))


def _weight(item: pytest.Item) -> tuple[bool, int]:
    """Return about how long a scenario takes: first whether its tag says so, then its steps and the rows of tables.

    One that is skipped takes nothing.
    """
    if item.get_closest_marker("skip"):
        return False, 0
    scenario = template_of(item)
    return LONG in tags_of(item), sum(1 + _rows(step) for step in (scenario.steps if scenario else ()))


def _rows(step: Step) -> int:
    return len(step.datatable.rows) - 1 if step.datatable else 0
