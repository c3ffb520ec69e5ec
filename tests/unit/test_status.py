"""The words of an operator are read from its status and events, whatever form they have; silence stays silence."""

import pytest

from harness.kubernetes.described import written_by_operator
from harness.volsync import status as said_in
from harness.volsync import status_writer
from harness.volsync.status_writer import Reason


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


def test_what_is_written_is_read_back():
    status = {}
    status_writer.set_requested(status, "u@h")
    status_writer.set_discovered(status, 2, [{"identity": "u@h", "snapshotCount": 2, "latestSnapshot": "x"}])
    status_writer.set_mover_status(status, "the log", succeeded=True)
    status_writer.set_synced(status, "sync-1")
    status_writer.set_condition(status, Reason.WAITING, "")
    assert said_in.requested_identity(status) == "u@h"
    assert said_in.listed_identities(status) == [said_in.ListedIdentity("u@h", 2, "x")]
    assert said_in.mover_log(status) == "the log"
    assert said_in.synced_trigger(status) == "sync-1"
    assert said_in.failure(status, ()) == ""
    status_writer.set_mover_status(status, "the log", succeeded=False)
    assert said_in.failure(status, ())
    assert {type(name) for name in status} == {str}


@pytest.mark.parametrize("status", [{}, {"kopia": None}, {"kopia": "text", "lastManualSync": 1}, {"kopia": {}}])
def test_what_is_left_out_is_absent(status):
    assert said_in.requested_identity(status) == ""
    assert said_in.listed_identities(status) == []
    assert said_in.synced_trigger(status) is None


def test_an_entry_names_what_it_lacks():
    (whole,) = said_in.listed_identities(listing({"identity": "u@h", "snapshotCount": 1, "latestSnapshot": "x"}))
    assert whole.lacking == []
    (other,) = said_in.listed_identities(listing({"identity": "u@h", "snapshotCount": "1"}))
    assert other.lacking == ["snapshotCount", "latestSnapshot"]


def listing(entry):
    return {"kopia": {"availableIdentities": [entry]}}


def _after(result, running="False", **more):
    condition = {"type": "Synchronizing", "status": running, "reason": "Any", "message": ""}
    return {"conditions": [condition], "latestMoverStatus": {"result": result, "logs": ""}, **more}


def test_an_old_result_is_no_failure_of_a_sync_in_progress():
    old, running = _after("Failed"), _after("Failed", running="True")
    assert said_in.failure(running, (), before=old) == ""
    assert said_in.failure(running, (), before=_after("Successful"))


def test_a_mover_status_from_before_is_no_failure_while_the_result_is_written():
    old = _after("Failed")
    assert said_in.failure(old, (), before=old, is_settled=False) == ""
    assert said_in.failure(old, (), before=old)
    new = {**old, "latestMoverStatus": {"result": "Failed", "logs": "another"}}
    assert said_in.failure(new, (), before=old, is_settled=False)
    assert said_in.failure(old, (), before=old)


def test_a_status_contradicts_another_ending_than_its_own():
    assert said_in.contradicts(_after("Successful"), succeeded=False)
    assert said_in.contradicts(_after("Failed"), succeeded=True)
    assert not said_in.contradicts(_after("Failed"), succeeded=False)
    assert not said_in.contradicts(_after("Successful"), succeeded=True)
    assert not said_in.contradicts({}, succeeded=True)
