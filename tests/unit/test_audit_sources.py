"""What an audit says about sources: age against the schedule, gaps, what retention leaves, and collisions."""

import json
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from pathlib import Path

import pytest

from harness.audit import schedule
from harness.audit.audit import Question, Worry, audit
from harness.audit.collisions import Reason
from harness.audit.organisation import Organisation
from harness.audit.upkeep import Clock, State, in_words
from harness.document.verdict import ExitStatus
from harness.errors import HarnessError
from harness.kopia import policies, retention
from harness.kopia.policies import Policies
from tests.unit.audit_world import NOW, answer, entry, listed, policy, secret, source

NIGHTLY = "0 2 * * *"


def kept(declared, entries, **more):
    (found,) = answer([declared], entries, **more).sources
    return found


def nights(*ages):
    """Return a snapshot of 02:00 for each age in days."""
    return [entry("orders", at=NOW.replace(hour=2) - timedelta(days=age)) for age in ages]


@pytest.mark.parametrize(
    ("entries", "state", "missed"),
    [
        (nights(0), State.GOOD, 0),
        (nights(1), State.GOOD, 1),
        (nights(2), State.STALE, 2),
        ([], State.NEVER, None),
        ([entry("orders", incomplete="canceled")], State.NEVER, None),
    ],
)
def test_a_source_is_stale_after_two_missed_runs(entries, state, missed):
    found = kept(source("orders", schedule=NIGHTLY), entries)
    assert (found.state, found.missed) == (state, missed)


def test_without_a_schedule_only_a_given_age_is_stale():
    assert kept(source("orders"), nights(400)).state is State.GOOD
    declared = source("orders")
    clock = Clock(NOW, timedelta(hours=24))
    found = audit(Question(Organisation([declared]), listed(*nights(2)), clock)).sources[0]
    assert (found.state, found.why) == (State.STALE, "the newest snapshot is 2 d old")


def test_a_newest_snapshot_without_files_is_said():
    found = kept(source("orders", schedule=NIGHTLY), [*nights(1), entry("orders", incomplete="canceled")])
    assert (found.state, found.ends_incomplete, found.history.incomplete) == (State.GOOD, True, 1)
    assert not kept(source("orders"), nights(1)).ends_incomplete


@pytest.mark.parametrize(
    "text",
    [
        "61 * * * *",
        "a b c d e",
        "* * *",
        "@every",
        "@every 6",
        "TZ=UTC",
        "* * * * 7",
        "@Daily",
        "TZ=No/Where 0 2 * * *",
    ],
)
def test_a_bad_schedule_is_refused(text):
    found = kept(source("orders", schedule=text), nights(0))
    assert found.state is State.REFUSED
    assert found.why.startswith(f"spec.trigger.schedule: {text!r} is no schedule: ")


@pytest.mark.parametrize(
    ("text", "missed", "pause"),
    [
        ("0 2 * * *", 2, timedelta(days=1)),
        ("@daily", 2, timedelta(days=1)),
        ("@every 6h", 8, timedelta(hours=6)),
        ("@every 1h30m", 33, timedelta(minutes=90)),
        ("0 2 * * 1-5", 2, timedelta(days=3)),
        ("CRON_TZ=Europe/Berlin 0 13 * * *", 3, timedelta(days=1)),
        ("0 0 1 1 *", 0, timedelta(days=366)),
        ("* * * * *", schedule.COUNTED, timedelta(minutes=1)),
    ],
)
def test_runs_are_counted(text, missed, pause):
    parsed = schedule.parse(text)
    assert parsed.missed(NOW - timedelta(hours=50), NOW) == missed
    assert parsed.longest_pause(NOW) == pause


@pytest.mark.parametrize("line", (Path(__file__).parent / "data" / "robfig_cron.txt").read_text("utf-8").splitlines())
def test_a_schedule_runs_as_under_the_cron_of_the_operator(line):
    """Each line has an instant, a schedule, and the next runs that robfig/cron v3.0.1 computed (or error, or never)."""
    start, text, said = line.split("|")
    if said == "error":
        with pytest.raises(schedule.ScheduleError):
            schedule.parse(text)
        return
    parsed, since = schedule.parse(text), datetime.fromisoformat(start)
    runs = [datetime.fromisoformat(one) for one in said.split() if one != "never"]
    assert parsed.never_runs == (not runs)
    if parsed.every:
        assert runs == [since + parsed.every * number for number in (1, 2, 3)]
    else:
        before = parsed.cron.before(max(runs, default=since), parsed.zone)
        assert [*takewhile(lambda run: run > since, before)][::-1] == runs
        assert parsed.missed(since, max(runs, default=since)) == len(runs)


