"""The hazard analysis answers each part under each condition exactly once, and names only claims that exist."""

import pytest
import yaml

from harness.cli import hazards as cli
from harness.document.hazards import hazards, read
from harness.document.ledger import LedgerError

ANALYSIS = {
    "parts": {"source.a": {"group": "source-field", "what": "something"}, "b": {"group": "state", "what": "a state"}},
    "conditions": {"missing": "it is not there", "empty": "it is there, and empty"},
    "cells": [
        {"parts": ["source.a"], "conditions": ["missing"], "hazard": "It is lost.", "careful": "It is refused.",
         "harm": "data lost", "claims": ["LO_1"]},
        {"parts": ["source.a"], "conditions": ["empty"], "hazard": "Nothing.", "careful": "Nothing.", "harm": "none",
         "none": "the API refuses it"},
        {"parts": ["b"], "conditions": ["missing", "empty"], "hazard": "a | b", "careful": "It fails.",
         "harm": "surprise", "open": "It fails and says so."},
    ],
}  # fmt: skip


def test_an_analysis_is_read_and_shown():
    text = cli.page(read(yaml.safe_dump(ANALYSIS, sort_keys=False)))
    assert (
        "2 parts under 2 conditions are 4 cells: 1 are shown by claims, 0 in part, 1 need none, and 2 are open." in text
    )
    assert "| `source.a` | missing | It is lost. | It is refused. | data lost | LO_1 |" in text
    assert "| `b` | missing, empty | a &#124; b | It fails. | surprise | **open**: It fails and says so. |" in text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda one: one["cells"].pop(), "b missing: not answered"),
        (lambda one: one["cells"].append(one["cells"][0]), "source.a missing: answered twice"),
        (lambda one: one["cells"][0]["claims"].append("LO_999"), "LO_999: no such"),
        (lambda one: one["cells"][0]["parts"].append("c"), "c: no such"),
        (lambda one: one["cells"][0].update(none="not at all"), "cells"),
        (lambda one: one["cells"][0].update(harm="bad"), "harm"),
    ],
)
def test_a_wrong_analysis_is_named(change, said):
    changed = yaml.safe_load(yaml.safe_dump(ANALYSIS, sort_keys=False))
    change(changed)
    with pytest.raises(LedgerError, match=said):
        read(yaml.safe_dump(changed, sort_keys=False))


def test_the_page_is_what_the_analysis_says():
    assert cli.PAGE.read_text(encoding="utf-8") == cli.page(hazards()), "run tox -e hazards"
