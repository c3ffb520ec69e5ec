"""Says which capabilities a scenario uses, that is, which fields a subject may lack (``needs`` of a claim)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.volsync.fields import Field, kopia_spec
from harness.volsync.manifests import load_file
from tests.meta import gherkin_lint as lint
from tests.meta.literal_namespaces import scenarios_with_background

USED_BY: Mapping[str, str] = {
    "additional-arguments": rf"\b{Field.ADDITIONAL_ARGS}\b|\badditional arguments\b",
    "file-deletion": rf"\b{Field.ENABLE_FILE_DELETION}\b",
    "path-prefix": r"s3://[^\s/\"]+/+[^\s/\"]",
    "previous": rf"\b{Field.PREVIOUS}\b",
    "restore-as-of": rf"\b{Field.RESTORE_AS_OF}\b",
    "shallow": rf"\b{Field.SHALLOW}\b",
    "source-path-override": rf"\b{Field.SOURCE_PATH_OVERRIDE}\b",
}
"""What the steps that do something (given, when) hold if they use a capability."""
SEEN_BY: Mapping[str, str] = {
    "discovery": r"\bdiscover|\bits status lists\b|\blists one identity\b|\bevery identity of the repository\b",
}
"""What any step holds if it uses a capability that is seen in a status."""
DOCUMENTED = re.compile(r'the documented manifest "([^"]+)"')


def used(feature: Mapping[str, Any], fixtures: Path) -> Iterator[tuple[frozenset[str], set[str]]]:
    """Return the tags and the capabilities of each scenario, and of each table of an outline."""
    for node, background in scenarios_with_background(feature):
        own, steps = _tags(node), [*background, *node["steps"]]
        for table in node["examples"] or [{}]:
            rows = [*([table["tableHeader"]] if "tableHeader" in table else []), *table.get("tableBody", ())]
            yield own | _tags(table), _capabilities(steps, _cells(rows), fixtures)


def _capabilities(steps: Sequence[Mapping[str, Any]], examples: Sequence[str], fixtures: Path) -> set[str]:
    acts, all_texts, kind = [*examples], [], ""
    for step in steps:
        kind = lint.KINDS.get(step["keywordType"], kind)
        all_texts.append(step["text"])
        if kind != "then":
            acts += [step["text"], (step.get("docString") or {}).get("content", "")]
            acts += _cells((step.get("dataTable") or {}).get("rows", ()))
            acts += _documented(step["text"], fixtures)
    found = {name for name, words in USED_BY.items() if any(re.search(words, text) for text in acts)}
    return found | {name for name, words in SEEN_BY.items() if any(re.search(words, text) for text in all_texts)}


def _documented(text: str, fixtures: Path) -> list[str]:
    manifests = [one for name in DOCUMENTED.findall(text) for one in load_file(fixtures / f"{name}.yaml")]
    return [field for one in manifests for field in kopia_spec(one)]


def _cells(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    return [cell["value"] for row in rows for cell in row["cells"]]


def _tags(node: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(tag["name"].removeprefix("@") for tag in node.get("tags", ()))
