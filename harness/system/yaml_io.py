"""Reads and writes YAML, in C where PyYAML brings that: in Python it takes ten times as long."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import yaml

SafeLoader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""Builds plain values only."""
SafeDumper: type[yaml.SafeDumper] = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
"""Writes plain values only."""


def load(text: str) -> Any:
    """The one document of a text; yaml.YAMLError where it is none."""
    return yaml.load(text, Loader=SafeLoader)  # noqa: S506 (it is a safe one)


def load_all(text: str) -> Iterator[Any]:
    """The documents of a text, in order; yaml.YAMLError where one is none."""
    return yaml.load_all(text, Loader=SafeLoader)


def dump_all(documents: Iterable[Any]) -> str:
    """The text of documents made of plain values, keys in the order they have."""
    return str(yaml.dump_all(documents, Dumper=SafeDumper, sort_keys=False))
