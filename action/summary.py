"""Report the result of a run to a GitHub job: outputs, a Markdown summary and annotations.

``summary.py REPORTS STATUS`` reads REPORTS/report.json and ends with STATUS, the exit status of the run. If STATUS is
0 but there is no complete report with the verdict "conformant", it ends with 3 (unknown), so that the job is not green.
This script needs only the Python standard library.
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
    """Write outputs, summary and annotations, and return the exit status of the job."""
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
    """Return the summary of the job as lines of Markdown."""
    lines = [f"## {ICONS.get(verdict, '⚠️')} Conformance: {verdict}", ""]
    if report is None:
        return [*lines, f"The run wrote no report (exit status {status}). Read the log of the job for the reason.", ""]
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
        lines += ["", "### Unknown (the harness or its surroundings failed)", ""]
        lines += [f"- {' '.join(one['claims'])}: {_cell(_first(one['message']))}" for one in report["errors"]]
    if report["problem"]:
        lines += ["", f"**The run failed:** {_cell(report['problem'])}"]
    refuted = [one for claim in report["claims"] for one in claim["findings"] if one["holds"] is False]
    return [
        *lines,
        "",
        f"Findings: {len(refuted)} promises of the document are refuted. See index.html of the report.",
        "",
    ]


def _causes(report: dict[str, Any]) -> list[str]:
    """Return the causes of divergences: for each the harm, the evidence, and the blocked claims."""
    if not report["causes"]:
        return []
    lines = ["", f"### Causes of divergence: {len(report['causes'])}", ""]
    lines += [f"**{_cell(report['stopped'])}**", ""] if report["stopped"] else []
    for number, cause in enumerate(report["causes"], 1):
        lines += [f"{number}. **{_cell(cause['cause'])}** ({' '.join(cause['claims'])}): {_cell(cause['harm'])}"]
        if seen := cause["evidence"]:
            observed = {seen["oracle"]: seen["seen"], **seen["others"]}
            lines += [f"   - checked: {_cell(seen['what'])}", f"   - expected: {_text(seen['expected'])}"]
            lines += [f"   - observed ({_cell(oracle)}): {_text(text)}" for oracle, text in observed.items()]
        if cause["blocks"]:
            lines += [f"   - blocked by it: {' '.join(cause['blocks'])}"]
    return lines


def annotated(report: dict[str, Any] | None, verdict: str, status: int) -> list[str]:
    """Return the annotations of the job: one error for each unknown scenario and one for each divergence."""
    if report is None:
        message = f"the run wrote no report (exit status {status}); read the log of the job"
        return [f"::error title=Conformance {verdict}::{message}"]
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


def _text(text: str) -> str:
    return _cell(_first(text)[:MOST_TEXT])


def _cell(text: str) -> str:
    """Escape foreign text for a Markdown table."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("|", "\\|").replace("`", "\\`")


def _escaped(text: str) -> str:
    """Escape foreign text for a workflow command of GitHub."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A").replace("::", ":%3A")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2])))
