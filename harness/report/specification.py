"""Render docs/spec.md: every claim with its scenarios, for readers who do not read Python."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from gherkin.parser import Parser

from harness.document.ledger import Claim, areas, claims
from harness.model import VARIANT_TAGS, VARIANTS

HEAD = """# What an operator has to do

Every promise of the document, in our own words, with the scenarios that test it, and our own claims about safety at the
end. `tox -e spec` writes this page from the ledger (claims.yaml and safety.yaml in harness/document) and features/; do
not edit it by hand.

A *source* is a {source}, a *destination* is a {destination}, and an *identity* is the
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


def page(features: Path, kind_of_sources: str, kind_of_destinations: str) -> str:
    """Return the page as Markdown.

    Args:
        features: The folder below which all features are.
        kind_of_sources: The kind of the objects that back up.
        kind_of_destinations: The kind of the objects that restore.
    """
    head = HEAD.format(source=kind_of_sources, destination=kind_of_destinations)
    scenarios_of = _by_claim(features)
    variants = [variant for one in VARIANTS.values() for variant in one.variants]
    lines = [head + "".join(f"| `@{variant}` | {variant.in_words} |\n" for variant in variants)]
    for area, title in areas().items():
        lines += [f"## {title}", ""]
        for claim in claims().values():
            if claim.area == area:
                lines += _claim(claim, scenarios_of.get(claim.id, []))
    return "\n".join(lines)


def _claim(claim: Claim, scenarios: list[str]) -> list[str]:
    decided = ", ".join(claim.decided_by)
    about = f"*{claim.kind}; decided by {decided}; {claim.profile}{SOURCES[claim.source]}*"
    harm = [f"Harm ({claim.kind_of_harm}): {claim.harm}", ""] if claim.kind_of_harm else []
    return [f"### {claim.id}", "", claim.says, "", *harm, about, "", *scenarios]


def _by_claim(folder: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for file in sorted(folder.rglob("*.feature")):
        feature = Parser().parse(file.read_text(encoding="utf-8"))["feature"]
        for rule, background, scenario in _scenarios(feature):
            for claim, examples in _claims_of(scenario).items():
                text = _scenario(rule, background, {**scenario, "examples": examples})
                found.setdefault(claim, []).append(text)
    return found


def _scenarios(feature: Mapping[str, Any]) -> Iterator[tuple[str, list[Any], Mapping[str, Any]]]:
    """(rule, steps of the Backgrounds before it, scenario) of a feature."""
    above = _background(feature["children"])
    for child in feature["children"]:
        inside = child["rule"]["children"] if "rule" in child else [child]
        background = above + _background(inside) if "rule" in child else above
        for inner in inside:
            if "scenario" in inner:
                yield child.get("rule", {}).get("name", ""), background, inner["scenario"]


def _background(children: Sequence[Mapping[str, Any]]) -> list[Any]:
    return [step for child in children if "background" in child for step in child["background"]["steps"]]


def _claims_of(scenario: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return the tags of a scenario, each with its Examples: all, or those that the tag stands above."""
    found: dict[str, list[Any]] = {tag: list(scenario["examples"]) for tag in _tags(scenario)}
    for examples in scenario["examples"]:
        for tag in _tags(examples):
            found.setdefault(tag, []).append(examples)
    return found


def _tags(node: Mapping[str, Any]) -> list[str]:
    return [tag["name"].removeprefix("@") for tag in node["tags"]]


def _scenario(rule: str, background: Sequence[Mapping[str, Any]], scenario: Mapping[str, Any]) -> str:
    lines = [f"{rule}:" if rule else "", "", "```gherkin"]
    if background:
        lines += ["Background:", *(line for step in background for line in _step(step)), ""]
    variants = [tag for tag in _tags(scenario) if tag in VARIANT_TAGS]
    lines += [" ".join(f"@{variant}" for variant in variants)] if variants else []
    lines += [f"{scenario['keyword']}: {scenario['name']}"]
    lines += [line for step in scenario["steps"] for line in _step(step)]
    for examples in scenario["examples"]:
        title = f"  Examples: {examples['name']}".rstrip()
        lines += ["", title, *_table([examples["tableHeader"], *examples["tableBody"]], "    ")]
    return "\n".join([*lines, "```", ""])


def _step(step: Mapping[str, Any]) -> list[str]:
    quoted = step["docString"]["content"].splitlines() if "docString" in step else []
    text = [f"    {line}" for line in ('"""', *quoted, '"""')] if quoted else []
    table = _table(step.get("dataTable", {}).get("rows", ()), "    ")
    return [f"  {step['keyword'].strip()} {step['text']}", *text, *table]


def _table(rows: Any, indent: str) -> list[str]:
    cells = [[cell["value"] for cell in row["cells"]] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [
        f"{indent}| {' | '.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))} |" for row in cells
    ]
