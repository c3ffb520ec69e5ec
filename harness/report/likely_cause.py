"""Guess which field of a subject file is wrong when a plain backup or restore does not succeed."""

from __future__ import annotations

import re

Hint = tuple[str, str]
"""A pattern of what an operator says, and where in a subject file to look first."""

CAUSES: tuple[Hint, ...] = (
    (
        r"forbidden|unauthorized|RBAC|cannot (get|list|watch)",
        "platform.api: check the permissions (RBAC) of the user in the kubeconfig",
    ),
    (
        r"no matches for kind|no kind .* registered|CustomResourceDefinition|webhook",
        "platform.crds: name the CRDs of the operator",
    ),
    (
        r"executable file not found|No such file|cannot execute|exec format",
        "mover.command or mover.path: check that the program and what it calls exist",
    ),
    (r"made no Job and said nothing", "platform.command: check that it starts the controller, for all namespaces"),
    (
        r"did not end within",
        "mover.timeout_s: raise it, or check whether the mover waits for something that does not exist",
    ),
    (r"took no note", "platform.env: set what the operator needs to read the log of a Pod"),
    (
        r"end of the mover's log:\s*$",
        "mover.command or mover.entrypoint: the mover wrote no log; name the program that the operator's image runs",
    ),
    (r"secret", "use the keys that the operator expects in a repository Secret (docs/gate-your-operator.md)"),
)
"""A pattern of the observed text, and the field of the subject file to check. The first match is used."""


def likely_cause(seen: str, reason: str, of_objects: tuple[Hint, ...] = ()) -> str:
    """Return one line with the reason why the run ended early and the field of the subject file to check first.

    Args:
        seen: The messages of the operator or the mover, and the end of the mover's log.
        reason: The reason why the run ended early.
        of_objects: Hints at fields of the operator's own objects; they come before CAUSES.
    """
    found = next((where for pattern, where in (*of_objects, *CAUSES) if re.search(pattern, seen, re.IGNORECASE)), "")
    return f"ended early: {reason}" + (f"; check first: {found}" if found else "")
