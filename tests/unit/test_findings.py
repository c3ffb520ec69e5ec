"""A promise that is put to the test ends in a finding, whatever was seen."""

import pytest

from harness.document.verdict import Verdict
from harness.errors import Blocked, Divergence, HarnessError
from harness.model import Finding
from harness.report import verdicts
from harness.report.outcome import Outcome
from harness.scenario.findings import whether


def diverge():
    raise Divergence("the data", expected="a", seen="b", oracle="volume")


def test_a_promise_that_is_broken_is_refuted_with_what_was_seen():
    finding = whether("the data a", diverge)
    assert finding == Finding("the data a", False, "b")
    assert finding.in_words == "REFUTED: expected the data a, observed b"


def test_a_promise_that_is_kept_held_here():
    finding = whether("2 distinct identities", lambda: None)
    assert finding.holds is True
    assert finding.in_words == "held here: expected 2 distinct identities, observed the same"


def test_a_promise_whose_precondition_failed_is_not_reached():
    def stopped():
        raise Blocked(Divergence("the Job of a source", expected="there is one", seen="none", oracle="operator"))

    finding = whether("2 distinct identities", stopped)
    assert (finding.holds, finding.reached) == (None, False)
    assert finding.in_words == "not reached: expected 2 distinct identities; before that, the Job of a source: none"


def test_a_figure_is_measured():
    assert (
        Finding("the time of a list", None, "twice as long").in_words == "measured: the time of a list: twice as long"
    )


def test_an_error_of_the_harness_is_no_finding():
    def broken():
        raise HarnessError("no store")

    with pytest.raises(HarnessError):
        whether("it holds", broken)


@pytest.mark.parametrize(
    ("seen", "verdict", "status"), [("pass", "finding", 0), ("fail", "finding", 0), ("error", "error", 3)]
)
def test_a_promise_neither_holds_nor_diverges(seen, verdict, status):
    outcome = Outcome("scenario", ("TN_3",), "reference", "", Verdict(seen), "", 0.0, 0.0)
    assert verdicts.by_claim([outcome]) == {"TN_3": verdict}
    assert verdicts.exit_status([outcome]) == status


def test_a_scenario_that_is_also_about_a_rule_is_judged():
    outcome = Outcome("scenario", ("SI_6", "RD_4"), "reference", "", Verdict.FAIL, "", 0.0, 0.0)
    assert verdicts.exit_status([outcome]) == 1
