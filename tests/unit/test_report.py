"""The report of a run: by its schema, the same in any order, and harness errors apart from divergences."""

import json
import random
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest
from jsonschema import Draft202012Validator

from harness.document.ledger import claims
from harness.document.verdict import ExitStatus, Verdict
from harness.errors import HarnessError
from harness.model import Finding
from harness.report import json_report, terminal
from harness.report.json_report import RunFacts
from harness.report.outcome import Evidence, Outcome, StepRecord, Story, SyncRecord

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "report.schema.json").read_text(encoding="utf-8"))
STORY = Story("F", "R", "<b>a title</b>", "a.feature", 3, (StepRecord("Given", "a", (("x",),), "passed"),))


def facts(status=0, **changed):
    kopia, store = ("/k", "0.23.1", "cache"), ("process", "MinIO as a process")
    return RunFacts(
        "mine", {}, *kopia, *store, "0.1.0", ExitStatus(status), datetime.now(UTC), 1.5, 0.5, True, **changed
    )


def outcome(verdict="pass", *names, scenario="one", message="", **changed):
    return Outcome(
        scenario,
        names or ("HN_2",),
        "mine",
        "object-name,validated",
        Verdict(verdict),
        message,
        0.5,
        0.2,
        **changed,
    )


OUTCOMES = [
    outcome(story=STORY, syncs=(SyncRecord("ReplicationSource a/b", "u", "h", "succeeded", ("id1",)),)),
    outcome("fail", "HN_1", scenario="two", evidence=Evidence("w", "e", "s", "repository", "d"), story=STORY),
    outcome("error", "TN_1", scenario="three"),
    outcome("skip", "TN_2", scenario="four"),
    outcome("pass", "TN_3", scenario="five", findings=(Finding("q", False, "s"), Finding("r", None, "7 %"))),
]


def test_a_report_keeps_to_its_schema():
    Draft202012Validator.check_schema(SCHEMA)
    text = json.dumps(json_report.build(OUTCOMES, facts(3, problem="no store", taken={"custom_names": "validated"})))
    errors = [error.message for error in Draft202012Validator(SCHEMA).iter_errors(json.loads(text))]
    assert errors == []


def test_the_order_of_the_workers_does_not_show():
    same = facts()
    shuffled = random.Random(7).sample(OUTCOMES, len(OUTCOMES))
    assert json_report.build(shuffled, same) == json_report.build(OUTCOMES, same)
    assert json_report.junit(shuffled, same) == json_report.junit(OUTCOMES, same)


def test_outcomes_travel_as_plain_values():
    for one in OUTCOMES:
        assert Outcome.of_facts(json.loads(json.dumps(one.as_facts()))) == one


def test_an_outcome_that_is_none_names_the_field():
    facts_of_one = json.loads(json.dumps(OUTCOMES[0].as_facts()))
    with pytest.raises(HarnessError, match=r"\$\.syncs\[0\]\.result"):
        Outcome.of_facts(facts_of_one | {"syncs": [{**facts_of_one["syncs"][0], "result": 3}]})
    with pytest.raises(HarnessError, match="verdict"):
        Outcome.of_facts(facts_of_one | {"verdict": "fine"})


def test_errors_are_listed_apart_from_divergences():
    report = json_report.build(OUTCOMES, facts(3))
    assert [one["scenario"] for one in report["errors"]] == ["three"]
    assert [one["scenario"] for one in report["divergences"]] == ["two"]
    assert report["verdict"] == "unknown"


def test_the_terminal_says_why_claims_were_skipped():
    no_controller = [outcome("skip", claim, message="it has no controller") for claim in list(claims())[:10]]
    other = outcome("skip", "HN_2", scenario="two", message="it follows\nthe other variant")
    third = outcome("skip", "HN_2", scenario="three", message="no such source")
    passed_too = outcome("skip", "TN_2", scenario="three", message="asked elsewhere")
    lines = terminal.lines([other, third, *no_controller, passed_too, outcome("pass", "TN_2")], facts(), {})
    said = lines[lines.index("skipped:") + 1 :][:2]
    assert said[0].endswith(" and 2 more: it has no controller")
    assert "HN_2: it follows / the other variant (and 1 more)" in said[1]
    assert "asked elsewhere" not in "".join(lines)
    assert "skipped:" not in terminal.lines([outcome()], facts(), {})


