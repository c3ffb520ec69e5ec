"""Guards the features: closes each trap of pytest-bdd, and ties features and ledger together."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from math import prod
from pathlib import Path

import pytest
import yaml

from harness.document.ledger import claims
from harness.model import VARIANTS
from harness.mover.reference import ReferenceMover
from harness.subject.mutants import MUTANTS
from harness.volsync import manifests
from plugin.options import NO_CLAIMS
from tests.meta import gherkin_lint as lint

PROJECT = Path(__file__).parents[2]
FEATURES = sorted((PROJECT / "features").rglob("*.feature"))


def tags_of(folder=PROJECT / "features"):
    return [
        scenario.tags
        for file in sorted(folder.rglob("*.feature"))
        for scenario in lint.scenarios(lint.read(file.read_text(encoding="utf-8")))
    ]


@pytest.fixture(params=FEATURES, ids=lambda file: file.stem)
def feature(request):
    return lint.read(request.param.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "check",
    [
        lint.duplicate_names,
        lint.loose_placeholders,
        lint.unused_columns,
        lint.empty_examples,
        lint.forbidden_words,
        lint.misshapen,
        lint.outside_rules,
    ],
)
def test_is_well_formed(feature, check):
    assert check(feature) == []


def test_carries_known_tags(feature):
    assert lint.wrong_tags(feature, list(claims()), NO_CLAIMS) == []


def test_rule_has_text(feature):
    assert lint.rules(feature)
    assert all(lint.rules(feature))


def test_claims_of_one_outline_are_decided_by_the_same_parts(feature):
    """Whether a subject is asked is decided for an outline as a whole, before its rows are told apart."""
    for scenario in lint.scenarios(feature):
        asked = [claims()[tag] for tag in scenario.tags - scenario.own_tags]
        assert len({(claim.decided_by, claim.needs) for claim in asked}) <= 1, scenario.name


def test_every_claim_has_a_scenario():
    asked = {claim.id for claim in claims().values() if claim.kind != "advice"}
    assert asked <= set().union(*tags_of())


def test_every_claim_about_a_subject_is_seen_to_fail():
    """Claims about kopia itself are seen to fail on a wrapped kopia, in tests/real."""
    caught = set().union(*(mutant.must_fail for mutant in MUTANTS.values()))
    asked = {claim.id for claim in claims().values() if claim.is_judged and claim.kind != "kopia"}
    assert asked - caught == set()


def test_mutants_name_known_claims():
    for mutant in MUTANTS.values():
        assert mutant.must_fail | mutant.unrelated <= set(claims()), mutant.name
        assert not mutant.must_fail & mutant.unrelated, mutant.name
        assert mutant.must_fail, mutant.name
        assert mutant.unrelated, mutant.name
        assert mutant.says.strip() not in ("", "None"), mutant.name


def parts_of(mutant):
    """The parts of a subject that a mutant breaks."""
    return {"admission", "controller"} if mutant.mover is ReferenceMover else {"mover", "kopia"}


def test_who_decides_a_claim_is_who_can_break_it():
    """A claim that a wrong mover breaks is decided by the mover, too: else a subject that brings one is not asked."""
    wrong = [
        f"{mutant.name} breaks {claim}, which is said to be decided by {' '.join(claims()[claim].decided_by)}"
        for mutant in MUTANTS.values()
        for claim in sorted(mutant.must_fail)
        if not parts_of(mutant) & set(claims()[claim].decided_by)
    ]
    assert wrong == []


def test_wrong_movers_and_operators_break_claims_that_their_part_decides():
    files = {"movers": {"mover", "kopia"}, "operator": {"admission", "controller"}}
    for folder, parts in files.items():
        table = yaml.safe_load((PROJECT / "tests" / folder / "wrong.yaml").read_text(encoding="utf-8"))
        for name, entry in table.items():
            for claim in entry["fails"]:
                assert parts & set(claims()[claim].decided_by), f"{name} breaks {claim}"


def test_every_scenario_is_collected():
    """A feature that no module binds would go unnoticed; a test for each row, a variant a test."""
    expected: Counter[str] = Counter()
    for file in FEATURES:
        for scenario in lint.scenarios(lint.read(file.read_text(encoding="utf-8"))):
            named = [len(set(one.variants) & set(scenario.tags)) for one in VARIANTS.values()]
            expected["tests"] += scenario.runs * prod(max(1, number) for number in named)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "features"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    collected = [line for line in done.stdout.splitlines() if "::" in line]
    assert len(collected) == expected["tests"]


def test_documented_manifests_are_admissible():
    documented = manifests.load_folder(PROJECT / "fixtures" / "manifests")
    used = {text for _, text in lint.step_texts(PROJECT / "features") if text.startswith("the documented manifest")}
    assert {text.split('"')[1] for text in used} == set(documented)
