"""Define steps about a repository: its size in the store, and the identities in it."""

from __future__ import annotations

from collections.abc import Mapping

from pytest_bdd import given, then, when

from harness import expect
from harness.model import Identity
from harness.scenario import preconditions
from harness.scenario.declarations import Declarations
from harness.scenario.plain_kopia import History, PlainKopia
from harness.scenario.sync import Growth
from harness.scenario.syncs import Measurements
from harness.scenario.testbed import Testbed
from harness.volsync.kinds import source_ref
from steps.types import DataTable, phrase, records

MIB = 1 << 20


@given(
    phrase('{size_mib:d} MiB of random data, backed up by the source "{name:Text}" in namespace "{namespace:Text}"'),
    target_fixture="first",
)
def back_up_random(size_mib: int, name: str, namespace: str, measurements: Measurements) -> Growth:
    growth = measurements.back_up_random(source_ref(namespace, name), size_mib * MIB)
    preconditions.require(growth.sync)
    return growth


@when(
    phrase('the source "{name:Text}" in namespace "{namespace:Text}" backs up the same data'), target_fixture="growth"
)
def back_up_the_same(name: str, namespace: str, first: Growth, measurements: Measurements) -> Growth:
    return measurements.back_up_the_same(source_ref(namespace, name), first)


@when(
    phrase('the source "{name:Text}" in namespace "{namespace:Text}" backs up as much other random data'),
    target_fixture="growth",
)
def back_up_other(name: str, namespace: str, first: Growth, measurements: Measurements) -> Growth:
    return measurements.back_up_random(source_ref(namespace, name), first.of_bytes)


@then(phrase("the store grows by at most {percent:d} % of the data"))
def grows_little(percent: int, growth: Growth) -> None:
    expect.repository.grown(growth, at_most=percent / 100)


@then(phrase("the store grows by at least {percent:d} % of the data"))
def grows_much(percent: int, growth: Growth) -> None:
    expect.repository.grown(growth, at_least=percent / 100)


@given(phrase('a retention policy that keeps {number:d} snapshot for hostname "{hostname:Text}"'))
def retention_policy(number: int, hostname: str, plain_kopia: PlainKopia) -> None:
    plain_kopia.keep_latest(hostname, number)


@given(phrase('the repository Secret of namespace "{namespace:Text}" lacks {key:w}'))
def secret_lacks(namespace: str, key: str, declarations: Declarations) -> None:
    declarations.leave_out(namespace, key)


@given(phrase('the repository Secret of namespace "{namespace:Text}" is changed to the repository "{repository:Text}"'))
def secret_names(namespace: str, repository: str, declarations: Declarations) -> None:
    declarations.use_repository(repository, namespace=namespace)


@then(phrase('a kopia client with an empty cache can read the whole repository "{repository:Text}"'))
def readable(repository: str, plain_kopia: PlainKopia) -> None:
    expect.repository.readable(repository, plain_kopia.read_all(repository))


@given(phrase('the repository Secret of namespace "{namespace:Text}" gives its endpoint as a URL'))
def endpoint_as_url(namespace: str, declarations: Declarations) -> None:
    declarations.give_endpoint_as_url(namespace)


@given("every kopia manifest (snapshot or policy) of the repository is noted", target_fixture="manifests_before")
def record_manifests(testbed: Testbed) -> Mapping[str, str]:
    return testbed.seen().manifests()


@given(
    phrase('the kopia user "{username:Text}" of host "{hostname:Text}" has a snapshot from "{instant:Text}"'),
    target_fixture="existing",
)
def existing_user(username: str, hostname: str, instant: str, past: History) -> Identity:
    return past.write_of_stranger(Identity(username, hostname), instant)


@given(
    phrase(
        'the kopia user "{username:Text}" of host "{hostname:Text}" has a snapshot of "{path:Text}" '
        'from "{begin:Text}" to "{end:Text}"'
    )
)
def existing_snapshot(username: str, hostname: str, path: str, begin: str, end: str, past: History) -> None:
    past.write_long(Identity(username, hostname), path, begin, end)


@given("the store has lost a part of the data of every snapshot")
def part_lost(plain_kopia: PlainKopia) -> None:
    plain_kopia.lose_part()


@given(phrase("{number:d} kopia users have a snapshot each"))
def crowd(number: int, past: History) -> None:
    past.write_crowd(number)


@then("every kopia manifest of the repository is as it was")
def manifests_unchanged(manifests_before: Mapping[str, str], testbed: Testbed) -> None:
    expect.repository.unchanged("the manifests of the repository", manifests_before, testbed.seen().manifests())


@then("the sources have this many snapshots:")
def snapshots_of(datatable: DataTable, testbed: Testbed) -> None:
    for record in records(datatable):
        source = source_ref(record["namespace"], record["name"])
        expect.repository.snapshots_of(testbed.seen(), source, int(record["snapshots"]))


@then(phrase("each of the {number:d} backups is traced to one source by its identity and its time"))
def traced(number: int, testbed: Testbed) -> None:
    expect.repository.traced(testbed.seen(), number)


@then(phrase('the repository "{repository:Text}" holds no snapshot of source "{name:Text}"'))
def holds_none_of(repository: str, name: str, testbed: Testbed) -> None:
    source = next(source for source in testbed.seen().sources() if source.name == name)
    expect.repository.no_identity(testbed.seen(), repository, testbed.seen().last_sync(source))


@then(phrase('the repository "{repository:Text}" holds snapshots of source "{name:Text}" alone'))
def holds_only(repository: str, name: str, testbed: Testbed) -> None:
    source = next(source for source in testbed.seen().sources() if source.name == name)
    expect.repository.only_identity(testbed.seen(), repository, testbed.seen().last_sync(source))
