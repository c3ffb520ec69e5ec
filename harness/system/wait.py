"""Wait for a condition by polling; other modules of the harness use this instead of ``time.sleep``."""

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
    """Wait until a condition is true.

    The condition is checked at least once, and once more when the time is up.

    Args:
        condition: Returns a true value if the wait is over.
        timeout_s: How long to wait; ``FOREVER`` for no limit.
        poll_s: The time between two checks.
        give_up: Returns True if it is useless to wait longer.

    Returns:
        The last value of the condition.  It is false if the time was up or ``give_up`` returned True.
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
    """Wait for a given time before the next attempt; use ``wait_until`` if a condition can be checked."""
    time.sleep(seconds)
