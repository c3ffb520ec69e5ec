"""What a scenario is given: its case, and a world of its own."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import count
from typing import cast

import pytest

from harness.kopia import hints
from harness.scenario import replay
from harness.scenario.context import WorkerContext
from harness.scenario.testbed import LiveTestbed
from harness.scenario.world import World
from plugin.cases import Case, OutOfReach, only_case
from plugin.lifecycle import CONTEXT
from plugin.namespaces import literal_names, names_for, only_named
from plugin.story import STORY

TESTBED = pytest.StashKey[LiveTestbed]()

_NUMBERS = count(1)


@pytest.fixture
def case(request: pytest.FixtureRequest) -> Case:
    """Who is tested in this scenario, and under which sides."""
    chosen = getattr(request, "param", None) or only_case(request)
    if isinstance(chosen, OutOfReach):
        raise chosen.blocked()
    return cast("Case", chosen)


@pytest.fixture
def testbed(request: pytest.FixtureRequest, case: Case) -> Iterator[LiveTestbed]:
    """The world of this scenario; its repositories are removed with the store."""
    context, begin = request.config.stash[CONTEXT], time.monotonic()
    name = f"{_worker(request.config)}-{next(_NUMBERS)}"
    literal = _literal(request, context)
    if context.cluster and (taken := context.cluster.taken(literal)):
        pytest.skip(f"the namespace {', '.join(taken)} is on this API already, and is left alone")
    named = only_named(request.node.stash[STORY]) if context.kubernetes else set()
    with names_for(literal, named, context.folder, name) as rename:
        world = World(context, case.subject, case.sides, name, rename)
        bed = request.node.stash[TESTBED] = LiveTestbed(world)
        yield bed
        bed.close()
        context.discard(world.folder)
    if context.keep:
        hints.write(context.folder, request.node.name, context.kopia.path, world.locations, world.secrets)
    if context.overhead and world.calls:
        replay.write_script(context, _worker(request.config), begin, world.calls)


def _literal(request: pytest.FixtureRequest, context: WorkerContext) -> set[str]:
    if context.kubernetes is None:
        return set()
    tags = {mark.name for mark in request.node.iter_markers()}
    return literal_names(request.node.stash[STORY], tags, request.config.rootpath / "fixtures" / "manifests")


def _worker(config: pytest.Config) -> str:
    return str(getattr(config, "workerinput", {}).get("workerid", "main"))
