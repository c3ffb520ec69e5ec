"""Define steps about discovery: the list in a destination's status, and the documented queries on it.

A discovery is a sync of a destination, as a restore is. So the fixture ``restore`` holds the record of either.
"""

from __future__ import annotations

from pytest_bdd import given, then, when

from harness import expect
from harness.model import Identity
from harness.scenario import preconditions
from harness.scenario.declarations import Declarations
from harness.scenario.plain_kopia import History
from harness.scenario.sync import Sync
from harness.scenario.syncs import Syncs
from harness.scenario.testbed import Testbed
from harness.volsync import objects
from harness.volsync.kinds import source_ref
from steps.types import DataTable, fields, phrase, records


@given("the documented destination has discovered the repository")
def has_discovered(syncs: Syncs, testbed: Testbed) -> None:
    preconditions.require_job(syncs.discover(testbed.seen().destinations()[-1]))


@when("the documented destination discovers the repository", target_fixture="restore")
def discover(syncs: Syncs, testbed: Testbed) -> Sync:
    return syncs.discover(testbed.seen().destinations()[-1])


@when(
    phrase(
        'the destination "{name:Text}" in namespace "{namespace:Text}" restores, and its discovery is awaited, with:'
    ),
    target_fixture="restore",
)
def restore_and_discover(
    name: str, namespace: str, datatable: DataTable, declarations: Declarations, syncs: Syncs
) -> Sync:
    return syncs.discover(declarations.declare(objects.destination(name, namespace, fields(datatable))))


@given("the history of these tenants:")
def tenants(datatable: DataTable, past: History) -> None:
    rows = records(datatable)
    past.write_tenants(
        [(Identity(row["username"], row["hostname"]), int(row["snapshots"]), row["latest"]) for row in rows]
    )


@then("its status lists every identity of the repository with the number of its snapshots")
def lists_all(restore: Sync, testbed: Testbed) -> None:
    expect.operator.lists_repository(testbed.seen(), restore)


@then("its status lists:")
def lists(datatable: DataTable, restore: Sync) -> None:
    expect.operator.lists(restore, {record["identity"]: int(record["snapshots"]) for record in records(datatable)})


@then("after success its status lists:")
def restore_lists(datatable: DataTable, restore: Sync) -> None:
    preconditions.require(restore)
    lists(datatable, restore)


@then("the latest snapshots are:")
def latest(datatable: DataTable, restore: Sync) -> None:
    for record in records(datatable):
        expect.operator.latest(restore, record["identity"], record["latest"])


@then("each entry has an identity, a number of snapshots, and the instant of the newest")
def entries(restore: Sync, testbed: Testbed) -> None:
    expect.operator.entries_are_whole(restore)
    expect.operator.latest_of_repository(testbed.seen(), restore)


@then("the mover lists every snapshot with its identity, its path, its begin and its end")
def lines(restore: Sync, testbed: Testbed) -> None:
    expect.operator.discovery_lines_are_right(testbed.seen(), restore)


@then("the documented query yields one object for each identity of the repository:")
def query_all(docstring: str, restore: Sync, testbed: Testbed) -> None:
    expect.operator.query_yields_tenants(testbed.seen(), restore, docstring)


@then(phrase('the documented query yields the identities "{identities:Text}":'))
def query_identities(identities: str, docstring: str, restore: Sync, testbed: Testbed) -> None:
    expect.operator.query_yields_identities(testbed.seen(), restore, docstring, identities.split(", "))


@then(phrase('the documented query yields username "{username:Text}" and hostname "{hostname:Text}":'))
def requested(username: str, hostname: str, docstring: str, restore: Sync, testbed: Testbed) -> None:
    expect.operator.requested(testbed.seen(), restore, docstring, Identity(username, hostname))


@then(
    phrase(
        'kubectl describe of the source "{name:Text}" in namespace "{namespace:Text}" shows username "{username:Text}" '
        'and hostname "{hostname:Text}"'
    )
)
def description(name: str, namespace: str, username: str, hostname: str, testbed: Testbed) -> None:
    ref = source_ref(namespace, name)
    preconditions.require(testbed.seen().last_sync(ref))
    expect.operator.description_shows(testbed.seen(), ref, username, hostname)
