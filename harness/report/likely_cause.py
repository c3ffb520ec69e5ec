"""The likely cause in a subject file where a plain backup or restore does not even begin."""

from __future__ import annotations

import re

Hint = tuple[str, str]
"""A pattern of what an operator says, and where in a subject file to look first."""

CAUSES: tuple[Hint, ...] = (
    (r"forbidden|unauthorized|RBAC|cannot (get|list|watch)", "platform.api: the rights of the kubeconfig"),
    (
        r"no matches for kind|no kind .* registered|CustomResourceDefinition|webhook",
        "platform.crds: the operator's own CRDs",
    ),
    (
        r"executable file not found|No such file|cannot execute|exec format",
        "mover.command or mover.path: what the mover runs",
    ),
    (r"made no Job and said nothing", "platform.command: does it start the controller, for all namespaces?"),
    (r"did not end within", "mover.timeout_s, or a mover that waits for something that is not there"),
    (r"took no note", "platform.env: what the operator needs to read the log of a Pod"),
    (
        r"end of the mover's log:\s*$",
        "mover.command or mover.entrypoint: what ran wrote nothing; is it what the operator's image runs?",
    ),
    (r"secret", "the keys that the operator wants in a repository Secret (docs/gate-your-operator.md)"),
)
"""What an operator or the harness says -> where to look first; the first that matches counts."""


def likely_cause(seen: str, reason: str, of_objects: tuple[Hint, ...] = ()) -> str:
    """Return one line: why the run ended, and where in the subject file the cause is likely to be found.

    Args:
        seen: What the operator or the mover said, with the end of the mover's log.
        reason: Why the run ended.
        of_objects: Hints at fields of the operator's own objects; they come before CAUSES.
    """
    found = next((where for pattern, where in (*of_objects, *CAUSES) if re.search(pattern, seen, re.IGNORECASE)), "")
    return f"ended early: {reason}" + (f"; look first at {found}" if found else "")
