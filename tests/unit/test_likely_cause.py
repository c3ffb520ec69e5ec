"""A run that ends early names the place in the subject file to look at first."""

import pytest

from harness.report.likely_cause import likely_cause
from harness.volsync import hints


@pytest.mark.parametrize(
    ("seen", "where"),
    [
        ("spec.kopia.copyMethod: Required value", "set copyMethod"),
        ('persistentvolumeclaims "x": permission denied', "objects.claim"),
        ("mkdir /data: permission denied", "moverSecurityContext"),
        ("secrets is forbidden", "platform.api"),
        ("the operator made no Job and said nothing within 12 s", "platform.command"),
    ],
)
def test_the_first_hint_that_matches_counts(seen, where):
    assert where in likely_cause(seen, "a plain backup does not succeed", hints.OF_OBJECTS)


def test_hints_at_objects_are_the_operators():
    assert "look first" not in likely_cause("spec.kopia.copyMethod: Required value", "why")


def test_without_a_hint_there_is_the_reason_alone():
    assert likely_cause("it is raining", "why", hints.OF_OBJECTS) == "ended early: why"
