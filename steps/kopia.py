"""Define steps about kopia itself: plain clients, without operator or mover."""

from __future__ import annotations

from pytest_bdd import given, then, when

from harness import expect
from harness.model import Identity
from harness.scenario.plain_kopia import PlainKopia
from harness.scenario.testbed import Testbed
from harness.system.process import Completed
from steps.types import phrase


@given("a repository")
def repository(plain_kopia: PlainKopia) -> None:
    plain_kopia.provide_repository()


@when(
    phrase('a kopia client creates a repository as username "{username:Text}" and hostname "{hostname:Text}"'),
    target_fixture="client",
)
def create(username: str, hostname: str, plain_kopia: PlainKopia) -> str:
    return plain_kopia.client("create", Identity(username, hostname))


@given(
    phrase('a kopia client that connects to it as username "{username:Text}" and hostname "{hostname:Text}"'),
    target_fixture="client",
)
@when(
    phrase('a kopia client connects to it as username "{username:Text}" and hostname "{hostname:Text}"'),
    target_fixture="client",
)
def connect(username: str, hostname: str, plain_kopia: PlainKopia) -> str:
    return plain_kopia.client("connect", Identity(username, hostname))


@when(phrase("it takes {number:d} snapshots without any identity flag"))
def take_snapshots(number: int, client: str, plain_kopia: PlainKopia) -> None:
    for _ in range(number):
        plain_kopia.take_snapshot(client)


@when(phrase('it takes a snapshot with the flag "{flag:Text}"'), target_fixture="call")
def take_with_flag(flag: str, client: str, plain_kopia: PlainKopia) -> Completed:
    return plain_kopia.take_snapshot(client, flag)


@then(phrase('kopia reports the client as username "{username:Text}" and hostname "{hostname:Text}"'))
def reports_client(username: str, hostname: str, client: str, testbed: Testbed) -> None:
    seen = testbed.seen().client_identity(client)
    expect.ending.equal("the identity of a client", expected=Identity(username, hostname), seen=seen, oracle="kopia")


@then(
    phrase(
        'the repository holds {number:d} snapshots, all of username "{username:Text}" and hostname "{hostname:Text}"'
    )
)
def holds_snapshots_of(number: int, username: str, hostname: str, testbed: Testbed) -> None:
    seen = [record.identity for record in testbed.seen().snapshots()]
    wanted = [Identity(username, hostname)] * number
    expect.ending.equal("the snapshots of the repository", expected=wanted, seen=seen, oracle="repository")


@then(phrase('kopia refuses the call and names "{flag:Text}"'))
def refuses_flag(flag: str, call: Completed) -> None:
    expect.ending.kopia_refused(call, flag)


@then("the repository holds no snapshot")
def holds_nothing(testbed: Testbed) -> None:
    expect.ending.equal(
        "the snapshots of the repository", expected=0, seen=len(testbed.seen().snapshots()), oracle="repository"
    )
