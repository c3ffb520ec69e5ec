"""The verdicts of claims and scenarios and the exit statuses of a run, with the texts that present them."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class Verdict(StrEnum):
    """The result of a claim or a scenario.

    The value is used in reports/report.json.

    Attributes:
        counted_as: The title of a column of counts.
        in_words: The text on the HTML page.
        of_proof: The verb in docs/document-defects.md ("HN_1 holds: ...").
    """

    PASS = "pass", "held", "held", "holds"
    FAIL = "fail", "diverged", "diverged", "diverges"
    BLOCKED = "blocked", "blocked", "blocked", "was blocked"
    KNOWN = "known", "known", "known divergence", "is a known divergence"
    ERROR = "error", "unknown", "unknown", "is unknown"
    SKIP = "skip", "skipped", "skipped", "was skipped"
    FINDING = "finding", "findings", "finding", "was tested"

    counted_as: str
    in_words: str
    of_proof: str

    def __new__(cls, value: str, counted_as: str = "", in_words: str = "", of_proof: str = "") -> Verdict:
        """Create a verdict with its texts."""
        verdict = str.__new__(cls, value)
        verdict._value_ = value
        verdict.counted_as, verdict.in_words, verdict.of_proof = counted_as, in_words, of_proof
        return verdict


WORST_FIRST = (
    Verdict.FAIL,
    Verdict.ERROR,
    Verdict.KNOWN,
    Verdict.BLOCKED,
    Verdict.FINDING,
    Verdict.PASS,
    Verdict.SKIP,
)
"""The order in which one of several verdicts wins: first a divergence, then an unknown verdict."""


class ExitStatus(IntEnum):
    """The exit status of a run.

    Attributes:
        short: The text in reports/report.json.
        in_words: The text on the terminal.
    """

    CONFORMANT = 0, "conformant", "conformant"
    DIVERGES = 1, "diverges", "DIVERGES from the document"
    INTERRUPTED = 2, "interrupted", "interrupted: incomplete"
    UNKNOWN = 3, "unknown", "UNKNOWN: the harness or its surroundings broke"
    WRONG_USE = 4, "wrong use", "wrong use: nothing was tested"
    NOTHING = 5, "nothing selected", "nothing was tested: no scenario was selected, or all were skipped or blocked"

    short: str
    in_words: str

    def __new__(cls, value: int, short: str = "", in_words: str = "") -> ExitStatus:
        """Create an exit status with its texts."""
        status = int.__new__(cls, value)
        status._value_ = value
        status.short, status.in_words = short, in_words
        return status
