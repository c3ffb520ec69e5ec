"""From outcomes to verdicts: a divergence beats what is unknown, and that beats a pass."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from harness.document.verdict import Verdict
from harness.report import verdicts
from harness.report.outcome import Outcome
from plugin import verdicts as of_run


def outcome(verdict, *claims, subject="reference"):
    return Outcome("scenario", claims, subject, "", Verdict(verdict), "", 0.0, 0.0)


@pytest.mark.parametrize(
    ("seen", "verdict"),
    [
        (["pass", "fail", "error"], "fail"),
        (["pass", "error", "blocked"], "error"),
        (["pass", "blocked"], "blocked"),
        (["pass", "fail", "skip"], "fail"),
        (["skip", "pass"], "pass"),
        (["skip"], "skip"),
    ],
)
def test_the_worst_counts(seen, verdict):
    assert verdicts.by_claim([outcome(one, "HN_2") for one in seen]) == {"HN_2": verdict}


@pytest.mark.parametrize(
    ("seen", "status"),
    [
        (["pass"], 0),
        (["pass", "skip"], 0),
        (["pass", "fail"], 1),
        (["fail", "error"], 1),
        (["pass", "error"], 3),
        (["blocked", "skip"], 5),
        (["skip", "skip"], 5),
    ],
)
def test_exit_status(seen, status):
    assert verdicts.exit_status([outcome(one, "HN_2") for one in seen]) == status


def test_an_area_counts_its_claims_once():
    (area,) = verdicts.by_area([outcome("pass", "HN_1"), outcome("fail", "HN_2"), outcome("pass", "HN_2")])
    assert (area.held, area.diverged, area.unknown, area.skipped) == (1, 1, 0, 0)


NAME, MUTANT = "a-mutant", verdicts.Prediction(frozenset({"HN_1", "HN_2"}), frozenset({"TN_1"}))


def of_mutant(verdict_of_named, verdict_of_unrelated):
    subject = f"mutant:{NAME}"
    named = [outcome(verdict_of_named, claim, subject=subject) for claim in MUTANT.must_fail]
    return named + [outcome(verdict_of_unrelated, claim, subject=subject) for claim in MUTANT.unrelated]


@pytest.mark.parametrize(
    ("named", "unrelated", "status"),
    [
        ("fail", "pass", 0),
        ("pass", "pass", 1),
        ("skip", "pass", 1),
        ("blocked", "pass", 1),
        ("fail", "fail", 1),
        ("error", "pass", 3),
    ],
)
def test_a_mutant_is_proven_claim_by_claim(named, unrelated, status):
    outcomes = of_mutant(named, unrelated)
    assert verdicts.exit_status_of_proof(outcomes, {NAME: MUTANT}) == status
    assert verdicts.by_mutant(outcomes, {NAME: MUTANT})[0].proven is (status == 0)


def test_a_claim_that_survives_beside_one_that_is_caught_is_named():
    outcomes = of_mutant("fail", "pass")
    survivor = outcomes[0].claims[0]
    outcomes[0] = outcome("pass", survivor, subject=f"mutant:{NAME}")
    assert verdicts.by_mutant(outcomes, {NAME: MUTANT})[0].survived == (survivor,)


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        ("pass", "pass", "pass"),
        ("skip", "pass", "skip"),
        ("pass", "skip", "skip"),
        ("pass", "error", "error"),
        ("skip", "error", "error"),
        ("fail", "pass", "fail"),
    ],
)
def test_a_scenario_that_was_left_out_is_no_pass(before, after, verdict):
    assert verdicts.of_phases(before, after) == verdict


def test_a_proof_that_runs_no_claim_of_a_mutant_proves_nothing():
    outcomes = [one for one in of_mutant("fail", "pass") if one.claims[0] in MUTANT.unrelated]
    assert verdicts.exit_status_of_proof(outcomes, {NAME: MUTANT}) == 5
    assert verdicts.exit_status_of_proof(of_mutant("fail", "pass"), {NAME: MUTANT}) == 0


def test_what_the_table_counts_as_blocked_is_not_listed_as_diverging():
    shown = {"failed": [SimpleNamespace(nodeid="root"), SimpleNamespace(nodeid="check")]}
    outcomes = [
        replace(outcome("fail", "OV_5"), scenario="root"),
        replace(outcome("blocked", "FO_10"), scenario="check"),
    ]
    plugins = SimpleNamespace(getplugin=lambda name: SimpleNamespace(stats=shown))
    of_run._count_as_blocked(SimpleNamespace(pluginmanager=plugins, stash={of_run.OUTCOMES: outcomes}))
    assert {kind: [one.nodeid for one in reports] for kind, reports in shown.items()} == {
        "failed": ["root"],
        "blocked": ["check"],
    }
