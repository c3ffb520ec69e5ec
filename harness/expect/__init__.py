"""Compare what a claim expects with what was recorded in a scenario."""

from harness.expect import arguments, copies, ending, identity, operator, repository, retention, secrecy, truth, volume

__all__ = [
    "arguments",
    "copies",
    "ending",
    "identity",
    "operator",
    "repository",
    "retention",
    "secrecy",
    "truth",
    "volume",
]