def test_a_schedule_that_no_day_matches_is_said():
    never = source("orders", schedule="0 3 31 2 *")
    found = kept(never, [])
    assert (found.state, found.why) == (
        State.NEVER,
        "no whole snapshot of orders@shop:/data; no day matches the schedule 0 3 31 2 *",
    )
    found = kept(never, nights(2))
    assert (found.state, found.why) == (State.STALE, "no day matches the schedule 0 3 31 2 *; the newest is 2 d old")


def test_where_identical_snapshots_are_not_saved_neither_age_nor_gaps_are_judged():
    nightly = source("orders", schedule=NIGHTLY, **{"retain.daily": "7"})
    ignoring = of_policies(policy(ignoreIdenticalSnapshots=True))
    found = kept(nightly, nights(2), policies=ignoring)
    assert (found.state, found.missed) == (State.GOOD, 2)
    assert found.why == (
        "2 scheduled runs without a snapshot; the newest is 2 d old; not judged: ignoreIdenticalSnapshots of the "
        "policy saves no snapshot while the data does not change"
    )
    found = kept(nightly, nights(0, 1, 3, 4), policies=ignoring)
    assert (found.gaps, found.why.partition(";")[0]) == ((), "1 period without a snapshot")
    assert kept(nightly, nights(0), policies=ignoring).why == ""
    assert kept(nightly, [], policies=ignoring).state is State.NEVER
    nearer = policy("orders@shop", ignoreIdenticalSnapshots=False)
    assert kept(nightly, nights(2), policies=of_policies(policy(ignoreIdenticalSnapshots=True), nearer)).missed == 2
    assert kept(nightly, nights(2), policies=of_policies(policy(ignoreIdenticalSnapshots=True), nearer)).state is (
        State.STALE
    )


def test_a_night_without_a_snapshot_is_a_gap_unless_retention_explains_it():
    with_gap = kept(source("orders", schedule=NIGHTLY, **{"retain.daily": "7"}), nights(0, 1, 3, 4))
    assert with_gap.gaps == ["daily 2026-03-08"]
    assert kept(source("orders", schedule=NIGHTLY, **{"retain.daily": "7"}), nights(0, 1, 2, 3)).gaps == []
    assert kept(source("orders", schedule=NIGHTLY, **{"retain.daily": "2"}), nights(0, 1, 3, 9)).gaps == []
    assert kept(source("orders"), nights(0, 1, 3, 4)).gaps == [], "no schedule"
    weekly = source("orders", schedule="0 2 * * 2", **{"retain.weekly": "4"})
    assert kept(weekly, nights(0, 7, 21)).gaps == ["weekly 2026-09"]


def test_gaps_count_only_if_that_is_asked():
    found = answer([source("orders", schedule=NIGHTLY)], nights(0, 1, 3, 4))
    assert found.status() is ExitStatus.CONFORMANT
    assert found.status({Worry.GAP}) is ExitStatus.DIVERGES


def starts(entries, **keep):
    left = retention.kept(listed(*entries), {**retention.DEFAULTS, **keep})
    return [one.record.start for one in left]


def none(**keep):
    return {**dict.fromkeys(retention.DEFAULTS, 0), **keep}


def test_retention_leaves_the_latest():
    entries = nights(*range(20))
    assert len(starts(entries, **none(latest=3))) == 3
    assert starts(entries, **none(latest=3))[0] == NOW.replace(hour=2)


@pytest.mark.parametrize(
    ("keep", "left"),
    [
        (none(latest=1, daily=5), 5),
        (none(daily=5), 5),
        (none(weekly=2), 2),
        (none(), 20),
        (none(yearly=1), 1),
        (none(monthly=2), 2),
        ({}, 12),
    ],
)
def test_retention_leaves_one_for_each_period(keep, left):
    assert len(starts(nights(*range(20)), **keep)) == left


