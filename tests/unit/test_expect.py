"""A check that does not hold is a Divergence that says what was expected, what was seen, and by whom.

Every check is shown both ways: a record that breaks the promise, and a legitimate one that keeps it in
another way than the reference does.
"""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from harness import expect
from harness.errors import Blocked, Divergence, HarnessError, NotAsked
from harness.model import Identity, MoverJob, MoverResult, ObjectRef, SnapshotRecord
from harness.scenario import preconditions
from harness.scenario.record import Backup, Readings, Record
from harness.scenario.sync import Ending, Growth, Sync
from harness.system.process import Completed
from harness.volsync import discovery, objects
from harness.volsync.defaults import DOCUMENTED_REPOSITORY

REF = ObjectRef("ReplicationDestination", "lab", "back")
SOURCE = ObjectRef("ReplicationSource", "shop", "orders")
NOW = datetime.now(UTC).replace(microsecond=0)
IDENTITY = Identity("orders", "shop")


def job(username="orders", hostname="shop", **env):
    names = {"KOPIA_OVERRIDE_USERNAME": username, "KOPIA_OVERRIDE_HOSTNAME": hostname}
    return MoverJob(REF, ("restore",), {**names, **env}, {}, {})


def sync(ending=Ending.SUCCEEDED, ref=REF, **fields):
    return Sync(ref, NOW, NOW + timedelta(seconds=1), ending, **fields)


def seen(snapshots=(), sources=()):
    """As much of a record as the checks ask for."""
    declared = {ref: {} for ref in sources}
    return Record(declared=declared, readings=Readings(snapshots={DOCUMENTED_REPOSITORY: tuple(snapshots)}))


def record(username="orders", hostname="shop", seconds=0.0, number=1):
    begin = NOW.replace(microsecond=250_000)
    end = begin + timedelta(seconds=seconds)
    return SnapshotRecord(f"id{number}", Identity(username, hostname), "/data", begin, end, "root")


# --- how a sync ended


def test_success_is_the_word_of_the_operator_and_of_its_mover():
    expect.ending.succeeded(sync(job=job(), result=MoverResult(0, "")))
    for ending in set(Ending) - {Ending.SUCCEEDED}:
        never_ended = ending in preconditions.NEVER_ENDED
        with pytest.raises(Blocked if never_ended else Divergence):
            expect.ending.succeeded(sync(ending))
    with pytest.raises(Divergence, match="reports a success") as lie:
        expect.ending.succeeded(sync(job=job(), result=MoverResult(1, "")))
    assert lie.value.roots == ("BA_4",)


def test_a_trigger_that_is_marked_as_synced_after_a_failure_is_said_to_be_just_that():
    status = {"lastManualSync": "sync-1", "latestMoverStatus": {"result": "Failed"}}
    with pytest.raises(Divergence, match="the status says so, but lastManualSync names the trigger"):
        expect.ending.failed(sync(job=job(), result=MoverResult(1, ""), status=status))


@pytest.mark.parametrize("ending", [Ending.FAILED, Ending.REFUSED])
def test_a_failure_is_what_the_subject_says(ending):
    expect.ending.failed(sync(ending, messages=("no",)))


@pytest.mark.parametrize(
    ("record", "root"),
    [
        (sync(Ending.SILENT, note="nothing within 15 s"), "BA_3"),
        (sync(Ending.CUT_OFF, job=job(), result=MoverResult(137, "", "it hung")), "BA_3"),
        (sync(Ending.UNNOTED, job=job(), result=MoverResult(1, "")), "BA_4"),
        (sync(Ending.SUCCEEDED, job=job(), result=MoverResult(1, "")), "BA_4"),
    ],
)
def test_silence_is_no_failure_and_is_laid_at_the_door_of_a_base_claim(record, root):
    with pytest.raises((Blocked, Divergence)) as raised:
        expect.ending.failed(record)
    divergence = raised.value.divergence if isinstance(raised.value, Blocked) else raised.value
    assert divergence.roots == (root,)


def test_a_restore_that_has_to_fail_and_succeeds_breaks_its_own_claim():
    with pytest.raises(Divergence) as divergence:
        expect.ending.failed(sync(job=job(), result=MoverResult(0, "")))
    assert divergence.value.roots == ()


