"""Findings: what was seen where the document promises more than its own rules can keep.

A finding neither passes nor fails a subject.  It says whether the promise held this time, and
what was seen; where there is no threshold to hold, it is a figure with its conditions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from harness.errors import Divergence


@dataclass(frozen=True)
class Finding:
    """``question`` is what was put to the test; ``holds`` is None where ``seen`` is a figure."""

    question: str
    holds: bool | None
    seen: str

    @property
    def in_words(self) -> str:
        """One line for a terminal."""
        verdict = {True: "held here", False: "REFUTED", None: "measured"}[self.holds]
        return f"{verdict}: whether {self.question}: {self.seen}"


def whether(question: str, check: Callable[[], None]) -> Finding:
    """Puts a promise to the test by a check that would be a Divergence for a rule."""
    try:
        check()
    except Divergence as divergence:
        return Finding(question, False, f"{divergence.what}: {divergence.seen}")
    return Finding(question, True, "it does")
