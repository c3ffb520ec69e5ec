"""Define and register mutants."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from harness.mover.reference import ReferenceMover
from harness.operator.decisions import Decisions


@dataclass(frozen=True)
class Mutant:
    """One fault of the reference.

    Attributes:
        name: The name after ``mutant:``.
        says: What the mutant does wrong.
        must_fail: The claims that must fail.
        unrelated: Claims that must still hold.
        decisions: The decisions of the operator.
        mover: The class of the mover.
    """

    name: str
    says: str
    must_fail: frozenset[str]
    unrelated: frozenset[str]
    decisions: type[Decisions] = Decisions
    mover: type[ReferenceMover] = ReferenceMover


MUTANTS: dict[str, Mutant] = {}
"""Every mutant by name. Only importing ``harness.subject.mutants`` fills it."""

_T = TypeVar("_T", type[Decisions], type[ReferenceMover])


def mutant(name: str, *, fails: str, unrelated: str) -> Callable[[_T], _T]:
    """Register a subclass as a mutant. Its docstring says what it does wrong.

    Args:
        name: The name after ``mutant:``.
        fails: The claims that must fail, separated by blanks.
        unrelated: Claims that must still hold, separated by blanks.
    """

    def register(broken: _T) -> _T:
        part = {"decisions": broken} if issubclass(broken, Decisions) else {"mover": broken}
        says = str(broken.__doc__)
        MUTANTS[name] = Mutant(name, says, frozenset(fails.split()), frozenset(unrelated.split()), **part)  # type: ignore[arg-type]
        return broken

    return register
