"""Turn a check into a finding, for promises that the rules of the document cannot guarantee.

A finding neither passes nor fails a subject. It tells if the promise held this time, and what was observed. A promise
without a threshold becomes a figure with its conditions.
"""

from __future__ import annotations

from collections.abc import Callable

from harness.errors import Blocked, Divergence
from harness.model import Finding


def whether(question: str, check: Callable[[], None]) -> Finding:
    """Test a promise with a check that raises a Divergence if the promise does not hold.

    Args:
        question: The expectation from the document, as it reads after "expected": ``2 distinct identities``.
        check: Raises Divergence if that is not observed.

    Returns:
        A finding that the promise holds, that it is refuted by the observed value, or that it was not reached because a
            precondition failed.
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
