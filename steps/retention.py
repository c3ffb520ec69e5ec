"""Define steps about retention: what a source keeps, and which snapshots are left."""

from __future__ import annotations

from pytest_bdd import given, then

from harness import expect
from harness.model import Identity
from harness.scenario.declarations import Declarations
from harness.scenario.plain_kopia import History
from harness.scenario.testbed import Testbed
from harness.volsync.kinds import source_ref
from steps.types import DataTable, fields, phrase, records

MARK = "kept"

UserSnapshots = list[tuple[Identity, str, str]]


@given(phrase('each source of namespace "{namespace:Text}", by its custom identity, was backed up at:'))
def histories(namespace: str, datatable: DataTable, past: History, testbed: Testbed) -> None:
    sources = [source for source in testbed.seen().sources() if source.namespace == namespace]
    past.write_of_each(sources, [row[0] for row in datatable])


@given("these snapshots of kopia users:", target_fixture="of_users")
def of_users(datatable: DataTable, past: History) -> UserSnapshots:
    rows = records(datatable)
    snapshots = [(Identity(row["username"], row["hostname"]), row["path"], row["instant"]) for row in rows]
    past.write_of_users(snapshots)
    return snapshots


@given(phrase('the retention of the source "{name:Text}" in namespace "{namespace:Text}" is changed to:'))
def change(name: str, namespace: str, datatable: DataTable, declarations: Declarations) -> None:
    declarations.change_retain(source_ref(namespace, name), fields(datatable))


@given(phrase('the source "{name:Text}" in namespace "{namespace:Text}" takes its retention back'))
def take_back(name: str, namespace: str, declarations: Declarations) -> None:
    declarations.change_retain(source_ref(namespace, name), {})


@then("the snapshot of every backup that succeeded is kept")
def keeps_successful(testbed: Testbed) -> None:
    expect.retention.keeps_successful(testbed.seen())


@then(
    phrase(
        'the snapshot of every successful backup of the source "{name:Text}" in namespace "{namespace:Text}" is kept'
    )
)
def keeps_each_of(name: str, namespace: str, testbed: Testbed) -> None:
    expect.retention.keeps_each_of(testbed.seen(), source_ref(namespace, name))


@then(phrase('the source "{name:Text}" in namespace "{namespace:Text}" still has its backups of:'))
def keeps(name: str, namespace: str, datatable: DataTable, testbed: Testbed) -> None:
    expect.retention.keeps(testbed.seen(), source_ref(namespace, name), [row[0] for row in datatable])


@then(phrase('each source of namespace "{namespace:Text}" still has the backups that are marked for it:'))
def keeps_marked(namespace: str, datatable: DataTable, testbed: Testbed) -> None:
    expect.retention.keeps_marked(testbed.seen(), namespace, records(datatable), MARK)


@then("all snapshots of these kopia users are kept")
def keeps_of_users(of_users: UserSnapshots, testbed: Testbed) -> None:
    expect.retention.keeps_of_users(testbed.seen(), of_users)
