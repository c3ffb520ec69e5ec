"""Define steps about restores: the request of a destination, and the content of its volume afterwards."""

from __future__ import annotations

from pytest_bdd import given, then, when

from harness import expect
from harness.model import Identity, ObjectRef
from harness.scenario import preconditions
from harness.scenario.declarations import Declarations
from harness.scenario.sync import Sync
from harness.scenario.syncs import Syncs
from harness.scenario.testbed import Testbed
from harness.volsync import objects
from harness.volsync.defaults import LEFT_OUT
from harness.volsync.fields import Field
from harness.volsync.kinds import source_ref
from steps.types import DataTable, fields, phrase

EVERY_SOURCE = f'every source is restored from namespace "{{namespace:Text}}" by {Field.SOURCE_IDENTITY}'


@when(phrase('the destination "{name:Text}" in namespace "{namespace:Text}" restores'), target_fixture="restore")
def restore_plainly(name: str, namespace: str, syncs: Syncs) -> Sync:
    return syncs.restore(name, namespace)


@when("the documented destination restores", target_fixture="restore")
def restore_documented(syncs: Syncs, testbed: Testbed) -> Sync:
    return syncs.sync(testbed.seen().destinations()[-1])


@when(phrase('the destination "{name:Text}" in namespace "{namespace:Text}" restores with:'), target_fixture="restore")
def restore_with(name: str, namespace: str, datatable: DataTable, syncs: Syncs) -> Sync:
    return syncs.restore(name, namespace, fields(datatable))


@given(phrase('the destination "{name:Text}" in namespace "{namespace:Text}" has restored with:'))
def has_restored_with(name: str, namespace: str, datatable: DataTable, syncs: Syncs) -> None:
    preconditions.require(syncs.restore(name, namespace, fields(datatable)))


@when(
    phrase('the destination "{name:Text}" in namespace "{namespace:Text}" is changed, and restores with:'),
    target_fixture="restore",
)
def change_and_restore(name: str, namespace: str, datatable: DataTable, syncs: Syncs) -> Sync:
    return syncs.request(objects.destination(name, namespace, fields(datatable)))


@when(
    phrase('the destination "{name:Text}" in namespace "{namespace:Text}" takes all these fields back, and restores'),
    target_fixture="restore",
)
def take_back_and_restore(name: str, namespace: str, syncs: Syncs) -> Sync:
    return syncs.request(objects.destination(name, namespace))


@when(
    phrase(
        'the destination "{name:Text}" in namespace "{namespace:Text}" is reconciled without running its mover, with:'
    ),
    target_fixture="restore",
)
def reconcile_with(name: str, namespace: str, datatable: DataTable, declarations: Declarations, syncs: Syncs) -> Sync:
    return syncs.ask(declarations.declare(objects.destination(name, namespace, fields(datatable))))


@when(
    phrase('the destination "{name:Text}" in namespace "{namespace:Text}" is reconciled without running its mover'),
    target_fixture="restore",
)
def reconcile(name: str, namespace: str, declarations: Declarations, syncs: Syncs) -> Sync:
    return syncs.ask(declarations.declare(objects.destination(name, namespace)))


@when(
    phrase(
        'a destination that names the source "{name:Text}" in namespace "{namespace:Text}" is reconciled without '
        "running its mover"
    ),
    target_fixture="restore",
)
def reconcile_for_source(name: str, namespace: str, declarations: Declarations, syncs: Syncs) -> Sync:
    wanted = objects.fields_that_name(source_ref(namespace, name))
    return syncs.ask(declarations.declare(objects.destination("rule-only", "restore-lab", wanted)))


@when(
    phrase('the destination "{name:Text}" in namespace "{namespace:Text}" restores, without a repository, with:'),
    target_fixture="restore",
)
def restore_without_repository(name: str, namespace: str, datatable: DataTable, syncs: Syncs) -> Sync:
    restore = syncs.restore(name, namespace, {**fields(datatable), "repository": LEFT_OUT})
    preconditions.asked_without_repository(restore)
    return restore


@when(
    phrase('a destination in namespace "{namespace:Text}" restores what was backed up of that source'),
    target_fixture="restore",
)
def restore_recorded(namespace: str, source: ObjectRef, syncs: Syncs) -> Sync:
    return syncs.restore_recorded("restore-data", namespace, source)


@given(phrase(EVERY_SOURCE))
def every_source_is_restored(namespace: str, syncs: Syncs) -> None:
    for _, restore in syncs.restore_every_source(namespace):
        preconditions.require(restore)


@when(phrase(EVERY_SOURCE), target_fixture="restores")
def restore_every_source(namespace: str, syncs: Syncs) -> list[tuple[ObjectRef, Sync]]:
    return syncs.restore_every_source(namespace)


