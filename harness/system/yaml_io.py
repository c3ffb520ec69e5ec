"""Read and write YAML with the C library of PyYAML if it is available; it is ten times as fast."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import yaml

SafeLoader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""Loader for plain values only."""
SafeDumper: type[yaml.SafeDumper] = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
"""Dumper for plain values only."""


TIMESTAMP = "tag:yaml.org,2002:timestamp"
ManifestLoader: type[yaml.SafeLoader] = type("ManifestLoader", (SafeLoader,), {
    "yaml_implicit_resolvers": {
        first: [(tag, pattern) for tag, pattern in resolvers if tag != TIMESTAMP]
        for first, resolvers in SafeLoader.yaml_implicit_resolvers.items()
    }
})  # fmt: skip
"""Loader for manifests of Kubernetes: an instant without quotes is text, as for the API server."""


def load(text: str) -> Any:
    """Return the document of a YAML text; yaml.YAMLError if the text is not one document."""
    return yaml.load(text, Loader=SafeLoader)  # noqa: S506 (it is a safe one)


def load_all(text: str) -> Iterator[Any]:
    """Return an iterator over the documents of a YAML text; yaml.YAMLError at the first that is not valid."""
    return yaml.load_all(text, Loader=SafeLoader)


def dump_all(documents: Iterable[Any]) -> str:
    """Return the YAML text of documents of plain values; the order of the keys is kept."""
    return str(yaml.dump_all(documents, Dumper=SafeDumper, sort_keys=False))


def load_manifests(text: str) -> Iterator[Any]:
    """Return an iterator over the documents of a YAML text with manifests; yaml.YAMLError if one is not valid."""
    return yaml.load_all(text, Loader=ManifestLoader)


def events(text: str) -> Iterator[yaml.Event]:
    """Return an iterator over the events of a YAML text; nothing is built from them."""
    return yaml.parse(text, Loader=SafeLoader)
