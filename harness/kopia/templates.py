"""Share repositories between the workers of a run, as templates that scenarios copy.

The files lie in the folder of the run, which only its user can read. There is no lock: two workers that need the same
template at the same moment both create it.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.volumes import Tree

Configuration = Mapping[str, Any]
"""The file that ``repository connect`` writes: the store, the cache and the identity of the client."""


@dataclass(frozen=True)
class RepositoryTemplate:
    """A repository that is only copied.

    Attributes:
        bucket: Its bucket.
        contents: The content of each of its snapshots, in order.
        seed: The id of the seed that it began as; only of the empty repository.
    """

    bucket: str
    contents: tuple[Tree, ...] = ()
    seed: str = ""


class RepositoryTemplates:
    """Store templates by recipe, and the configuration of the first client that connected to the store."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._configuration: Configuration | None = None

    def find(self, recipe: str) -> RepositoryTemplate | None:
        """Return the template for a recipe, or None if there is none."""
        noted = self._read(_name(recipe))
        return None if noted is None else RepositoryTemplate(noted["bucket"], tuple(noted["contents"]), noted["seed"])

    def put(self, recipe: str, template: RepositoryTemplate) -> None:
        """Store a template. Nothing may write to its bucket from now on."""
        contents = [dict(one) for one in template.contents]
        self._write(_name(recipe), {"bucket": template.bucket, "contents": contents, "seed": template.seed})

    @property
    def configuration(self) -> Configuration | None:
        """Return the kopia configuration of a client of the store, or None if no client connected yet."""
        if self._configuration is None:
            self._configuration = self._read("configuration")
        return self._configuration

    def note(self, configuration: Configuration) -> None:
        """Store the configuration of a connected client."""
        self._configuration = configuration
        self._write("configuration", configuration)

    def _read(self, name: str) -> Any:
        file = self._folder / f"{name}.json"
        return json.loads(file.read_text(encoding="utf-8")) if file.exists() else None

    def _write(self, name: str, value: Any) -> None:
        """Write a file atomically, because another worker may be reading it."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        half = self._folder / f"{name}.{os.getpid()}"
        half.touch(mode=0o600)
        half.write_text(json.dumps(value), encoding="utf-8")
        half.rename(self._folder / f"{name}.json")


def _name(recipe: str) -> str:
    return hashlib.sha256(recipe.encode()).hexdigest()
