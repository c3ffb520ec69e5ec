"""Compares the audit of random organisations with a second, plain model (tests/unit/audit_model.py)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from harness.audit.prediction import Outcome
from harness.volsync import overrides
from tests.unit import audit_model as model
from tests.unit.audit_model import Dst, Snap, Src
from tests.unit.audit_world import answer, destination, entry, source

EXAMPLES = 600
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
RULES = [f"{name},{custom}" for name in ("object-name", "object-name-namespace", "namespace-pvc")
         for custom in ("validated", "as-given")]  # fmt: skip
"""As the model takes them; the audit leaves ``,validated`` out."""

LONG = "a-name-with-more-than-forty-five-letters-in-it"
names = st.sampled_from(["orders", "orders.eu", "orderseu", "orders-eu", "eu", "or.ders-eu", LONG, f"{LONG}.b", "a.b"])
namespaces = st.sampled_from(
    ["shop", "shop-eu", "eu", "office", "a-name-of-a-namespace-with-forty-letters-"[:40] + "x"]
)
clusters = st.sampled_from(["home", "away"])
pvcs = st.sampled_from(["data", "eu-data", "orders"])
NO_NAMES = ("", "")
customs = st.sampled_from(
    [*[NO_NAMES] * 8, ("orders", "eu"), ("Team.A", "Team.A"), ("eu", "shop"), ("me@home", "-x"), ("orders", "")]
)
paths = st.sampled_from(["", "", "", "/data", "/srv", "/a/b"])
instants = st.integers(0, 40)
few = st.sampled_from([0, 0, 0, 0, 1, 1, 2, 3])


@st.composite
def of_a_source(draw):
    where = draw(clusters), draw(namespaces), draw(names)
    return Src(*where, draw(pvcs), *draw(customs), draw(paths))


@st.composite
def of_a_destination(draw, rule, of_sources):
    """Draw a destination: most of them ask for what a source writes, by one of the three ways."""
    cluster, namespace, name = draw(clusters), draw(namespaces), draw(names)
    explicit, named, named_path = draw(customs), None, ""
    way = draw(st.sampled_from(["own", "own", "named", "named", "explicit", "any"]))
    if of_sources and way != "any":
        source = draw(st.sampled_from(of_sources))
        cluster, namespace = source.cluster, draw(st.sampled_from([source.namespace, source.namespace, namespace]))
        if way == "own":
            name, explicit = draw(st.sampled_from([source.name, source.name, source.name.replace(".", "")])), NO_NAMES
        elif way == "named":
            named, explicit = (source.name, draw(st.sampled_from([source.namespace, ""]))), NO_NAMES
        else:
            explicit = model.writes(rule, source)[:2]
    if named:
        named_path = draw(paths)
    as_of = draw(st.none() | instants)
    return Dst(cluster, namespace, name, draw(pvcs), *explicit, named, named_path, as_of, draw(few), draw(few))


def by_name(one):
    return one.cluster, one.namespace, one.name


@st.composite
def organisations(draw):
    rule = draw(st.sampled_from(RULES))
    of_sources = list({by_name(one): one for one in draw(st.lists(of_a_source(), max_size=7))}.values())
    drawn = draw(st.lists(of_a_destination(rule, of_sources), max_size=7))
    of_destinations = list({by_name(one): one for one in drawn}.values())
    # Mostly what somebody writes or asks for, under this or another rule, so that there is something to find.
    known = [model.writes(draw(st.sampled_from([rule, rule, *RULES])), one) for one in of_sources]
    known += [model.wants(rule, one, of_sources) for one in of_destinations]
    whose = st.sampled_from(known) if known else st.nothing()
    whose = whose | st.tuples(
        st.sampled_from(["orders", "x@y", "eu"]), st.sampled_from(["shop", "h:1"]), st.just("/data")
    )
    of_snapshots = draw(st.lists(st.tuples(whose, instants, st.integers(0, 5)), max_size=40))
    apart = {(wanted, end): part for wanted, end, part in of_snapshots}
    snapshots = [
        Snap(f"{number}", user, host, path, end, whole=bool(part))
        for number, (((user, host, path), end), part) in enumerate(apart.items())
    ]
    return rule, of_sources, of_destinations, snapshots


def given_fields(**fields):
    return {name: value for name, value in fields.items() if value}


def declared(one):
    if isinstance(one, Src):
        fields = given_fields(
            sourcePVC=one.pvc, username=one.username, hostname=one.hostname, sourcePathOverride=one.path
        )
        return source(one.name, one.namespace, one.cluster, **fields)
    fields = given_fields(
        destinationPVC=one.pvc,
        username=one.username,
        hostname=one.hostname,
        sourceName=one.named and one.named[0],
        sourceNamespace=one.named and one.named[1],
        restoreAsOf=one.as_of is not None and (BEGIN + timedelta(days=one.as_of)).isoformat(),
        previous=str(one.previous or ""),
        shallow=str(one.shallow or ""),
    )
    found = destination(one.name, one.namespace, one.cluster, **fields)
    if one.named_path:
        found.manifest["spec"]["kopia"]["sourceIdentity"]["sourcePathOverride"] = one.named_path
    return found


def listed(one):
    """Return a snapshot as kopia lists it; it ends 5 s after its start."""
    start = BEGIN + timedelta(days=one.end) - timedelta(seconds=5)
    more = {} if one.whole else {"incomplete": "canceled"}
    return {**entry(one.username, one.hostname, start, one.path, **more), "id": one.id}


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
    assert {one.rule.name: one.snapshots for one in found.explained} == expected
    assert expected[found.rule.name] == max(expected.values())


@pytest.mark.parametrize("name", ["previous", "shallow"])
def test_the_plain_model_is_not_the_audit(name):
    """Shows that a wrong answer would be seen: the model without one field gives another one."""
    snapshots = [Snap(str(age), "orders", "shop", "/data", age) for age in range(3)]
    one = Dst("home", "shop", "orders", "data", previous=1, shallow=1)
    assert model.restored(RULES[0], one, [], snapshots)[0] == "too-few"
    assert model.restored(RULES[0], Dst(**{**vars(one), name: 0}), [], snapshots)[0] == "restores"
