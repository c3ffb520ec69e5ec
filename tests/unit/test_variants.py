"""Sides are found out from what a subject does; one that takes neither is told so, with what was seen."""

import pytest

from harness.model import Variants
from harness.operator.decisions import Decisions
from harness.subject.subject import Subject
from harness.subject.variants import NEITHER, probe


def deciding(default_username="object-name", custom_names="validated"):
    class Own(Decisions):
        def __init__(self, variants):
            super().__init__(Variants(default_username, custom_names))

    return Own


@pytest.mark.parametrize("default_username", ["object-name", "object-name-namespace"])
@pytest.mark.parametrize("custom_names", ["validated", "as-given"])
def test_each_side_is_found(default_username, custom_names):
    found = probe(Subject("mine", deciding(default_username, custom_names)))
    assert (found.default_username, found.custom_names) == (default_username, custom_names)


class _Hashes(Decisions):
    def default_username(self, name, namespace):
        return f"h-{len(name)}"

    def accepts_custom_name(self, value):
        return True

    def custom_username(self, value):
        return value.upper()


def test_neither_side_is_said_with_what_was_seen():
    found = probe(Subject("mine", _Hashes))
    assert (found.default_username, found.custom_names) == (NEITHER, NEITHER)
    assert "h-5" in found.seen[0]
    assert "PROBE@EXAMPLE.TEST" in found.seen[1]


class _NeverShortens(Decisions):
    def fits(self, combined):
        return True

    def __init__(self, variants):
        super().__init__(Variants("object-name-namespace"))


def test_a_side_is_more_than_its_short_names():
    assert probe(Subject("mine", _NeverShortens)).default_username == NEITHER


class _RefusesAll(Decisions):
    def accepts_custom_name(self, value):
        return False


def test_refusing_every_custom_name_is_no_validation():
    assert probe(Subject("mine", _RefusesAll)).custom_names == NEITHER
