"""Define steps about backups and the identities under which they are recorded."""

from __future__ import annotations

from pytest_bdd import given, then, when

from harness import expect
from harness.model import Identity
from harness.scenario import preconditions
from harness.scenario.sync import Sync
from harness.scenario.syncs import MoverAlone, Syncs
from harness.scenario.testbed import Testbed
from harness.volsync.kinds import source_ref
from steps.types import DataTable, fields, phrase, records


@when(phrase('the source "{name:Text}" in namespace "{namespace:Text}" is backed up'), target_fixture="sync")
def back_up(name: str, namespace: str, syncs: Syncs) -> Sync:
    return syncs.back_up(source_ref(namespace, name))


@when(
    phrase('the source "{name:Text}" in namespace "{namespace:Text}" is backed up with files of every kind'),
    target_fixture="sync",
)
def back_up_peculiar(name: str, namespace: str, syncs: Syncs) -> Sync:
    return syncs.back_up_peculiar(source_ref(namespace, name))


@given(phrase('the source "{name:Text}" in namespace "{namespace:Text}" has been backed up with files of every kind'))
def is_backed_up_peculiar(name: str, namespace: str, syncs: Syncs) -> None:
    preconditions.require(syncs.back_up_peculiar(source_ref(namespace, name)))


@then("its volume is as it was before the backup")
def volume_left(sync: Sync, testbed: Testbed) -> None:
    expect.volume.backup_left_it(testbed.seen(), sync)


@given("every source is backed up")
def every_is_backed_up(syncs: Syncs, testbed: Testbed) -> None:
    for source in testbed.seen().sources():
        preconditions.require(syncs.back_up(source))


@given("every source is backed up, unless the subject refuses an identity of two sources")
def every_with_its_identity_is_backed_up(syncs: Syncs, testbed: Testbed) -> None:
    for source in testbed.seen().sources():
        sync = syncs.back_up(source)
        preconditions.require_permitted(sync, "the shared identity")
        preconditions.require(sync)


@when("every source is backed up")
def back_up_every(syncs: Syncs, testbed: Testbed) -> None:
    for source in testbed.seen().sources():
        syncs.back_up(source)


@when("every source is backed up twice")
def back_up_every_twice(syncs: Syncs, testbed: Testbed) -> None:
    for _ in range(2):
        back_up_every(syncs, testbed)


@given(
    phrase(
        'the mover has backed up the source "{name:Text}" in namespace "{namespace:Text}" as username '
        '"{username:Text}" and hostname "{hostname:Text}"'
    ),
    target_fixture="sync",
)
def handed_over_backup(name: str, namespace: str, username: str, hostname: str, mover_alone: MoverAlone) -> Sync:
    sync = hand_over_backup(name, namespace, username, hostname, mover_alone)
    preconditions.require(sync)
    return sync


@when(
    phrase(
        'the mover backs up the source "{name:Text}" in namespace "{namespace:Text}" as username '
        '"{username:Text}" and hostname "{hostname:Text}"'
    ),
    target_fixture="sync",
)
def hand_over_backup(name: str, namespace: str, username: str, hostname: str, mover_alone: MoverAlone) -> Sync:
    return mover_alone.back_up(source_ref(namespace, name), Identity(username, hostname))


@given(phrase('the mover has restored it as username "{username:Text}" and hostname "{hostname:Text}"'))
def handed_over_restore(username: str, hostname: str, sync: Sync, mover_alone: MoverAlone) -> None:
    preconditions.require(hand_over_restore(username, hostname, sync, mover_alone))


@when(
    phrase('the mover restores it as username "{username:Text}" and hostname "{hostname:Text}"'),
    target_fixture="restore",
)
def hand_over_restore(username: str, hostname: str, sync: Sync, mover_alone: MoverAlone) -> Sync:
    return mover_alone.restore(sync.ref.namespace, Identity(username, hostname))


@when(
    phrase('the mover restores it as username "{username:Text}" and hostname "{hostname:Text}" with:'),
    target_fixture="restore",
)
def hand_over_restore_with(
    username: str, hostname: str, datatable: DataTable, sync: Sync, mover_alone: MoverAlone
) -> Sync:
    return mover_alone.restore(sync.ref.namespace, Identity(username, hostname), fields(datatable))


