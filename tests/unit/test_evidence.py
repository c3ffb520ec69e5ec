"""What a worker sends of a divergence is plain text: execnet carries no subclass of str."""

import pytest

from harness.document.parts import Part
from harness.errors import Blocked, Divergence
from plugin import evidence

DIVERGENCE = Divergence("the identity", expected="a", seen="b", oracle="operator's Job", part=Part.CONTROLLER)


@pytest.mark.parametrize("error", [DIVERGENCE, Blocked(DIVERGENCE)])
def test_the_deciding_part_is_plain_text(error):
    found = evidence._evidence(error)
    assert found.part == "controller"
    assert type(found.part) is str


def test_any_other_error_is_no_evidence():
    assert evidence._evidence(ValueError("x")) is None
