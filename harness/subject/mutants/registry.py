"""What a mutant is, and how one is registered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from harness.mover.reference import ReferenceMover
from harness.operator.decisions import Decisions


@dataclass(frozen=True)
class Mutant:
    """One fault: what it does wrong, the claims it must fail, and claims it must not touch."""

    name: str
    says: str
    must_fail: frozenset[str]
    unrelated: frozenset[str]
    decisions: type[Decisions] = Decisions
    mover: type[ReferenceMover] = ReferenceMover


MUTANTS: dict[str, Mutant] = {}
"""Every mutant by name; one table a process. Importing ``harness.subject.mutants`` fills it, nothing else does."""

_T = TypeVar("_T", type[Decisions], type[ReferenceMover])


def mutant(name: str, *, fails: str, unrelated: str) -> Callable[[_T], _T]:
    """Registers a subclass as a mutant; its docstring says what it does wrong."""

    def register(broken: _T) -> _T:
        part = {"decisions": broken} if issubclass(broken, Decisions) else {"mover": broken}
        says = str(broken.__doc__)
        MUTANTS[name] = Mutant(name, says, frozenset(fails.split()), frozenset(unrelated.split()), **part)  # type: ignore[arg-type]
        return broken

    return register