@then(phrase('it is recorded under username "{username:Text}" and hostname "{hostname:Text}"'))
def recorded_under(username: str, hostname: str, sync: Sync, testbed: Testbed) -> None:
    expect.identity.recorded_as(testbed.seen(), sync, Identity(username, hostname))


@then(phrase('it is recorded under hostname "{hostname:Text}"'))
def recorded_under_hostname(hostname: str, sync: Sync, testbed: Testbed) -> None:
    expect.identity.recorded_with(testbed.seen(), sync, "hostname", hostname)


@then(phrase('it is recorded under username "{username:Text}"'))
def recorded_under_username(username: str, sync: Sync, testbed: Testbed) -> None:
    expect.identity.recorded_with(testbed.seen(), sync, "username", username)


@then("the backup succeeds")
def succeeds(sync: Sync) -> None:
    expect.ending.succeeded(sync)


@then("it is recorded once")
def recorded_once(sync: Sync, testbed: Testbed) -> None:
    expect.identity.recorded_once(testbed.seen(), sync)


@when(
    phrase('the source "{name:Text}" in namespace "{namespace:Text}" is reconciled without running its mover'),
    target_fixture="sync",
)
def reconcile(name: str, namespace: str, syncs: Syncs) -> Sync:
    return syncs.ask(source_ref(namespace, name))


@when(
    phrase('the source "{name:Text}" in namespace "{namespace:Text}" is synced and its Job fails'),
    target_fixture="sync",
)
def fail_job(name: str, namespace: str, syncs: Syncs) -> Sync:
    return syncs.fail(source_ref(namespace, name))


@then("the operator answers with a Job or an error")
def answered(sync: Sync) -> None:
    expect.ending.answered(sync)


@then("the backup fails")
def backup_fails(sync: Sync) -> None:
    expect.ending.failed(sync)


@then("the generated usernames follow one of these variants:")
def follows_variant(datatable: DataTable, testbed: Testbed) -> None:
    rows, columns = records(datatable), datatable[0]
    variants = [column for column in columns if column not in ("name", "namespace")]
    expect.identity.follows_variant(testbed.seen(), rows, variants)


@then("it is refused because of its username, or recorded under exactly that username")
def follows_custom_variant(sync: Sync, testbed: Testbed) -> None:
    expect.identity.follows_custom_variant(testbed.seen(), sync)


@then("the snapshot of the newest backup of each source is kept")
def newest_kept(testbed: Testbed) -> None:
    for source in testbed.seen().sources():
        expect.repository.newest_is_kept(testbed.seen(), source)


@then("no mover was started for the source")
def no_mover(sync: Sync) -> None:
    expect.ending.no_mover(sync)


@then(phrase('a message on the source mentions "{words:Text}"'))
def told(words: str, sync: Sync) -> None:
    expect.ending.told(sync, [words])


@then("its snapshot has the description:")
def described_as(docstring: str, sync: Sync, testbed: Testbed) -> None:
    expect.repository.described_as(testbed.seen(), sync, docstring.strip())


@then("the backups are recorded under:")
def backups_recorded_under(datatable: DataTable, testbed: Testbed) -> None:
    for record in records(datatable):
        sync = testbed.seen().last_sync(source_ref(record["namespace"], record["name"]))
        expect.identity.recorded_with_parts(testbed.seen(), sync, record)


@then("the backups share one hostname and have different usernames")
def share_hostname(testbed: Testbed) -> None:
    expect.identity.shared_hostname(testbed.seen())


@then(phrase("the backups have {number:d} different identities"))
def different_identities(number: int, testbed: Testbed) -> None:
    expect.repository.identities_in_repository(testbed.seen(), number)


@then(phrase("each of their identities has a history of {number:d} snapshots"))
def history_of_each(number: int, testbed: Testbed) -> None:
    expect.repository.history_of_each(testbed.seen(), number)


@then(phrase('its Job sets {variable:w} to "{value:Text}"'))
def job_sets(variable: str, value: str, sync: Sync) -> None:
    expect.ending.job_env(sync, variable, value)
