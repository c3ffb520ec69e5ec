"""Note the acts of a scenario and their results, so that its steps can run again without a subject.

A step changes the world of a scenario through an ``Actor``. The journal notes each act with its result. When a saved
record is judged again, the same steps run, but the journal returns the noted results and no act is executed.
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
    """The length of a record at some moment: its numbers of syncs, declared objects, and known backups.

    Attributes:
        syncs: The number of syncs.
        declared: The number of declared objects.
        backups: The number of backups of sources with known content.
        strangers: The number of backups of kopia users with known content.
    """

    syncs: int
    declared: int
    backups: int
    strangers: int

    @staticmethod
    def of(record: Record) -> Extent:
        """Return the current length of a record."""
        return Extent(len(record.syncs), len(record.declared), len(record.backups), len(record.strangers))


@dataclass(frozen=True)
class Act:
    """One act: its name, its result or exception, and the length of the record after it."""

    name: str
    answer: object
    extent: Extent


class Journal(Protocol):
    """Run acts, or return their noted results."""

    def act(self, name: str, call: Callable[[], _T]) -> _T:
        """Return the result of an act."""

    def record(self) -> Record:
        """Return the current record."""


class LiveJournal:
    """Run each act and note its result."""

    def __init__(self, observe: Callable[[], Record], still_valid: Callable[[Readings], Readings]) -> None:
        """Begin without acts.

        Args:
            observe: Returns the current record without readings.
            still_valid: Returns the readings that are still valid after an act.
        """
        self._observe = observe
        self._still_valid = still_valid
        self._inside = False
        self._readings = Readings()
        self.acts: list[Act] = []
        self.stages: list[tuple[int, Readings]] = [(0, self._readings)]

    def act(self, name: str, call: Callable[[], _T]) -> _T:
        """Run an act and note its result. An act inside another act is not noted separately."""
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
        """Return the current record. Values that a check reads from it are kept until the next act."""
        return replace(self._observe(), readings=self._readings)


class Actor:
    """Base class of everything that acts on the world of a scenario. ``@act`` marks the noted methods."""

    def __init__(self, journal: Journal, world: World | None) -> None:
        """Start with a journal. ``world`` is None if all results come from a saved journal."""
        self._journal = journal
        self._there = world

    @property
    def _world(self) -> World:
        """Return the world. It exists whenever an act is executed."""
        if self._there is None:
            raise HarnessError("an act outside of the journal: there is no world to act on")
        return self._there


_A = TypeVar("_A", bound=Actor)


def act(method: Callable[Concatenate[_A, _P], _T]) -> Callable[Concatenate[_A, _P], _T]:
    """Run a method of an Actor through the journal."""

    @functools.wraps(method)
    def wrapper(self: _A, /, *args: _P.args, **kwargs: _P.kwargs) -> _T:
        return self._journal.act(method.__name__, lambda: method(self, *args, **kwargs))

    return wrapper