def test_what_the_harness_says_is_never_the_word_of_the_operator():
    silent = sync(Ending.SILENT, note="the operator made no Job: KOPIA_PASSWORD orders@shop 3")
    for check in (
        lambda: expect.ending.told(silent, ["KOPIA_PASSWORD"]),
        lambda: expect.ending.told_number(silent, 3),
        lambda: expect.ending.told_of_field(silent, "operator"),
        lambda: expect.ending.names_identities(silent, [IDENTITY]),
    ):
        with pytest.raises(Divergence):
            check()


def test_a_scenario_is_blocked_by_the_claim_of_a_field_or_by_a_base_claim():
    with pytest.raises(Blocked) as blocked:
        preconditions.require(sync(Ending.FAILED, SOURCE, spec={"hostname": "site"}))
    assert blocked.value.divergence.roots == ("HN_1", "BA_1")
    with pytest.raises(Blocked) as blocked:
        preconditions.require_job(sync(Ending.SILENT))
    assert blocked.value.divergence.roots == ("BA_3",)


def test_a_refusal_by_the_mover_of_the_harness_says_nothing_about_an_operator():
    by_mover = sync(Ending.FAILED, job=job(), result=MoverResult(1, ""))
    by_subject = [sync(Ending.REFUSED, refused="no"), sync(Ending.FAILED, messages=("no",)),
                  sync(job=job(), result=MoverResult(0, "")), sync(Ending.ASKED, job=job())]  # fmt: skip
    expect.ending.decided_by_subject(Record(syncs=(by_mover,)), own_mover=True)
    expect.ending.decided_by_subject(Record(syncs=tuple(by_subject)), own_mover=False)
    for others in ([], by_subject):
        with pytest.raises(NotAsked, match="the operator passes the request of ReplicationDestination lab/back on"):
            expect.ending.decided_by_subject(Record(syncs=(by_mover, *others)), own_mover=False)


def test_an_object_is_answered_by_a_job_a_refusal_or_an_error():
    for ending in (Ending.ASKED, Ending.REFUSED, Ending.FAILED, Ending.WAITING):
        expect.ending.answered(sync(ending))
    with pytest.raises(Divergence, match="answer"):
        expect.ending.answered(sync(Ending.SILENT, note="nothing"))


# --- what the user is told


@pytest.mark.parametrize(
    "text",
    [
        "spec.kopia.hostname is missing: give it together with username",
        "you must either provide both username and hostname together, or neither",
        "Hostname: Required value",
    ],
)
def test_a_field_is_named_in_any_words(text):
    expect.ending.told_of_field(sync(Ending.FAILED, messages=(text,)), "hostname")
    expect.ending.told_of_field(sync(Ending.REFUSED, refused=text), "hostname")


@pytest.mark.parametrize("fields", [{"messages": ("sync failed",)}, {"log_shown": "KOPIA_OVERRIDE_HOSTNAME hostname"}])
def test_the_log_of_a_mover_is_not_what_the_operator_says(fields):
    with pytest.raises(Divergence, match="told"):
        expect.ending.told_of_field(sync(Ending.FAILED, **fields), "hostname")


@pytest.mark.parametrize("text", ["only 3 available", "found 3 snapshot(s)", "there are 3.", "history: 3, asked: 17"])
def test_a_number_is_told_in_any_words(text):
    expect.ending.told_number(sync(Ending.FAILED, log_shown=text), 3)


@pytest.mark.parametrize("text", ["", "13 snapshots", "3.5", "2024-01-3", "id-3", "k3s"])
def test_a_number_within_another_is_not_told(text):
    with pytest.raises(Divergence, match="says 3"):
        expect.ending.told_number(sync(Ending.FAILED, log_shown=text), 3)


def test_every_identity_has_to_be_named():
    told = sync(Ending.FAILED, messages=("there are a@x and b@y",))
    expect.ending.names_identities(told, [Identity("a", "x"), Identity("b", "y")])
    with pytest.raises(Divergence, match="told"):
        expect.ending.names_identities(told, [Identity("c", "z")])
    with pytest.raises(Divergence, match="repository") as empty:
        expect.ending.names_identities(told, [])
    assert empty.value.roots == ("BA_1",)


# --- identities


def test_an_identity_is_the_same_in_job_and_repository():
    ok = sync(ref=SOURCE, job=job(), result=MoverResult(0, ""))
    expect.identity.recorded_as(seen([record()]), ok, IDENTITY)


