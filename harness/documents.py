"""Reads YAML, with the parser in C where PyYAML brings it: the other one takes ten times as long at every start."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

SafeLoader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""Builds plain values only."""


def load(text: str) -> Any:
    """The one document of a text; yaml.YAMLError where it is none."""
    return yaml.load(text, Loader=SafeLoader)  # noqa: S506 (it is a safe one)


def load_all(text: str) -> Iterator[Any]:
    """The documents of a text, in order; yaml.YAMLError where one is none."""
    return yaml.load_all(text, Loader=SafeLoader)
