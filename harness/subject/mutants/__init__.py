"""Register mutants: deliberately wrong subjects, each with one fault that the suite must detect.

Each mutant lists the claims that must fail, before anything is run, and some unrelated claims that must still hold.
``tox -e proof`` runs all mutants.
"""

from harness.subject.mutants import (
    decisions,
    destinations,
    environment,
    likeness,
    movers,
    names,
    safety_fidelity,
    safety_identities,
    safety_paths,
    safety_repositories,
    safety_restores,
    safety_retention,
    safety_truth,
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
    "safety_fidelity",
    "safety_identities",
    "safety_paths",
    "safety_repositories",
    "safety_restores",
    "safety_retention",
    "safety_truth",
    "selection",
    "status",
    "volumes",
]
