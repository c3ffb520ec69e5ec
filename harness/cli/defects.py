"""``tox -e defects``: writes docs/document-defects.md from the known defects and from what a run showed.

``tox -e defects -- --check`` compares instead, and ends with 1 where the page is stale.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.document.ledger import claims, defects
from harness.document.verdict import ExitStatus, Verdict

PROJECT = Path(__file__).parents[2]
REPORT = PROJECT / "reports" / "report.json"
PAGE = PROJECT / "docs" / "document-defects.md"

HEAD = """# Defects of the document

Where the document contradicts itself, leaves a gap, or shows what cannot be: what it says, what follows, and what a
reader should rely on. Made by `tox -e defects` from harness/document/defects.yaml and from a run of the suite with its
reference; do not edit it by hand.

Each proof says what showed it. Only kopia and jq are real in that run; no API server is asked in it.

| shown by | what that is worth |
|---|---|
| kopia | A real kopia and its repository: true of every operator that hands kopia these names. |
| jq | A real jq with the documented expression. |
| Kubernetes' rules | The suite's copy of the rules for names of objects and namespaces. |
| the reference's rules | The rules of the document as the reference follows them, one side or the other: what \
follows from the text, not what some operator does. |
| the text | Nothing was run for it. The places are the proof; the claim is the nearest one that is run. |
"""
SHOWN_BY = {
    "kopia": "kopia",
    "jq": "jq",
    "kubernetes-rules": "Kubernetes' rules",
    "reference-rules": "the reference's rules",
    "text": "the text",
}


def page(defects: Sequence[Mapping[str, Any]], report: Mapping[str, Any]) -> str:
    """The page as Markdown."""
    return "\n".join([HEAD, *(_section(number, defect, report) for number, defect in enumerate(defects, 1))])


def main(arguments: list[str]) -> int:
    """Writes or checks the page; returns 0, 1 where it is stale, 4 where there is no whole report."""
    if not REPORT.exists():
        print(f"{REPORT} is missing; run tox -e conformance first", file=sys.stderr)
        return ExitStatus.WRONG_USE
    report = json.loads(REPORT.read_text(encoding="utf-8"))
    asked = {claim.id for claim in claims().values() if claim.kind != "advice"}
    lacking = sorted(asked - verdicts_of(report).keys())
    if lacking or report["subject"]["name"] != "reference":
        print(f"{REPORT} is not of a whole run of the reference; run tox -e conformance first", file=sys.stderr)
        return ExitStatus.WRONG_USE
    text = page(defects(), report)
    if "--check" not in arguments:
        PAGE.write_text(text, encoding="utf-8")
        return ExitStatus.CONFORMANT
    if PAGE.read_text(encoding="utf-8") == text:
        return ExitStatus.CONFORMANT
    print(f"{PAGE} does not say what the run showed; run tox -e defects and look at what changed", file=sys.stderr)
    return ExitStatus.DIVERGES


def verdicts_of(report: Mapping[str, Any]) -> dict[str, Verdict]:
    """The verdict of each claim of a report."""
    return {claim["id"]: Verdict(claim["verdict"]) for claim in report["claims"]}


def _section(number: int, defect: Mapping[str, Any], report: Mapping[str, Any]) -> str:
    lines = [f"## {number}. {defect['title']}", "", f"*{defect['kind']}*", ""]
    lines += [f"- {place['section']}: {place['says']}." for place in defect["places"]]
    lines += ["", defect["follows"], "", f"**Rely on:** {defect['rely_on']}", "", "Shown by:", ""]
    lines += [line for claim, by in defect["proof"].items() for line in _proof(claim, by, report)]
    return "\n".join([*lines, ""])


def _proof(claim: str, shown_by: str, report: Mapping[str, Any]) -> list[str]:
    lines = [f"- {SHOWN_BY[shown_by]}: `{claim}` {verdicts_of(report)[claim].of_proof}: {claims()[claim].says}"]
    if shown_by == "text":
        return lines
    seen = {
        f"  - refuted: expected {finding['question']}, observed {finding['seen']}"
        for scenario in report["scenarios"]
        if claim in scenario["claims"]
        for finding in scenario["findings"]
        if finding["holds"] is False
    }
    return [*lines, *sorted(seen)]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
