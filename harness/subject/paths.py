"""Resolve the paths and programs in a subject file, relative to its folder."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.errors import UsageError


@dataclass(frozen=True)
class SubjectFolder:
    """The folder of a subject file. Every message names ``file``."""

    file: Path

    def paths(self, entries: Sequence[str]) -> tuple[Path, ...]:
        """Return absolute paths."""
        return tuple(self.file.absolute().parent / entry for entry in entries)

    def existing(self, entries: Sequence[str], field: str) -> tuple[Path, ...]:
        """Return absolute paths of files or folders.

        Raises:
            UsageError: A path does not exist.
        """
        paths = self.paths(entries)
        for path in paths:
            if not path.exists():
                raise UsageError(
                    f"{self.file}: {field}: {path}: no such file or folder; name it from the folder of this file"
                )
        return paths

    def folders(self, entries: Sequence[str], field: str, what: str) -> tuple[Path, ...]:
        """Return absolute paths of folders.

        Raises:
            UsageError: A path is not a folder.
        """
        paths = self.paths(entries)
        for path in paths:
            if not path.is_dir():
                raise UsageError(f"{self.file}: {field}: {path}: no such folder; name one that holds {what}")
        return paths

    def program(self, command: Sequence[str], field: str) -> tuple[str, ...]:
        """Return a command with absolute paths.

        Raises:
            UsageError: The program, or a file in its first argument, does not exist.
        """
        folder = self.file.absolute().parent
        words = [str(folder / word) if (folder / word).exists() else word for word in command]
        program = shutil.which(words[0])
        if program is None:
            raise UsageError(
                f"{self.file}: {field}: {words[0]}: no such program; name one, from the folder of this file"
            )
        # Later arguments may be files that the program creates.
        for word in words[1:2]:
            if "/" in word and not word.startswith("-") and not Path(word).exists():
                raise UsageError(f"{self.file}: {field}: {word}: no such file; name it from the folder of this file")
        return (program, *words[1:])
