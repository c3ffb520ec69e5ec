"""Map error messages of operators to the field of a subject file that probably has to be set."""

from __future__ import annotations

OF_OBJECTS = (
    (
        r"copyMethod|snapshotclass|VolumeSnapshot",
        "objects.source and objects.destination: set copyMethod and the fields that it needs",
    ),
    (
        r"storage ?class|accessModes|capacity|persistentvolumeclaim|\bPVC\b",
        "objects.claim: set the fields that PersistentVolumeClaims need here",
    ),
    (r"security ?context|privileged|runAs|fsGroup|permission denied", "objects.source: set moverSecurityContext"),
)
"""Pairs of a pattern and a hint: if the pattern matches the message, the hint names the field to set.

The first match counts.
"""
