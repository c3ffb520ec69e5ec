"""Compares the audit of random organisations with a second, plain model (tests/unit/audit_model.py)."""

from collections import Counter

import pytest
from hypothesis import HealthCheck, event, given, settings

from harness.audit.prediction import Outcome
from harness.volsync import overrides
from tests.unit import audit_model as model
from tests.unit.audit_model import Dst, Snap
from tests.unit.audit_organisations import (
    COVERED,
    ORGANISATIONS,
    RULES,
    by_name,
    cases,
    declared,
    drawn_for_kopia,
    listed,
    organisations,
)
from tests.unit.audit_world import answer

EXAMPLES = 600


def asked_of(rule, organisation, **more):
    _, of_sources, of_destinations, snapshots = organisation
    objects = [declared(one) for one in (*of_sources, *of_destinations)]
    return answer(objects, [listed(one) for one in snapshots], rule=rule.removesuffix(",validated"), **more)


def as_tuple(asked):
    return asked.identity.username, asked.identity.hostname, asked.path


def check(examples):
    return settings(max_examples=examples, deadline=None, derandomize=True, database=None,
                    suppress_health_check=list(HealthCheck))  # fmt: skip


@check(EXAMPLES)
@given(organisations())
def test_every_answer_is_that_of_the_plain_model(organisation):
    rule, of_sources, of_destinations, snapshots = organisation
    found = asked_of(rule, organisation)
    for one, prediction in zip(of_destinations, found.predictions, strict=True):
        expected = model.restored(rule, one, of_sources, snapshots)
        seen = prediction.snapshot.record.id if prediction.snapshot else ""
        assert (str(prediction.outcome), seen) == expected, one
        event(expected[0])
        if prediction.outcome is not Outcome.REFUSED:
            assert as_tuple(prediction.asked) == model.wants(rule, one, of_sources)
    for one, upkeep in zip(of_sources, found.sources, strict=True):
        assert (upkeep.state == "refused") == bool(model.refused(rule, one))
        if upkeep.asked:
            wanted = model.writes(rule, one)
            own = [snap for snap in snapshots if (snap.username, snap.hostname, snap.path) == wanted]
            assert as_tuple(upkeep.asked) == wanted
            assert (len(upkeep.history.whole), upkeep.history.incomplete) == (
                sum(snap.whole for snap in own),
                sum(not snap.whole for snap in own),
            )
    met = {
        (one.identity.username, one.identity.hostname, one.path): {by_name(source) for source in one.sources}
        for one in found.collisions
        if one.mixes
    }
    assert met == {what: {by_name(one) for one in who} for what, who in model.meetings(rule, of_sources).items()}
    orphans = {as_tuple(one.history.asked) for one in found.orphans}
    assert orphans == model.unowned(rule, of_sources, snapshots)


@check(EXAMPLES // 4)
@given(organisations())
def test_every_remedy_reaches_what_it_promises(organisation):
    rule, of_sources, _, snapshots = organisation
    found = asked_of(rule, organisation)
    objects = [declared(one) for one in of_sources]
    changed = []
    for prediction in found.predictions:
        for near in prediction.near:
            if near.fields:
                manifest = overrides.with_fields(prediction.destination.manifest, near.fields)
                changed.append((type(objects[0] if objects else prediction.destination)(
                    prediction.destination.cluster, manifest, ""), near.history.asked))  # fmt: skip
    for orphan in found.orphans:
        if orphan.owner and orphan.manifest:
            changed.append((type(orphan.owner)(orphan.owner.cluster, orphan.manifest, ""), orphan.history.asked))
    entries = [listed(one) for one in snapshots]
    for one, wanted in changed:
        again = answer([*objects, one], entries, rule=rule.removesuffix(",validated"))
        (prediction,) = again.predictions
        assert prediction.asked == wanted
        event("remedy")


@check(EXAMPLES // 4)
@given(organisations())
def test_the_rule_that_explains_most_is_that_of_the_plain_model(organisation):
    _, of_sources, of_destinations, snapshots = organisation
    objects = [declared(one) for one in (*of_sources, *of_destinations)]
    found = answer(objects, [listed(one) for one in snapshots], rule=None)
    expected = {rule.removesuffix(",validated"): model.explains(rule, of_sources, snapshots) for rule in RULES}
    expected["pvc"] = model.explains("pvc,as-given", of_sources, snapshots)
    seen = {one.rule.name: one.snapshots for one in found.explained}
    assert seen == expected
    assert expected[found.rule.name] == max(expected.values())
    assert found.rule.name != "pvc" or list(expected.values()).count(expected["pvc"]) == 1


@pytest.mark.parametrize("name", ["previous", "shallow"])
def test_the_plain_model_is_not_the_audit(name):
    """Shows that a wrong answer would be seen: the model without one field gives another one."""
    snapshots = [Snap(str(age), "orders", "shop", "/data", age) for age in range(3)]
    one = Dst("home", "shop", "orders", "data", previous=1, shallow=1)
    assert model.restored(RULES[0], one, [], snapshots)[0] == "too-few"
    assert model.restored(RULES[0], Dst(**{**vars(one), name: 0}), [], snapshots)[0] == "restores"


def test_the_organisations_that_kopia_restores_show_every_case():
    """The test on real kopia (tests/real/test_audit.py) takes minutes; what it would leave out is seen here."""
    drawn = drawn_for_kopia()
    shown = sum((cases(one) for one in drawn), Counter())
    assert len(drawn) == ORGANISATIONS
    assert {case: shown[case] for case, least in COVERED.items() if shown[case] < least} == {}
