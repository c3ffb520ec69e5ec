"""Provide the parts of the testbed as fixtures for the steps."""

from __future__ import annotations

import pytest

from harness.scenario.declarations import Declarations
from harness.scenario.plain_kopia import History, PlainKopia
from harness.scenario.syncs import Measurements, MoverAlone, Syncs
from harness.scenario.testbed import Testbed


@pytest.fixture
def declarations(testbed: Testbed) -> Declarations:
    """Return the actor that declares objects and their surroundings."""
    return testbed.declarations


@pytest.fixture
def syncs(testbed: Testbed) -> Syncs:
    """Return the actor that syncs objects."""
    return testbed.syncs


@pytest.fixture
def mover_alone(testbed: Testbed) -> MoverAlone:
    """Return the actor that runs a mover with Jobs that no operator created."""
    return testbed.mover_alone


@pytest.fixture
def measurements(testbed: Testbed) -> Measurements:
    """Return the actor that measures how much a backup adds to the store."""
    return testbed.measurements


@pytest.fixture
def plain_kopia(testbed: Testbed) -> PlainKopia:
    """Return the actor that uses plain kopia, without an operator or mover."""
    return testbed.plain_kopia


@pytest.fixture
def past(testbed: Testbed) -> History:
    """Return the actor that writes snapshots of the past."""
    return testbed.history
