"""A claim needs exactly the capabilities that its scenarios use: a missing one makes a subject without it diverge."""

from collections import defaultdict
from pathlib import Path
from textwrap import indent

import pytest

from harness.document.ledger import claims
from tests.meta import gherkin_lint as lint
from tests.meta.needed_capabilities import SEEN_BY, USED_BY, used

PROJECT = Path(__file__).parents[2]
FIXTURES = PROJECT / "fixtures" / "manifests"

IN_ONE_SCENARIO = {
    # A subject without the field refuses or ignores it, and restores nothing, which is what the claim says.
    "IS_6": {"file-deletion"},
}
"""Capabilities that one scenario of a claim uses without a need for them, because the others ask the claim, too."""


def of(steps, tags="@X", examples=""):
    scenario = f"    {tags}\n    Scenario Outline: S\n{indent(steps + examples, ' ' * 6)}"
    return list(used(lint.read(f"Feature: F\n  Rule: R\n{scenario}"), FIXTURES))


@pytest.mark.parametrize(
    ("steps", "capabilities"),
    [
        ("Given a source\n", set()),
        ('Given a source "previous-one"\nThen a message mentions "restoreAsOf"\n', {"previous"}),
        ("Given a source with:\n  | field    | value |\n  | shallow  | 1 |\n", {"shallow"}),
        ("When it restores with each of:\n  | restoreAsOf |\n  | x |\nThen it fails\n", {"restore-as-of"}),
        ('Given the documented manifest "discovery"\n', {"discovery"}),
        ('Given a source with the additional arguments:\n  """\n  []\n  """\n', {"additional-arguments"}),
        ("When it restores with enableFileDeletion\nThen its status lists:\n", {"file-deletion", "discovery"}),
        ('Given the repository "s3://bucket"\n', set()),
        ('Given the repository "s3://bucket/prefix"\nThen there is none at "s3://bucket"\n', {"path-prefix"}),
        ("Given a source\nThen it has:\n  | sourcePathOverride |\n", set()),
        ("Given a source with:\n  | sourcePathOverride |\n", {"source-path-override"}),
    ],
)
def test_a_capability_is_what_the_acts_of_a_scenario_use(steps, capabilities):
    assert of(steps) == [({"X"}, capabilities)]


def test_a_table_of_an_outline_has_capabilities_of_its_own():
    tables = "@Y\nExamples:\n  | field |\n  | previous |\n@Z\nExamples:\n  | field |\n  | shallow |\n"
    steps = "Given a source with <field>\n"
    assert of(steps, examples=tables) == [({"X", "Y"}, {"previous"}), ({"X", "Z"}, {"shallow"})]


def test_each_claim_needs_what_its_scenarios_use():
    found = defaultdict(set)
    for file in sorted((PROJECT / "features").rglob("*.feature")):
        for tags, capabilities in used(lint.read(file.read_text(encoding="utf-8")), FIXTURES):
            for claim in tags & claims().keys():
                found[claim] |= capabilities - IN_ONE_SCENARIO.get(claim, set())
    judged = [one for one in claims().values() if one.is_judged]
    wrong = {one.id: (sorted(one.needs), sorted(found[one.id])) for one in judged if set(one.needs) != found[one.id]}
    assert wrong == {}, "claim: (what it says it needs, what its scenarios use)"


def test_every_capability_is_known():
    assert {need for one in claims().values() for need in one.needs} == USED_BY.keys() | SEEN_BY.keys()
