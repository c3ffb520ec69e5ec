"""What a scenario is given: its case, and a world of its own."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest

from harness.process import Call
from harness.testbed import Testbed
from steps.session.cases import Case, only_case
from steps.session.lifecycle import EQUIPMENT

TESTBED = pytest.StashKey[Testbed]()
CALLS = pytest.StashKey[list[Call]]()

_NUMBERS = count(1)


@pytest.fixture
def case(request: pytest.FixtureRequest) -> Case:
    """Who is tested in this scenario, and under which sides."""
    chosen: Case = getattr(request, "param", None) or only_case(request)
    return chosen


@pytest.fixture
def testbed_calls(request: pytest.FixtureRequest) -> list[Call]:
    """The calls of kopia that this scenario makes."""
    calls = request.node.stash[CALLS] = request.config.stash[EQUIPMENT].calls
    calls.clear()
    return calls


@pytest.fixture
def testbed(request: pytest.FixtureRequest, case: Case, testbed_calls: list[Call]) -> Iterator[Testbed]:
    """The world of this scenario; closed after it, whatever became of it."""
    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    bed = Testbed(request.config.stash[EQUIPMENT], case.subject, case.sides, f"{worker}-{next(_NUMBERS)}")
    request.node.stash[TESTBED] = bed
    yield bed
    bed.close()
