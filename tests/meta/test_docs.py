"""Guards the docs: the files that they name exist, their links lead somewhere, and the glossary is complete."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
GENERATED = ("spec.md", "document-defects.md")
DOCS = [
    *(PROJECT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    *(file for file in sorted((PROJECT / "docs").glob("*.md")) if file.name not in GENERATED),
]
GLOSSARY = PROJECT / "docs" / "glossary.md"
TERMS = re.findall(r"^\| ([^|]+) \| ([^|]+) \| `([^`]+)` \|$", GLOSSARY.read_text(encoding="utf-8"), re.MULTILINE)


def missing_paths(text: str) -> list[str]:
    """Return the paths of this project in backticks that do not exist."""
    named = re.findall(r"`((?:harness|plugin|steps|tests|docs|features|fixtures|tools)/[\w./-]*)`", text)
    return sorted({path for path in named if not (PROJECT / path).exists()})


def dead_links(text: str, folder: Path) -> list[str]:
    """Return the relative links whose file, or whose section in it, does not exist."""
    links = [link for link in re.findall(r"\]\(([^)]+)\)", text) if not link.startswith("http")]
    return [link for link in links if not is_alive(link, folder)]


def is_alive(link: str, folder: Path) -> bool:
    path, _, section = link.partition("#")
    target = folder / path
    return target.exists() and (not section or section in sections(target.read_text(encoding="utf-8")))


def sections(text: str) -> set[str]:
    """Return the anchors that GitHub makes of the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("doc", DOCS, ids=lambda doc: doc.name)
def test_what_a_page_names_exists(doc):
    text = doc.read_text(encoding="utf-8")
    assert missing_paths(text) == []
    assert dead_links(text, doc.parent) == []


def test_a_path_and_a_link_that_lead_nowhere_are_found():
    assert missing_paths("see `harness/no_such_module.py` and `harness/model.py`") == ["harness/no_such_module.py"]
    text = "[a](README.md) [b](NO.md) [c](docs/architecture.md#layers) [d](docs/architecture.md#no-such-section)"
    assert dead_links(text, PROJECT) == ["NO.md", "docs/architecture.md#no-such-section"]


@pytest.mark.parametrize("doc", ["README.md", "CONTRIBUTING.md", "docs/architecture.md"])
def test_the_glossary_is_linked(doc):
    assert "glossary.md)" in (PROJECT / doc).read_text(encoding="utf-8")


def test_each_term_of_the_glossary_has_a_sentence_and_a_file():
    rows = [line for line in GLOSSARY.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    assert len(TERMS) == len(rows) - 3, "a row has no sentence or no file; three rows are headings"
    assert [term for term, sentence, _ in TERMS if not sentence.strip().endswith(".")] == []
    assert [(term, file) for term, _, file in TERMS if not (PROJECT / file).exists()] == []


def test_no_term_is_explained_twice():
    names = [name.strip() for term, _, _ in TERMS for name in term.split(",")]
    assert sorted(names) == sorted(set(names))
