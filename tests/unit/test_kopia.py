"""What kopia prints is checked where it enters."""

import json
from datetime import UTC, datetime

import pytest

from harness import kopia
from harness.errors import HarnessError
from harness.model import Identity
from harness.process import Completed

ENTRY = {
    "id": "abc",
    "source": {"host": "a:b", "userName": "c@d", "path": "/data"},
    "startTime": "2024-01-20T10:00:00.123456789Z",
    "endTime": "2024-01-20T10:00:01Z",
    "rootEntry": {"obj": "k1"},
}


def printed(text, exit_code=0):
    return Completed(("/x/kopia", "snapshot", "list"), exit_code, text, "", 0.1)


def test_a_snapshot_keeps_its_fields_apart():
    (record,) = kopia.snapshots_in(printed(json.dumps([ENTRY])))
    assert record.identity == Identity("c@d", "a:b")
    assert record.start == datetime(2024, 1, 20, 10, 0, 0, 123456, tzinfo=UTC)
    assert (record.path, record.root) == ("/data", "k1")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("no JSON", "expected JSON"),
        ("{}", "expected a list"),
        ("[1]", "expected an object"),
        (json.dumps([{**ENTRY, "source": None}]), "field source"),
        (json.dumps([{**ENTRY, "source": {**ENTRY["source"], "userName": 1}}]), "field userName"),
        (json.dumps([{**ENTRY, "endTime": "soon"}]), "field endTime"),
    ],
)
def test_other_output_is_named(text, named):
    with pytest.raises(HarnessError, match=named):
        kopia.snapshots_in(printed(text))


def test_a_failed_call_is_no_empty_list():
    with pytest.raises(HarnessError):
        kopia.snapshots_in(printed("[]", exit_code=1))


def test_command_line_reads_as_typed():
    assert kopia.command_line(printed("")) == "kopia snapshot list"
