"""Define steps about repository Secrets: what they name, and what happens if a value is wrong, odd or changed."""

from __future__ import annotations

from pytest_bdd import given, then, when

from harness import expect
from harness.model import ObjectRef
from harness.scenario import preconditions
from harness.scenario.declarations import Declarations
from harness.scenario.plain_kopia import PlainKopia
from harness.scenario.sync import Sync
from harness.scenario.syncs import MoverAlone, Syncs
from harness.scenario.testbed import Testbed
from harness.volsync import objects
from harness.volsync.fields import Field
from harness.volsync.kinds import source_ref
from steps.types import DataTable, phrase


@given("no repository exists yet")
def without_repository(declarations: Declarations) -> None:
    declarations.without_repository()


@given(phrase('the repository Secret of namespace "{namespace:Text}" has a wrong {key:w}'))
def wrong_value(namespace: str, key: str, declarations: Declarations) -> None:
    declarations.make_wrong(namespace, key)


@given(phrase('the repository Secret of namespace "{namespace:Text}" has a blank {key:w}'))
def blank_value(namespace: str, key: str, declarations: Declarations) -> None:
    declarations.make_blank(namespace, key)


@given(phrase('the repository Secret of namespace "{namespace:Text}" spells its repository "{spelling:Text}"'))
def spelled(namespace: str, spelling: str, declarations: Declarations) -> None:
    declarations.spell(namespace, spelling)


@given(phrase('the repository Secret of namespace "{namespace:Text}" names a bucket that does not exist'))
def missing_bucket(namespace: str, declarations: Declarations) -> None:
    declarations.use_missing_bucket(namespace)


@when(
    phrase(
        'the source "{name:Text}" in namespace "{namespace:Text}" is backed up with each of these keys of its Secret '
        "wrong:"
    ),
    target_fixture="attempts",
)
def back_up_with_each_wrong(name: str, namespace: str, datatable: DataTable, syncs: Syncs) -> list[Sync]:
    return syncs.back_up_with_each_wrong(source_ref(namespace, name), [row[0] for row in datatable])


@given("the mover has failed with each of these keys of its Secret wrong:")
def has_failed_with_each_wrong(datatable: DataTable, sync: Sync, mover_alone: MoverAlone) -> None:
    identity = preconditions.identity_of_job(sync)
    for attempt in mover_alone.back_up_with_each_wrong(sync.ref, identity, [row[0] for row in datatable]):
        preconditions.require_failure(attempt, preconditions.WRONG_KEY)


@when(
    phrase('the source "{name:Text}" in namespace "{namespace:Text}" is backed up into each of these repositories:'),
    target_fixture="source",
)
def back_up_into(name: str, namespace: str, datatable: DataTable, syncs: Syncs) -> ObjectRef:
    source = source_ref(namespace, name)
    syncs.back_up_into(source, [row[0] for row in datatable])
    return source


@when(
    phrase('the source "{name:Text}" in namespace "{namespace:Text}" is backed up and then restored'),
    target_fixture="both",
)
def back_up_and_restore(name: str, namespace: str, syncs: Syncs) -> list[Sync]:
    return syncs.back_up_and_restore(source_ref(namespace, name))


@when(
    phrase(
        'the source "{name:Text}" in namespace "{namespace:Text}" is backed up, and then restored by '
        f"{Field.SOURCE_IDENTITY}"
    ),
    target_fixture="both",
)
def back_up_and_restore_by_name(name: str, namespace: str, syncs: Syncs) -> list[Sync]:
    source = source_ref(namespace, name)
    return [syncs.back_up(source), syncs.restore("restore-data", "restore-lab", objects.fields_that_name(source))]


@when("every source is backed up, and then restored from its own Secret", target_fixture="restores")
def back_up_and_restore_every(syncs: Syncs, testbed: Testbed) -> list[tuple[ObjectRef, Sync]]:
    sources = testbed.seen().sources()
    for source in sources:
        syncs.back_up(source)
    return [(source, syncs.restore_recorded(source.name, source.namespace, source)) for source in sources]


@then("each of these backups fails")
def attempts_fail(attempts: list[Sync]) -> None:
    for sync in attempts:
        expect.ending.failed(sync)


@then(phrase('the last backup of the source "{name:Text}" in namespace "{namespace:Text}" fails'))
def last_fails(name: str, namespace: str, testbed: Testbed) -> None:
    expect.ending.failed(testbed.seen().last_sync(source_ref(namespace, name)))


@then("every backup succeeds")
def every_succeeds(testbed: Testbed) -> None:
    for source in testbed.seen().sources():
        expect.ending.succeeded(testbed.seen().last_sync(source))


@then("the backup fails, or the restore returns exactly its data")
def fails_or_returns(both: list[Sync], testbed: Testbed) -> None:
    expect.volume.returned_unless_failed(testbed.seen(), *both)


@then("each of these repositories holds its backups that succeeded while the Secret named it, and no other:")
def repositories_hold(datatable: DataTable, source: ObjectRef, testbed: Testbed) -> None:
    expect.repository.hold_own_backups(testbed.seen(), source, [row[0] for row in datatable])


@then("the repository holds a snapshot of each successful backup")
def holds_each_success(testbed: Testbed) -> None:
    expect.repository.holds_each_success(testbed.seen())


@then("each of them lists one identity with one snapshot")
def lists_one(restores: list[tuple[ObjectRef, Sync]]) -> None:
    for _, restore in restores:
        expect.operator.lists(restore, {str(restore.asked_for): 1})


@then(phrase("each backup fails, or kopia opens its repository with the password of its Secret"))
def password_opens(testbed: Testbed) -> None:
    for source in testbed.seen().sources():
        expect.repository.opened_by_its_password(testbed.seen(), testbed.seen().last_sync(source))


@then(phrase('there is no repository in the bucket "{bucket:Text}", below whatever prefix'))
def no_repository(bucket: str, plain_kopia: PlainKopia) -> None:
    expect.repository.absent(bucket, exists=plain_kopia.finds_repository(bucket))
