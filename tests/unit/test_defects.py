"""The page of the document's defects is made of what a run showed, and knows when it is stale."""

import json
import re

import pytest

from harness.cli import defects
from harness.document.ledger import areas, claims
from harness.document.ledger import defects as known_defects

KNOWN = known_defects()
FINDING = {"question": "it is so", "holds": False, "seen": "it is not"}


def report(**changed):
    verdicts = {claim: "pass" if claims()[claim].is_judged else "finding" for claim in claims()}
    scenarios = [{"claims": ["TN_3"], "findings": [FINDING, {**FINDING, "holds": True, "question": "other"}]}]
    return {
        "subject": {"name": "reference"},
        "claims": [{"id": one, "verdict": verdict} for one, verdict in verdicts.items()],
        "scenarios": scenarios,
        **changed,
    }


def test_the_page_shows_what_was_refuted():
    text = defects.page(KNOWN, report())
    assert "refuted: expected it is so, observed it is not" in text
    assert "other" not in text.split("`TN_3`")[1].split("\n- ")[0]


def test_the_page_of_the_project_quotes_the_claims_as_they_are():
    quoted = re.findall(r"^- [^:]+: `(\w+)` [^:]+: (.+)$", defects.PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(quoted) == sum(len(defect["proof"]) for defect in KNOWN)
    stale = {claim for claim, text in quoted if text != claims()[claim].says}
    assert stale == set(), "run tox -e conformance, then tox -e defects"


def test_a_proof_says_what_showed_it():
    text = defects.page(KNOWN, report())
    assert "- kopia: `TN_8` was tested: " in text
    assert "- reference rules: `HN_E2` holds: " in text


def test_what_the_text_alone_shows_has_nothing_that_was_seen():
    known = {**KNOWN[0], "proof": {"TN_3": "text"}}
    text = defects.page([known], report())
    assert "- text: `TN_3`" in text
    assert "refuted" not in text


def test_every_defect_is_proven_by_claims_of_the_ledger():
    for defect in KNOWN:
        assert len(defect["places"]) >= (1 if defect["kind"] == "gap" else 2), defect["title"]
        assert set(defect["proof"]) <= set(claims()), defect["title"]
        assert set(defect["proof"].values()) <= set(defects.SHOWN_BY), defect["title"]
        assert all(word for word in (defect["follows"], defect["rely_on"]))


def test_every_refuted_promise_is_on_the_page():
    named = {claim for defect in KNOWN for claim in defect["proof"]}
    refutable = {claim.id for claim in claims().values() if claim.kind == "promise"} - {"SR_1", "SR_4"}
    assert refutable <= named
    assert "defects" in areas()


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.setattr(defects, "REPORT", tmp_path / "report.json")
    monkeypatch.setattr(defects, "PAGE", tmp_path / "page.md")
    return tmp_path


def test_a_stale_page_is_named(files, capsys):
    (files / "report.json").write_text(json.dumps(report()))
    assert defects.main([]) == 0
    assert defects.main(["--check"]) == 0
    (files / "page.md").write_text("something else")
    assert defects.main(["--check"]) == 1
    assert "page.md differs from what the report shows" in capsys.readouterr().err


@pytest.mark.parametrize("changed", [{"claims": []}, {"subject": {"name": "mutant:x"}}])
def test_a_partial_report_makes_no_page(files, changed):
    (files / "report.json").write_text(json.dumps(report(**changed)))
    assert defects.main([]) == 4
    assert not (files / "page.md").exists()


def test_no_report_makes_no_page(files):
    assert defects.main([]) == 4
