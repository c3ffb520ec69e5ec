"""Two runs with different verdicts are told apart, whichever claims they ran."""

from tests.stability import differing


def test_equal_runs_do_not_differ():
    assert differing([{"HN_2": "pass"}, {"HN_2": "pass"}]) == {}


def test_another_verdict_or_a_missing_claim_differs():
    runs = [{"HN_2": "pass", "TN_3": "finding False"}, {"HN_2": "fail"}]
    assert differing(runs) == {"HN_2": ["pass", "fail"], "TN_3": ["finding False", "not run"]}
