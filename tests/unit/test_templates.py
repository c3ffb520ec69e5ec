"""What a worker shares is found by the others, and a history is shared only where it is the whole of a repository."""

import stat

import pytest

from harness.kopia.histories import Histories
from harness.kopia.templates import RepositoryTemplate, RepositoryTemplates
from harness.model import Identity, ObjectRef
from harness.volumes import FolderVolumes, tree

ALICE = Identity("alice", "wonderland")
ORDERS = ObjectRef("ReplicationSource", "shop", "orders")
TEN, ELEVEN, TWELVE = (f"2024-01-20T{hour}:00:00Z" for hour in (10, 11, 12))


class Repository:
    """In place of the Administrator: one repository, and the templates of its worker."""

    def __init__(self, templates, holds=()):
        self.templates = templates
        self.is_there = bool(holds)
        self.holds = list(holds)
        self.written = 0

    def keep(self, number):
        pass

    def begin_with(self, recipes):
        if self.is_there:
            return None
        self.is_there = True
        beginning = next(filter(None, map(self.templates.find, recipes)), None)
        self.holds = list(beginning.contents) if beginning else []
        return self.holds[:]

    def write_snapshots(self, snapshots):
        self.holds += [tree(one.folder) for one in snapshots]
        self.written += len(snapshots)

    def keep_as_template(self, recipe, contents):
        assert contents == self.holds, "a repository is shared that holds something else"
        self.templates.put(recipe, RepositoryTemplate("bucket", tuple(contents)))


@pytest.fixture
def write(tmp_path):
    """Writes a history of instants into a repository of another worker each time; returns the repository."""

    def written(*instants, identity=ALICE, path="/data", holds=()):
        repository = Repository(RepositoryTemplates(tmp_path / "templates"), holds)
        histories = Histories(repository, FolderVolumes(tmp_path / "volumes"))
        contents = histories.write(identity, path, instants)
        assert contents == repository.holds[len(holds) :]
        assert len(contents) == len(instants)
        return repository

    return written


def test_what_one_worker_puts_another_finds(tmp_path):
    mine, other = RepositoryTemplates(tmp_path / "templates"), RepositoryTemplates(tmp_path / "templates")
    assert (other.find("a"), other.configuration) == (None, None)
    mine.put("a", RepositoryTemplate("bucket-a", ({"file": "file 0644 1"},)))
    mine.note({"storage": {}})
    assert other.find("a") == RepositoryTemplate("bucket-a", ({"file": "file 0644 1"},))
    assert other.configuration == {"storage": {}}


def test_only_its_user_can_read_what_lies_there(tmp_path):
    RepositoryTemplates(tmp_path / "templates").note({"storage": {"config": {"secretAccessKey": "a"}}})
    modes = {
        stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "templates", *(tmp_path / "templates").iterdir())
    }
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
