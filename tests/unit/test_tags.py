"""The tags of a test are those of its scenario and of the Examples of its row; order and mutants go by them."""

from types import SimpleNamespace

import pytest
from pytest_bdd.scenario import scenario_wrapper_template_registry

from harness.model import Variants
from harness.subject import choose
from plugin.cases import Case, _concerns
from plugin.order import _weight
from plugin.tags import tags_of, tags_of_all_rows


def item(*tags, steps=(), tables=(), case=None):
    def function():
        pass

    examples = [SimpleNamespace(tags=set(of_table)) for of_table in tables]
    scenario_wrapper_template_registry[function] = SimpleNamespace(steps=list(steps), examples=examples)
    marks = [SimpleNamespace(name=tag) for tag in tags]
    return SimpleNamespace(
        obj=function,
        iter_markers=lambda: iter(marks),
        get_closest_marker=lambda name: next((mark for mark in marks if mark.name == name), None),
        callspec=SimpleNamespace(params={"case": case}),
    )


def step(name, rows=None):
    table = None if rows is None else SimpleNamespace(rows=[None] * (1 + rows))
    return SimpleNamespace(name=name, datatable=table)


def test_an_outline_has_the_tags_of_its_rows_before_they_are_told_apart():
    outline = item("validated", tables=[["VA_I"], ["VA_1"], []])
    assert tags_of(outline) == {"validated"}
    assert tags_of_all_rows(outline) == {"validated", "VA_I", "VA_1"}


def test_a_test_without_a_scenario_has_its_own_tags():
    assert tags_of_all_rows(SimpleNamespace(iter_markers=lambda: iter([SimpleNamespace(name="x")]))) == {"x"}


def test_a_scenario_that_is_tagged_long_comes_first_then_the_one_with_most_rows():
    by_weight = [item("skip", "long"), item(steps=[step("a")]), item(steps=[step("a", 3)]), item("long")]
    assert sorted(by_weight, key=_weight) == by_weight


@pytest.mark.parametrize("words", ["every source is backed up twice", "nothing"])
def test_the_words_of_a_step_have_no_weight(words):
    assert _weight(item(steps=[step(words)])) == (False, 1)


def test_a_mutant_is_asked_for_the_rows_of_its_claims_only():
    who = choose.of_mutant("hostname-cut-at-the-at-sign")
    proof = SimpleNamespace(proof=True)
    asked = {claim: _concerns(proof, item(claim, case=Case(who, Variants()))) for claim in ("CU_4", "CU_1", "SU_1")}
    assert asked == {"CU_4": True, "CU_1": True, "SU_1": False}
    assert not _concerns(proof, item("CU_4"))