@pytest.mark.parametrize(
    ("made", "kept", "part", "roots"),
    [(job("x"), record("x"), "controller", ()), (job(), record("x"), "mover", ("OV_5",))],
)
def test_who_decided_an_identity_is_read_from_the_record(made, kept, part, roots):
    wrong = sync(ref=SOURCE, job=made, result=MoverResult(0, ""))
    with pytest.raises(Divergence) as divergence:
        expect.identity.recorded_as(seen([kept]), wrong, IDENTITY)
    assert (divergence.value.part, divergence.value.roots) == (part, roots)


def test_where_nothing_is_recorded_no_identity_is_wrong():
    done = sync(ref=SOURCE, job=job(), result=MoverResult(0, ""))
    with pytest.raises(Divergence, match="no snapshot") as divergence:
        expect.identity.recorded_as(seen(), done, IDENTITY)
    with pytest.raises(Blocked) as blocked:
        expect.arguments.own_unless_failed(seen(), done)
    for nothing in (divergence.value, blocked.value.divergence):
        assert (nothing.cause, nothing.roots) == ("a backup succeeds without a snapshot of its time", ("BA_1",))
    expect.arguments.own_unless_failed(seen([record()]), done)
    with pytest.raises(Divergence, match="recorded for"):
        expect.arguments.own_unless_failed(seen([record("x")]), done)


def test_the_identity_of_an_earlier_job_of_the_same_object_is_a_fault_of_its_own():
    earlier = sync(ref=SOURCE, job=job("x"), result=MoverResult(0, ""))
    now = sync(ref=SOURCE, job=job(), result=MoverResult(0, ""))
    for before, roots in ((earlier, ()), (replace(earlier, ref=ObjectRef(SOURCE.kind, "shop", "files")), ("OV_5",))):
        with pytest.raises(Divergence) as divergence:
            expect.identity.recorded_as(replace(seen([record("x")]), syncs=(before, now)), now, IDENTITY)
        assert divergence.value.roots == roots


def test_a_status_without_the_requested_identity_is_judged_by_the_job():
    expect.identity.asks_for(seen(), sync(Ending.ASKED, job=job()), IDENTITY)
    turned = {"kopia": {"requestedIdentity": "shop@orders"}}
    for check in (
        lambda: expect.identity.asks_for(seen(), sync(Ending.ASKED, job=job(), status=turned), IDENTITY),
        lambda: expect.identity.asks_with(seen(), sync(Ending.ASKED, job=job(), status=turned), "username", "orders"),
    ):
        with pytest.raises(Divergence):
            check()


def test_a_source_that_does_not_exist_may_be_refused_and_one_that_exists_may_not():
    refusing = sync(Ending.FAILED, messages=("ReplicationSource shop/gone not found",),
                    spec={"sourceIdentity": {"sourceName": "gone", "sourceNamespace": "shop"}})  # fmt: skip
    with pytest.raises(NotAsked, match="not found"):
        expect.identity.asks_with(seen(), refusing, "username", "gone")
    declared = seen(sources=[ObjectRef("ReplicationSource", "shop", "gone")])
    with pytest.raises(Blocked):
        expect.identity.asks_with(declared, refusing, "username", "gone")
    silent = sync(Ending.SILENT, spec=refusing.spec)
    with pytest.raises(Blocked):
        expect.identity.asks_with(seen(), silent, "username", "gone")


def test_a_table_without_a_part_would_check_nothing():
    with pytest.raises(HarnessError, match="nothing"):
        expect.identity.recorded_with_parts(seen(), sync(), {"name": "x"})


# --- what a status lists


def status(*entries):
    return {"kopia": {"availableIdentities": list(entries)}}


def entry(identity="orders@shop", count=1, latest="2024-01-20T10:00:00Z"):
    return {"identity": identity, "snapshotCount": count, "latestSnapshot": latest}


def test_what_is_listed_is_exactly_what_is_there():
    expect.operator.lists(sync(status=status(entry())), {"orders@shop": 1})
    for wrong in ({}, {"kopia": {}}, {"kopia": None}, status(), status(entry(count=2)), status(entry(), entry()),
                  status(entry(), entry("x@y")), {"kopia": {"availableIdentities": "orders@shop"}}):  # fmt: skip
        with pytest.raises(Divergence):
            expect.operator.lists(sync(status=wrong), {"orders@shop": 1})


