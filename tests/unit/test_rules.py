"""The document's rules, on its own examples and at their edges."""

import pytest

from harness.document import rules


@pytest.mark.parametrize(
    ("text", "username"),
    [
        ("app-backup", "app-backup"),
        ("app@service.com", "appservicecom"),
        ("-special_", "special"),
        ("_-_", "volsync-default"),
        ("", "volsync-default"),
        ("größe", "gre"),
        ("-.-a-.-", "a"),
    ],
)
def test_usernames_are_sanitised(text, username):
    assert rules.sanitise_username(text) == username


@pytest.mark.parametrize(
    ("text", "hostname"),
    [
        ("a_b", "a-b"),
        ("__a__", "a"),
        ("--.a.--", "a"),
        ("...", "volsync-default"),
        ("", "volsync-default"),
        ("web@01.site", "web01.site"),
    ],
)
def test_hostnames_are_sanitised(text, hostname):
    assert rules.sanitise_hostname(text) == hostname


@pytest.mark.parametrize(("length", "fits"), [(49, True), (50, True), (51, False)])
def test_fifty_characters_fit(length, fits):
    assert rules.fits("x" * length) is fits


@pytest.mark.parametrize("text", ["a", "9", "a.b", "a_b", "a-b", "A1"])
def test_pattern_takes(text):
    assert rules.matches_custom_pattern(text)


@pytest.mark.parametrize("text", ["", "-a", "a-", ".", "a b", "a@b", "a\n", "ä"])
def test_pattern_refuses(text):
    assert not rules.matches_custom_pattern(text)
