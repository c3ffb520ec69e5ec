"""What a worker sends of a divergence is plain text: execnet carries no subclass of str."""

import pytest

from harness.document.parts import EVERY_PART, OF_A_MOVER, OF_AN_OPERATOR, Part
from harness.errors import Blocked, Divergence
from plugin import evidence

DIVERGENCE = Divergence("the identity", expected="a", seen="b", oracle="operator's Job", part=Part.CONTROLLER)


@pytest.mark.parametrize("error", [DIVERGENCE, Blocked(DIVERGENCE)])
def test_the_deciding_part_is_plain_text(error):
    found = evidence._evidence(error)
    assert found.part == "controller"
    assert type(found.part) is str


@pytest.mark.parametrize(
    ("brings", "part"), [(EVERY_PART, "mover"), (OF_A_MOVER, "mover"), (OF_AN_OPERATOR, "controller")]
)
def test_a_mover_of_the_harness_decides_nothing(brings, part):
    by_mover = Divergence("the sync", expected="it fails", seen="it succeeds", oracle="operator", part=Part.MOVER)
    assert evidence._evidence(by_mover, brings).part == part


def test_any_other_error_is_no_evidence():
    assert evidence._evidence(ValueError("x")) is None