@pytest.mark.parametrize("wrong", [status(), status({"identity": "a@b"}), status(entry(latest="yesterday")), {}])
def test_what_an_entry_leaves_out_is_a_divergence(wrong):
    with pytest.raises(Divergence):
        expect.operator.entries_are_whole(sync(status=wrong))
        expect.operator.latest(sync(status=wrong), "orders@shop", "2024-01-20T10:00:00Z")


@pytest.mark.parametrize("seconds", [0.0, 3600.0])
@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("which", ["start", "end"])
def test_begin_or_end_in_whole_seconds_or_not(seconds, whole, which):
    kept = record(seconds=seconds)
    instant = getattr(kept, which).replace(microsecond=0) if whole else getattr(kept, which)
    expect.operator.latest_of_repository(seen([kept]), sync(status=status(entry(latest=instant.isoformat()))))


@pytest.mark.parametrize("off", [-1.0, 1.0, 3600.0])
def test_another_instant_diverges(off):
    kept = record()
    latest = (kept.end + timedelta(seconds=off)).isoformat()
    with pytest.raises(Divergence, match="latest"):
        expect.operator.latest_of_repository(seen([kept]), sync(status=status(entry(latest=latest))))


# --- what a log shows


def logged(log, ending=Ending.SUCCEEDED, exit_code=0, **fields):
    return sync(ending, SOURCE, job=job(), result=MoverResult(exit_code, log), **fields)


def discovered(**changes):
    """Return the log of a mover that lists one snapshot, with some fields of its line changed."""
    begin, line, end = discovery.lines([record()])
    return logged("\n".join([begin, json.dumps({**json.loads(line), **changes}), end]))


def test_the_snapshots_that_a_mover_lists_may_have_more_fields_and_whole_seconds():
    whole = record().start.replace(microsecond=0).isoformat()
    expect.operator.discovery_lines_are_right(seen([record()]), discovered(size=1, startTime=whole, endTime=whole))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", "id2"),
        ("userName", "stock"),
        ("hostName", None),
        ("path", "/"),
        ("startTime", "yesterday"),
        ("endTime", "2024-01-20T10:00:00Z"),
    ],
)
def test_a_wrong_line_of_a_snapshot_diverges_and_its_field_is_named(field, value):
    named = "the snapshots that the mover lists" if field == "id" else field
    with pytest.raises(Divergence, match=named):
        expect.operator.discovery_lines_are_right(seen([record()]), discovered(**{field: value}))


@pytest.mark.parametrize(
    "line",
    [
        "+ kopia repository connect s3 --override-username=orders --override-hostname=shop",
        "kopia --config-file=/x repository connect s3 --override-hostname shop --override-username 'orders'",
    ],
)
def test_an_override_is_shown_with_an_equals_sign_or_a_blank(line):
    expect.operator.log_shows_override_at(logged(line), "repository connect", IDENTITY)


@pytest.mark.parametrize(
    "line",
    [
        "kopia repository connect s3",
        "kopia repository connect s3 --override-username=orders-desk --override-hostname=shop",
        "kopia repository create s3 --override-username=orders --override-hostname=shop",
    ],
)
def test_a_connect_without_the_overrides_diverges(line):
    with pytest.raises(Divergence):
        expect.operator.log_shows_override_at(logged(line), "repository connect", IDENTITY)


def test_an_override_at_the_snapshot_is_found_wherever_the_flags_stand():
    expect.operator.log_shows_no_override_at(logged("kopia snapshot create /data"), "snapshot create")
    with pytest.raises(Divergence):
        line = "kopia snapshot --json create --override-username=y /data"
        expect.operator.log_shows_no_override_at(logged(line), "snapshot create")


@pytest.mark.parametrize(
    "line",
    [
        "kopia: error: unknown long flag '--x'",
        "ERROR: --x=mallory is not allowed here",
        "additional argument --x: rejected",
        "additionalArgs may not contain --x=mallory",
        "--x=mallory: this flag can't be given by a user",
    ],
)
def test_a_refusal_of_a_flag_is_kopias_or_the_movers(line):
    expect.operator.refusal_of_flag_is_shown(logged(line, Ending.FAILED, 1), "--x")


