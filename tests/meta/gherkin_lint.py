"""Reads features as Gherkin and names what pytest-bdd would let pass without a word.

Each function returns findings as text, empty where all is well; test_gherkin_lint.py shows each
of them a feature that it must catch.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gherkin.parser import Parser

PLACEHOLDER = re.compile(r"<([^<>\s][^<>]*)>")
FORBIDDEN_WORDS = re.compile(r"\b(skip|wait|sleep|retry|eventually|if)\b", re.IGNORECASE)
KINDS = {"Context": "given", "Action": "when", "Outcome": "then"}
MAX_STEPS = 6
MAX_BACKGROUND_STEPS = 3


@dataclass(frozen=True)
class Examples:
    """One table of an outline: its columns, its rows, and the tags above it."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    tags: frozenset[str]


@dataclass(frozen=True)
class Scenario:
    """One scenario or outline of a feature; ``own_tags`` are without those of its tables of Examples."""

    name: str
    own_tags: frozenset[str]
    steps: tuple[tuple[str, str], ...]
    texts: tuple[str, ...]
    examples: tuple[Examples, ...]
    is_outline: bool

    @property
    def tags(self) -> frozenset[str]:
        return self.own_tags.union(*(table.tags for table in self.examples))

    @property
    def columns(self) -> set[str]:
        return {column for table in self.examples for column in table.columns}

    @property
    def runs(self) -> int:
        """How many tests it becomes, before sides multiply it."""
        return sum(len(table.rows) for table in self.examples) if self.is_outline else 1


def read(text: str) -> Mapping[str, Any]:
    return Parser().parse(text)["feature"]


def scenarios(feature: Mapping[str, Any]) -> list[Scenario]:
    return [_scenario(child["scenario"], feature) for child in _children(feature) if "scenario" in child]


def rules(feature: Mapping[str, Any]) -> list[str]:
    return [child["rule"]["name"] for child in feature["children"] if "rule" in child]


def duplicate_names(feature: Mapping[str, Any]) -> list[str]:
    """Of two scenarios with one name in a file only one would run."""
    counted = Counter(scenario.name for scenario in scenarios(feature))
    return [f"two scenarios are called {name!r}" for name, number in counted.items() if number > 1]


def loose_placeholders(feature: Mapping[str, Any]) -> list[str]:
    """A misspelt ``<placeholder>`` runs as it stands; so does one in a plain scenario."""
    return [
        f"{scenario.name!r}: <{name}> is no column of its Examples"
        for scenario in scenarios(feature)
        for text in (scenario.name, *scenario.texts)
        for name in PLACEHOLDER.findall(text)
        if name not in scenario.columns
    ]


def unused_columns(feature: Mapping[str, Any]) -> list[str]:
    return [
        f"{scenario.name!r}: the column {column} is used nowhere"
        for scenario in scenarios(feature)
        for column in sorted(scenario.columns)
        if not any(f"<{column}>" in text for text in (scenario.name, *scenario.texts))
    ]


def empty_examples(feature: Mapping[str, Any]) -> list[str]:
    """A table of a header alone makes an outline that runs once, with its placeholders in it."""
    return [
        f"{scenario.name!r}: Examples without a row"
        for scenario in scenarios(feature)
        if scenario.is_outline and (not scenario.examples or not all(table.rows for table in scenario.examples))
    ]


def forbidden_words(feature: Mapping[str, Any]) -> list[str]:
    """A feature states what holds: it skips nothing, waits for nothing, and has no conditions."""
    found = []
    for scenario in scenarios(feature):
        for text in (*scenario.tags, *scenario.texts):
            if FORBIDDEN_WORDS.search(text):
                found.append(f"{scenario.name!r}: {text!r} skips, waits or decides")
    return found


