"""One cause is one divergence: what stands on something broken is not reached."""

from harness.document.verdict import Verdict
from harness.report import causes, verdicts
from harness.report.outcome import Evidence, Outcome


def outcome(verdict, *names, scenario="", roots=(), cause="something"):
    evidence = (
        Evidence("w", "e", "s", "operator", cause=cause, roots=tuple(roots)) if verdict in ("fail", "blocked") else None
    )
    return Outcome(scenario or f"of {names[0]}", names, "mine", "", Verdict(verdict), "", 0.5, 0.2, evidence=evidence)


def verdicts_of(*outcomes):
    return dict(verdicts.by_claim(causes.resolved(outcomes)))


def test_a_divergence_in_what_a_scenario_stands_on_is_blocked_by_the_broken_claim():
    found = causes.resolved([
        outcome("fail", "BA_1", roots=["BA_1"]),
        outcome("fail", "HN_1", roots=["HN_1", "BA_1"]),
        outcome("blocked", "RD_2", roots=["BA_1"]),
    ])  # fmt: skip
    assert dict(verdicts.by_claim(found)) == {"BA_1": "fail", "HN_1": "blocked", "RD_2": "blocked"}
    (cause,) = causes.causes(found)
    assert (cause.claims, cause.blocks) == (("BA_1",), ("HN_1", "RD_2"))


def test_a_divergence_whose_roots_hold_stays_its_own():
    seen = verdicts_of(outcome("pass", "BA_1"), outcome("fail", "HN_1", roots=["HN_1", "BA_1"]))
    assert seen == {"BA_1": "pass", "HN_1": "fail"}


def test_a_blocked_scenario_alone_shows_its_root_to_be_broken():
    seen = verdicts_of(outcome("blocked", "IS_4", roots=["HN_1", "BA_1"]))
    assert seen == {"HN_1": "fail", "IS_4": "blocked"}
    assert verdicts.exit_status(causes.resolved([outcome("blocked", "IS_4", roots=["BA_1"])])) == 1


def test_a_root_that_holds_elsewhere_is_not_charged_before_the_others():
    seen = verdicts_of(outcome("pass", "HN_1"), outcome("blocked", "IS_4", roots=["HN_1", "BA_1"]))
    assert seen == {"BA_1": "fail", "HN_1": "pass", "IS_4": "blocked"}


def test_two_claims_never_block_each_other():
    seen = verdicts_of(outcome("fail", "RD_4", roots=["SI_1"]), outcome("fail", "SI_1", roots=["RD_4"]))
    assert "fail" in seen.values()


def test_a_promise_that_is_not_reached_charges_nobody():
    assert verdicts_of(outcome("blocked", "TN_7", roots=["BA_1"])) == {"TN_7": "blocked"}


def test_divergences_of_one_cause_are_one_thing_to_mend():
    found = causes.resolved([
        outcome("fail", "HN_2", cause="the generated hostname"),
        outcome("fail", "TN_1", cause="the generated hostname"),
        outcome("fail", "RP_3", cause="a restore by restoreAsOf"),
    ])  # fmt: skip
    assert [cause.claims for cause in causes.causes(found)] == [("TN_1", "HN_2"), ("RP_3",)]


def test_known_divergences_are_nothing_new_to_mend():
    assert causes.causes(causes.resolved([outcome("known", "HN_2")])) == []


def test_what_a_user_must_never_see_comes_first_the_worst_harm_before_all():
    found = [outcome("fail", claim, cause=claim) for claim in ("BA_1", "HN_2", "SP_1", "FS_1", "LO_1")]
    order = [cause.claims[0] for cause in causes.causes(found)]
    assert order == ["LO_1", "FS_1", "SP_1", "BA_1", "HN_2"]


def test_each_claim_of_a_cause_is_shown_with_what_its_own_scenario_observed():
    found = causes.resolved([
        outcome("fail", "FS_50", scenario="f::of_names", cause="a restore gives other data"),
        outcome("fail", "FS_65", scenario="f::of_sizes", cause="a restore gives other data"),
    ])  # fmt: skip
    (cause,) = causes.causes(found)
    assert [(one.claim, one.scenario) for one in cause.also] == [("FS_65", "f::of_sizes")]
