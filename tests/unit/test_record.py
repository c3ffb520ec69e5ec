"""A record is read once, tells what it does not hold, and is the same after it was saved."""

import ast
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType

import msgspec
import pytest

from harness.errors import Blocked, Divergence, HarnessError, NotAsked, UsageError
from harness.kopia.repositories import Repositories
from harness.model import Identity, MoverJob, MoverResult, ObjectRef, SnapshotRecord
from harness.scenario import answers, record, saved
from harness.scenario.failure import Failure
from harness.scenario.journal import Actor, LiveJournal, act
from harness.scenario.record import Backup, Leak, NotRecorded, Readings, Record, StrangerBackup
from harness.scenario.sync import Ending, Growth, Sync
from harness.scenario.world import World
from harness.system.process import REDACT, Call, Completed
from harness.volsync import objects

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ORDERS, INVOICES = (ObjectRef("ReplicationSource", "shop", name) for name in ("orders", "invoices"))
IDENTITY = Identity("orders", "shop")
SECRET = "a \"pass'\\word ü 0123456789abcdef"


def sync(ref=ORDERS, seconds=0, **fields):
    begin = NOW + timedelta(seconds=seconds)
    return Sync(ref, begin, begin + timedelta(seconds=1), Ending.SUCCEEDED, **fields)


def snapshot(number, seconds=0.5):
    instant = NOW + timedelta(seconds=seconds)
    return SnapshotRecord(f"id{number}", IDENTITY, "/data", instant, instant, "root")


class Reader:
    """Counts what is read."""

    def __init__(self, found=()):
        self.found, self.reads = found, 0

    def snapshots(self, repository):
        self.reads += 1
        if isinstance(self.found, Exception):
            raise self.found
        return tuple(self.found)


def test_a_repository_is_read_when_a_check_asks_and_once():
    reader = Reader([snapshot(1)])
    one = Record(syncs=(sync(),), reader=reader)
    assert reader.reads == 0
    assert record.account(one) == [(one.syncs[0], ())], "what was not read is not in the account"
    assert [found.id for found in one.recorded(one.syncs[0])] == ["id1"]
    assert one.snapshots() == (snapshot(1),)
    assert reader.reads == 1
    assert record.account(one) == [(one.syncs[0], ("id1",))]


def test_a_divergence_of_a_reading_is_part_of_the_record():
    closed = Divergence("who can open it", expected="all", seen="none", oracle="repository", roots=("BA_1",))
    reader = Reader(closed)
    one = Record(reader=reader)
    for _ in range(2):
        with pytest.raises(Divergence, match="who can open it"):
            one.snapshots()
    assert reader.reads == 1
    with pytest.raises(Divergence, match="who can open it") as again:
        replace(one, reader=None).snapshots()
    assert again.value.roots == ("BA_1",)


def test_a_store_that_breaks_is_asked_again_and_leaves_nothing_in_the_record():
    reader = Reader(HarnessError("no answer"))
    one = Record(reader=reader)
    for _ in range(2):
        with pytest.raises(HarnessError, match="no answer"):
            one.snapshots()
    assert (reader.reads, one.readings) == (2, Readings())


def test_what_was_not_read_is_unknown_where_the_scenario_is_over():
    for ask in (Record().snapshots, Record().leaks, Record().sizes, lambda: Record().get(ORDERS)):
        with pytest.raises(NotRecorded, match="does not hold"):
            ask()
    with pytest.raises(HarnessError, match="never synced"):
        Record().last_sync(ORDERS)


def test_snapshots_belong_to_the_sync_in_whose_time_they_began():
    found = [snapshot(1, -0.004), snapshot(2, 0.5), snapshot(3, 1.004), snapshot(4, -0.1), snapshot(5, 1.1)]
    assert [one.id for one in Record(reader=Reader(found)).recorded(sync())] == ["id1", "id2", "id3"]


def test_contents_are_told_apart_by_source_and_by_instant():
    one, two, three = ({"a": f"file 0644 {number}"} for number in "123")
    mine = Record(
        backups=(Backup(ORDERS, one, "10:00"), Backup(ORDERS, two, "11:00"), Backup(INVOICES, three)),
        strangers=(StrangerBackup(IDENTITY, three),),
    )
    assert record.newest(mine, ORDERS) == two
    assert record.newest(mine, ObjectRef("ReplicationSource", "shop", "x")) is None
    assert record.backup_at(mine, ORDERS, "10:00") == one
    assert record.instant_of(mine, ORDERS, {"a": "file 0600 2"}) == "11:00"
    assert record.instant_of(mine, ORDERS, three) == ""
    assert record.owners_of(mine, three) == [INVOICES]
    assert record.of_stranger(mine, IDENTITY) == three
    for lacking in (
        lambda: record.backup_at(mine, INVOICES, "10:00"),
        lambda: record.of_stranger(mine, Identity("x", "y")),
    ):
        with pytest.raises(HarnessError):
            lacking()


