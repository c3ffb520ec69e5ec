"""Define steps that back up a volume of listed files, and restore it at once."""

from __future__ import annotations

from pytest_bdd import given, then, when

from harness import expect
from harness.expect.copies import Copy
from harness.scenario import preconditions
from harness.scenario.syncs import Syncs
from harness.scenario.testbed import Testbed
from harness.volsync.kinds import source_ref
from steps.types import DataTable, phrase, records


@given(phrase('the source "{name:Text}" in namespace "{namespace:Text}" is backed up with exactly these files:'))
def is_backed_up_with_files(name: str, namespace: str, datatable: DataTable, syncs: Syncs) -> None:
    files = {record["path"]: record["kind"] for record in records(datatable)}
    preconditions.require(syncs.back_up_listed(source_ref(namespace, name), files))


@when(
    phrase(
        'the source "{name:Text}" in namespace "{namespace:Text}" is backed up with exactly these files, and restored:'
    ),
    target_fixture="copy",
)
def copy_files(name: str, namespace: str, datatable: DataTable, syncs: Syncs) -> Copy:
    files = {record["path"]: record["kind"] for record in records(datatable)}
    backup = syncs.back_up_listed(source_ref(namespace, name), files)
    return Copy(backup, syncs.restore(name, namespace))


@when(
    phrase('the source "{name:Text}" in namespace "{namespace:Text}" is backed up with an empty volume, and restored'),
    target_fixture="copy",
)
def copy_nothing(name: str, namespace: str, syncs: Syncs) -> Copy:
    backup = syncs.back_up_listed(source_ref(namespace, name), {})
    return Copy(backup, syncs.restore(name, namespace))


@then("the backup fails, or the restore returns exactly its regular files")
def whole_unless_failed(copy: Copy, testbed: Testbed) -> None:
    expect.volume.returned_unless_failed(testbed.seen(), copy.backup, copy.restore)


@then("the backup fails, or the restore returns exactly its regular files, without at most:")
def whole_but(datatable: DataTable, copy: Copy, testbed: Testbed) -> None:
    expect.copies.whole_but(testbed.seen(), copy, [row[0] for row in datatable])


@then("the backup fails, or it is recorded once and the restore returns an empty volume")
def empty_unless_failed(copy: Copy, testbed: Testbed) -> None:
    expect.copies.recorded_unless_failed(testbed.seen(), copy)
