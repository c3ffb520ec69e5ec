"""Define steps about the truth of a status: it describes the newest sync, after repetitions and interruptions."""

from __future__ import annotations

from pytest_bdd import given, then, when

from harness import expect
from harness.model import Identity
from harness.scenario import preconditions
from harness.scenario.declarations import Declarations
from harness.scenario.sync import Sync
from harness.scenario.syncs import MoverAlone, Syncs
from harness.scenario.testbed import Testbed
from harness.volsync import objects
from harness.volsync.kinds import destination_ref, source_ref
from steps.types import DataTable, fields, phrase


@given(phrase('the source "{name:Text}" in namespace "{namespace:Text}" has been synced, and its Job has failed'))
def has_failed(name: str, namespace: str, syncs: Syncs) -> None:
    preconditions.require_failure(syncs.fail(source_ref(namespace, name)))


@given(phrase('the PVC of the source "{name:Text}" in namespace "{namespace:Text}" is missing'))
def claim_missing(name: str, namespace: str, declarations: Declarations) -> None:
    declarations.without_claim(source_ref(namespace, name))


@given(phrase('the source "{name:Text}" in namespace "{namespace:Text}" could not be backed up'))
def could_not(name: str, namespace: str, syncs: Syncs) -> None:
    preconditions.require_no_job(syncs.back_up(source_ref(namespace, name)))


@given(phrase('the PVC of the source "{name:Text}" in namespace "{namespace:Text}" is created'))
def claim_created(name: str, namespace: str, declarations: Declarations) -> None:
    declarations.with_claim(source_ref(namespace, name))


@given(
    phrase(
        'every file in the volume of the destination "{name:Text}" in namespace "{namespace:Text}" is damaged, '
        "with its size and time as before"
    )
)
def damaged(name: str, namespace: str, declarations: Declarations) -> None:
    declarations.damage(destination_ref(namespace, name))


@given(
    phrase(
        'the mover of the source "{name:Text}" in namespace "{namespace:Text}" was killed while it ran as username '
        '"{username:Text}" and hostname "{hostname:Text}"'
    )
)
def killed(name: str, namespace: str, username: str, hostname: str, mover_alone: MoverAlone) -> None:
    mover_alone.kill(source_ref(namespace, name), Identity(username, hostname))


@when(
    phrase('the source "{name:Text}" in namespace "{namespace:Text}" is backed up, and its mover is killed at its end'),
    target_fixture="sync",
)
def killed_at_end(name: str, namespace: str, syncs: Syncs) -> Sync:
    return syncs.fail_at_end(source_ref(namespace, name))


@when(
    phrase(
        'the source "{name:Text}" in namespace "{namespace:Text}" is backed up, and its mover has written at the end '
        "of its log:"
    ),
    target_fixture="sync",
)
def back_up_writing(name: str, namespace: str, docstring: str, syncs: Syncs) -> Sync:
    return syncs.back_up_writing(source_ref(namespace, name), docstring)


@when(
    phrase('the destination "{name:Text}" in namespace "{namespace:Text}" is changed without a new trigger:'),
    target_fixture="restore",
)
def changed(name: str, namespace: str, datatable: DataTable, syncs: Syncs) -> Sync:
    return syncs.change(objects.destination(name, namespace, fields(datatable)))


@when(
    phrase('the source "{name:Text}" in namespace "{namespace:Text}" is changed without a new trigger:'),
    target_fixture="sync",
)
def changed_source(name: str, namespace: str, datatable: DataTable, syncs: Syncs) -> Sync:
    return syncs.change(objects.source(name, namespace, fields(datatable)))


@when(
    phrase('the destination "{name:Text}" in namespace "{namespace:Text}" discovers the repository'),
    target_fixture="restore",
)
def discovers(name: str, namespace: str, declarations: Declarations, syncs: Syncs) -> Sync:
    return syncs.discover(declarations.declare(objects.destination(name, namespace)))


@then("the subject decided this, and not the mover of the harness")
def decided_by_subject(mover_alone: MoverAlone, testbed: Testbed) -> None:
    expect.ending.decided_by_subject(testbed.seen(), own_mover=mover_alone.is_of_subject())


@then("the subject, and not the mover of the harness, makes the restore fail")
def restore_fails_by_subject(restore: Sync, mover_alone: MoverAlone, testbed: Testbed) -> None:
    expect.ending.failed(restore)
    expect.ending.decided_by_subject(testbed.seen(), own_mover=mover_alone.is_of_subject())


@then("its status shows no success")
def no_success(sync: Sync) -> None:
    expect.truth.shows_no_success(sync)


@then("the status of the destination shows no success")
def no_success_of_restore(restore: Sync) -> None:
    expect.truth.shows_no_success(restore)


@then("the success of its mover is reported")
def reports_success(sync: Sync) -> None:
    expect.truth.reports_success_of_mover(sync)


@then("its status shows no failure")
def no_failure(sync: Sync, testbed: Testbed) -> None:
    expect.truth.shows_no_failure(testbed.seen(), sync)


@then("the time of its last sync is not earlier than this backup")
def dated(sync: Sync, testbed: Testbed) -> None:
    expect.truth.dated(testbed.seen(), sync)


@then("the time of its last sync is as it was")
def keeps_date(sync: Sync, testbed: Testbed) -> None:
    expect.truth.keeps_date(testbed.seen(), sync)


@then(phrase('its status lists the identities of the repository "{repository:Text}" alone'))
def lists_alone(repository: str, restore: Sync, testbed: Testbed) -> None:
    expect.truth.lists_repository(testbed.seen(), restore, repository)


@then("the repository holds the snapshot of each successful backup")
def backups_kept(sync: Sync, testbed: Testbed) -> None:
    expect.truth.backups_kept(testbed.seen(), sync.ref)


@then("no object has a Job that no trigger asked for")
def no_unasked_jobs(syncs: Syncs) -> None:
    expect.truth.no_unasked_jobs(syncs.unasked_jobs())


@then("a message on the source explains that a PVC is missing")
def told_of_claim(sync: Sync, testbed: Testbed) -> None:
    expect.ending.told_of_claim(testbed.seen(), sync)
