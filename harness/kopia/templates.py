"""Repositories that scenarios of a run begin with, and how kopia opens them: each is made by kopia once.

What one worker puts here the others find; it lies in the folder of the run, which only its user can read.
Nobody waits: two workers that need the same at the same moment both make it.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.volumes import Tree

Configuration = Mapping[str, Any]
"""What ``repository connect`` writes for later calls: the store, the cache, and who the client is."""


@dataclass(frozen=True)
class RepositoryTemplate:
    """A repository that is only copied: the bucket it lies in, and what each of its snapshots holds, in order."""

    bucket: str
    contents: tuple[Tree, ...] = ()


class RepositoryTemplates:
    """Templates by how they were made, and the configuration of the first client that connected to the store."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._configuration: Configuration | None = None

    def find(self, recipe: str) -> RepositoryTemplate | None:
        """The repository that was made by a recipe, where there is one."""
        noted = self._read(_name(recipe))
        return None if noted is None else RepositoryTemplate(noted["bucket"], tuple(noted["contents"]))

    def first(self, recipes: Sequence[str]) -> RepositoryTemplate | None:
        """The repository of the first recipe that there is one of."""
        return next(filter(None, map(self.find, recipes)), None)

    def put(self, recipe: str, template: RepositoryTemplate) -> None:
        """Keeps a repository for whoever needs it next; nothing may write to its bucket from now on."""
        self._write(_name(recipe), {"bucket": template.bucket, "contents": [dict(one) for one in template.contents]})

    @property
    def configuration(self) -> Configuration | None:
        """How kopia configures a client of the store; None where none connected yet."""
        if self._configuration is None:
            self._configuration = self._read("configuration")
        return self._configuration

    def note(self, configuration: Configuration) -> None:
        """Keeps what kopia noted when a client connected."""
        self._configuration = configuration
        self._write("configuration", configuration)

    def _read(self, name: str) -> Any:
        file = self._folder / f"{name}.json"
        return json.loads(file.read_text(encoding="utf-8")) if file.exists() else None

    def _write(self, name: str, value: Any) -> None:
        """Writes a file whole or not at all: another worker may be reading."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        half = self._folder / f"{name}.{os.getpid()}"
        half.touch(mode=0o600)
        half.write_text(json.dumps(value), encoding="utf-8")
        half.rename(self._folder / f"{name}.json")


def _name(recipe: str) -> str:
    return hashlib.sha256(recipe.encode()).hexdigest()
