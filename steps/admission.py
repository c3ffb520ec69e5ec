"""Define steps about admission: which objects the API accepts and refuses."""

from __future__ import annotations

from pytest_bdd import then, when

from harness import expect
from harness.scenario.declarations import Declarations
from harness.scenario.sync import Sync
from harness.scenario.syncs import Syncs
from harness.scenario.testbed import Testbed
from harness.volsync import objects
from steps.types import phrase


@when(phrase('a source with the {field:w} "{value:Text}" is applied'), target_fixture="admission")
def apply_source(field: str, value: str, declarations: Declarations, syncs: Syncs) -> Sync:
    return syncs.ask(declarations.declare(objects.source("custom-names", "tenant", {field: value})))


@when(
    phrase('a destination with the {field:w} "{value:Text}" and the {other:w} "{fine:Text}" is applied'),
    target_fixture="admission",
)
def apply_destination(field: str, value: str, other: str, fine: str, declarations: Declarations, syncs: Syncs) -> Sync:
    return syncs.ask(declarations.declare(objects.destination("custom-names", "tenant", {field: value, other: fine})))


@when("the documented source is applied", target_fixture="admission")
def apply_documented(syncs: Syncs, testbed: Testbed) -> Sync:
    return syncs.ask(testbed.seen().sources()[-1])


@then("the API accepts it")
def accepted(admission: Sync) -> None:
    expect.ending.admitted(admission)


@then(phrase('the API refuses it because of its "{field:Text}"'))
def refused(field: str, admission: Sync, testbed: Testbed) -> None:
    expect.ending.refused(testbed.seen(), admission, field)
