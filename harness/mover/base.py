"""The seam between an operator and what its jobs run."""

from __future__ import annotations

from typing import Protocol

from harness.model import MoverJob, MoverResult


class Mover(Protocol):
    """Carries out jobs.  A job that fails is a result; an exception is an error of the harness.

    ``watched`` is set by whoever needs the command line of every process of the jobs that follow.
    """

    watched: bool

    def run(self, job: MoverJob) -> MoverResult:
        """Runs one job to its end, in the caller's thread."""
