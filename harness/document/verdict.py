"""The words of a result: verdicts of claims and scenarios, and the exit status of a run."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class Verdict(StrEnum):
    """How a claim or a scenario ended.

    The value stands in reports/report.json. ``counted_as`` heads a column of counts, ``in_words`` stands in the
    page, and ``of_proof`` in the page of the document's defects ("HN_1 holds: ...").
    """

    PASS = "pass", "held", "held", "holds"
    FAIL = "fail", "diverged", "diverged", "diverges"
    BLOCKED = "blocked", "blocked", "not reached", "was not reached"
    KNOWN = "known", "known", "known divergence", "is a known divergence"
    ERROR = "error", "unknown", "unknown", "is unknown"
    SKIP = "skip", "skipped", "skipped", "was not asked"
    FINDING = "finding", "findings", "finding", "was put to the test"

    counted_as: str
    in_words: str
    of_proof: str

    def __new__(cls, value: str, counted_as: str = "", in_words: str = "", of_proof: str = "") -> Verdict:
        """Make one verdict with all its words."""
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
"""Which of several verdicts counts. A proven divergence wins, then what is unknown."""


class ExitStatus(IntEnum):
    """The exit status of a run; ``short`` stands in reports/report.json, ``in_words`` on the terminal."""

    CONFORMANT = 0, "conformant", "conformant"
    DIVERGES = 1, "diverges", "DIVERGES from the document"
    INTERRUPTED = 2, "interrupted", "interrupted: incomplete"
    UNKNOWN = 3, "unknown", "UNKNOWN: the harness or its surroundings broke"
    WRONG_USE = 4, "wrong use", "wrong use: nothing was tested"
    NOTHING = 5, "nothing selected", "nothing was asked: no scenario was selected, or all were skipped"

    short: str
    in_words: str

    def __new__(cls, value: int, short: str = "", in_words: str = "") -> ExitStatus:
        """Make one exit status with its words."""
        status = int.__new__(cls, value)
        status._value_ = value
        status.short, status.in_words = short, in_words
        return status
