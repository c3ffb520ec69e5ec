"""Checks: what a claim expects, held against what was recorded."""

from harness.expect import ending, identity, operator, repository, secrecy, volume

__all__ = ["ending", "identity", "operator", "repository", "secrecy", "volume"]
