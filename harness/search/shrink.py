"""Shrink a sequence of actions: leave out what it does not need, and write the rest as simply as possible."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from harness.search.actions import Action, simpler

Shows = Callable[[Sequence[Action]], "tuple[Action, ...] | None"]
"""Runs a sequence. Returns the part of it that shows the same, up to the last action that was run, or None."""


def shrunk(actions: Sequence[Action], shows: Shows, may_go_on: Callable[[], bool]) -> tuple[Action, ...]:
    """Return the smallest sequence that shows the same.

    Args:
        actions: A sequence that shows it.
        shows: Runs a sequence.
        may_go_on: Returns False when the time is up. The smallest sequence until then is returned.
    """
    best = tuple(actions)
    tried: set[tuple[Action, ...]] = {best}
    while may_go_on():
        for candidate in _candidates(best):
            if candidate in tried:
                continue
            if not may_go_on():
                return best
            tried.add(candidate)
            if (found := shows(candidate)) is not None:
                best = found
                tried.add(best)
                break
        else:
            return best
    return best


def _candidates(actions: tuple[Action, ...]) -> Iterator[tuple[Action, ...]]:
    """Yield smaller sequences: first without halves, then without single actions, then with simpler actions."""
    size = len(actions) // 2
    while size:
        for begin in range(0, len(actions), size):
            yield actions[:begin] + actions[begin + size :]
        size //= 2
    for index, action in enumerate(actions):
        for one in simpler(action):
            yield (*actions[:index], one, *actions[index + 1 :])