@pytest.mark.parametrize("line", ["", "additional arguments: --x=mallory", "failed"])
def test_an_echo_of_a_flag_is_no_refusal(line):
    with pytest.raises(Divergence):
        expect.operator.refusal_of_flag_is_shown(logged(line, Ending.FAILED, 1), "--x")


@pytest.mark.parametrize("ending", [Ending.FAILED, Ending.REFUSED])
def test_an_operator_that_refuses_a_flag_itself_needs_no_job(ending):
    for said in ("--x is not allowed", "the identity is ours: take --x=mallory out of additionalArgs"):
        fields = {"messages": (said,)} if ending is Ending.FAILED else {"refused": said}
        expect.operator.refusal_of_flag_is_shown(sync(ending, **fields), "--x")
    with pytest.raises(Divergence):
        expect.operator.refusal_of_flag_is_shown(sync(ending, messages=("this object cannot be synced",)), "--x")
    with pytest.raises(Blocked):
        expect.operator.refusal_of_flag_is_shown(sync(Ending.SILENT), "--x")


# --- volumes, stores and kopia


def test_a_volume_that_was_empty_shows_nothing():
    with pytest.raises(HarnessError, match="empty"):
        expect.volume.untouched(seen(), sync(Ending.FAILED))


OLD, NEW = {"a.txt": "file 0644 1"}, {"b.txt": "file 0644 2"}
LEFT_SILENT = [Ending.SILENT, Ending.UNNOTED, Ending.CUT_OFF]


@pytest.mark.parametrize("ending", LEFT_SILENT)
def test_a_restore_without_an_end_kept_nothing(ending):
    for check in (
        lambda one: expect.volume.keeps(one, OLD),
        lambda one: expect.volume.kept_outside(one, OLD, OLD),
        lambda one: expect.volume.untouched_unless_emptied(seen(), one),
        lambda one: expect.volume.holds_backup_unless_failed(backed_up(), one, SOURCE, ""),
        lambda one: expect.volume.holds_nothing_else_unless_failed(backed_up(), one, SOURCE),
    ):
        with pytest.raises(Blocked):
            check(sync(ending, before=OLD, after=OLD))


@pytest.mark.parametrize("ending", [Ending.SUCCEEDED, Ending.FAILED])
def test_files_beside_the_backup_are_kept_whether_or_not_the_restore_succeeds(ending):
    expect.volume.keeps(sync(ending, before=OLD, after={**OLD, **NEW}), ["a.txt"])
    expect.volume.kept_outside(sync(ending), OLD, OLD)
    for after in ({}, {"a.txt": "file 0644 2"}):
        with pytest.raises(Divergence, match="other files"):
            expect.volume.keeps(sync(ending, before=OLD, after=after), ["a.txt"])
        with pytest.raises(Divergence, match="links"):
            expect.volume.kept_outside(sync(ending), OLD, after)
    with pytest.raises(HarnessError, match="lacked"):
        expect.volume.keeps(sync(ending, before=OLD, after=OLD), ["other.txt"])


def test_a_mover_may_empty_its_cache_but_nothing_by_a_link():
    there = {"cache/not-linked": "file 0644 0", "cache/a": "file 0644 1", "beside/a": "file 0644 2"}
    expect.volume.kept_outside(sync(), there, {"beside/a": "file 0644 2"})
    for lost in ("cache/a", "beside/a"):
        with pytest.raises(Divergence, match=lost):
            expect.volume.kept_outside(sync(), there, {path: there[path] for path in there if path != lost})


def test_an_empty_backup_empties_a_volume_or_leaves_it_as_it_was():
    expect.volume.untouched_unless_emptied(seen(), sync(before=OLD, after={}))
    expect.volume.untouched_unless_emptied(seen(), sync(Ending.FAILED, before=OLD, after=OLD))
    for ending, after in ((Ending.SUCCEEDED, OLD), (Ending.FAILED, {})):
        with pytest.raises(Divergence, match=r"empty|as it was"):
            expect.volume.untouched_unless_emptied(seen(), sync(ending, before=OLD, after=after))


def backed_up():
    return Record(declared={SOURCE: {}}, backups=(Backup(SOURCE, NEW, ""),))


