"""Define steps about histories, and the backup of a history that a restore takes."""

from __future__ import annotations

from pytest_bdd import given, then, when

from harness import expect
from harness.model import Identity, ObjectRef
from harness.scenario.plain_kopia import History
from harness.scenario.sync import Sync
from harness.scenario.syncs import Syncs
from harness.scenario.testbed import Testbed
from harness.volsync.kinds import source_ref
from steps.types import DataTable, phrase, records


@given(phrase('the source "{name:Text}" in namespace "{namespace:Text}" was backed up at:'), target_fixture="source")
def history(name: str, namespace: str, datatable: DataTable, past: History) -> ObjectRef:
    source = source_ref(namespace, name)
    past.write_of_source(source, [row[0] for row in datatable])
    return source


@given(
    phrase('the source "{name:Text}" in namespace "{namespace:Text}", whose volume changed or not, was backed up at:'),
    target_fixture="source",
)
def history_of_changes(name: str, namespace: str, datatable: DataTable, past: History) -> ObjectRef:
    rows = records(datatable)
    source = source_ref(namespace, name)
    past.write_of_source(
        source, [row["instant"] for row in rows], [row["instant"] for row in rows if row["volume"] == "unchanged"]
    )
    return source


@given(phrase('the latest snapshot of the source "{name:Text}" in namespace "{namespace:Text}" is incomplete'))
def incomplete(name: str, namespace: str, past: History) -> None:
    past.write_incomplete(source_ref(namespace, name))


@when("destinations of its name and namespace restore it with each of:", target_fixture="points")
def restore_each(datatable: DataTable, source: ObjectRef, syncs: Syncs) -> list[Sync]:
    rows = [{field: value for field, value in row.items() if value} for row in records(datatable)]
    return syncs.restore_each(source, rows)


@then("the restores hold, in turn, the backups of:")
def restores_hold(datatable: DataTable, points: list[Sync], source: ObjectRef, testbed: Testbed) -> None:
    for (instant,), sync in zip(datatable, points, strict=True):
        expect.volume.holds_backup_of(testbed.seen(), sync, source, instant)


@then(phrase('its volume holds exactly the backup of "{instant:Text}"'))
def volume_is(instant: str, restore: Sync, source: ObjectRef, testbed: Testbed) -> None:
    expect.volume.holds_backup_of(testbed.seen(), restore, source, instant)


@then("each of these restores fails")
def points_fail(points: list[Sync]) -> None:
    for sync in points:
        expect.ending.failed(sync)


@then(phrase("a message on each of these restores mentions the number {number:d}"))
def points_told(number: int, points: list[Sync]) -> None:
    for sync in points:
        expect.ending.told_number(sync, number)


@then("its volume holds what that user backed up")
def volume_of_existing(restore: Sync, existing: Identity, testbed: Testbed) -> None:
    expect.volume.holds_data_of_user(testbed.seen(), restore, existing)
