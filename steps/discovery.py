"""Steps about discovery: what a destination's status lists, and the documented queries on it."""

from __future__ import annotations

from pytest_bdd import given, then, when

from harness import expect_operator
from harness.model import Identity
from harness.sync import Sync
from harness.testbed import Testbed
from steps.types import DataTable, phrase, records


@given("the documented destination has discovered the repository", target_fixture="discovery")
@when("the documented destination discovers the repository", target_fixture="discovery")
def discover(testbed: Testbed) -> Sync:
    return testbed.sync(testbed.destinations()[-1])


@given("the history of these tenants:")
def tenants(datatable: DataTable, testbed: Testbed) -> None:
    for record in records(datatable):
        identity = Identity(record["username"], record["hostname"])
        testbed.administrator.write_tenant(identity, int(record["snapshots"]), record["latest"])


@then("its status lists every identity of the repository with the number of its snapshots")
def lists_all(discovery: Sync, testbed: Testbed) -> None:
    expect_operator.lists_repository(testbed, discovery.ref)


@then("its status lists:")
def lists(datatable: DataTable, discovery: Sync, testbed: Testbed) -> None:
    expected = {record["identity"]: int(record["snapshots"]) for record in records(datatable)}
    expect_operator.lists(testbed, discovery.ref, expected)


@then("its status lists also after success:")
def restore_lists(datatable: DataTable, restore: Sync, testbed: Testbed) -> None:
    lists(datatable, restore, testbed)


@then("the latest snapshots are:")
def latest(datatable: DataTable, discovery: Sync, testbed: Testbed) -> None:
    for record in records(datatable):
        expect_operator.latest(testbed, discovery.ref, record["identity"], record["latest"])


@then("each entry has the instant of the newest snapshot")
def latest_of_repository(discovery: Sync, testbed: Testbed) -> None:
    expect_operator.latest_of_repository(testbed, discovery.ref)


@then("the documented query for all tenants yields what the status lists")
def query_all(discovery: Sync, testbed: Testbed) -> None:
    results = expect_operator.query(testbed, discovery.ref, expect_operator.ALL_TENANTS)
    expect_operator.query_shows_tenants(testbed, discovery.ref, results)


@then(phrase('the documented filter for namespace "{namespace:Text}" yields:'))
def filtered(namespace: str, datatable: DataTable, discovery: Sync, testbed: Testbed) -> None:
    expect_operator.filter_yields(testbed, discovery.ref, namespace, [row[0] for row in datatable])


@then(phrase('the documented query for its identity yields username "{username:Text}" and hostname "{hostname:Text}"'))
def requested(username: str, hostname: str, restore: Sync, testbed: Testbed) -> None:
    expect_operator.requested(testbed, restore, Identity(username, hostname))


@then("the description of each source shows its identity")
def descriptions(testbed: Testbed) -> None:
    for source in testbed.sources():
        expect_operator.description_shows_identity(testbed, source)


@then("discovery leaves its volume as it was")
def volume_untouched(discovery: Sync, testbed: Testbed) -> None:
    expect_operator.volume_untouched(testbed, discovery)
