"""Define steps about objects that are changed, deleted, or synced at the same time as others."""

from __future__ import annotations

from pytest_bdd import given, then, when

from harness import expect
from harness.model import ObjectRef, SnapshotRecord
from harness.scenario.declarations import Declarations
from harness.scenario.sync import Sync
from harness.scenario.syncs import Syncs
from harness.scenario.testbed import Testbed
from harness.volsync import objects
from harness.volsync.kinds import destination_ref, source_ref
from steps.types import DataTable, fields, phrase

LONG = "whose names have {length:d} characters and differ only in the last one"


@given("every snapshot of the repository is noted", target_fixture="noted")
def note_snapshots(testbed: Testbed) -> tuple[SnapshotRecord, ...]:
    return testbed.seen().snapshots()


@then("the repository still holds every noted snapshot")
def holds_noted(noted: tuple[SnapshotRecord, ...], sync: Sync, testbed: Testbed) -> None:
    expect.repository.kept(testbed.seen(), sync, noted)


@given(phrase('the source "{name:Text}" in namespace "{namespace:Text}" is changed to have:'))
def change(name: str, namespace: str, datatable: DataTable, declarations: Declarations) -> None:
    declarations.change(objects.source(name, namespace, fields(datatable)))


@given(phrase('the source "{name:Text}" in namespace "{namespace:Text}" loses its custom identity'))
def lose_custom_identity(name: str, namespace: str, declarations: Declarations) -> None:
    declarations.change(objects.source(name, namespace))


@given(phrase('the source "{name:Text}" in namespace "{namespace:Text}" is deleted and created again'))
def create_again(name: str, namespace: str, declarations: Declarations) -> None:
    declarations.delete(source_ref(namespace, name))
    expect.ending.outlived(declarations.lost_with(source_ref(namespace, name)))


@given(
    phrase('the source "{name:Text}" in namespace "{namespace:Text}" is deleted and created again with its old trigger')
)
def create_again_as_it_was(name: str, namespace: str, declarations: Declarations) -> None:
    declarations.delete_and_keep_trigger(source_ref(namespace, name))
    expect.ending.outlived(declarations.lost_with(source_ref(namespace, name)))


@then("its PVC and its Secret have outlived the deletion")
def outlived(sync: Sync, declarations: Declarations) -> None:
    expect.ending.outlived(declarations.lost_with(sync.ref))


@then("the new object gets a Job, or its user an error")
def answered_again(sync: Sync) -> None:
    expect.ending.answered_again(sync)


@given(phrase(f'two sources in namespace "{{namespace:Text}}" {LONG}'))
def long_sources(namespace: str, length: int, declarations: Declarations) -> None:
    for name in objects.names_that_differ_at_the_end(length):
        declarations.declare(objects.source(name, namespace))


@given("every source is backed up at the same time", target_fixture="together")
def back_up_together(syncs: Syncs, testbed: Testbed) -> list[Sync]:
    return syncs.together(testbed.seen().sources())


@when(
    phrase(f'two destinations in namespace "{{namespace:Text}}" {LONG} restore the two sources at the same time'),
    target_fixture="together",
)
def restore_together(
    namespace: str, length: int, declarations: Declarations, syncs: Syncs, testbed: Testbed
) -> list[Sync]:
    pairs = zip(objects.names_that_differ_at_the_end(length), testbed.seen().sources(), strict=True)
    wanted = [objects.destination(name, namespace, objects.fields_that_name(source)) for name, source in pairs]
    return syncs.together([declarations.declare(one) for one in wanted])


@when(
    phrase(
        'the source "{name:Text}" in namespace "{namespace:Text}" is backed up while the destination of that name '
        'restores the source "{other:Text}"'
    ),
    target_fixture="together",
)
def back_up_while_restoring(
    name: str, namespace: str, other: str, declarations: Declarations, syncs: Syncs
) -> list[Sync]:
    wanted = objects.fields_that_name(source_ref(namespace, other))
    destination = declarations.declare(objects.destination(name, namespace, wanted))
    return syncs.together([source_ref(namespace, name), destination])


@then("each of them got a Job of its own, or a message")
def each_served(together: list[Sync], testbed: Testbed) -> None:
    for sync in together:
        expect.repository.served(testbed.seen(), sync)


@then("every restore fails, or holds exactly the data of its source")
def every_restore_holds_or_fails(restores: list[tuple[ObjectRef, Sync]], testbed: Testbed) -> None:
    for source, restore in restores:
        expect.volume.holds_or_failed(testbed.seen(), restore, source)


@then("each of them holds exactly the data of its source, or failed")
def each_holds_or_failed(together: list[Sync], testbed: Testbed) -> None:
    for source, restore in zip(testbed.seen().sources(), together, strict=True):
        expect.volume.holds_or_failed(testbed.seen(), restore, source)


@then(
    phrase(
        'the volume of the destination "{name:Text}" in namespace "{namespace:Text}" holds exactly the data of '
        'source "{source:Text}"'
    )
)
def destination_holds(name: str, namespace: str, source: str, testbed: Testbed) -> None:
    restore = testbed.seen().last_sync(destination_ref(namespace, name))
    expect.volume.holds(testbed.seen(), restore, source_ref(namespace, source))


@then("the restores hold, in turn, these backups of the source:")
def restores_hold(datatable: DataTable, points: list[Sync], source: ObjectRef, testbed: Testbed) -> None:
    for (number,), sync in zip(datatable, points, strict=True):
        expect.volume.holds_backup_number(testbed.seen(), sync, source, int(number))


@given(phrase('the source "{name:Text}" in namespace "{namespace:Text}" is backed up, or its user gets a message'))
def back_up_or_told(name: str, namespace: str, syncs: Syncs) -> None:
    expect.ending.succeeded_or_failed(syncs.back_up(source_ref(namespace, name)))
