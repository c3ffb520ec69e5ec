"""Name the kinds of harm that a claim of the profile ``safety`` guards against."""

from __future__ import annotations

from enum import StrEnum


class Harm(StrEnum):
    """A kind of harm, the worst first: the order in which a report lists what diverges."""

    DATA_LOST = "data lost"
    FOREIGN_DATA = "foreign data"
    FALSE_SUCCESS = "false success"
    DISCLOSURE = "disclosure"
    SURPRISE = "surprise"
