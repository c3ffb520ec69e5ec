"""What a scenario is given: its case, and a world of its own."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import count
from typing import cast

import pytest

from harness.scenario import replay
from harness.scenario.testbed import Testbed
from harness.system.process import Call
from plugin.cases import Case, OutOfReach, only_case
from plugin.lifecycle import CONTEXT
from plugin.namespaces import names_for
from plugin.options import LITERAL_NAMESPACES
from plugin.tags import tags_of

TESTBED = pytest.StashKey[Testbed]()
CALLS = pytest.StashKey[list[Call]]()

_NUMBERS = count(1)


@pytest.fixture
def case(request: pytest.FixtureRequest) -> Case:
    """Who is tested in this scenario, and under which variants."""
    chosen = getattr(request, "param", None) or only_case(request)
    if isinstance(chosen, OutOfReach):
        raise chosen.blocked()
    return cast("Case", chosen)


@pytest.fixture
def calls(request: pytest.FixtureRequest) -> Iterator[list[Call]]:
    """The calls of kopia that this scenario makes."""
    context = request.config.stash[CONTEXT]
    context.calls.clear()
    begin = time.monotonic()
    request.node.stash[CALLS] = context.calls
    yield context.calls
    if context.overhead and context.calls:
        replay.write_script(context, _worker(request.config), begin, context.calls)


@pytest.fixture
def testbed(request: pytest.FixtureRequest, case: Case, calls: list[Call]) -> Iterator[Testbed]:
    """The world of this scenario; its repositories are removed with the store."""
    context = request.config.stash[CONTEXT]
    name = f"{_worker(request.config)}-{next(_NUMBERS)}"
    literal = LITERAL_NAMESPACES in tags_of(request.node)
    with names_for(context, name, literal=literal) as rename:
        bed = Testbed(context, case.subject, case.variants, name, rename)
        request.node.stash[TESTBED] = bed
        yield bed
        bed.close()
        context.discard(bed.folder)
    if context.keep:
        bed.repositories.write_hints(request.node.name)


def _worker(config: pytest.Config) -> str:
    return str(getattr(config, "workerinput", {}).get("workerid", "main"))
