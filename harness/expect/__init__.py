"""Compare what a claim expects with what was recorded in a scenario."""

from harness.expect import ending, identity, operator, repository, secrecy, volume

__all__ = ["ending", "identity", "operator", "repository", "secrecy", "volume"]