def test_a_success_leaves_nothing_else_in_a_volume():
    expect.volume.holds_nothing_else_unless_failed(backed_up(), sync(after=NEW), SOURCE)
    expect.volume.holds_nothing_else_unless_failed(backed_up(), sync(Ending.FAILED, after=OLD), SOURCE)
    for other in (OLD, {"dangling": "link nowhere"}, {"empty": "folder 0755"}):
        with pytest.raises(Divergence, match=next(iter(other))):
            expect.volume.holds_nothing_else_unless_failed(backed_up(), sync(after={**NEW, **other}), SOURCE)


def test_a_restore_of_another_instant_diverges_and_one_that_fails_does_not():
    expect.volume.holds_backup_unless_failed(backed_up(), sync(after=NEW), SOURCE, "")
    expect.volume.holds_backup_unless_failed(backed_up(), sync(Ending.FAILED), SOURCE, "")
    with pytest.raises(Divergence, match="before"):
        expect.volume.holds_backup_unless_failed(backed_up(), sync(Ending.FAILED, after=NEW), SOURCE, "")
    with pytest.raises(Divergence):
        expect.volume.holds_backup_unless_failed(backed_up(), sync(after=OLD), SOURCE, "")


@pytest.mark.parametrize(
    ("added", "limits", "holds"),
    [
        (50, {"at_most": 0.05}, True),
        (-5000, {"at_most": 0.05}, True),
        (51, {"at_most": 0.05}, False),
        (950, {"at_least": 0.95}, True),
        (949, {"at_least": 0.95}, False),
    ],
)
def test_growth_has_limits(added, limits, holds):
    growth = Growth(sync(), 1000, added, b"")
    if holds:
        expect.repository.grown(growth, **limits)
    else:
        with pytest.raises(Divergence, match="store"):
            expect.repository.grown(growth, **limits)


def test_kopia_has_to_refuse_and_to_name_the_flag():
    def call(exit_code, stderr):
        return Completed(("kopia",), exit_code, "", stderr, 0.0)

    expect.ending.kopia_refused(call(1, "unknown long flag '--x'"), "--x")
    for wrong in (call(0, "--x"), call(1, "out of memory")):
        with pytest.raises(Divergence):
            expect.ending.kopia_refused(wrong, "--x")


def test_a_mover_was_asked_if_it_ran_for_one_of_the_newest_failing_requests():
    ran = sync(Ending.FAILED, job=job(), result=MoverResult(1, ""))
    refused, succeeded = sync(Ending.REFUSED, refused="not permitted\nby anybody"), sync(job=job())
    other = sync(Ending.FAILED, ref=SOURCE, job=job(), result=MoverResult(1, ""))
    for syncs in ([ran], [ran, refused], [refused, ran], [refused, succeeded], [sync(Ending.SILENT)], []):
        assert preconditions.refused_before_mover(Record(syncs=tuple(syncs))) == ""
    for syncs in ([refused], [succeeded, refused, refused], [other, refused]):
        assert preconditions.refused_before_mover(Record(syncs=tuple(syncs))) == "not permitted"


def test_a_missing_pvc_is_named_or_the_claim_is_broken():
    declared = {SOURCE: objects.source("orders", "shop", {"sourcePVC": "orders-data"})}
    told = expect.ending.told_of_claim
    for text in ("orders-data", "its PersistentVolumeClaim is missing", "no such volume"):
        told(Record(declared=declared), sync(Ending.FAILED, ref=SOURCE, messages=(text,)))
    for ending in (Ending.SILENT, Ending.WAITING, Ending.FAILED):
        with pytest.raises(Divergence, match="names the PVC orders-data"):
            told(Record(declared=declared), sync(ending, ref=SOURCE, messages=("not ready",), note="orders-data"))


def test_a_job_that_waits_for_its_pvc_is_no_failed_sync():
    preconditions.require_no_job(sync(Ending.FAILED, messages=("no PVC",)))
    for ending in (Ending.FAILED, Ending.WAITING):
        with pytest.raises(NotAsked, match="makes a Job"):
            preconditions.require_no_job(sync(ending, note="the Pod of its Job cannot start (Unschedulable)"))
    for ending, broken in ((Ending.SILENT, ("BA_4", "BA_3")), (Ending.SUCCEEDED, ("SP_60",))):
        with pytest.raises(Blocked) as blocked:
            preconditions.require_no_job(sync(ending))
        assert blocked.value.divergence.roots == broken