@pytest.mark.parametrize(
    ("verdict", "result"), [("pass", "success"), ("fail", "failure"), ("error", "unknown"), ("skip", "partial")]
)
def test_a_profile_sums_up_its_claims(verdict, result):
    extended = [claim.id for claim in claims().values() if claim.profile == "extended"]
    outcomes = [outcome("pass", claim, scenario=claim) for claim in extended[1:]]
    profile = json_report.build([*outcomes, outcome(verdict, extended[0])], facts())["profiles"]["extended"]
    assert profile["result"] == result
    assert profile["claims"] == len(extended)


def test_what_was_not_run_makes_a_profile_partial():
    assert json_report.build([outcome()], facts())["profiles"]["core"]["result"] == "partial"


def test_junit_tells_failures_from_errors():
    suite = ElementTree.fromstring(json_report.junit(OUTCOMES, facts(3, problem="the store is gone")))
    assert {key: suite.get(key) for key in ("tests", "failures", "errors", "skipped")} == {
        "tests": "5",
        "failures": "1",
        "errors": "2",
        "skipped": "1",
    }
    assert len(suite.findall("testcase/failure")) == 1
    assert suite.findall("testcase/error")[-1].get("message") == "the store is gone"
    assert "<b>a title</b>" in [str(case.get("name")) for case in suite.findall("testcase")][-1] + str(
        [case.get("name") for case in suite.findall("testcase")]
    )


def test_a_finding_is_no_failure_in_junit():
    suite = ElementTree.fromstring(json_report.junit([outcome("fail", "TN_3")], facts()))
    assert suite.get("failures") == "0"
    assert suite.findall("testcase/failure") == []


def test_control_characters_do_not_break_junit():
    broken = Outcome("one", ("HN_2",), "mine", "", Verdict.FAIL, "a\x00b\x1b[31m", 0.1, 0.0)
    ElementTree.fromstring(json_report.junit([broken], facts(1)))


def test_the_time_of_the_scenarios_does_not_include_provisioning():
    lines = terminal.lines([outcome()], facts(), {})
    assert "1 scenarios in 1.0 s after 0.5 s of provisioning; 0.2 s inside kopia, summed over the workers" in lines


def test_the_terminal_shows_what_each_claim_of_a_cause_observed():
    evidence = Evidence("w", "e", "s", "operator", cause="a restore gives other data")
    broken = [outcome("fail", claim, scenario=f"f::of_{claim}", evidence=evidence) for claim in ("FS_50", "FS_65")]
    lines = terminal.lines(broken, facts(1), {})
    assert "     FS_65: expected e, observed s (of_FS_65)" in lines


def test_what_the_suite_added_is_neither_the_movers_time_nor_the_operators():
    def of(**times):
        return terminal.of_mover([outcome(mover_s=20.0, **times)], 12.5, 2, 1.5)

    assert "10 operations of the mover, 20.0 s inside it, 2.00 s each; on 2 workers the suite added 25%;" in of(
        operations=10
    )
    assert "the operator answered in 2.7 s; on 2 workers the suite added 10% (25% above the mover alone);" in of(
        operations=10, operator_s=2.7
    )
    assert of(operations=0) == ""


def test_outcomes_travel_between_workers_as_plain_values():
    for one in OUTCOMES:
        facts_of_one = one.as_facts()
        assert type(facts_of_one["verdict"]) is str, "execnet carries no subclass of str"
        assert Outcome.of_facts(json.loads(json.dumps(facts_of_one))) == one
