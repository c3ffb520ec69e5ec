"""What the steps of a scenario are given: each takes of the testbed what it needs."""

from __future__ import annotations

import pytest

from harness.scenario.declarations import Declarations
from harness.scenario.plain_kopia import History, PlainKopia
from harness.scenario.syncs import Measurements, MoverAlone, Syncs
from harness.scenario.testbed import Testbed


@pytest.fixture
def declarations(testbed: Testbed) -> Declarations:
    """Return what declares objects and their surroundings."""
    return testbed.declarations


@pytest.fixture
def syncs(testbed: Testbed) -> Syncs:
    """Return what has objects synced."""
    return testbed.syncs


@pytest.fixture
def mover_alone(testbed: Testbed) -> MoverAlone:
    """Return what hands a mover Jobs that no operator made."""
    return testbed.mover_alone


@pytest.fixture
def measurements(testbed: Testbed) -> Measurements:
    """Return what measures how much a backup adds to the store."""
    return testbed.measurements


@pytest.fixture
def plain_kopia(testbed: Testbed) -> PlainKopia:
    """Return what uses plain kopia, past operator and mover."""
    return testbed.plain_kopia


@pytest.fixture
def past(testbed: Testbed) -> History:
    """Return what writes snapshots of the past."""
    return testbed.history
