"""Steps about discovery: what a destination's status lists, and the documented queries on it."""

from __future__ import annotations

from pytest_bdd import given, then, when

from harness import expect
from harness.model import Identity, ObjectRef
from harness.scenario import preconditions
from harness.scenario.plain_kopia import History
from harness.scenario.sync import Sync
from harness.scenario.syncs import Syncs
from harness.scenario.testbed import Testbed
from steps.types import DataTable, phrase, records


@given("the documented destination has discovered the repository")
def has_discovered(syncs: Syncs, testbed: Testbed) -> None:
    preconditions.require_job(syncs.discover(testbed.seen().destinations()[-1]))


@when("the documented destination discovers the repository", target_fixture="discovery")
def discover(syncs: Syncs, testbed: Testbed) -> Sync:
    return syncs.discover(testbed.seen().destinations()[-1])


@given("the history of these tenants:")
def tenants(datatable: DataTable, past: History) -> None:
    for record in records(datatable):
        identity = Identity(record["username"], record["hostname"])
        past.write_tenant(identity, int(record["snapshots"]), record["latest"])


@then("its status lists every identity of the repository with the number of its snapshots")
def lists_all(discovery: Sync, testbed: Testbed) -> None:
    expect.operator.lists_repository(testbed.seen(), discovery)


@then("its status lists:")
def lists(datatable: DataTable, discovery: Sync) -> None:
    expect.operator.lists(discovery, {record["identity"]: int(record["snapshots"]) for record in records(datatable)})


@then("its status lists also after success:")
def restore_lists(datatable: DataTable, restore: Sync) -> None:
    preconditions.require(restore)
    lists(datatable, restore)


@then("the latest snapshots are:")
def latest(datatable: DataTable, discovery: Sync) -> None:
    for record in records(datatable):
        expect.operator.latest(discovery, record["identity"], record["latest"])


@then("each entry has an identity, a number of snapshots, and the instant of the newest")
def entries(discovery: Sync, testbed: Testbed) -> None:
    expect.operator.entries_are_whole(discovery)
    expect.operator.latest_of_repository(testbed.seen(), discovery)


@then("the mover lists every snapshot with its identity, its path, its begin and its end")
def lines(discovery: Sync, testbed: Testbed) -> None:
    expect.operator.discovery_lines_are_right(testbed.seen(), discovery)


@then("the documented query yields one object a tenant:")
def query_all(docstring: str, discovery: Sync, testbed: Testbed) -> None:
    expect.operator.query_yields_tenants(testbed.seen(), discovery, docstring)


@then(phrase('the documented query yields the identities "{identities:Text}":'))
def query_identities(identities: str, docstring: str, discovery: Sync, testbed: Testbed) -> None:
    expect.operator.query_yields_identities(testbed.seen(), discovery, docstring, identities.split(", "))


@then(phrase('the documented query "{query:Text}" yields username "{username:Text}" and hostname "{hostname:Text}"'))
def requested(query: str, username: str, hostname: str, restore: Sync, testbed: Testbed) -> None:
    expect.operator.requested(testbed.seen(), restore, query, Identity(username, hostname))


@then(
    phrase(
        'kubectl describe of the source "{name:Text}" in namespace "{namespace:Text}" shows username "{username:Text}" '
        'and hostname "{hostname:Text}"'
    )
)
def description(name: str, namespace: str, username: str, hostname: str, testbed: Testbed) -> None:
    ref = ObjectRef("ReplicationSource", namespace, name)
    preconditions.require(testbed.seen().last_sync(ref))
    expect.operator.description_shows(testbed.seen(), ref, username, hostname)


@then("discovery leaves its volume as it was")
def volume_untouched(discovery: Sync, testbed: Testbed) -> None:
    expect.volume.untouched(testbed.seen(), discovery)
