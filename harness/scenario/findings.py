"""Findings: what was seen where the document promises more than its own rules can keep.

A finding neither passes nor fails a subject.  It says whether the promise held this time, and
what was seen; where there is no threshold to hold, it is a figure with its conditions.
"""

from __future__ import annotations

from collections.abc import Callable

from harness.errors import Blocked, Divergence
from harness.model import Finding


def whether(question: str, check: Callable[[], None]) -> Finding:
    """Put a promise to the test by a check that raises a Divergence where it does not hold.

    Args:
        question: What the document lets expect, as it reads after "expected": ``2 distinct identities``.
        check: Raises Divergence where that is not observed.

    Returns:
        A finding that holds, one that is refuted by what the Divergence saw, or one that was not reached because
        something that the check stands on did not hold.
    """
    try:
        check()
    except Blocked as blocked:
        return Finding(question, None, f"{blocked.divergence.what}: {blocked.divergence.seen}", reached=False)
    except Divergence as divergence:
        if divergence.roots:
            return Finding(question, None, f"{divergence.what}: {divergence.seen}", reached=False)
        return Finding(question, False, str(divergence.seen))
    return Finding(question, True, "the same")
