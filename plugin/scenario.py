"""Provide the case and the testbed of a scenario as fixtures."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import count
from typing import cast

import pytest

from harness.kopia import hints
from harness.scenario import replay
from harness.scenario.testbed import LiveTestbed
from harness.scenario.world import World
from plugin.cases import Case, OutOfReach, only_case
from plugin.lifecycle import CONTEXT
from plugin.namespaces import names_for
from plugin.options import LITERAL_NAMESPACES
from plugin.tags import tags_of

TESTBED = pytest.StashKey[LiveTestbed]()

_NUMBERS = count(1)


@pytest.fixture
def case(request: pytest.FixtureRequest) -> Case:
    """Return the subject and the variants of this scenario."""
    chosen = getattr(request, "param", None) or only_case(request)
    if isinstance(chosen, OutOfReach):
        raise chosen.blocked()
    return cast("Case", chosen)


@pytest.fixture
def testbed(request: pytest.FixtureRequest, case: Case) -> Iterator[LiveTestbed]:
    """Return the testbed of this scenario. Its repositories are removed with the store."""
    context, begin = request.config.stash[CONTEXT], time.monotonic()
    name = f"{_worker(request.config)}-{next(_NUMBERS)}"
    literal = LITERAL_NAMESPACES in tags_of(request.node)
    with names_for(context, name, literal=literal) as rename:
        world = World(context, case.subject, case.variants, name, rename)
        bed = request.node.stash[TESTBED] = LiveTestbed(world)
        yield bed
        bed.close()
        context.discard(world.folder)
    if context.keep:
        hints.write(context.folder, request.node.name, context.kopia.path, world.locations, world.secrets)
    if context.overhead and world.calls:
        replay.write_script(context, request.node.originalname, begin, world.calls)


def _worker(config: pytest.Config) -> str:
    return str(getattr(config, "workerinput", {}).get("workerid", "main"))