# --- acts, and their answers from a file


class Clerk(Actor):
    """Does a few things to a list of syncs."""

    @act
    def twice(self):
        """An act of two acts."""
        return [self.once(), self.once()]

    @act
    def once(self):
        """One sync."""
        self._world.append(sync(seconds=len(self._world)))
        return self._world[-1]

    @act
    def never(self):
        """What is not reached."""
        raise Blocked(Divergence("a Job", expected="one", seen="none", oracle="operator", roots=("BA_3",)))


ABOUT = saved.About("features/x.py::test_x", {}, "reference", "a,b", "", "pass", "")


def played(reader=None):
    """What a live journal holds after three acts, as it is read back from a file."""
    world = []
    journal = LiveJournal(lambda: Record(syncs=tuple(world), reader=reader), lambda readings: Readings())
    clerk = Clerk(journal, world)
    clerk.twice()
    journal.record().snapshots()
    clerk.once()
    with pytest.raises(Blocked):
        clerk.never()
    return saved.saved(ABOUT, journal.record(), journal.acts, journal.stages, [])


def read_back(one, tmp_path):
    file = tmp_path / saved.FILE
    file.write_bytes(saved.encoded(one))
    return saved.load(file)


def test_acts_are_answered_from_a_record_as_they_were(tmp_path):
    journal = saved.SavedJournal(read_back(played(Reader([snapshot(1)])), tmp_path))
    clerk = Clerk(journal, None)
    assert journal.record().syncs == ()
    assert [one.begin for one in clerk.twice()] == [NOW, NOW + timedelta(seconds=1)]
    assert len(journal.record().syncs) == 2
    assert journal.record().snapshots() == (snapshot(1),)
    clerk.once()
    assert len(journal.record().syncs) == 3
    with pytest.raises(NotRecorded, match="snapshots"):
        journal.record().snapshots()
    with pytest.raises(Blocked) as blocked:
        clerk.never()
    assert blocked.value.divergence.roots == ("BA_3",)


def test_a_scenario_that_does_something_else_than_its_record_is_no_verdict(tmp_path):
    clerk = Clerk(saved.SavedJournal(read_back(played(Reader()), tmp_path)), None)
    with pytest.raises(NotRecorded, match="goes on with twice, the scenario of this checkout with once"):
        clerk.once()


@pytest.mark.parametrize(
    "answer",
    [
        None,
        ORDERS,
        IDENTITY,
        "client 1",
        True,
        False,
        {"a": "file 0644 1"},
        (0.5, 1.5),
        [],
        Completed(("kopia",), 1, "", "no", 0.1),
        {"ReplicationSource shop/orders": "volsync-src-orders"},
    ],
)
def test_each_kind_of_answer_is_the_same_afterwards(answer):
    built = msgspec.to_builtins(answers.answer_of(answer, ()))
    assert answers.value_of(msgspec.convert(built, answers.Answer), ()) == answer


ANSWERS = {
    "None", "bool", "str", "Completed", "Growth", "Identity", "ObjectRef", "Sync", "Tree", "Mapping[str, str]",
    "list[Sync]", "list[tuple[ObjectRef, Sync]]", "tuple[float, float]",
}  # fmt: skip
"""The types of the answers that the tests above and below save, as the acts name them."""


def acts_of(file):
    functions = [
        one for one in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(one, ast.FunctionDef)
    ]
    return [one for one in functions if "act" in map(ast.unparse, one.decorator_list)]


def test_the_answer_of_each_act_can_be_saved():
    acts = [one for file in Path(record.__file__).parent.glob("*.py") for one in acts_of(file)]
    assert len(acts) > 50
    assert {ast.unparse(one.returns) for one in acts} <= ANSWERS


def test_syncs_are_answered_by_their_numbers():
    syncs = (sync(), sync(INVOICES))
    for answer in (syncs[1], list(syncs), [(ORDERS, syncs[0]), (INVOICES, syncs[1])], Growth(syncs[1], 10, 3)):
        assert answers.value_of(answers.answer_of(answer, syncs), syncs) == answer
    with pytest.raises(TypeError, match="cannot be saved"):
        answers.answer_of(1, syncs)


