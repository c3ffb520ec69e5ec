"""The parts that decide whether a claim holds."""

from __future__ import annotations

from enum import StrEnum


class Part(StrEnum):
    """A part whose behaviour decides a claim; the value stands in claims.yaml and in reports/report.json."""

    ADMISSION = "admission"
    CONTROLLER = "controller"
    MOVER = "mover"
    KOPIA = "kopia"
    HARNESS = "harness"
    DOCUMENT = "document"


EVERY_PART = frozenset(Part)
NOT_OF_A_SUBJECT = frozenset({Part.HARNESS, Part.DOCUMENT})
"""Parts that no subject brings."""

OF_AN_OPERATOR = frozenset({Part.ADMISSION, Part.CONTROLLER})
OF_A_MOVER = frozenset({Part.MOVER, Part.KOPIA})
"""A mover brings the kopia that it runs."""
