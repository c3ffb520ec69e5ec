"""The page of the proof shows what each mutant broke, and what no mutant breaks."""

import json

import pytest

from harness.cli import proof
from harness.subject.mutants import MUTANTS
from harness.subject.mutants.registry import Mutant

SWAPPED = Mutant("swapped", "Two names\n    are swapped.", frozenset({"HN_2", "UN_2"}), frozenset({"BA_1", "RP_1"}))


def scenario(verdict, *names, subject="mutant:swapped"):
    return {"subject": subject, "claims": names, "verdict": verdict}


def row(*scenarios):
    (line,) = [line for line in proof.page(scenarios, {"swapped": SWAPPED}).splitlines() if "| swapped |" in line]
    return [cell.strip() for cell in line.strip("|").split("|")][1:]


def test_a_mutant_that_breaks_what_it_names_survives_nowhere():
    seen = row(scenario("fail", "UN_2"), scenario("pass", "HN_2"), scenario("fail", "HN_2"), scenario("pass", "BA_1"))
    assert seen == ["Two names are swapped.", "UN_2 HN_2", "", "", ""]


def test_survivors_blocked_and_unforeseen_claims_are_shown():
    seen = row(scenario("pass", "HN_2"), scenario("fail", "UN_2", "BA_1"), scenario("blocked", "RP_1"))
    assert seen == ["Two names are swapped.", "UN_2", "RP_1", "HN_2", "BA_1"]


def test_a_claim_that_no_mutant_breaks_is_named():
    text = proof.page([], {"swapped": SWAPPED})
    assert " RP_1" in text.splitlines()[-1]
    assert "HN_2" not in text.splitlines()[-1]


@pytest.mark.parametrize("report", [None, {"proof": False, "scenarios": []}, {"proof": True, "scenarios": []}])
def test_another_report_is_no_proof(tmp_path, monkeypatch, capsys, report):
    file = tmp_path / "report.json"
    if report is not None:
        file.write_text(json.dumps(report))
    monkeypatch.setattr(proof, "REPORT", file)
    assert proof.main([]) == 4
    assert "run tox -e proof first" in capsys.readouterr().err


def test_the_page_is_written_and_compared(tmp_path, monkeypatch):
    file, written = tmp_path / "report.json", tmp_path / "proof.md"
    ran = [scenario("fail", *mutant.must_fail, subject=f"mutant:{name}") for name, mutant in MUTANTS.items()]
    file.write_text(json.dumps({"proof": True, "scenarios": ran}))
    monkeypatch.setattr(proof, "REPORT", file)
    monkeypatch.setattr(proof, "PAGE", written)
    assert [proof.main(["--check"]), proof.main([]), proof.main(["--check"])] == [1, 0, 0]
    assert written.read_text().startswith("# Proof that the checks can fail")


def test_a_proof_of_some_mutants_writes_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(proof, "PAGE", tmp_path / "proof.md")
    assert proof.main(["-k", "swapped"]) == 0
    assert not (tmp_path / "proof.md").exists()


def test_the_page_of_the_project_shows_each_mutant_caught():
    """Whoever adds a mutant runs the whole proof, which writes the page."""
    lines = proof.PAGE.read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    shown = {row[0]: row[2:] for row in rows if len(row) == 6 and row[0] != "mutant"}
    assert shown.keys() == MUTANTS.keys(), "run tox -e proof"
    for name, (foreseen, _, survived, unforeseen) in shown.items():
        assert (name, set(foreseen.split()), survived, unforeseen) == (name, set(MUTANTS[name].must_fail), "", "")
