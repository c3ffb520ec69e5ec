"""The words of an operator are read from its status and events, whatever form they have; silence stays silence."""

import pytest

from harness.kubernetes.platform import written_by_operator
from harness.volsync import status as said_in


def condition(**fields):
    return {"conditions": [{"type": "Synchronizing", "status": "False", **fields}]}


@pytest.mark.parametrize(
    "status",
    [
        condition(reason="Error", message="no Secret"),
        condition(reason="SyncFailed", message="mover gave up"),
        condition(reason="Blocked", message="the Secret was not found: error"),
        {"conditions": [{"type": "Degraded", "status": "True", "reason": "X", "message": "m"}]},
        {"latestMoverStatus": {"result": "Failed"}},
        {"latestMoverStatus": {"result": "Error", "logs": "x"}},
    ],
)
def test_a_failure_is_reported_in_any_of_these_forms(status):
    assert said_in.failure(status, ())


@pytest.mark.parametrize(
    "status",
    [
        {},
        {"conditions": None, "latestMoverStatus": None},
        {"conditions": "none"},
        condition(reason="SyncInProgress", message=""),
        condition(reason="WaitingForManual", message="waiting"),
        {"conditions": [{"type": "Degraded", "status": "False", "reason": "AsExpected"}]},
        {"latestMoverStatus": {"result": "Successful", "logs": "ERROR: none"}},
    ],
)
def test_nothing_else_is_a_failure(status):
    assert said_in.failure(status, ()) == ""


def test_a_warning_event_is_a_word_of_the_operator():
    assert said_in.failure({}, ["volume is gone"]) == "volume is gone"


def test_a_condition_of_an_older_generation_says_nothing():
    assert said_in.failure(condition(reason="Error", message="old", observedGeneration=1), (), generation=2) == ""


def test_what_the_scenario_wrote_is_left_out_of_a_description():
    printed = """Name:         orders
Namespace:    shop
Labels:       <none>
Spec:
  Kopia:
    Username:  desk
Status:
  Latest Mover Status:
    Logs:  identity orders@shop
Events:  <none>"""
    kept = written_by_operator(printed)
    assert "desk" not in kept
    assert "Name:" not in kept
    assert "orders@shop" in kept