def test_retention_keeps_pins_and_only_young_incomplete_snapshots():
    old = entry("orders", at=30, pins=["keep"])
    entries = [entry("orders", at=0, incomplete="x"), entry("orders", at=1), entry("orders", at=2, incomplete="x"), old]
    left = {one.record.id for one in retention.kept(listed(*entries), none(latest=1))}
    assert left == {entries[0]["id"], entries[1]["id"], old["id"]}


def test_a_month_and_a_week_of_one_name_share_it_as_in_kopia():
    # 2026-03 is March, and the week of 12 January.
    march, january = datetime(2026, 3, 9, tzinfo=UTC), datetime(2026, 1, 14, tzinfo=UTC)
    entries = [entry("orders", at=march), entry("orders", at=january)]
    assert len(starts(entries, **none(weekly=9, monthly=1))) == 1
    assert len(starts(entries, **none(weekly=9))) == 2


def test_a_period_that_is_not_known_does_not_count():
    """Such as that of another mover."""
    one = source("orders", **{"retain.latest": "2"})
    one.manifest["spec"]["kopia"]["retain"]["within"] = "3d"
    assert kept(one, nights(0, 1)).state is State.GOOD


def test_what_expires_is_said():
    found = kept(source("orders", **{"retain.latest": "2", "retain.hourly": "0", "retain.daily": "0",
                                     "retain.weekly": "0", "retain.monthly": "0", "retain.yearly": "0"}),
                 nights(*range(5)))  # fmt: skip
    assert (len(found.history.listed), len(found.left)) == (5, 2)


def of_policies(*entries):
    return Policies(policies.read(json.dumps(entries).encode(), "list"))


@pytest.mark.parametrize(
    ("entries", "left"),
    [
        ([], 12),
        ([policy(keepLatest=17)], 17),
        ([policy(keepLatest=17), policy("@shop", keepLatest=18)], 18),
        ([policy("@shop", keepLatest=18), policy("orders@shop", keepLatest=19)], 19),
        ([policy("orders@shop", keepLatest=19), policy("orders@shop:/data", keepLatest=20)], 20),
        ([policy("orders@shop:/", keepLatest=20), policy("orders@shop", keepLatest=17)], 20),
        ([policy("orders@office:/data", keepLatest=18), policy("@office", keepLatest=18)], 12),
    ],
)
def test_the_nearest_policy_of_the_repository_decides_what_is_kept(entries, left):
    found = kept(source("orders"), nights(*range(20)), policies=of_policies(*entries))
    assert len(found.left) == left
    own = kept(source("orders", **{"retain.latest": "14"}), nights(*range(20)), policies=of_policies(*entries))
    assert len(own.left) == 15, "what the source sets wins; one more is that of a week"


def test_a_policy_of_a_hostname_with_two_tenants_reaches_beyond():
    declared = [source("orders"), source("mail", "office", username="mail", hostname="shop")]
    entries = [entry("orders"), entry("mail")]
    found = answer(declared, entries, policies=of_policies(policy("@shop", keepLatest=1), policy(keepLatest=5)))
    (reach,) = found.reaches
    assert (str(reach.policy), reach.tenants, reach.unowned, reach.snapshots) == ("@shop", ["office", "shop"], 0, 2)
    assert found.status() is ExitStatus.CONFORMANT
    assert found.status({Worry.POLICY}) is ExitStatus.DIVERGES
    for one in (policy("mail@shop", keepLatest=1), policy("@shop"), policy("@office", keepLatest=1)):
        assert answer(declared, entries, policies=of_policies(one)).reaches == []
    assert answer(declared[:1], entries[:1], policies=of_policies(policy("@shop", keepLatest=1))).reaches == []
    (reach,) = answer(declared[:1], entries, policies=of_policies(policy("@shop", keepLatest=1))).reaches
    assert (reach.tenants, reach.unowned) == (["shop"], 1), "a history of nobody"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("no", "list: is no JSON"),
        ("[" * 10_000, "list: is no JSON .maximum recursion depth"),
        ("{}", "list: is JSON, but no list of policies"),
        ("[1]", "list: policy 1: expected an object with target and retention"),
        ('[{"target": {"host": 3}}]', "list: policy 1: field target: expected texts"),
    ],
)
def test_another_list_of_policies_is_one_line(text, said):
    with pytest.raises(HarnessError, match=said):
        policies.read(text.encode(), "list")


def meeting(*declared, entries=(), rule="object-name", **more):
    return answer(declared, entries, rule=rule, **more).collisions


