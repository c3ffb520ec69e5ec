"""Read the output of ``kubectl describe``."""

from __future__ import annotations

NOT_OF_THE_OPERATOR = ("Name", "Namespace", "API Version", "Kind", "Metadata", "Spec")
"""Sections of ``kubectl describe`` that come from the manifest, not from the operator."""


def written_by_operator(description: str) -> str:
    """Return the output of ``kubectl describe`` without the sections that come from the manifest."""
    kept, keeps = [], True
    for line in description.splitlines():
        if line[:1].strip():
            keeps = line.split(":")[0] not in NOT_OF_THE_OPERATOR
        if keeps:
            kept.append(line)
    return "\n".join(kept)
