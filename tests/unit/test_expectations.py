"""Known divergences are listed apart from the tests, and strictly."""

import pytest

from harness.document.verdict import Verdict
from harness.errors import UsageError
from harness.report import expectations
from harness.report.outcome import Outcome

KOPIA = "0.23.1"


def outcome(verdict, *claims, scenario="a", sides="object-name,validated"):
    return Outcome(scenario, claims, "mine", sides, Verdict(verdict), "seen", 0.1, 0.0)


@pytest.fixture
def listed(tmp_path):
    def load(text):
        file = tmp_path / "known.yaml"
        file.write_text(text)
        return expectations.load(file)

    return load


def held_against(entries, *outcomes, kopia=KOPIA):
    after = expectations.applied(entries, outcomes, kopia)
    return [one.verdict for one in after], expectations.delta(entries, after, kopia)


HN_2 = "- {claim: HN_2, verdict: fail, reason: an old rule, link: 'https://example.test/1'}\n"


def test_what_is_listed_and_diverges_is_known(listed):
    verdicts, delta = held_against(listed(HN_2), outcome("fail", "HN_2"), outcome("fail", "TN_1"))
    assert verdicts == ["known", "fail"]
    assert [one.claims for one in delta.new] == [("TN_1",)]
    assert [one.claim for one in delta.unchanged] == ["HN_2"]
    assert delta.fixed == ()


def test_what_is_listed_and_holds_is_fixed(listed):
    verdicts, delta = held_against(listed(HN_2), outcome("pass", "HN_2"))
    assert verdicts == ["pass"]
    assert [str(one) for one in delta.fixed] == ["HN_2 (an old rule)"]


@pytest.mark.parametrize("seen", [(), (("skip", "HN_2"),), (("error", "HN_2"),), (("pass", "TN_1"),)])
def test_what_was_not_asked_is_not_fixed(listed, seen):
    _, delta = held_against(listed(HN_2), *(outcome(verdict, claim) for verdict, claim in seen))
    assert delta.fixed == delta.unchanged == ()


def test_one_scenario_of_two_claims_is_known_where_both_are_listed(listed):
    assert held_against(listed(HN_2), outcome("fail", "HN_2", "TN_1"))[0] == ["fail"]
    both = listed(HN_2 + "- {claim: TN_1, verdict: fail, reason: too}\n")
    assert held_against(both, outcome("fail", "HN_2", "TN_1"))[0] == ["known"]


def test_a_scenario_can_be_listed(listed):
    entries = listed("- {scenario: a, verdict: fail, reason: it is hard}\n")
    assert held_against(entries, outcome("fail", "HN_2"), outcome("fail", "HN_2", scenario="b"))[0] == ["known", "fail"]


@pytest.mark.parametrize(
    ("when", "verdict"),
    [
        ("kopia: 0.23.1", "known"),
        ("kopia: '>=0.22,<0.23'", "fail"),
        ("side: object-name", "known"),
        ("side: as-given", "fail"),
        ("profile: core", "known"),
        ("profile: extended", "fail"),
    ],
)
def test_a_condition_limits_an_entry(listed, when, verdict):
    entries = listed(f"- {{claim: HN_2, verdict: fail, reason: r, when: {{{when}}}}}\n")
    assert held_against(entries, outcome("fail", "HN_2"))[0] == [verdict]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("a: b", "array"),
        ("- {claim: HN_2, verdict: fail}", "0: 'reason' is a required property"),
        ("- {claim: HN_2, verdict: pass, reason: r}", "0.verdict"),
        ("- {claim: HN_2, scenario: a, verdict: fail, reason: r}", "0"),
        ("- {claim: XX_9, verdict: fail, reason: r}", "XX_9 is not a claim"),
        ("- {claim: HN_2, verdict: fail, reason: r, colour: red}", "colour"),
        ("- {claim: HN_2, verdict: fail, reason: r, when: {kopia: new}}", "when.kopia: 'new'"),
        ("- [", "not YAML"),
    ],
)
def test_a_bad_list_is_refused_in_one_line(listed, text, named):
    with pytest.raises(UsageError, match="known") as error:
        listed(text)
    assert named in str(error.value)
    assert "\n" not in str(error.value)


def test_an_update_keeps_reasons_and_comments_and_sorts(tmp_path):
    file = tmp_path / "known.yaml"
    file.write_text(
        "# Ours.\n\n"
        "# Waits for the next release.\n- claim: RP_1\n  verdict: fail\n  reason: late\n  # inside\n  link: x\n"
        "# Gone by now.\n- claim: UN_1\n  verdict: fail\n  reason: was so\n"
    )
    outcomes = [outcome("fail", "RP_1"), outcome("pass", "UN_1", scenario="b"), outcome("fail", "HN_2", scenario="c")]
    entries = expectations.load(file)
    seen = expectations.delta(entries, expectations.applied(entries, outcomes, KOPIA), KOPIA)
    assert expectations.updated(file, seen) == (
        "# Ours.\n\n"
        "- claim: HN_2\n  verdict: fail\n  reason: not explained yet\n"
        "# Waits for the next release.\n- claim: RP_1\n  verdict: fail\n  reason: late\n  # inside\n  link: x\n"
    )


def test_an_update_begins_a_file(tmp_path):
    seen = expectations.delta((), [outcome("fail", "HN_2")], KOPIA)
    file = tmp_path / "new.yaml"
    file.write_text(expectations.updated(file, seen))
    assert [one.claim for one in expectations.load(file)] == ["HN_2"]
    entries = expectations.load(file)
    file.write_text(expectations.updated(file, expectations.delta(entries, [outcome("pass", "HN_2")], KOPIA)))
    assert expectations.load(file) == ()