@pytest.mark.parametrize(
    "error",
    [
        Divergence("what", expected={"a"}, seen=3, oracle="volume", detail="x", others={"Job": None}, part="mover"),
        Blocked(Divergence("what", expected=1, seen=2, oracle="API", roots=("BA_1",), cause="c")),
        NotAsked("why"),
        HarnessError("broken"),
    ],
)
def test_what_was_raised_is_raised_again_with_the_same_message(error):
    again = Failure.of(error).as_error()
    assert (type(again), str(again)) == (type(error), str(error))


# --- the file


def whole():
    job = MoverJob(ORDERS, ("backup",), {"KOPIA_OVERRIDE_USERNAME": "orders"}, {"KOPIA_PASSWORD": SECRET},
                   {"/data": Path("/x/y")}, frozenset({"/data"}), declared={"env": SECRET})  # fmt: skip
    result = MoverResult(0, f"opens with {SECRET}", command_lines=(f"kopia -p {json.dumps(SECRET)}",), blind="")
    readings = Readings(snapshots={"s3://x": (snapshot(1),)}, leaks={"": (Leak("the log", "password"),)})
    one = Record(
        syncs=(sync(job=job, result=result, status={"kopia": {"requestedIdentity": None}}, messages=(SECRET,)),),
        declared={ORDERS: objects.source("orders", "shop", {"username": "x"})},
        backups=(Backup(ORDERS, {"ü": "file 0644 1"}),),
        readings=readings,
    )
    calls = [Call(("kopia", SECRET), {"KOPIA_PASSWORD": SECRET}, SECRET, 0, 0.25)]
    return saved.saved(ABOUT, one, [], [(0, readings)], calls)


def test_a_saved_record_is_whole_and_holds_no_secret(tmp_path, monkeypatch):
    monkeypatch.setattr(REDACT, "secrets", {SECRET})
    text = saved.encoded(whole()).decode()
    assert "0123456789abcdef" not in text
    monkeypatch.setattr(REDACT, "secrets", set())
    again, wanted = read_back(whole(), tmp_path), whole()
    assert again == wanted
    assert again.syncs[0].job.volumes == {"/data": Path("/x/y")}
    assert again.syncs[0].job.secret_env == {"KOPIA_PASSWORD": "***"}
    assert saved.SavedJournal(again).record().leaks() == (Leak("the log", "password"),)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (lambda facts: facts | {"schema": 99}, "schema 99; this checkout reads schema"),
        (lambda facts: facts | {"syncs": [{**facts["syncs"][0], "ending": "fine"}]}, r"\$\.syncs\[0\]\.ending"),
        (lambda facts: facts | {"more": 1}, "unknown field"),
        (lambda facts: {"claims": []}, "is no record"),
        (lambda facts: [1], "is no record"),
    ],
)
def test_a_file_that_is_no_record_is_told_in_one_line(tmp_path, change, match):
    file = tmp_path / saved.FILE
    file.write_text(json.dumps(change(json.loads(saved.encoded(whole())))))
    with pytest.raises(UsageError, match=match) as told:
        saved.load(file)
    assert len(str(told.value).splitlines()) == 1


def test_a_record_that_differs_in_one_thing_is_another(tmp_path):
    one = whole()
    assert read_back(one, tmp_path) != msgspec.structs.replace(one, keeps_owners=False)
    assert read_back(one, tmp_path) != msgspec.structs.replace(one, syncs=(replace(one.syncs[0], note="x"),))


@pytest.mark.parametrize(
    "status",
    [
        {"kopia": {"at": datetime(2026, 1, 2, tzinfo=UTC), "names": {"a", "b"}}},
        MappingProxyType({"kopia": MappingProxyType({"a": 1})}),
        {"kopia": {"file \udcff": "bytes that are no UTF-8: \udcfe"}},
    ],
)
def test_a_status_that_no_json_holds_is_saved_all_the_same(tmp_path, status):
    one = saved.saved(ABOUT, Record(syncs=(sync(status=status, messages=("\udcff",)),)), [], [], [])
    again = read_back(one, tmp_path)
    assert again.syncs[0].status["kopia"].keys()
    assert again.syncs[0].messages == ("\\udcff",)


@pytest.mark.parametrize("seen_before", [(), (snapshot(1),)])
def test_a_repository_that_changed_is_read_again_also_where_it_was_empty(seen_before):
    repositories = object.__new__(Repositories)
    repositories._seen = {"s3://x": seen_before}
    world = object.__new__(World)
    world.repositories = repositories
    readings = Readings(snapshots={"s3://x": seen_before})
    assert world.still_valid(readings) == readings, "nothing changed"
    repositories.changed()
    assert world.still_valid(readings) == Readings(), "it changed"
