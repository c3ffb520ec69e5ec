"""Which snapshot of a history is taken."""

from datetime import UTC, datetime, timedelta

import pytest

from harness.model import Identity, SnapshotRecord
from harness.mover.selection import choose
from harness.volsync.mover_job import selection_in

BEGIN = datetime(2024, 1, 20, 10, tzinfo=UTC)


def record(number):
    instant = BEGIN + timedelta(hours=number)
    return SnapshotRecord(str(number), Identity("u", "h"), "/data", instant, instant, "")


HISTORY = [record(2), record(0), record(3), record(1)]


@pytest.mark.parametrize(
    ("env", "chosen"),
    [
        ({}, "3"),
        ({"KOPIA_PREVIOUS": "0"}, "3"),
        ({"KOPIA_PREVIOUS": "2"}, "1"),
        ({"KOPIA_PREVIOUS": "4"}, None),
        ({"KOPIA_RESTORE_AS_OF": "2024-01-20T12:00:00Z"}, "2"),
        ({"KOPIA_RESTORE_AS_OF": "2024-01-20T11:59:59.999Z"}, "1"),
        ({"KOPIA_RESTORE_AS_OF": "2024-01-20T14:00:00+02:00"}, "2"),
        ({"KOPIA_RESTORE_AS_OF": "2024-01-20T12:00:00Z", "KOPIA_PREVIOUS": "1"}, "1"),
        ({"KOPIA_RESTORE_AS_OF": "2024-01-20T09:00:00Z"}, None),
        ({"KOPIA_SHALLOW": "2", "KOPIA_PREVIOUS": "1"}, "2"),
        ({"KOPIA_SHALLOW": "2", "KOPIA_PREVIOUS": "2"}, None),
    ],
)
def test_choice(env, chosen):
    found = choose(HISTORY, selection_in(env))
    assert (found.id if found else None) == chosen
