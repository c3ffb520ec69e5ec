"""What a worker sends of a divergence is plain text: execnet carries no subclass of str."""

import pytest

from harness.document.parts import OF_A_MOVER, OF_AN_OPERATOR, Part
from harness.errors import Blocked, Divergence
from harness.subject.subject import Subject
from plugin import evidence

EVERYTHING = Subject("everything")
MOVER = Subject("mover", brings=OF_A_MOVER)
OPERATOR = Subject("operator", brings=OF_AN_OPERATOR)
DIVERGENCE = Divergence("the identity", expected="a", seen="b", oracle="operator's Job", part=Part.CONTROLLER)


@pytest.mark.parametrize("error", [DIVERGENCE, Blocked(DIVERGENCE)])
def test_the_deciding_part_is_plain_text(error):
    found = evidence._evidence(error, EVERYTHING)
    assert found.part == "controller"
    assert type(found.part) is str


@pytest.mark.parametrize(("subject", "part"), [(EVERYTHING, "mover"), (MOVER, "mover"), (OPERATOR, "controller")])
def test_a_mover_of_the_harness_decides_nothing(subject, part):
    by_mover = Divergence("the sync", expected="it fails", seen="it succeeds", oracle="operator", part=Part.MOVER)
    assert evidence._evidence(by_mover, subject).part == part


def test_any_other_error_is_no_evidence():
    assert evidence._evidence(ValueError("x"), EVERYTHING) is None


@pytest.mark.parametrize(
    ("subject", "roots", "left"),
    [
        (EVERYTHING, ("UN_1", "HN_1", "BA_1"), ("UN_1", "HN_1", "BA_1")),
        (MOVER, ("UN_1", "HN_1", "BA_1"), ("BA_1",)),
        (MOVER, ("SI_1", "OV_5", "BA_2"), ("OV_5", "BA_2")),
        (OPERATOR, ("SI_1", "OV_5", "BA_2"), ("SI_1", "BA_2")),
        (MOVER, ("BA_4",), ("BA_1",)),
        (MOVER, ("RD_2",), ("BA_2",)),
        (MOVER, (), ()),
    ],
)
def test_a_root_is_a_claim_that_the_subject_decides(subject, roots, left):
    blocked = Blocked(Divergence("a backup", expected="success", seen="failed", oracle="operator", roots=roots))
    found = evidence._evidence(blocked, subject)
    assert found.roots == left
    assert all(subject.decides(root) for root in found.roots)
