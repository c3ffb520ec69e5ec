"""Says of each scenario whether its result depends on the name of one of its namespaces.

It does where a value holds the name as the documented rules would make it (the name alone, or joined to something by
a hyphen), where the name is none that Kubernetes takes, where the length of name and namespace decides, and where one
namespace begins with another: a suffix would end that.
Custom names that the scenario itself gives are used as they are: what they look like proves nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.volsync.manifests import load_file
from tests.meta.gherkin_lint import KINDS, PLACEHOLDER

TAG = "literal-namespaces"
LENGTH_DECIDES = "object-name-namespace"
LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
IN_NAMESPACE = re.compile(r'namespace "([^"]*)"')
DOCUMENTED = re.compile(r'the documented manifest "([^"]+)"(?: in namespace "([^"]+)")?')
CUSTOM = ("username", "hostname")


@dataclass(frozen=True)
class Step:
    """One step of one row: its kind (given, when, then), its text, and its table with the header first."""

    kind: str
    text: str
    table: tuple[tuple[str, ...], ...]

    def cells(self) -> Iterator[tuple[str, str]]:
        """(column, cell) of a table; of a table of fields and values, (field, value)."""
        header, *rows = self.table or ((),)
        for row in rows:
            yield from [(row[0], row[1])] if header == ("field", "value") else zip(header, row, strict=True)


def wrong(feature: Mapping[str, Any], fixtures: Path) -> list[str]:
    """Name the scenarios that lack the tag, and those that carry it without need."""
    found = []
    for node, background in scenarios_with_background(feature):
        tags = {tag["name"].removeprefix("@") for tag in node["tags"]}
        needed = LENGTH_DECIDES in tags or any(depends(row, fixtures) for row in _rows(node, background))
        if needed != (TAG in tags):
            found.append(f"{node['name']!r}: {'lacks' if needed else 'needs no'} @{TAG}")
    return found


def depends(steps: Sequence[Step], fixtures: Path) -> bool:
    """Return whether the result of these steps depends on the name of a namespace."""
    manifests = [(one, where) for step in steps for one, where in _documented(step, fixtures)]
    names = {where for _, where in manifests}.union(*map(_namespaces, steps))
    custom = {value for one, _ in manifests for value in _custom_of(one)}.union(*map(_custom, steps))
    values = {value for step in steps for value in _values(step)} - custom
    illegal = any(LABEL.fullmatch(name) is None for name in names)
    alike = any(one != other and one.startswith(other) for one in names for other in names)
    return (
        illegal or alike or any(_holds(part, name) for value in values for part in value.split("@") for name in names)
    )


def _holds(value: str, name: str) -> bool:
    return value == name or value.startswith(f"{name}-") or value.endswith(f"-{name}")


def _namespaces(step: Step) -> set[str]:
    return {*IN_NAMESPACE.findall(step.text)} | {
        cell for column, cell in step.cells() if column in ("namespace", "sourceNamespace")
    }


def _values(step: Step) -> set[str]:
    words = re.findall(r'"([^"]*)"', IN_NAMESPACE.sub("", step.text))
    return {*words} | {cell for column, cell in step.cells() if column not in ("namespace", "sourceNamespace")}


def _custom(step: Step) -> set[str]:
    return {cell for column, cell in step.cells() if column in CUSTOM and step.kind != "then"}


def _documented(step: Step, fixtures: Path) -> Iterator[tuple[Mapping[str, Any], str]]:
    for name, namespace in DOCUMENTED.findall(step.text):
        for one in load_file(fixtures / f"{name}.yaml"):
            yield one, namespace or str(one["metadata"].get("namespace", "default"))


def _custom_of(manifest: Mapping[str, Any]) -> list[str]:
    kopia = (manifest.get("spec") or {}).get("kopia") or {}
    return [str(kopia[field]) for field in CUSTOM if field in kopia]


def scenarios_with_background(
    feature: Mapping[str, Any],
) -> Iterator[tuple[Mapping[str, Any], list[Mapping[str, Any]]]]:
    """Each scenario with the steps of the Backgrounds before it."""
    above = _background(feature["children"])
    for child in feature["children"]:
        if "scenario" in child:
            yield child["scenario"], above
        for inner in child.get("rule", {}).get("children", ()):
            if "scenario" in inner:
                yield inner["scenario"], above + _background(child["rule"]["children"])


def _background(children: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [step for child in children if "background" in child for step in child["background"]["steps"]]


def _rows(node: Mapping[str, Any], background: Sequence[Mapping[str, Any]]) -> Iterator[list[Step]]:
    """The steps of a scenario; of an outline, those of each row."""
    tables = [(table["tableHeader"], row) for table in node["examples"] for row in table["tableBody"]]
    for header, row in tables or [({"cells": ()}, {"cells": ()})]:
        names, values = ([cell["value"] for cell in part["cells"]] for part in (header, row))
        yield _steps([*background, *node["steps"]], dict(zip(names, values, strict=True)))


def _steps(nodes: Sequence[Mapping[str, Any]], values: Mapping[str, str]) -> list[Step]:
    fill = lambda text: PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), text)  # noqa: E731
    found, kind = [], ""
    for node in nodes:
        kind = KINDS.get(node["keywordType"], kind)
        rows = (node.get("dataTable") or {}).get("rows", ())
        table = tuple(tuple(fill(cell["value"]) for cell in row["cells"]) for row in rows)
        found.append(Step(kind, fill(node["text"]), table))
    return found
