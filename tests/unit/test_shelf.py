"""What a worker shares is found by the others, and a history is shared only where it is the whole of a repository."""

import stat

import pytest

from harness.kopia.histories import Histories
from harness.kopia.templates import Beginning, Shelf
from harness.model import Identity, ObjectRef
from harness.volumes import FolderVolumes, tree

ALICE = Identity("alice", "wonderland")
ORDERS = ObjectRef("ReplicationSource", "shop", "orders")
TEN, ELEVEN, TWELVE = (f"2024-01-20T{hour}:00:00Z" for hour in (10, 11, 12))


class Repository:
    """In place of the Administrator: one repository, and the shelf of its worker."""

    def __init__(self, shelf, holds=()):
        self.shelf = shelf
        self.is_there = bool(holds)
        self.holds = list(holds)
        self.written = 0

    def keep(self, number):
        pass

    def begin_with(self, recipes):
        if self.is_there:
            return None
        self.is_there = True
        beginning = self.shelf.first(recipes)
        self.holds = list(beginning.contents) if beginning else []
        return self.holds[:]

    def write_snapshot(self, identity, folder, path, instant):
        self.holds.append(tree(folder))
        self.written += 1

    def put_aside(self, recipe, contents):
        assert contents == self.holds, "a repository is shared that holds something else"
        self.shelf.put(recipe, Beginning("bucket", tuple(contents)))


@pytest.fixture
def write(tmp_path):
    """Writes a history of instants into a repository of another worker each time; returns the repository."""

    def written(*instants, identity=ALICE, path="/data", holds=()):
        repository = Repository(Shelf(tmp_path / "shelf"), holds)
        histories = Histories(repository, FolderVolumes(tmp_path / "volumes"))
        contents = histories.write(ORDERS, identity, path, instants)
        assert contents == repository.holds[len(holds) :]
        assert [histories.at(ORDERS, instant) for instant in instants] == contents
        return repository

    return written


def test_what_one_worker_puts_another_finds(tmp_path):
    mine, other = Shelf(tmp_path / "shelf"), Shelf(tmp_path / "shelf")
    assert (other.find("a"), other.configuration) == (None, None)
    mine.put("a", Beginning("bucket-a", ({"file": "file 0644 1"},)))
    mine.note({"storage": {}})
    assert other.first(["b", "a"]) == Beginning("bucket-a", ({"file": "file 0644 1"},))
    assert other.configuration == {"storage": {}}


def test_only_its_user_can_read_what_lies_there(tmp_path):
    Shelf(tmp_path / "shelf").note({"storage": {"config": {"secretAccessKey": "a"}}})
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "shelf", *(tmp_path / "shelf").iterdir())}
    assert modes == {0o700, 0o600}


def test_the_same_history_is_written_once(write):
    first, second = write(TEN, ELEVEN, TWELVE), write(TEN, ELEVEN, TWELVE)
    assert (first.written, second.written) == (3, 0)
    assert first.holds == second.holds


def test_a_longer_history_continues_a_shorter_one(write):
    shorter, longer = write(TEN, ELEVEN), write(TEN, ELEVEN, TWELVE)
    assert longer.written == 1
    assert longer.holds[:2] == shorter.holds


@pytest.mark.parametrize(
    "other",
    [
        {"identity": Identity("alice", "elsewhere")},
        {"path": "/other"},
        {"holds": [{"file": "of somebody else"}]},
    ],
)
def test_another_history_is_written_anew(write, other):
    write(TEN, ELEVEN)
    assert write(TEN, ELEVEN, **other).written == 2


def test_another_order_of_instants_is_another_history(write):
    write(TEN, ELEVEN, TWELVE)
    assert write(TEN, TWELVE, ELEVEN).written == 3


def test_what_follows_on_something_else_is_not_shared(write):
    write(TEN, ELEVEN, holds=[{"file": "of somebody else"}])
    assert write(TEN, ELEVEN).written == 2
