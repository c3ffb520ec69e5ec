"""Find the subject that ``--subject`` names."""

from __future__ import annotations

from pathlib import Path

from harness.errors import UsageError
from harness.subject import file
from harness.subject.movers import ReferenceKind
from harness.subject.mutants import MUTANTS
from harness.subject.subject import Subject


def load(request: str) -> Subject:
    """Return the subject of a request: ``reference``, ``mutant:NAME`` or the path of a subject file.

    Raises:
        UsageError: The request is invalid. The message names one problem and its remedy.
    """
    if request == "reference":
        return Subject("reference")
    if request.startswith("mutant:"):
        return of_mutant(request.removeprefix("mutant:"))
    return file.read(Path(request))


def of_mutant(name: str) -> Subject:
    """Return the reference with the deliberate fault of a mutant.

    Raises:
        UsageError: There is no mutant of this name.
    """
    mutant = MUTANTS.get(name)
    if mutant is None:
        raise UsageError(f"--subject mutant:{name}: no such mutant; use one of {', '.join(MUTANTS)}")
    return Subject(f"mutant:{name}", mutant.decisions, ReferenceKind(mutant.mover), mutant=mutant)
