"""What the GitHub Action tells a job: outputs, summary, annotations; and that unknown is never green."""

import importlib.util
import json
from pathlib import Path

import pytest

from harness.document.verdict import ExitStatus

FILE = Path(__file__).parents[2] / "action" / "summary.py"
spec = importlib.util.spec_from_file_location("action_summary", FILE)
assert spec and spec.loader
summary = importlib.util.module_from_spec(spec)
spec.loader.exec_module(summary)


@pytest.fixture
def job(tmp_path, monkeypatch):
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "output"))
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary"))
    return tmp_path


def report(**changed):
    profile = {"result": "success", "held": 2, "diverged": 0, "blocked": 0, "unknown": 0, "skipped": 0, "not_run": 0}
    return {
        "schema": 2,
        "complete": True,
        "verdict": "conformant",
        "exit_status": 0,
        "problem": "",
        "subject": {"name": "mine"},
        "kopia": {"version": "0.23.1"},
        "storage": {"origin": "MinIO"},
        "profiles": {"core": profile},
        "claims": [{"findings": [{"holds": False, "question": "q", "seen": "s"}]}],
        "errors": [],
        "causes": [],
        "stopped": "",
        "divergences": [],
        **changed,
    }


def run(job, status, content=None):
    if content is not None:
        (job / "report.json").write_text(json.dumps(content))
    return summary.main(job, status)


def test_conformant(job):
    assert run(job, 0, report()) == 0
    assert "verdict=conformant" in (job / "output").read_text()
    assert "✅" in (job / "summary").read_text()


BRIEF = {"scenario": "a", "claims": ["HN_2"], "message": "HN_2: what it says\nthe <b>rest</b>"}


EVIDENCE = {
    "what": "the hostname of a",
    "expected": "shop",
    "seen": "shop-data",
    "oracle": "operator's Job",
    "others": {},
}
CAUSE = {"cause": "the generated hostname", "claims": ["TN_1", "HN_2"], "harm": "Tenants meet.", "evidence": EVIDENCE,
         "scenarios": ["a"], "blocks": ["RD_2"]}  # fmt: skip


def test_a_divergence_is_annotated(job, capsys):
    assert run(job, 1, report(verdict="diverges", exit_status=1, divergences=[BRIEF], causes=[CAUSE])) == 1
    assert capsys.readouterr().out == "::error title=HN_2 diverges::HN_2: what it says%0Athe <b>rest</b>\n"
    text = (job / "summary").read_text()
    assert "❌ Conformance: diverges" in text
    assert "1. **the generated hostname** (TN_1 HN_2): Tenants meet." in text
    assert "expected: shop" in text
    assert "observed (operator's Job): shop-data" in text
    assert "blocked by it: RD_2" in text


def test_errors_are_apart_from_divergences(job, capsys):
    assert run(job, 3, report(verdict="unknown", exit_status=3, errors=[BRIEF], problem="no store")) == 3
    out = capsys.readouterr().out
    assert "::error title=Conformance unknown::no store" in out
    assert "HN_2 unknown" in out
    assert "Causes of divergence" not in (job / "summary").read_text()


@pytest.mark.parametrize(
    "content",
    [None, report(complete=False), report(verdict="unknown", exit_status=3), {"schema": 7}, []],
)
def test_no_whole_report_is_never_green(job, content):
    assert run(job, 0, content) == 3
    assert "verdict=unknown" in (job / "output").read_text()
    assert "✅" not in (job / "summary").read_text()


def test_a_run_that_could_not_start(job, capsys):
    assert run(job, 4) == 4
    assert "verdict=wrong use" in (job / "output").read_text()
    assert "wrote no report" in capsys.readouterr().out


def test_its_words_are_those_of_the_suite():
    """The script imports nothing of the harness, so it has a copy of these words."""
    known = {int(status): status.short for status in ExitStatus}
    assert {status: known[status] for status in summary.WORDS} == summary.WORDS
    assert known[summary.UNKNOWN] == "unknown"
    assert set(summary.ICONS) <= set(known.values())
