"""Compare what a claim expects with what was recorded in a scenario."""

from harness.expect import arguments, copies, ending, identity, operator, repository, secrecy, volume

__all__ = ["arguments", "copies", "ending", "identity", "operator", "repository", "secrecy", "volume"]
from harness.expect import truth

__all__ = ["ending", "identity", "operator", "repository", "secrecy", "truth", "volume"]
