"""Represent a raised verdict or error as a value that can be saved and raised again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.errors import Blocked, Divergence, HarnessError, NotAsked, OperatorCrashed
from harness.volumes import Tree

DIVERGENCE, BLOCKED, NOT_ASKED, CRASHED, BROKEN = "divergence", "blocked", "not asked", "crashed", "broken"


@dataclass(frozen=True)
class Failure:
    """A raised exception. ``kind`` names its class.

    The other fields are those of a Divergence. For any other exception ``what`` is its message and they are empty.
    """

    kind: str
    what: str
    expected: str = ""
    seen: str = ""
    oracle: str = ""
    detail: str = ""
    others: Mapping[str, str] = field(default_factory=dict)
    trees: tuple[Tree, Tree] | None = None
    roots: tuple[str, ...] = ()
    part: str = ""
    cause: str = ""

    @staticmethod
    def of(error: Exception) -> Failure:
        """Return an exception as a value."""
        divergence = error.divergence if isinstance(error, Blocked) else error
        if not isinstance(divergence, Divergence):
            kinds: dict[type[Exception], str] = {NotAsked: NOT_ASKED, OperatorCrashed: CRASHED}
            return Failure(kinds.get(type(error), BROKEN), str(error))
        return Failure(
            BLOCKED if isinstance(error, Blocked) else DIVERGENCE,
            divergence.what,
            str(divergence.expected),
            str(divergence.seen),
            divergence.oracle,
            divergence.detail,
            {oracle: str(seen) for oracle, seen in divergence.others.items()},
            divergence.trees,
            divergence.roots,
            divergence.part,
            divergence.cause,
        )

    def as_error(self) -> Exception:
        """Return the exception for this value."""
        if self.kind == NOT_ASKED:
            return NotAsked(self.what)
        if self.kind == CRASHED:
            return OperatorCrashed(self.what).as_divergence()
        if self.kind == BROKEN:
            return HarnessError(self.what)
        divergence = Divergence(
            self.what, expected=self.expected, seen=self.seen, oracle=self.oracle, detail=self.detail,
            others=self.others, trees=self.trees, roots=self.roots, part=self.part, cause=self.cause,
        )  # fmt: skip
        return Blocked(divergence) if self.kind == BLOCKED else divergence
