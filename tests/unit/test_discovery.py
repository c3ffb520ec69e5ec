"""The block that a mover prints, and what a status makes of it."""

from datetime import UTC, datetime

import pytest

from harness.model import Identity, SnapshotRecord
from harness.volsync import discovery

FIRST = datetime(2024, 1, 20, 10, 0, tzinfo=UTC)
SECOND = datetime(2024, 1, 20, 11, 0, tzinfo=UTC)


def record(username, instant):
    return SnapshotRecord("x", Identity(username, "h"), "/data", instant, instant, "")


def test_there_and_back():
    printed = discovery.lines([record("a@b", FIRST), record("c", FIRST), record("a@b", SECOND)])
    found = discovery.parse("\n".join(["before", *printed, "after"]))
    assert found is not None
    assert found.snapshots_of(Identity("a@b", "h")) == 2
    assert found.status() == [
        {"identity": "a@b@h", "snapshotCount": 2, "latestSnapshot": "2024-01-20T11:00:00Z"},
        {"identity": "c@h", "snapshotCount": 1, "latestSnapshot": "2024-01-20T10:00:00Z"},
    ]


def test_no_block_is_not_an_empty_one():
    assert discovery.parse("nothing of the kind") is None
    assert discovery.parse("\n".join(discovery.lines([]))) == discovery.Discovered({})


def test_noise_in_the_block_is_ignored():
    log = "\n".join([discovery.BEGIN, "noise", "{}", '{"userName": 1, "endTime": "x"}', discovery.END])
    assert discovery.parse(log) == discovery.Discovered({})


def test_a_path_with_the_text_of_the_mark_does_not_end_the_block():
    forged = SnapshotRecord("x", Identity("a", "h"), f"/{discovery.END}", FIRST, FIRST, "")
    found = discovery.parse("\n".join(discovery.lines([forged, record("b", SECOND)])))
    assert found is not None
    assert found.identities == [Identity("a", "h"), Identity("b", "h")]


def test_a_mover_may_write_the_time_before_each_line():
    stamped = [f"2024-01-20T11:00:00Z {line}" for line in (discovery.BEGIN, discovery.END)]
    assert discovery.parse(f"{stamped[0]}\n{stamped[1]}") == discovery.Discovered({})


def test_lines_are_read_as_they_are_written():
    (first,) = discovery.listed_snapshots("\n".join(discovery.lines([record("a@b", FIRST)])))
    assert (first.id, first.username, first.hostname, first.path) == ("x", "a@b", "h", "/data")
    assert first.start == first.end == "2024-01-20T10:00:00Z"
    (other,) = discovery.listed_snapshots(f'{discovery.BEGIN}\n{{"id": 7}}\n{discovery.END}')
    assert (other.id, other.username) == (7, None)


def test_an_entry_is_changed_in_a_copy():
    entry = {"identity": "a@b", "snapshotCount": 1, "latestSnapshot": "x"}
    assert discovery.changed(entry, count=0) == {**entry, "snapshotCount": 0}
    assert discovery.changed(entry, identity="c@d", latest="y")["latestSnapshot"] == "y"
    assert discovery.changed(entry) == entry


@pytest.mark.parametrize(
    ("listed", "is_whole"), [((), False), (("b@h",), False), (("b@h", "a@h"), True), (("a@h", "b@h", "c@h"), True)]
)
def test_a_status_shows_all_if_it_lists_each_identity_of_the_log(listed, is_whole):
    log = "\n".join(discovery.lines([record("a", FIRST), record("b", SECOND)]))
    status = {"kopia": {"availableIdentities": [{"identity": one, "snapshotCount": 1} for one in listed]}}
    assert discovery.shows_all(status, log) == is_whole
    assert discovery.shows_all({}, "a log without a discovery")


def test_a_log_may_have_the_line_ends_of_a_terminal():
    lines = discovery.lines([record("a", FIRST), record("b", SECOND)])
    assert discovery.parse("\r\n".join(lines)) == discovery.parse("\n".join(lines))
