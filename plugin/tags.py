"""Read the tags of a scenario: claims, variants, and instructions to the plugin.

A claim may be the tag of one Examples table instead of the whole outline. Then only the rows of that table test it.
"""

from __future__ import annotations

import pytest
from pytest_bdd.parser import ScenarioTemplate
from pytest_bdd.scenario import scenario_wrapper_template_registry

from harness.document.ledger import Claim, LedgerError, claims
from harness.model import VARIANT_TAGS
from plugin.options import LITERAL_NAMESPACES, LONG

MEANINGS: dict[str, str] = {
    **dict.fromkeys(sorted(VARIANT_TAGS), "the scenario holds where the subject follows this variant"),
    LITERAL_NAMESPACES: "the result depends on the name of a namespace: on a shared API the scenario keeps its names",
    LONG: "the scenario takes several times as long as others: workers start it first",
}


def pytest_configure(config: pytest.Config) -> None:
    """Register the tags. Any other tag is an error of the suite."""
    for line in tag_lines():
        config.addinivalue_line("markers", line)


def tag_lines() -> list[str]:
    """Return a pytest marker declaration for every tag."""
    return [*(f"{one.id}: {one.says}" for one in _known_claims()), *(f"{tag}: {MEANINGS[tag]}" for tag in MEANINGS)]


def tags_of(node: pytest.Item) -> set[str]:
    """Return the tags of one test: those of its scenario and of the Examples table with its row."""
    return {mark.name for mark in node.iter_markers()}


def tags_of_all_rows(definition: pytest.Item) -> set[str]:
    """Return the tags of a scenario and of all its Examples tables."""
    template = template_of(definition)
    return tags_of(definition).union(*(table.tags for table in (template.examples if template else ())))


def template_of(node: pytest.Item) -> ScenarioTemplate | None:
    """Return the scenario of a test before its rows are filled in, or None if the test is no scenario."""
    function = getattr(node, "obj", None)
    return scenario_wrapper_template_registry.get(function) if function else None


def _known_claims() -> list[Claim]:
    try:
        return list(claims().values())
    except LedgerError:
        # The options plugin reports this error in one line, before anything else is done.
        return []
