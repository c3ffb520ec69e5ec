"""The search: its pure part on the reference and on mutants, shrinking, and the scenarios that it prints."""

import re

import pytest

from harness.document.ledger import claims
from harness.document.verdict import ExitStatus
from harness.model import Identity, Variants
from harness.search import gherkin, run
from harness.search.actions import TENANTS, BackUp, By, Delete, Restore, Source, Tenant, UseRepository
from harness.search.found import Check, Found, Part, kept_apart, meeting
from harness.search.shrink import shrunk
from harness.subject.choose import load
from tests.meta.test_steps import matches, step_definitions

EXAMPLES = 300
FOUND_BY_THE_PURE_PART = (
    "namespace-left-out",
    "one-username-for-all",
    "name-cut",
    "pvc-in-hostname",
    "explicit-identity-ignored",
    "source-custom-identity-ignored",
    "source-in-wrong-namespace",
    "destination-in-hostname",
)

DOT, PLAIN = Tenant("shop", "orders.eu"), Tenant("shop", "orderseu")


def searched(subject, examples=EXAMPLES, seed=1):
    return run.pure(load(subject), Variants(), run.Settings(seed, examples, 1.0), lambda line: None)


def phrases_of(scenario):
    """Return the steps of a printed scenario with their kinds, as pytest-bdd reads them."""
    kind, found = "", []
    for line in scenario.splitlines():
        if step := re.match(r"  (Given|When|Then|And) (.*)", line):
            kind = kind if step[1] == "And" else step[1].lower()
            found.append((kind, step[2]))
    return found


def assert_printable(found, actions):
    """Every phrase has exactly one meaning in steps/, and the tag is a claim."""
    definitions = step_definitions()
    scenario = gherkin.scenario(found, actions, "Found")
    steps = phrases_of(scenario)
    assert steps, scenario
    assert {step for step in steps if len(matches(definitions, *step)) != 1} == set(), scenario
    assert found.claim in claims()
    return scenario


def test_the_reference_has_legal_names_that_meet():
    part = searched("reference")
    assert part.status is ExitStatus.CONFORMANT
    assert part.tally.judged > EXAMPLES
    found, actions = part.findings["TN_3"]
    assert found.is_finding
    assert {found.tenant.name, found.other.name} == {"orders.eu", "orderseu"}
    assert "record whether the backups have 2 different identities" in assert_printable(found, actions)


@pytest.mark.parametrize("name", FOUND_BY_THE_PURE_PART)
def test_a_wrong_operator_is_found(name):
    subject = load(f"mutant:{name}")
    part = searched(f"mutant:{name}", examples=2000)
    assert part.status is ExitStatus.DIVERGES
    found, actions = part.divergence
    assert len(actions) <= 3, actions
    assert found.claim in claims()
    assert "controller" in claims()[found.claim].decided_by
    assert subject.mutant
    assert_printable(found, actions)


def test_the_same_seed_draws_the_same_examples():
    one, other = (searched("mutant:name-cut", examples=500, seed=7) for _ in range(2))
    assert one.divergence == other.divergence
    assert one.tally.actions == other.tally.actions


def test_a_part_without_a_judged_action_has_no_verdict():
    assert Part("nothing").status is ExitStatus.UNKNOWN
    assert Part("nothing", skipped="not asked").status is ExitStatus.CONFORMANT


def test_names_that_sanitising_makes_equal_are_a_finding():
    assert not kept_apart(Source(DOT), Source(PLAIN))
    assert meeting(Source(DOT), Source(PLAIN), "r", Identity("orderseu", "shop")).is_finding


@pytest.mark.parametrize(
    ("one", "other", "claim"),
    [
        (Tenant("shop", "orders"), Tenant("office", "orders"), "TN_9"),
        (Tenant("shop", "orders"), Tenant("shop", "order"), "TN_4"),
        (TENANTS[5], TENANTS[6], "TN_10"),
    ],
)
def test_names_that_the_rules_keep_apart_are_no_finding(one, other, claim):
    found = meeting(Source(one), Source(other), "r", Identity("a", "b"))
    assert (found.is_finding, found.claim) == (False, claim)


def test_a_custom_name_that_equals_a_default_is_a_finding():
    one, other = Source(Tenant("shop", "orders")), Source(Tenant("shop", "order"), username="orders")
    assert meeting(one, other, "r", Identity("orders", "shop")).is_finding


def test_shrinking_keeps_what_is_needed_and_makes_it_plain():
    needed = BackUp(Source(DOT, username="team", latest=2))
    noise = [BackUp(Source(tenant)) for tenant in TENANTS[:5]]

    def shows(actions):
        kept = [one for one in actions if isinstance(one, BackUp) and one.source.username == "team"]
        return tuple(actions) if kept else None

    assert shrunk([*noise, needed, *noise], shows, lambda: True) == (BackUp(Source(DOT, username="team")),)


def test_shrinking_ends_when_the_time_is_up():
    actions = (BackUp(Source(DOT)), BackUp(Source(PLAIN)))
    assert shrunk(actions, lambda one: pytest.fail("nothing is run"), lambda: False) == actions


BACKUPS = (BackUp(Source(PLAIN)), BackUp(Source(PLAIN, path="/srv")), BackUp(Source(DOT, latest=1)))


@pytest.mark.parametrize("by", By)
@pytest.mark.parametrize("check", [Check.HOLDS, Check.HOLDS_OLDER, Check.FAILS, Check.UNCHANGED])
def test_what_a_restore_shows_is_printed_in_known_phrases(by, check):
    found = Found(check, "IS_6", "what", "this", "that", PLAIN, Identity("orderseu", "shop"), number=1)
    secret = UseRepository("shop", "s3://team-backups/orders")
    text = assert_printable(found, (secret, *BACKUPS, Delete(PLAIN), Restore(by, PLAIN, previous=1)))
    assert "| previous " in text
    if check is Check.HOLDS_OLDER:
        assert 'exactly the backup of "2024-01-20T11:00:00Z"' in text


@pytest.mark.parametrize("check", [Check.COUNTS, Check.RECORDED_AS, Check.RECORDED_ONCE, Check.ONE_IDENTITY])
def test_what_a_backup_shows_is_printed_in_known_phrases(check):
    found = Found(check, "TN_5", "what", "this", "that", PLAIN, Identity("orderseu", "shop"), number=2)
    assert_printable(found, BACKUPS)
