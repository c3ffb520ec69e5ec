"""Define steps about what a mover writes: the documented searches in its log, and that no secret is shown."""

from __future__ import annotations

from pytest_bdd import given, then

from harness import expect
from harness.model import Identity
from harness.scenario.sync import Sync
from harness.scenario.syncs import MoverAlone
from harness.scenario.testbed import Testbed
from steps.types import phrase


@then(phrase('the documented search of the log finds username "{username:Text}" and hostname "{hostname:Text}":'))
def search_finds_identity(username: str, hostname: str, docstring: str, sync: Sync) -> None:
    expect.operator.search_finds_identity(sync, docstring, Identity(username, hostname))


@then(phrase('the log shows "{command:Text}" with username "{username:Text}" and hostname "{hostname:Text}"'))
def log_shows_override(command: str, username: str, hostname: str, sync: Sync) -> None:
    expect.operator.log_shows_override_at(sync, command, Identity(username, hostname))


@then(phrase('no "{command:Text}" in the log has an override'))
def log_shows_no_override(command: str, sync: Sync) -> None:
    expect.operator.log_shows_no_override_at(sync, command)


@given("the command lines of all processes are recorded")
def command_lines_seen(mover_alone: MoverAlone) -> None:
    mover_alone.watch_command_lines()


@then(phrase('the log of the mover or a message of the operator says that "{flag:Text}" is refused'))
def flag_refused(flag: str, sync: Sync) -> None:
    expect.operator.refusal_of_flag_is_shown(sync, flag)


@then("no password or key is shown anywhere")
def no_secret(testbed: Testbed) -> None:
    expect.secrecy.no_secret_is_shown(testbed.seen())
