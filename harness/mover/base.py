"""The seam between an operator and what its jobs run."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Protocol

from harness.model import MoverJob, MoverResult


class Mover(Protocol):
    """Carries out jobs.  A job that fails is a result; an exception is an error of the harness.

    ``watched`` is set by whoever needs the command line of every process of the jobs that follow.
    """

    watched: bool

    def run(self, job: MoverJob) -> MoverResult:
        """Runs one job to its end, in the caller's thread."""


def place_of(job: MoverJob, path: str) -> Path | None:
    """Return the folder that a path of the container is in, by the deepest mount above it; None where there is none."""
    wanted = PurePosixPath(path)
    above = [mount for mount in job.volumes if wanted.is_relative_to(mount)]
    if not above:
        return None
    mount = max(above, key=lambda one: len(PurePosixPath(one).parts))
    return job.volumes[mount] / wanted.relative_to(mount)
