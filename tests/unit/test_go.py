"""A build is followed to its end: its words come with its failure, and nothing of it goes on."""

import pytest

from harness.errors import HarnessError
from harness.toolchain import go


@pytest.fixture
def what(tmp_path):
    return go.GoBuild("kopia", tmp_path, ".", {}, "a minute")


def test_a_build_that_fails_says_so_in_its_own_words(what):
    with pytest.raises(HarnessError, match=r"building kopia failed \(go ended with 3\): no such module"):
        go._follow(what, ["/bin/sh", "-c", "echo no such module >&2; exit 3"], print)


def test_a_build_that_takes_its_time_tells_how_far_it_is(what, monkeypatch):
    monkeypatch.setattr(go, "PROGRESS_EVERY_S", 0.1)
    said = []
    go._follow(what, ["/bin/sh", "-c", "echo one; echo two; sleep 0.35"], said.append)
    assert said[0].startswith("building kopia: 2 steps")
