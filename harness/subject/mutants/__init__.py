"""Deliberately wrong subjects: each breaks one decision or one step, and must be caught.

For each the claims that must fail are written down beside it, before anything is run, with a few
that have nothing to do with the fault and must still hold.  ``tox -e proof`` runs them all.
"""

from harness.subject.mutants import (
    decisions,
    destinations,
    environment,
    likeness,
    movers,
    names,
    selection,
    status,
    volumes,
)
from harness.subject.mutants.registry import MUTANTS, Mutant

__all__ = [
    "MUTANTS",
    "Mutant",
    "decisions",
    "destinations",
    "environment",
    "likeness",
    "movers",
    "names",
    "selection",
    "status",
    "volumes",
]