@when("every source is restored by a destination of its own name and namespace", target_fixture="restores")
def restore_by_name(syncs: Syncs, testbed: Testbed) -> list[tuple[ObjectRef, Sync]]:
    return [(source, syncs.restore(source.name, source.namespace)) for source in testbed.seen().sources()]


@given(phrase('the volume of the destination "{name:Text}" in namespace "{namespace:Text}" holds the files:'))
def volume_in_use(name: str, namespace: str, datatable: DataTable, declarations: Declarations) -> None:
    declarations.use_volume(declarations.declare(objects.destination(name, namespace)), *(row[0] for row in datatable))


@given(phrase('the volume of the documented destination holds the file "{file:Text}"'))
def documented_volume_in_use(file: str, declarations: Declarations, testbed: Testbed) -> None:
    declarations.use_volume(testbed.seen().destinations()[-1], file)


@when(
    phrase('the destination "{name:Text}" in namespace "{namespace:Text}" is synced and its Job fails'),
    target_fixture="restore",
)
def fail_job(name: str, namespace: str, declarations: Declarations, syncs: Syncs) -> Sync:
    return syncs.fail(declarations.declare(objects.destination(name, namespace)))


@then(phrase('its volume holds exactly the data of source "{name:Text}" in namespace "{namespace:Text}"'))
def volume_holds(name: str, namespace: str, restore: Sync, testbed: Testbed) -> None:
    expect.volume.holds(testbed.seen(), restore, source_ref(namespace, name))


@then(
    phrase(
        "the restore fails, or its volume holds exactly the data of source "
        '"{name:Text}" in namespace "{namespace:Text}"'
    )
)
def volume_holds_or_fails(name: str, namespace: str, restore: Sync, testbed: Testbed) -> None:
    expect.volume.holds_unless_failed(testbed.seen(), restore, source_ref(namespace, name))


@then(phrase('its volume holds the whole tree of source "{name:Text}" in namespace "{namespace:Text}"'))
def volume_holds_whole(name: str, namespace: str, restore: Sync, testbed: Testbed) -> None:
    expect.volume.holds_whole(testbed.seen(), restore, source_ref(namespace, name))


@then(phrase('its volume holds the owners and times of source "{name:Text}" in namespace "{namespace:Text}"'))
def volume_holds_attributes(name: str, namespace: str, restore: Sync, testbed: Testbed) -> None:
    expect.volume.holds_attributes(testbed.seen(), restore, source_ref(namespace, name))


@then(phrase('its volume holds the data of source "{name:Text}" in namespace "{namespace:Text}" and besides:'))
def volume_holds_besides(name: str, namespace: str, datatable: DataTable, restore: Sync, testbed: Testbed) -> None:
    source = source_ref(namespace, name)
    expect.volume.holds_besides(testbed.seen(), restore, source, [row[0] for row in datatable])


@then("every restore holds exactly the data of its source")
def every_volume_holds(restores: list[tuple[ObjectRef, Sync]], testbed: Testbed) -> None:
    for source, restore in restores:
        expect.volume.holds(testbed.seen(), restore, source)


@then(phrase('its Job has username "{username:Text}" and hostname "{hostname:Text}"'))
def job_has(username: str, hostname: str, restore: Sync, testbed: Testbed) -> None:
    expect.identity.asks_for(testbed.seen(), restore, Identity(username, hostname))


@then(phrase('its Job has username "{username:Text}"'))
def job_has_username(username: str, restore: Sync, testbed: Testbed) -> None:
    expect.identity.asks_with(testbed.seen(), restore, "username", username)


@then(phrase('its Job has hostname "{hostname:Text}"'))
def job_has_hostname(hostname: str, restore: Sync, testbed: Testbed) -> None:
    expect.identity.asks_with(testbed.seen(), restore, "hostname", hostname)


@then("the restore fails")
def restore_fails(restore: Sync) -> None:
    expect.ending.failed(restore)


@then("its volume is left as it was")
def volume_untouched(restore: Sync, testbed: Testbed) -> None:
    expect.volume.untouched(testbed.seen(), restore)


@then("a message on the destination mentions every identity of the repository")
def told_identities(restore: Sync, testbed: Testbed) -> None:
    expect.ending.names_identities(restore, {record.identity for record in testbed.seen().snapshots()})


@then(phrase('the API or the operator mentions "{field:Text}"'))
def told_of_field(field: str, restore: Sync) -> None:
    expect.ending.told_of_field(restore, field)


@then("no mover was started for the destination")
def no_mover(restore: Sync) -> None:
    expect.ending.no_mover(restore)