def misshapen(feature: Mapping[str, Any]) -> list[str]:
    """One When, a Then, about five steps; a Background of at most three."""
    found = [f"a Background of {number} steps" for number in _backgrounds(feature) if number > MAX_BACKGROUND_STEPS]
    for scenario in scenarios(feature):
        kinds = [kind for kind, _ in scenario.steps]
        if kinds.count("Action") != 1:
            found.append(f"{scenario.name!r}: {kinds.count('Action')} When")
        if "Outcome" not in kinds:
            found.append(f"{scenario.name!r}: no Then")
        if len(scenario.steps) > MAX_STEPS:
            found.append(f"{scenario.name!r}: {len(scenario.steps)} steps")
    return found


def outside_rules(feature: Mapping[str, Any]) -> list[str]:
    loose = [child["scenario"]["name"] for child in feature["children"] if "scenario" in child]
    return [f"{name!r} stands under no Rule" for name in loose]


def wrong_tags(feature: Mapping[str, Any], claims: Sequence[str], others: Sequence[str]) -> list[str]:
    """Every scenario carries the tag of a claim, or each of its Examples does; nothing carries an unknown tag."""
    found = []
    for scenario in scenarios(feature):
        below = [scenario.own_tags | table.tags for table in scenario.examples] or [scenario.own_tags]
        if not all(tags & set(claims) for tags in below):
            found.append(f"{scenario.name!r}: no claim")
        found += [f"{scenario.name!r}: unknown tag {tag}" for tag in sorted(scenario.tags - {*claims, *others})]
        above_examples = scenario.tags - scenario.own_tags - set(claims)
        found += [f"{scenario.name!r}: {tag} is no claim; it belongs above the outline" for tag in above_examples]
    return found


def step_texts(folder: Path) -> Iterator[tuple[str, str]]:
    """(given, when or then; text) of every step of every feature, placeholders filled by their first row."""
    for file in sorted(folder.rglob("*.feature")):
        feature = read(file.read_text(encoding="utf-8"))
        for child in _children(feature):
            node = child.get("scenario") or child.get("background")
            values = _first_row(node)
            kind = ""
            for step in node["steps"]:
                kind = KINDS.get(step["keywordType"], kind)
                yield kind, PLACEHOLDER.sub(lambda match, row=values: row.get(match[1], match[0]), step["text"])


def _first_row(node: Mapping[str, Any]) -> dict[str, str]:
    for table in node.get("examples", ()):
        header = [cell["value"] for cell in table["tableHeader"]["cells"]]
        for row in table["tableBody"][:1]:
            return dict(zip(header, [cell["value"] for cell in row["cells"]], strict=True))
    return {}


def _children(feature: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for child in feature["children"]:
        yield from child["rule"]["children"] if "rule" in child else [child]


def _backgrounds(feature: Mapping[str, Any]) -> list[int]:
    return [len(child["background"]["steps"]) for child in _children(feature) if "background" in child]


def _scenario(node: Mapping[str, Any], feature: Mapping[str, Any]) -> Scenario:
    kinds: list[tuple[str, str]] = []
    texts: list[str] = []
    for step in node["steps"]:
        kind = kinds[-1][0] if step["keywordType"] == "Conjunction" and kinds else step["keywordType"]
        kinds.append((kind, step["text"]))
        texts.append(step["text"])
        table = step.get("dataTable")
        texts += [cell["value"] for row in (table["rows"] if table else ()) for cell in row["cells"]]
    examples = tuple(
        Examples(
            _cells(table["tableHeader"]) if table.get("tableHeader") else (),
            tuple(_cells(row) for row in table.get("tableBody", ())),
            _tags(table),
        )
        for table in node["examples"]
    )
    tags = _tags(feature) | _tags(node)
    return Scenario(node["name"], tags, tuple(kinds), tuple(texts), examples, "Outline" in node["keyword"])


def _cells(row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(cell["value"] for cell in row["cells"])


def _tags(node: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(tag["name"].removeprefix("@") for tag in node["tags"])
