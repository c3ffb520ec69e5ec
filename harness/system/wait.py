"""Wait for a condition that only shows when it is looked for; the one place that sleeps."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")

FOREVER = float("inf")
POLL_S = 0.05


def wait_until(
    condition: Callable[[], Found],
    timeout_s: float,
    *,
    poll_s: float = POLL_S,
    give_up: Callable[[], bool] = lambda: False,
) -> Found:
    """Wait until a condition holds, and return what it returned last.

    The condition is looked at at least once, and once more when the time is up.

    Args:
        condition: Returns something true where the wait is over.
        timeout_s: How long to wait; ``FOREVER`` for no limit.
        poll_s: Pause between two looks.
        give_up: Returns True where waiting longer is of no use.

    Returns:
        What the condition returned last: something true where it held, something false where the time was up or
        the wait was given up.
    """
    deadline = time.monotonic() + timeout_s
    while True:
        given_up = give_up()
        found = condition()
        left_s = deadline - time.monotonic()
        if found or given_up or left_s <= 0:
            return found
        time.sleep(min(poll_s, left_s))


def pause(seconds: float) -> None:
    """Wait for a given time, before something is tried again that nothing announces."""
    time.sleep(seconds)