@pytest.mark.parametrize(
    ("declared", "rule", "reason"),
    [
        ((source("orders.eu"), source("orderseu")), "object-name", Reason.CHARACTERS),
        ((source("a"), source("b", username="a")), "object-name", Reason.CUSTOM_NAMES),
        ((source("a"), source("a", cluster="office")), "object-name", Reason.SAME_NAME),
        ((source("x", "a", sourcePVC="b-c"), source("x-a", "a-b", sourcePVC="c", username="x-a")), "namespace-pvc",
         Reason.CUSTOM_NAMES),
        ((source("x-a", "b", sourcePVC="c"), source("x", "b-c", sourcePVC="d")), "namespace-pvc", None),
        ((source("a"), source("b")), "object-name", None),
    ],
)  # fmt: skip
def test_sources_meet_for_a_reason(declared, rule, reason):
    found = meeting(*declared, rule=rule)
    assert [list(one.reasons)[:1] for one in found] == ([[reason]] if reason else [])


def test_a_long_name_meets_a_short_one_with_its_namespace():
    long = f"{'a' * 46}-shop"
    found = meeting(source(long), source("a" * 46, "shop"), rule="object-name-namespace")
    assert found == [], "both are too long"
    found = meeting(source("abcd" * 11 + "-shop"), source("abcd" * 11), rule="object-name-namespace")
    assert [one.reasons for one in found] == [[Reason.LENGTH]]


def test_a_collision_tells_what_is_at_stake():
    declared = [source("orders.eu", **{"retain.latest": "1"}), source("orderseu", **{"retain.latest": "30"})]
    (found,) = meeting(*declared, entries=[entry("orderseu", at=age) for age in range(3)])
    assert (str(found.identity), found.path, found.snapshots, found.mixes) == ("orderseu@shop", "/data", 3, True)
    assert found.policies == ["latest 1", "latest 30"]
    assert [one.name for one in found.sources] == ["orders.eu", "orderseu"]


def test_other_paths_share_only_the_identity():
    found = answer([source("orders.eu"), source("orderseu", sourcePathOverride="/srv")])
    assert [(one.mixes, one.path) for one in found.collisions] == [(False, "")]
    assert list(found.worries()).count(Worry.SHARED_IDENTITY) == 1


def test_clusters_that_follow_one_another_do_not_collide():
    declared = [source("a", cluster="old"), source("a", cluster="new")]
    assert len(meeting(*declared)) == 1
    assert meeting(*declared, successive=True) == []
    dots = [source("a.b", cluster="old"), source("ab", cluster="new")]
    assert len(meeting(*dots, successive=True)) == 1


def test_sources_of_different_repositories_do_not_collide():
    values = [{"KOPIA_REPOSITORY": f"s3://{name}", "KOPIA_PASSWORD": "p"} for name in ("one", "two")]
    apart = [source("a.b"), source("ab", repository="q"), secret(**values[0]), secret(name="q", **values[1])]
    same = [source("a.b"), source("ab", repository="q"), secret(**values[0]), secret(name="q", **values[0])]
    assert (len(meeting(*apart)), len(meeting(*same))) == (0, 1)


def test_ages_are_written_in_the_largest_unit():
    ages = [timedelta(seconds=5), timedelta(minutes=3), timedelta(hours=30), timedelta(days=3)]
    assert [in_words(age) for age in ages] == ["5 s", "3 min", "30 h", "3 d"]


def test_a_paused_source_is_said_to_be_paused():
    one = source("orders", schedule="0 3 * * *")
    one.manifest["spec"]["paused"] = True
    (found,) = answer([one], [entry("orders", at=9)]).sources
    assert (found.state, found.why.endswith("; it is paused")) == (State.STALE, True)


def test_secrets_that_are_not_known_are_said_to_count_as_this_repository():
    declared = [source("a", repository="local"), source("b", repository="remote")]
    entries = [entry("a"), entry("b")]
    (doubt,) = answer(declared, entries).doubts
    assert (doubt.matters, doubt.why.startswith("2 Secrets, such as shop/local, are not in the manifests")) == (
        False,
        True,
    )
    known = [secret(name=name, KOPIA_REPOSITORY="s3://one/x") for name in ("local", "remote")]
    assert answer([*declared, *known], entries).doubts == []
