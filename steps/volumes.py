"""Define steps about the volume of a destination that is in use, and what a restore left of it."""

from __future__ import annotations

from pytest_bdd import given, then, when

from harness import expect
from harness.model import ObjectRef
from harness.scenario import preconditions
from harness.scenario.declarations import Declarations
from harness.scenario.sync import Sync
from harness.scenario.syncs import MoverAlone, Syncs
from harness.scenario.testbed import Testbed
from harness.volsync import objects
from harness.volsync.fields import Field
from harness.volsync.kinds import source_ref
from harness.volumes import Tree
from steps.types import DataTable, phrase, records


@given(phrase('the volume of the destination "{name:Text}" in namespace "{namespace:Text}" holds the links:'))
def links(name: str, namespace: str, datatable: DataTable, declarations: Declarations) -> None:
    ref = declarations.declare(objects.destination(name, namespace))
    declarations.link_in_volume(ref, {row["link"]: row["target"] for row in records(datatable)})


@given(
    phrase('the volume of the destination "{name:Text}" in namespace "{namespace:Text}" holds links out of it:'),
    target_fixture="outside",
)
def links_out(name: str, namespace: str, datatable: DataTable, declarations: Declarations) -> Tree:
    ref = declarations.declare(objects.destination(name, namespace))
    return declarations.link_out_of_volume(ref, {row["link"]: row["file"] for row in records(datatable)})


@given(phrase('the volume into which the mover restores in namespace "{namespace:Text}" holds the files:'))
def volume_of_mover(namespace: str, datatable: DataTable, mover_alone: MoverAlone) -> None:
    mover_alone.use_volume(namespace, [row[0] for row in datatable])


@given(phrase('the source "{name:Text}" in namespace "{namespace:Text}" has been backed up with an empty volume'))
def empty_backup(name: str, namespace: str, syncs: Syncs, testbed: Testbed) -> None:
    preconditions.require_snapshot(testbed.seen(), syncs.back_up_listed(source_ref(namespace, name), {}))


@given(phrase('the destination "{name:Text}" in namespace "{namespace:Text}" has restored'))
def has_restored(name: str, namespace: str, syncs: Syncs) -> None:
    preconditions.require(syncs.restore(name, namespace))


@when(
    phrase(
        'the destination "{name:Text}" in namespace "{namespace:Text}" restores with '
        f"{Field.ENABLE_FILE_DELETION}, in turn with each of:"
    ),
    target_fixture="points",
)
def restore_in_turn(name: str, namespace: str, datatable: DataTable, syncs: Syncs) -> list[Sync]:
    rows = [{field: value for field, value in row.items() if value} for row in records(datatable)]
    return syncs.restore_in_turn(name, namespace, [{**row, Field.ENABLE_FILE_DELETION.value: "true"} for row in rows])


@when(
    phrase('the mover restores the source "{name:Text}" in namespace "{namespace:Text}" with each of:'),
    target_fixture="points",
)
def mover_restores_each(name: str, namespace: str, datatable: DataTable, mover_alone: MoverAlone) -> list[Sync]:
    return mover_alone.restore_each(source_ref(namespace, name), records(datatable))


@then("what the links lead to is left as it was")
def outside_left(restore: Sync, outside: Tree, declarations: Declarations) -> None:
    expect.volume.kept_outside(restore, outside, declarations.read_outside(restore.ref))


@then("these files of its volume are left as they were:")
def files_left(datatable: DataTable, restore: Sync) -> None:
    expect.volume.keeps(restore, [row[0] for row in datatable])


@then("each of these restores left its volume as it was")
def volumes_untouched(points: list[Sync], testbed: Testbed) -> None:
    for sync in points:
        expect.volume.untouched(testbed.seen(), sync)


@then("each of these restores fails, and restores nothing")
def restore_nothing(points: list[Sync]) -> None:
    for sync in points:
        expect.volume.failed_and_untouched(sync)


@then("the restore succeeds and its volume is empty, or it fails and its volume is left as it was")
def emptied_or_untouched(restore: Sync, testbed: Testbed) -> None:
    expect.volume.untouched_unless_emptied(testbed.seen(), restore)


@then(
    phrase(
        "the restore fails, or its volume holds nothing but the data of source "
        '"{name:Text}" in namespace "{namespace:Text}"'
    )
)
def nothing_else(name: str, namespace: str, restore: Sync, testbed: Testbed) -> None:
    expect.volume.holds_nothing_else_unless_failed(testbed.seen(), restore, source_ref(namespace, name))


@then(phrase('each of these restores fails and restores nothing, or holds the backup of "{instant:Text}"'))
def fail_or_hold(instant: str, points: list[Sync], source: ObjectRef, testbed: Testbed) -> None:
    for sync in points:
        expect.volume.holds_backup_unless_failed(testbed.seen(), sync, source, instant)
