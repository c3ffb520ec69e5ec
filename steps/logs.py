"""Steps about what a mover writes: the lines that the document tells its readers to look for, and no secret."""

from __future__ import annotations

from pytest_bdd import given, then

from harness import expect, expect_operator, expect_secrecy
from harness.sync import Sync
from harness.testbed import Testbed
from steps.types import phrase


@then(phrase('the documented search of the log finds username "{username:Text}" and hostname "{hostname:Text}"'))
def log_shows_identity(username: str, hostname: str, sync: Sync) -> None:
    expect_operator.log_shows_identity(sync, username, hostname)


@then(phrase('the log shows "{command:Text}" with username "{username:Text}" and hostname "{hostname:Text}"'))
def log_shows_override(command: str, username: str, hostname: str, sync: Sync) -> None:
    flags = [f"--override-username={username}", f"--override-hostname={hostname}"]
    expect_operator.log_shows_override_at(sync, command, flags)


@then(phrase('the log shows "{command:Text}" without an override'))
def log_shows_no_override(command: str, sync: Sync) -> None:
    expect_operator.log_shows_no_override_at(sync, command)


@given("the command line of every process is seen")
def command_lines_seen(testbed: Testbed) -> None:
    testbed.watch_command_lines()


@then("the backup fails")
def backup_fails(sync: Sync) -> None:
    expect.failed(sync)


@then(phrase('the log tells what kopia said of "{words:Text}"'))
def log_tells(words: str, sync: Sync) -> None:
    expect_operator.log_tells(sync, words)


@then("no password or key is shown anywhere")
def no_secret(testbed: Testbed) -> None:
    expect_secrecy.no_secret_is_shown(testbed)
