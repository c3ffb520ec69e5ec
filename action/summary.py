"""Tells a GitHub job how a run ended: outputs, a summary in Markdown, annotations.  Needs nothing but Python.

``summary.py REPORTS STATUS`` reads REPORTS/report.json and ends with STATUS, the exit status of the
run; where that is 0 without a whole report that says so, it ends with 3: unknown is never green.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

UNKNOWN = 3
WORDS = {1: "diverges", 3: "unknown", 4: "wrong use", 5: "nothing selected"}
ICONS = {"conformant": "✅", "diverges": "❌"}
MOST_TEXT = 300
MOST_ANNOTATIONS = 10  # GitHub shows no more of one step


def main(reports: Path, status: int) -> int:
    """Writes what the job is told; returns the exit status."""
    report = _read(reports / "report.json")
    if status == 0 and not (report and report["complete"] and report["verdict"] == "conformant"):
        status = UNKNOWN
    verdict = report["verdict"] if report and report["exit_status"] == status else WORDS.get(status, "interrupted")
    _append("GITHUB_OUTPUT", [f"verdict={verdict}", f"exit-status={status}", f"report={reports}"])
    _append("GITHUB_STEP_SUMMARY", summary(report, verdict, status))
    for line in annotated(report, verdict, status):
        print(line)
    return status


def summary(report: dict[str, Any] | None, verdict: str, status: int) -> list[str]:
    """The summary of the job as lines of Markdown."""
    lines = [f"## {ICONS.get(verdict, '⚠️')} Conformance: {verdict}", ""]
    if report is None:
        return [*lines, f"The run left no report (exit status {status}); its log says why.", ""]
    lines += [f"{_cell(report['subject']['name'])}; kopia {report['kopia']['version']}; {report['storage']['origin']}"]
    lines += [
        "",
        "| profile | result | held | diverged | blocked | unknown | skipped | not run |",
        "|---|---|---|---|---|---|---|---|",
    ]
    columns = ("result", "held", "diverged", "blocked", "unknown", "skipped", "not_run")
    for name, profile in report["profiles"].items():
        lines.append("| " + " | ".join([name, *(str(profile[column]) for column in columns)]) + " |")
    lines += _causes(report)
    if report["errors"]:
        lines += ["", "### Without a verdict (the harness or its surroundings broke)", ""]
        lines += [f"- {' '.join(one['claims'])}: {_cell(_first(one['message']))}" for one in report["errors"]]
    if report["problem"]:
        lines += ["", f"**The run itself broke:** {_cell(report['problem'])}"]
    refuted = [one for claim in report["claims"] for one in claim["findings"] if one["holds"] is False]
    return [*lines, "", f"{len(refuted)} promises of the document are refuted; see index.html of the report.", ""]


def _causes(report: dict[str, Any]) -> list[str]:
    """What is to be mended, one entry a cause: whom it harms, who says what, and what it blocks."""
    if not report["causes"]:
        return []
    lines = ["", f"### To be mended: {len(report['causes'])}", ""]
    lines += [f"**{_cell(report['stopped'])}**", ""] if report["stopped"] else []
    for number, cause in enumerate(report["causes"], 1):
        lines += [f"{number}. **{_cell(cause['cause'])}** ({' '.join(cause['claims'])}): {_cell(cause['harm'])}"]
        if seen := cause["evidence"]:
            says = {"document": seen["expected"], seen["oracle"]: seen["seen"], **seen["others"]}
            lines += [f"   - {_cell(seen['what'])}"]
            lines += [f"   - the {_cell(who)} says: {_cell(_first(text)[:MOST_TEXT])}" for who, text in says.items()]
        if cause["blocks"]:
            lines += [f"   - not reached because of it: {' '.join(cause['blocks'])}"]
    return lines


def annotated(report: dict[str, Any] | None, verdict: str, status: int) -> list[str]:
    """What GitHub shows beside the code: an error a divergence, and apart from them what is unknown."""
    if report is None:
        return [f"::error title=Conformance {verdict}::the run left no report (exit status {status})"]
    lines = [_annotation("unknown", one, report) for one in report["errors"]]
    lines += [_annotation("diverges", one, report) for one in report["divergences"]]
    if report["problem"]:
        lines.insert(0, f"::error title=Conformance unknown::{_escaped(report['problem'])}")
    return lines[:MOST_ANNOTATIONS]


def _annotation(word: str, brief: dict[str, Any], report: dict[str, Any]) -> str:
    claims = " ".join(brief["claims"])
    return f"::error title={_escaped(f'{claims} {word}')}::{_escaped(brief['message'][:1000])}"


def _read(file: Path) -> dict[str, Any] | None:
    try:
        report = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return report if isinstance(report, dict) and report.get("schema") == 2 else None


def _append(variable: str, lines: list[str]) -> None:
    file = os.environ.get(variable)
    if file:
        with Path(file).open("a", encoding="utf-8") as output:
            output.write("\n".join(lines) + "\n")


def _first(text: str) -> str:
    return (text.splitlines() or ["no message"])[0]


def _cell(text: str) -> str:
    """Text from outside is text in Markdown, too."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("|", "\\|").replace("`", "\\`")


def _escaped(text: str) -> str:
    """As a workflow command wants its data."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A").replace("::", ":%3A")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2])))
