"""What an operator says where an object lacks something, and which field of the objects that is."""

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
"""A pattern of what is said -> where to look first in a subject file; the first that matches counts."""
