"""A scenario that keeps the names of its namespaces takes turns; any other gets names of its own."""

import threading
from types import SimpleNamespace

import pytest

from harness.errors import NotAsked
from plugin.namespaces import kept_names, names_for


def worker(folder, taken=()):
    cluster = SimpleNamespace(taken=lambda names: sorted(names & set(taken)))
    return SimpleNamespace(cluster=cluster, folder=folder)


def test_a_scenario_has_namespaces_of_its_own(tmp_path):
    with (
        names_for(worker(tmp_path), "gw0-1", literal=False) as one,
        names_for(worker(tmp_path), "gw1-1", literal=False) as other,
    ):
        assert one("shop") == "shop-gw0-1"
        assert other("shop") == "shop-gw1-1"


def test_literal_names_are_kept(tmp_path):
    with names_for(worker(tmp_path), "gw0-1", literal=True) as rename:
        assert rename("shop") == "shop"


def test_an_api_of_its_own_needs_no_other_names(tmp_path):
    with names_for(SimpleNamespace(cluster=None, folder=tmp_path), "gw0-1", literal=False) as rename:
        assert rename("shop") == "shop"
    assert list(tmp_path.iterdir()) == []


def test_literal_names_take_turns(tmp_path):
    entered = threading.Event()

    def second():
        with names_for(worker(tmp_path), "gw1-1", literal=True):
            entered.set()

    with names_for(worker(tmp_path), "gw0-1", literal=True):
        thread = threading.Thread(target=second, daemon=True)
        thread.start()
        assert not entered.wait(0.2)
    assert entered.wait(10)
    thread.join()


def test_a_namespace_of_others_is_left_alone():
    asked = []
    keep = kept_names(lambda names: asked.append(names) or sorted(names & {"production"}))
    assert keep("shop") == keep("shop") == "shop"
    assert asked == [{"shop"}], "an API is asked once for a name"
    for _ in range(2):
        with pytest.raises(NotAsked, match="production"):
            keep("production")
