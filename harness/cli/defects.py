"""Write docs/document-defects.md from harness/document/defects.yaml and the report of a run: ``tox -e defects``.

``tox -e defects -- --check`` writes nothing. It ends with exit status 1 if the page is stale.
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

The contradictions, gaps and impossible examples of the document: what the document says, what follows from it, and
what a user should do. `tox -e defects` writes this page from harness/document/defects.yaml and from a run of the suite
with its reference subject; do not edit it by hand. [glossary.md](glossary.md) explains the terms.

Each proof names what shows the defect. In that run, only kopia and jq are real programs; no API server is used.

| shown by | how far the proof goes |
|---|---|
| kopia | A real kopia and its repository. It holds for every operator that gives kopia these names. |
| jq | A real jq with the documented expression. |
| Kubernetes rules | The suite's copy of the Kubernetes rules for names of objects and namespaces. |
| reference rules | The rules of the document, as the reference subject implements them in both variants. The proof \
shows what follows from the text, not what a certain operator does. |
| text | Nothing is run for it. The places in the document are the proof; the claim is the closest one that is run. |
"""
SHOWN_BY = {
    "kopia": "kopia",
    "jq": "jq",
    "kubernetes-rules": "Kubernetes rules",
    "reference-rules": "reference rules",
    "text": "text",
}


def page(defects: Sequence[Mapping[str, Any]], report: Mapping[str, Any]) -> str:
    """Return the page as Markdown."""
    return "\n".join([HEAD, *(_section(number, defect, report) for number, defect in enumerate(defects, 1))])


def main(arguments: list[str]) -> int:
    """Write or check the page.

    Returns:
        0, or 1 if the checked page is stale, or 4 if there is no report of a whole run of the reference.
    """
    if not REPORT.exists():
        print(f"{REPORT} does not exist; run tox -e conformance first", file=sys.stderr)
        return ExitStatus.WRONG_USE
    report = json.loads(REPORT.read_text(encoding="utf-8"))
    asked = {claim.id for claim in claims().values() if claim.kind != "advice"}
    lacking = sorted(asked - verdicts_of(report).keys())
    if lacking or report["subject"]["name"] != "reference":
        print(
            f"{REPORT} is not the report of a whole run of the reference; run tox -e conformance first", file=sys.stderr
        )
        return ExitStatus.WRONG_USE
    text = page(defects(), report)
    if "--check" not in arguments:
        PAGE.write_text(text, encoding="utf-8")
        return ExitStatus.CONFORMANT
    if PAGE.read_text(encoding="utf-8") == text:
        return ExitStatus.CONFORMANT
    print(f"{PAGE} differs from what the report shows; run tox -e defects and review the difference", file=sys.stderr)
    return ExitStatus.DIVERGES


def verdicts_of(report: Mapping[str, Any]) -> dict[str, Verdict]:
    """Return the verdict of each claim in a report."""
    return {claim["id"]: Verdict(claim["verdict"]) for claim in report["claims"]}


def _section(number: int, defect: Mapping[str, Any], report: Mapping[str, Any]) -> str:
    lines = [f"## {number}. {defect['title']}", "", f"*{defect['kind']}*", ""]
    lines += [f"- {place['section']}: {place['says']}." for place in defect["places"]]
    lines += ["", defect["follows"], "", f"**What to do:** {defect['rely_on']}", "", "Shown by:", ""]
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
