"""What a scenario did, in order, with what came of each act: enough to go through its steps again without a world.

A step does something to the world through an ``Actor``. Each of its acts is noted with its answer. When a
saved record is judged again, the same steps run; each act is answered from the journal and nothing happens.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Concatenate, ParamSpec, Protocol, TypeVar

from harness.errors import Blocked, Divergence, HarnessError
from harness.scenario.record import Readings, Record

if TYPE_CHECKING:
    from harness.scenario.world import World

_P = ParamSpec("_P")
_T = TypeVar("_T")


@dataclass(frozen=True)
class Extent:
    """How much of a record there was at some moment: so many syncs, declared objects and backups."""

    syncs: int
    declared: int
    backups: int
    strangers: int

    @staticmethod
    def of(record: Record) -> Extent:
        """Return how much of a record there is."""
        return Extent(len(record.syncs), len(record.declared), len(record.backups), len(record.strangers))


@dataclass(frozen=True)
class Act:
    """One act by name: its answer, or what it raised, and how much of the record there was after it."""

    name: str
    answer: object
    extent: Extent


class Journal(Protocol):
    """Runs acts, or answers them from what was noted."""

    def act(self, name: str, call: Callable[[], _T]) -> _T:
        """Return the answer of an act."""

    def record(self) -> Record:
        """Return all that was observed until now."""


class LiveJournal:
    """Runs each act and notes what came of it."""

    def __init__(self, observe: Callable[[], Record], still_valid: Callable[[Readings], Readings]) -> None:
        """Begin with no act.

        Args:
            observe: Returns what was observed until now, without readings.
            still_valid: Returns those readings that an act left valid.
        """
        self._observe = observe
        self._still_valid = still_valid
        self._inside = False
        self._readings = Readings()
        self.acts: list[Act] = []
        self.stages: list[tuple[int, Readings]] = [(0, self._readings)]

    def act(self, name: str, call: Callable[[], _T]) -> _T:
        """Run an act and note its answer; an act within another is part of that one."""
        if self._inside:
            return call()
        self._inside = True
        answer: object = None
        try:
            result = answer = call()
        except (Divergence, Blocked, HarnessError) as error:
            answer = error
            raise
        finally:
            self._inside = False
            self.acts.append(Act(name, answer, Extent.of(self._observe())))
            self._readings = self._still_valid(self._readings)
            self.stages.append((len(self.acts), self._readings))
        return result

    def record(self) -> Record:
        """Return all that was observed until now; what a check reads of it is kept."""
        return replace(self._observe(), readings=self._readings)


class Actor:
    """Something that acts on the world of a scenario: ``@act`` marks what goes into the journal."""

    def __init__(self, journal: Journal, world: World | None) -> None:
        """``world`` is None where all acts are answered from a saved journal."""
        self._journal = journal
        self._there = world

    @property
    def _world(self) -> World:
        """The world, which is there whenever an act is run."""
        if self._there is None:
            raise HarnessError("an act outside of the journal: there is no world to act on")
        return self._there


_A = TypeVar("_A", bound=Actor)


def act(method: Callable[Concatenate[_A, _P], _T]) -> Callable[Concatenate[_A, _P], _T]:
    """Have a method of an Actor be answered by the journal."""

    @functools.wraps(method)
    def wrapper(self: _A, /, *args: _P.args, **kwargs: _P.kwargs) -> _T:
        return self._journal.act(method.__name__, lambda: method(self, *args, **kwargs))

    return wrapper
