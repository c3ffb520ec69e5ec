"""Scenarios keep the names of their namespaces where the result depends on them, and nowhere else."""

from pathlib import Path

import pytest

from tests.meta import gherkin_lint as lint
from tests.meta import literal_namespaces

PROJECT = Path(__file__).parents[2]
FIXTURES = PROJECT / "fixtures" / "manifests"
FEATURES = sorted((PROJECT / "features").rglob("*.feature"))


def findings(steps, tags="@X", examples=""):
    text = f"Feature: F\n  Rule: R\n    {tags}\n    Scenario Outline: S\n      {steps}\n{examples}"
    return literal_namespaces.wrong(lint.read(text), FIXTURES)


SOURCE = 'Given a source "orders" in namespace "shop"\n'
SOURCES = "Given these sources:\n | name | namespace | hostname |\n | orders | shop | |\n"
CUSTOM = "Given these sources:\n | name | namespace | hostname |\n | orders | shop | shop-floor |\n"
DEPENDS = [
    SOURCE + 'Then it is recorded under hostname "shop"',
    SOURCE + 'Then it is recorded under username "orders-shop"',
    SOURCE + 'Then it is recorded under hostname "shop-orders-data"',
    SOURCE + 'Then a message on it mentions "orders@shop"',
    SOURCE + 'And a retention policy that keeps 1 snapshot for hostname "shop"',
    SOURCES + "Then the backups are recorded under:\n | name | namespace | hostname |\n | orders | shop | shop |",
    CUSTOM + 'Then it is recorded under hostname "shop"',
    'Given the documented manifest "hostname-2-namespace"\nThen it is recorded under hostname "prod"',
    'When a destination that names the source "orders" in namespace "shop_floor" is reconciled',
    'When it restores with:\n | field | value |\n | sourceNamespace | shop |\nThen its Job has hostname "shop"',
]
INDEPENDENT = [
    SOURCE + 'Then it is recorded under username "orders"',
    SOURCE + 'Then its volume holds the data of source "orders" in namespace "shop"',
    SOURCE + 'Then it is recorded under hostname "workshop"',
    CUSTOM + 'Then it is recorded under hostname "shop-floor"',
    SOURCES + "When it restores with:\n | field | value |\n | sourceNamespace | shop |\nThen it succeeds",
    'Given the documented manifest "custom-2-departments"\nThen it is recorded under hostname "hr-primary"',
]


@pytest.mark.parametrize("steps", DEPENDS)
def test_a_name_in_a_value_needs_the_tag(steps):
    assert findings(steps) == ["'S': lacks @literal-namespaces"]
    assert findings(steps, "@X @literal-namespaces") == []


@pytest.mark.parametrize("steps", INDEPENDENT)
def test_a_name_where_a_namespace_is_meant_needs_no_tag(steps):
    assert findings(steps) == []
    assert findings(steps, "@X @literal-namespaces") == ["'S': needs no @literal-namespaces"]


def test_a_variant_in_which_the_length_decides_needs_the_tag():
    assert findings(INDEPENDENT[0], "@X @object-name-namespace")
    assert findings(INDEPENDENT[0], "@X @object-name") == []


def test_every_row_of_examples_counts():
    rows = "Examples:\n | hostname |\n | other |\n | {} |\n"
    step = SOURCE + 'Then it is recorded under hostname "<hostname>"'
    assert findings(step, examples=rows.format("third")) == []
    assert findings(step, examples=rows.format("shop"))


def test_a_background_counts():
    scenario = 'Scenario: S\n Then it is recorded under hostname "shop"\n'
    for text in (
        f"Feature: F\n Background:\n {SOURCE} Rule: R\n {scenario}",
        f"Feature: F\n Rule: R\n Background:\n {SOURCE} {scenario}",
    ):
        assert literal_namespaces.wrong(lint.read(text), FIXTURES) == ["'S': lacks @literal-namespaces"]


@pytest.mark.parametrize("file", FEATURES, ids=lambda file: str(file.relative_to(PROJECT / "features")))
def test_each_scenario_carries_the_tag_where_it_needs_it(file):
    assert literal_namespaces.wrong(lint.read(file.read_text(encoding="utf-8")), FIXTURES) == []
