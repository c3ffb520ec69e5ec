"""Define steps that test a promise. They create findings, which neither pass nor fail a subject."""

from __future__ import annotations

from functools import partial

from pytest_bdd import given, then, when

from harness import expect
from harness.expect import promises
from harness.model import Finding, Identity, ObjectRef
from harness.scenario import preconditions
from harness.scenario.declarations import Declarations
from harness.scenario.findings import whether
from harness.scenario.plain_kopia import History, PlainKopia
from harness.scenario.sync import Sync
from harness.scenario.syncs import Syncs
from harness.scenario.testbed import Testbed
from harness.volsync.kinds import source_ref
from harness.volsync.status import StatusField
from harness.volumes import Tree
from steps.types import DataTable, phrase

MIB = 1 << 20


@given(
    phrase("{number:d} sources in namespaces of their own, with {shared:d} MiB in common and {own:d} MiB of their own")
)
def alike(number: int, shared: int, own: int, declarations: Declarations) -> None:
    declarations.declare_alike(number, shared * MIB, own * MIB)


@when(phrase('a kopia client with the Secret reads the data of source "{name:Text}" in namespace "{namespace:Text}"'),
      target_fixture="read")  # fmt: skip
def read_as_holder(name: str, namespace: str, plain_kopia: PlainKopia, testbed: Testbed) -> Tree:
    identity = preconditions.identity_of_job(testbed.seen().last_sync(source_ref(namespace, name)))
    return plain_kopia.read(identity)


@when("sources with these custom names are applied:", target_fixture="admissions")
def apply_names(datatable: DataTable, syncs: Syncs) -> list[Sync]:
    return syncs.ask_for_names([(field, value) for field, value in datatable[1:]])


@when("these sources are applied:", target_fixture="admissions")
def apply_sources(datatable: DataTable, syncs: Syncs) -> list[Sync]:
    return syncs.ask_for_sources([(name, namespace) for name, namespace in datatable[1:]])


@when(phrase("the repository grows to {number:d} identities"), target_fixture="seconds")
def grow(number: int, past: History) -> tuple[float, float]:
    return past.grow_to(number)


@then(phrase("record whether the backups have {number:d} different identities"))
def identities(number: int, testbed: Testbed) -> None:
    question = f"{number} distinct identities"
    testbed.found(whether(question, lambda: expect.repository.identities_in_repository(testbed.seen(), number)))


@then("record whether every restore holds the data of its source")
def restores_right(restores: list[tuple[ObjectRef, Sync]], testbed: Testbed) -> None:
    for source, restore in restores:
        question = f"the restore of {source} to hold its data"
        testbed.found(whether(question, partial(promises.restore_holds, testbed.seen(), restore, source)))


@then(phrase('record whether the repository keeps source "{name:Text}" in namespace "{namespace:Text}" to itself'))
def kept_out(name: str, namespace: str, read: Tree, testbed: Testbed) -> None:
    source = source_ref(namespace, name)
    question = f"no file, folder or link of {source} to be read by a client with the Secret"
    testbed.found(whether(question, lambda: expect.repository.kept_out(read, source)))


@then("record whether the API accepts each of them")
def accepts_each(admissions: list[Sync], testbed: Testbed) -> None:
    for sync in admissions:
        testbed.found(whether(f"the API to accept {promises.in_question(sync)}", partial(expect.ending.admitted, sync)))


@then(phrase(f'record whether {StatusField.REQUESTED_IDENTITY.value} shows "{{hostname:Text}}" after the @'))
def host_is_namespace(hostname: str, restore: Sync, testbed: Testbed) -> None:
    question = f"the namespace {hostname} after the @ in {StatusField.REQUESTED_IDENTITY}"
    testbed.found(whether(question, lambda: expect.operator.requested_host_is(restore, hostname)))


@then(phrase('record whether it is recorded under username "{username:Text}" and hostname "{hostname:Text}"'))
def recorded(username: str, hostname: str, sync: Sync, testbed: Testbed) -> None:
    identity = Identity(username, hostname)
    question = f"{sync.ref} to be recorded as {identity}"
    testbed.found(whether(question, lambda: expect.identity.recorded_as(testbed.seen(), sync, identity)))


@then("record whether the restore succeeds")
def restore_succeeds(restore: Sync, testbed: Testbed) -> None:
    question = f"{restore.ref} to restore the backup made under the older rule"
    testbed.found(whether(question, lambda: promises.restore_succeeds(restore)))


@then(phrase('record whether the documented filter yields "{only:Text}" alone:'))
def filter_yields(only: str, docstring: str, restore: Sync, testbed: Testbed) -> None:
    query, question = docstring, f"the filter to yield {only} alone"
    check = partial(expect.operator.query_yields_identities, testbed.seen(), restore, query, [only])
    testbed.found(whether(question, check))


@then("record whether each identity that is listed names one client")
def identities_distinct(restore: Sync, testbed: Testbed) -> None:
    check = partial(expect.operator.each_names_one, testbed.seen(), restore)
    testbed.found(whether("as many names in the status as there are clients", check))


@then(phrase('record whether its Job has username "{username:Text}"'))
def asks_for_username(username: str, restore: Sync, testbed: Testbed) -> None:
    check = partial(expect.identity.asks_with, testbed.seen(), restore, "username", username)
    testbed.found(whether(f"username {username} in the Job of {restore.ref}", check))


@then(phrase("record whether each source has {number:d} snapshot"))
def each_has(number: int, testbed: Testbed) -> None:
    for source in testbed.seen().sources():
        check = partial(expect.repository.snapshots_of, testbed.seen(), source, number)
        testbed.found(whether(f"{number} snapshot of {source}", check))


@then("record how much storage they save")
def savings(testbed: Testbed) -> None:
    testbed.found(promises.savings(testbed.seen()))


@then("record how much longer a list takes")
def slower(seconds: tuple[float, float], testbed: Testbed) -> None:
    alone, crowded = seconds
    seen = f"a list takes {crowded / alone:.1f} times as long as with one identity (each has one small snapshot)"
    testbed.found(Finding("the time of a list in a repository of many identities", None, seen))
