"""Account for the files and objects that were read: nothing is ignored silently."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Skipped:
    """A file or an object that was not used.

    Attributes:
        where: The file, and the document in it.
        why: The reason, and what to do.
        matters: True if it may be a source or destination, so that the audit is incomplete without it.
    """

    where: str
    why: str
    matters: bool


@dataclass
class Account:
    """What was read.

    Attributes:
        files: The number of files.
        other_files: The number of files in folders that are no manifests by their names.
        objects: The number of objects.
        used: The number of used objects, by kind.
        passed_over: The number of objects of other kinds, by kind.
        skipped: Each file or object that was not used although it may matter.
    """

    files: int = 0
    other_files: int = 0
    objects: int = 0
    used: Counter[str] = field(default_factory=Counter)
    passed_over: Counter[str] = field(default_factory=Counter)
    skipped: list[Skipped] = field(default_factory=list)

    def in_words(self) -> str:
        """Return one line with the numbers."""
        used = ", ".join(f"{number} {kind}" for kind, number in sorted(self.used.items())) or "none"
        over = sum(self.passed_over.values())
        unread = sum(one.matters for one in self.skipped)
        return (
            f"{self.objects} objects in {in_files(self.files)}: used {used}; passed over {over} of other kinds; "
            f"{len(self.skipped)} skipped, {unread} of which may matter"
        )


def in_files(number: int) -> str:
    """Return a number of files, in words."""
    return counted(number, "file")


def counted(number: int, noun: str) -> str:
    """Return a number of things, in words."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
