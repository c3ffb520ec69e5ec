"""Which names the namespaces of a scenario have on an API that scenarios share.

A scenario that holds a name literally, as part of an identity or for its length, keeps it and takes
turns with others that use the name; all others get names of their own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from filelock import FileLock

from harness.model import VARIANT_TAGS
from harness.report.outcome import StepRecord, Story
from harness.volsync.manifests import load_file

DOCUMENTED = re.compile(r'the documented manifest "(?P<name>[^"]+)"( in namespace "(?P<namespace>[^"]+)")?')
IN_NAMESPACE = re.compile(r'namespace "([^"]*)"')
ASKED_FOR = re.compile(r'asks for the source "[^"]*" of namespace "([^"]*)"')
ROLE_COLUMNS = ("namespace",)
ROLE_FIELDS = ("sourceNamespace",)
LOCKS_FOLDER = "namespaces"


def only_named(story: Story) -> set[str]:
    """Return the namespaces that a scenario names and puts no object into: they keep their names, without a turn."""
    return {name for step in story.steps for name in ASKED_FOR.findall(step.text)}


def literal_names(story: Story, tags: set[str], fixtures: Path) -> set[str]:
    """The namespaces of a scenario that holds one literally; empty where it holds none."""
    names = {name for step in story.steps for name in _namespaces(step)} - only_named(story)
    names |= _documented(story, fixtures)
    held = tags & VARIANT_TAGS or any(_holds(step, names) for step in story.steps)
    return names if held else set()


@contextmanager
def names_for(literal: set[str], named: set[str], folder: Path, suffix: str) -> Iterator[Callable[[str], str]]:
    """The mapping of namespaces for one scenario, with its turn on those that it holds literally."""
    if not literal:
        yield lambda name: name if name in named else f"{name}-{suffix}"
        return
    (folder / LOCKS_FOLDER).mkdir(exist_ok=True)
    with ExitStack() as turns:
        for name in sorted(literal):
            turns.enter_context(FileLock(folder / LOCKS_FOLDER / f"{re.sub(r'[^a-z0-9-]', '_', name)}.lock"))
        yield str


def _documented(story: Story, fixtures: Path) -> set[str]:
    found = [match for step in story.steps for match in DOCUMENTED.finditer(step.text)]
    return {
        match["namespace"] or str(one["metadata"].get("namespace", "default"))
        for match in found
        for one in load_file(fixtures / f"{match['name']}.yaml")
    }


def _namespaces(step: StepRecord) -> Iterator[str]:
    yield from IN_NAMESPACE.findall(step.text)
    header, *rows = step.table or ((),)
    for index, column in enumerate(header):
        if column in ROLE_COLUMNS:
            yield from (row[index] for row in rows)
    yield from (row[1] for row in rows if len(row) == 2 and row[0] in ROLE_FIELDS)


def _holds(step: StepRecord, names: set[str]) -> bool:
    """Whether a step names a namespace elsewhere than where a namespace is meant."""
    rest = IN_NAMESPACE.sub("", step.text)
    words = {part for word in re.findall(r'"([^"]*)"', rest) for part in (word, *word.split("@"))}
    header, *rows = step.table or ((),)
    for row in rows:
        cells = [cell for column, cell in zip(header, row, strict=True) if column not in ROLE_COLUMNS]
        words |= set() if row[0] in ROLE_FIELDS else {part for cell in cells for part in (cell, *cell.split("@"))}
    return bool(words & names)
