"""Checks of safety look where the harm would be, and tell a precondition that failed from a divergence."""

from datetime import UTC, datetime, timedelta

import pytest

from harness import expect
from harness.errors import Blocked, Divergence, NotAsked
from harness.model import Identity, MoverJob, MoverResult, ObjectRef, SnapshotRecord
from harness.scenario import preconditions
from harness.scenario.record import Readings, Record
from harness.scenario.sync import Ending, Sync
from harness.volsync.defaults import DOCUMENTED_REPOSITORY

SOURCE = ObjectRef("ReplicationSource", "shop", "orders")
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
JOB = MoverJob(SOURCE, ("backup",), {"ARGUMENTS": "$(printf run-%s by-a-shell)"}, {}, {})
SAID = "run-by-a-shell"


def sync(ending=Ending.SUCCEEDED, **fields):
    exit_code = 0 if ending is Ending.SUCCEEDED else 1
    given = {"job": JOB, "result": MoverResult(exit_code, "a log\n"), **fields}
    return Sync(SOURCE, NOW, NOW + timedelta(seconds=1), ending, **given)


def seen(description="$(printf run-%s by-a-shell)"):
    one = SnapshotRecord("id", Identity("orders", "shop"), "/data", NOW, NOW, "root", description=description)
    return Record(readings=Readings(snapshots={DOCUMENTED_REPOSITORY: (one,)}))


def test_an_argument_as_it_was_written_is_no_output_of_a_command():
    expect.arguments.printed_nowhere(seen(), sync(), SAID)
    expect.arguments.printed_nowhere(seen(), sync(Ending.REFUSED, job=None, result=None), SAID)


@pytest.mark.parametrize(
    ("place", "fields"),
    [
        ("its log", {"result": MoverResult(1, f"{SAID}\n")}),
        ("its log", {"log_shown": SAID}),
        ("its Job", {"job": MoverJob(SOURCE, ("backup",), {"ARGUMENTS": SAID}, {}, {})}),
        ("its Job", {"job": MoverJob(SOURCE, ("backup", SAID), {}, {}, {})}),
        ("its status", {"status": {"kopia": [SAID]}}),
        ("its messages", {"messages": (SAID,)}),
    ],
)
def test_the_output_of_a_command_is_found_whether_or_not_the_backup_succeeds(place, fields):
    for ending in (Ending.SUCCEEDED, Ending.FAILED):
        with pytest.raises(Divergence, match=place):
            expect.arguments.printed_nowhere(seen(), sync(ending, **fields), SAID)


def test_the_output_of_a_command_is_found_in_the_snapshot_of_a_backup_that_failed():
    with pytest.raises(Divergence, match="a snapshot"):
        expect.arguments.printed_nowhere(seen(SAID), sync(Ending.FAILED), SAID)


def test_a_restore_that_fails_restores_nothing():
    before = {"current.txt": "file 0644 1"}
    for there in ({}, before):
        expect.volume.failed_and_untouched(sync(Ending.FAILED, before=there, after={**there, "empty": "folder 0755"}))
        with pytest.raises(Divergence, match="before"):
            expect.volume.failed_and_untouched(
                sync(Ending.FAILED, before=there, after={**there, "a.txt": "file 0644 2"})
            )
    with pytest.raises(Divergence, match="before"):
        expect.volume.failed_and_untouched(sync(Ending.FAILED, before=before, after={}))
    with pytest.raises(Divergence, match="fails"):
        expect.volume.failed_and_untouched(sync(before=before, after=before))
    with pytest.raises(Blocked):
        expect.volume.failed_and_untouched(sync(Ending.SILENT, before=before, after=before))


def test_only_a_mover_that_succeeded_has_a_success_to_report():
    expect.truth.reports_success_of_mover(sync())
    with pytest.raises(Divergence):
        expect.truth.reports_success_of_mover(sync(Ending.FAILED, result=MoverResult(0, "")))
    for other in (
        sync(Ending.FAILED),
        sync(result=MoverResult(1, "")),
        sync(job=None, result=None),
        sync(Ending.SILENT, job=None, result=None),
    ):
        with pytest.raises(Blocked):
            expect.truth.reports_success_of_mover(other)


def test_a_backup_that_succeeds_with_a_wrong_key_blocks_by_the_claim_about_it():
    preconditions.require_failure(sync(Ending.FAILED), preconditions.WRONG_KEY)
    with pytest.raises(Blocked) as blocked:
        preconditions.require_failure(sync(), preconditions.WRONG_KEY)
    assert blocked.value.divergence.roots == ("LO_21",)
    with pytest.raises(Blocked) as blocked:
        preconditions.require_failure(sync(Ending.CUT_OFF), preconditions.WRONG_KEY)
    assert blocked.value.divergence.roots == ("BA_4", "BA_3")


@pytest.mark.parametrize(("found", "is_right"), [(None, True), (0, True), (2, True), (1, False)])
def test_a_number_of_snapshots_is_of_the_identity_or_of_the_whole_repository(found, is_right):
    others = tuple(
        SnapshotRecord(name, Identity(name, "office"), "/data", NOW, NOW, "root") for name in ("files", "letters")
    )
    record = Record(readings=Readings(snapshots={DOCUMENTED_REPOSITORY: others}))
    asked = MoverJob(
        SOURCE, ("restore",), {"KOPIA_OVERRIDE_USERNAME": "orders", "KOPIA_OVERRIDE_HOSTNAME": "shop"}, {}, {}
    )
    looked = sync(job=asked, status={"kopia": {"snapshotsFound": found}})
    if is_right:
        expect.truth.lists_repository(record, looked, DOCUMENTED_REPOSITORY)
        return
    with pytest.raises(NotAsked):
        refused = sync(Ending.FAILED, job=None, result=None, messages=("this Secret cannot change",))
        expect.truth.lists_repository(record, refused, DOCUMENTED_REPOSITORY)
    with pytest.raises(Divergence, match="whole repository"):
        expect.truth.lists_repository(record, looked, DOCUMENTED_REPOSITORY)
