"""Define steps about additional arguments, which are given and expected as JSON."""

from __future__ import annotations

import json

from pytest_bdd import given, then

from harness import expect
from harness.model import ObjectRef
from harness.scenario.declarations import Declarations
from harness.scenario.sync import Sync
from harness.scenario.syncs import MoverAlone
from harness.scenario.testbed import Testbed
from harness.volsync import objects
from steps.types import phrase


@given(
    phrase('a source "{name:Text}" in namespace "{namespace:Text}" with the additional arguments:'),
    target_fixture="source",
)
def source_with_arguments(name: str, namespace: str, docstring: str, declarations: Declarations) -> ObjectRef:
    return declarations.declare(objects.with_arguments(objects.source(name, namespace), json.loads(docstring)))


@then("the backup fails, or its snapshot has the description and the tags:")
def reached_unless_failed(docstring: str, sync: Sync, testbed: Testbed) -> None:
    expect.arguments.reached_unless_failed(testbed.seen(), sync, json.loads(docstring))


@then("the subject makes the backup fail, or it is recorded under the identity of its own source alone")
def own_unless_failed(sync: Sync, mover_alone: MoverAlone, testbed: Testbed) -> None:
    expect.arguments.own_unless_failed(testbed.seen(), sync)
    expect.ending.decided_by_subject(testbed.seen(), own_mover=mover_alone.is_of_subject())


@then("no file came into its volume")
def nothing_written(sync: Sync, testbed: Testbed) -> None:
    expect.volume.untouched(testbed.seen(), sync)


@then(phrase('"{text:Text}" is not in its log, its Job, its status, its messages or its snapshots'))
def printed_nowhere(text: str, sync: Sync, testbed: Testbed) -> None:
    expect.arguments.printed_nowhere(testbed.seen(), sync, text)


@then("every file that was in its volume before is left as it was")
def existing_kept(restore: Sync) -> None:
    expect.arguments.existing_files_kept(restore)
