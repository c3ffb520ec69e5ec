"""Render docs/spec.md: every claim with its scenarios, for readers who do not read Python."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from gherkin.parser import Parser

from harness.document.ledger import Claim, areas, claims
from harness.model import VARIANT_TAGS, VARIANTS

HEAD = """# What an operator has to do

Every promise of the document, in our own words, with the scenarios that test it. `tox -e spec` writes this page from
harness/document/claims.yaml and features/; do not edit it by hand.

A *source* is a ReplicationSource, a *destination* is a ReplicationDestination, and an *identity* is the
`username@hostname` of a kopia client. [glossary.md](glossary.md) explains all terms.

A claim that is *decided by* admission, controller or mover is about that part of an operator. A claim decided by kopia
is about the kopia binary. A claim decided by the document is a promise: it is tested, but it neither passes nor fails
an operator.

The document contradicts itself in two places. A scenario that holds in one variant only has the tag of that variant:

| variant | meaning |
|---|---|
"""
SOURCES = {
    "document": "",
    "sister-page": "; from the page on restores",
    "common-sense": "; common sense, not from the document",
}


def page(features: Path) -> str:
    """Return the page as Markdown, with the scenarios of all features below a folder."""
    scenarios_of = _by_claim(features)
    variants = [variant for one in VARIANTS.values() for variant in one.variants]
    lines = [HEAD + "".join(f"| `@{variant}` | {variant.in_words} |\n" for variant in variants)]
    for area, title in areas().items():
        lines += [f"## {title}", ""]
        for claim in claims().values():
            if claim.area == area:
                lines += _claim(claim, scenarios_of.get(claim.id, []))
    return "\n".join(lines)


def _claim(claim: Claim, scenarios: list[str]) -> list[str]:
    decided = ", ".join(claim.decided_by)
    about = f"*{claim.kind}; decided by {decided}; {claim.profile}{SOURCES[claim.source]}*"
    return [f"### {claim.id}", "", claim.says, "", about, "", *scenarios]


def _by_claim(folder: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for file in sorted(folder.rglob("*.feature")):
        feature = Parser().parse(file.read_text(encoding="utf-8"))["feature"]
        for rule, scenario in _scenarios(feature):
            tags = [tag["name"].removeprefix("@") for tag in scenario["tags"]]
            text = _scenario(rule, scenario, [tag for tag in tags if tag in VARIANT_TAGS])
            for claim in tags:
                found.setdefault(claim, []).append(text)
    return found


def _scenarios(feature: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for child in feature["children"]:
        for inner in child["rule"]["children"] if "rule" in child else [child]:
            if "scenario" in inner:
                yield child.get("rule", {}).get("name", ""), inner["scenario"]


def _scenario(rule: str, scenario: Mapping[str, Any], variants: list[str]) -> str:
    lines = [f"{rule}:" if rule else "", "", "```gherkin"]
    lines += [" ".join(f"@{variant}" for variant in variants)] if variants else []
    lines += [f"{scenario['keyword']}: {scenario['name']}"]
    for step in scenario["steps"]:
        lines.append(f"  {step['keyword'].strip()} {step['text']}")
        lines += _table(step.get("dataTable", {}).get("rows", ()), "    ")
    for examples in scenario["examples"]:
        lines += ["", "  Examples:", *_table([examples["tableHeader"], *examples["tableBody"]], "    ")]
    return "\n".join([*lines, "```", ""])


def _table(rows: Any, indent: str) -> list[str]:
    cells = [[cell["value"] for cell in row["cells"]] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [
        f"{indent}| {' | '.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))} |" for row in cells
    ]
