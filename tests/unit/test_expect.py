"""A check that does not hold is a Divergence that says what was expected, what was seen, and by whom."""

from datetime import UTC, datetime

import pytest

from harness import expect, expect_repository
from harness.errors import Divergence, HarnessError
from harness.model import Identity, ObjectRef
from harness.process import Completed
from harness.sync import Growth, Sync

REF = ObjectRef("ReplicationDestination", "lab", "back")
NOW = datetime.now(UTC)


def sync(**fields):
    return Sync(REF, NOW, NOW, **fields)


@pytest.mark.parametrize(
    "text",
    [
        "spec.kopia.hostname is missing: give it together with username",
        "username given without hostname",
        "spec.kopia.hostname: required",
        "hostname must be provided",
    ],
)
def test_a_message_that_says_what_is_missing(text):
    expect.told_missing(sync(messages=(text,)), "hostname")


@pytest.mark.parametrize(
    "text", ["", "both username and hostname are needed", "username is missing: give it with hostname", "sync failed"]
)
def test_a_message_that_does_not_say_what_is_missing(text):
    with pytest.raises(Divergence, match="hostname is missing"):
        expect.told_missing(sync(messages=(text,)), "hostname")


def test_every_identity_has_to_be_named():
    told = sync(messages=("there are a@x and b@y",))
    expect.names_identities(told, [Identity("a", "x"), Identity("b", "y")])
    with pytest.raises(Divergence, match="c@z"):
        expect.names_identities(told, [Identity("c", "z")])
    with pytest.raises(Divergence, match="no snapshot"):
        expect.names_identities(told, [])


def test_success_and_failure_are_the_operators_word():
    expect.succeeded(sync(succeeded=True))
    expect.failed(sync())
    with pytest.raises(Divergence):
        expect.succeeded(sync(refused="no"))
    with pytest.raises(Divergence):
        expect.failed(sync(succeeded=True))


@pytest.mark.parametrize(
    ("added", "limits", "holds"),
    [
        (50, {"at_most": 0.05}, True),
        (51, {"at_most": 0.05}, False),
        (950, {"at_least": 0.95}, True),
        (949, {"at_least": 0.95}, False),
    ],
)
def test_growth_has_limits(added, limits, holds):
    growth = Growth(sync(succeeded=True), 1000, added, b"")
    if holds:
        expect_repository.grown(growth, **limits)
    else:
        with pytest.raises(Divergence, match="store"):
            expect_repository.grown(growth, **limits)


def test_kopia_has_to_refuse_and_to_name_the_flag():
    def call(exit_code, stderr):
        return Completed(("kopia",), exit_code, "", stderr, 0.0)

    expect.kopia_refused(call(1, "unknown long flag '--x'"), "--x")
    for wrong in (call(0, "--x"), call(1, "out of memory")):
        with pytest.raises(Divergence):
            expect.kopia_refused(wrong, "--x")


def test_a_table_without_a_part_would_check_nothing():
    with pytest.raises(HarnessError, match="nothing"):
        expect.recorded_with_parts(None, sync(), {"name": "x"})
