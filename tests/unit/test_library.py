"""Histories are kept on this machine, and fit only to the seed that they began as."""

import os

import pytest

from harness.errors import HarnessError
from harness.kopia.library import Library
from harness.kopia.templates import RepositoryTemplate

TREE = {"file": "file 0644 1"}
SEED = {"kopia.repository": b"keys", "kopia.blobcfg": b"more keys", "kopia.maintenance": b"owner"}
HISTORY = {**SEED, "p1": b"pack", "q1": b"index", "_log_1": b"log"}


class Store:
    """In place of the S3 store: buckets with objects."""

    def __init__(self):
        self.buckets = {}

    def download(self, bucket, *, without):
        return {name: value for name, value in self.buckets[bucket].items() if not name.startswith(without)}

    def upload(self, bucket, objects):
        self.buckets.setdefault(bucket, {}).update(objects)


@pytest.fixture
def run(tmp_path):
    """Starts a run with a store of its own; returns its library and its store."""

    def started(version="1"):
        store = Store()
        return Library(tmp_path / "histories" / version, store), store

    return started


def planted(library, store, seed=SEED):
    return library.plant("blank", lambda: store.upload("blank", seed))


def never():
    raise AssertionError("a seed is created though there is one")


def test_the_first_run_creates_the_seed_and_later_runs_begin_with_it(run):
    library, store = run()
    seed = planted(library, store)
    later, elsewhere = run()
    assert later.plant("mine", never) == seed
    assert elsewhere.buckets["mine"] == SEED


def test_a_kept_history_is_found_again_without_its_keys_and_logs(run):
    library, store = run()
    seed = planted(library, store)
    store.upload("written", HISTORY)
    library.keep(seed, "three backups", "written", [TREE])
    later, elsewhere = run()
    assert later.fetch(seed, "three backups", lambda: "copy") == RepositoryTemplate("copy", (TREE,))
    assert elsewhere.buckets["copy"] == {"kopia.maintenance": b"owner", "p1": b"pack", "q1": b"index"}


@pytest.mark.parametrize(("seed", "recipe"), [("another", "three backups"), ("", "two backups")])
def test_nothing_is_found_for_another_seed_or_recipe(run, seed, recipe):
    library, store = run()
    own = planted(library, store)
    library.keep(own, "three backups", "blank", [TREE])
    assert library.fetch(seed or own, recipe, never) is None


def test_a_folder_that_no_run_has_used_for_a_month_is_removed(run, tmp_path):
    for version in ("1", "2"):
        planted(*run(version))
    os.utime(tmp_path / "histories" / "1", (0, 0))
    planted(*run("3"))
    assert sorted(path.name for path in (tmp_path / "histories").iterdir()) == ["2", "3"]


@pytest.mark.parametrize("damage", [lambda data: data[:-1], lambda data: data.replace(b"pack", b"peck"), lambda _: b""])
def test_a_damaged_file_is_not_used(run, tmp_path, damage):
    library, store = run()
    seed = planted(library, store)
    store.upload("written", HISTORY)
    library.keep(seed, "three backups", "written", [TREE])
    (file,) = set((tmp_path / "histories" / "1").glob("*.tar")) - {tmp_path / "histories" / "1" / "seed.tar"}
    file.write_bytes(damage(file.read_bytes()))
    assert run()[0].fetch(seed, "three backups", never) is None


def test_a_damaged_seed_is_created_anew(run, tmp_path):
    planted(*run())
    (tmp_path / "histories" / "1" / "seed.tar").write_bytes(b"half of a f")
    planted(*run())
    later, elsewhere = run()
    later.plant("mine", never)
    assert elsewhere.buckets["mine"] == SEED


def test_a_folder_that_cannot_be_made_is_named(run, tmp_path):
    (tmp_path / "histories").write_text("no folder")
    with pytest.raises(HarnessError, match="XDG_CACHE_HOME"):
        planted(*run())
