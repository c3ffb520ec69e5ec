"""Write docs/hazards.md from harness/document/hazards.yaml: ``tox -e hazards``."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from harness.document.harms import Harm
from harness.document.hazards import Hazard, Hazards, hazards
from harness.document.ledger import claims

PAGE = Path(__file__).parents[2] / "docs" / "hazards.md"

HEAD = """# Hazard analysis

What can go wrong with each part of the contract between users, operator and mover: every field of both kinds, every
variable of the Job, every key of the repository Secret, and every state that outlives a sync, under each condition. For
each cell: what happens if an operator is careless, what a careful operator does, and which claim shows the difference.
Two people made the analysis independently, and the results were merged. `tox -e hazards` writes this page from
harness/document/hazards.yaml; do not edit it by hand. [glossary.md](glossary.md) explains the terms.

"""
COLUMNS = ("parts", "conditions", "hazard", "a careful operator", "harm", "shown by")
GROUPS = {
    "source-field": "Fields of a source",
    "destination-field": "Fields of a destination",
    "job-variable": "Variables and arguments of the Job",
    "secret-key": "Keys of the repository Secret",
    "state": "State that outlives a sync",
}


def page(analysis: Hazards) -> str:
    """Return the page as Markdown."""
    lines = [HEAD + _summary(analysis), "## Conditions", "", "| condition | meaning |", "|---|---|"]
    lines += [f"| {name} | {meaning} |" for name, meaning in analysis.conditions.items()]
    for group, title in GROUPS.items():
        parts = [part for part in analysis.parts.values() if part.group == group]
        lines += ["", f"## {title}", "", "| part | what it is for |", "|---|---|"]
        lines += [f"| `{part.name}` | {part.what} |" for part in parts]
        lines += [
            "",
            "| parts | conditions | hazard | a careful operator | harm | shown by |",
            "|---|---|---|---|---|---|",
        ]
        lines += [_row(one) for one in analysis.cells if analysis.parts[one.parts[0]].group == group]
    return "\n".join([*lines, ""])


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(hazards()), encoding="utf-8")


def _summary(analysis: Hazards) -> str:
    """Return the numbers of cells by their answer, and the safety claims that no cell names."""
    count: Counter[str] = Counter()
    for one in analysis.cells:
        answer = "part" if one.claims and one.open else "claims" if one.claims else "none" if one.none else "open"
        count[answer] += len(one.parts) * len(one.conditions)
    harms = Counter(one.harm for one in analysis.cells if one.harm != "none")
    in_words = ", ".join(f"{harm}: {harms[harm]}" for harm in Harm)
    named = {claim for one in analysis.cells for claim in one.claims}
    others = [claim.id for claim in claims().values() if claim.profile == "safety" and claim.id not in named]
    rest = f" Safety claims that no cell names: {' '.join(others)}." if others else ""
    return (
        f"{len(analysis.parts)} parts under {len(analysis.conditions)} conditions are {sum(count.values())} cells: "
        f"{count['claims']} are shown by claims, {count['part']} in part, {count['none']} need none, and "
        f"{count['open']} are open. Answers by harm: {in_words}.{rest}\n"
    )


def _row(one: Hazard) -> str:
    still_open = f"**open**: {one.open}" if one.open else ""
    shown = f"no claim needed: {one.none}" if one.none else f"{' '.join(one.claims)} {still_open}"
    parts = ", ".join(f"`{part}`" for part in one.parts)
    cells = [parts, ", ".join(one.conditions), one.hazard, one.careful, one.harm, shown]
    return f"| {' | '.join(' '.join(cell.split()).replace('|', '&#124;') for cell in cells)} |"


if __name__ == "__main__":
    main()
