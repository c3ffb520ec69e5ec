"""Write docs/proof.md from the report of a proof: what each mutant broke, and what was predicted.

``tox -e proof`` runs this after all mutants.  ``--check`` writes nothing and ends with exit status 1 if the page is
stale.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.document.ledger import claims
from harness.document.verdict import WORST_FIRST, ExitStatus, Verdict
from harness.subject.mutants import MUTANTS
from harness.subject.mutants.registry import Mutant

PROJECT = Path(__file__).parents[2]
REPORT = PROJECT / "reports" / "report.json"
PAGE = PROJECT / "docs" / "proof.md"
OTHERS = "some of the mutants only: docs/proof.md is not written"

HEAD = """# Proof that the checks can fail

A mutant is the reference with one deliberate fault. Before it is run, it names the claims that the fault must break,
and claims that have nothing to do with it. `tox -e proof` runs every mutant on the scenarios of both and writes this
page; do not edit it by hand. [glossary.md](glossary.md) explains the terms.

| column | meaning |
|---|---|
| failed as foreseen | The claim diverged, as the mutant had named it. |
| blocked | The claim was not reached, because another claim is broken. |
| survived | The claim did not diverge, although the mutant had named it. This is an error of the suite. |
| unforeseen | The claim diverged, although it has nothing to do with the fault. This is an error of the suite. |

"""


def page(scenarios: Iterable[Mapping[str, Any]], mutants: Mapping[str, Mutant]) -> str:
    """Return the page as Markdown.

    Args:
        scenarios: The scenarios of the report of a proof.
        mutants: All mutants by name.
    """
    verdicts = _verdicts(scenarios)
    rows = [_row(mutant, verdicts.get(name, {})) for name, mutant in sorted(mutants.items())]
    named = {claim for mutant in mutants.values() for claim in mutant.must_fail}
    never = [claim for claim in claims().values() if claim.is_judged and claim.id not in named]
    head = "| mutant | its fault | failed as foreseen | blocked | survived | unforeseen |\n|---|---|---|---|---|---|\n"
    foreseen = sum(len(mutant.must_fail) for mutant in mutants.values())
    count = f"{len(mutants)} mutants name {foreseen} failures of {len(named)} claims.\n\n"
    return f"{HEAD}{count}{head}" + "".join(rows) + _unbroken([claim.id for claim in never])


def main(arguments: list[str]) -> int:
    """Write or check the page.

    Returns:
        0, or 1 if the checked page is stale, or 4 if there is no report of a whole proof.
    """
    if [one for one in arguments if one != "--check"]:
        print(OTHERS)
        return ExitStatus.CONFORMANT
    report = json.loads(REPORT.read_text(encoding="utf-8")) if REPORT.exists() else {}
    ran = {str(one["subject"]).removeprefix("mutant:") for one in report.get("scenarios", ())}
    if not report.get("proof") or MUTANTS.keys() - ran:
        print(f"{REPORT} is not the report of a proof with every mutant; run tox -e proof first", file=sys.stderr)
        return ExitStatus.WRONG_USE
    text = page(report["scenarios"], MUTANTS)
    if "--check" not in arguments:
        PAGE.write_text(text, encoding="utf-8")
        return ExitStatus.CONFORMANT
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == text:
        return ExitStatus.CONFORMANT
    print(f"{PAGE} differs from what the report shows; run tox -e proof and review the difference", file=sys.stderr)
    return ExitStatus.DIVERGES


def _verdicts(scenarios: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Verdict]]:
    """Return the worst verdict of each claim, by mutant."""
    found: dict[str, dict[str, Verdict]] = {}
    for one in scenarios:
        of_mutant = found.setdefault(str(one["subject"]).removeprefix("mutant:"), {})
        for claim in one["claims"]:
            of_mutant[claim] = min(of_mutant.get(claim, Verdict.PASS), Verdict(one["verdict"]), key=WORST_FIRST.index)
    return found


def _row(mutant: Mutant, verdicts: Mapping[str, Verdict]) -> str:
    failed = {claim for claim, verdict in verdicts.items() if verdict is Verdict.FAIL}
    blocked = {claim for claim, verdict in verdicts.items() if verdict is Verdict.BLOCKED}
    columns = (
        failed & mutant.must_fail,
        blocked - mutant.must_fail,
        mutant.must_fail - failed,
        failed & mutant.unrelated,
    )
    cells = [" ".join(_in_order(column)) for column in columns]
    return f"| {mutant.name} | {' '.join(mutant.says.split())} | {' | '.join(cells)} |\n"


def _in_order(names: Iterable[str]) -> list[str]:
    return sorted(names, key=list(claims()).index)


def _unbroken(names: Sequence[str]) -> str:
    """Return the sentence about the claims that no mutant breaks."""
    if not names:
        return ""
    return (
        "\nNo mutant breaks these claims. Most of them are about kopia itself, and a wrapped kopia breaks them in "
        f"tests/real/test_verdicts.py: {' '.join(names)}.\n"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
