"""Define the interface of a mover."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Protocol, runtime_checkable

from harness.model import MoverJob, MoverResult


class Mover(Protocol):
    """Run Jobs.  A Job that fails is a result; an exception is an error of the harness.

    Attributes:
        watched: True if the results must hold the command line of each process of the mover.
    """

    watched: bool

    def run(self, job: MoverJob) -> MoverResult:
        """Run one Job to its end, in the thread of the caller."""


@runtime_checkable
class Killable(Mover, Protocol):
    """A mover whose processes can be killed before it ends."""

    def run_until(self, job: MoverJob, seconds: float) -> MoverResult:
        """Run one Job, and kill all its processes after this time."""


def place_of(job: MoverJob, path: str) -> Path | None:
    """Return the folder of a path in the container, by the deepest mount above it; None if there is no such mount."""
    wanted = PurePosixPath(path)
    above = [mount for mount in job.volumes if wanted.is_relative_to(mount)]
    if not above:
        return None
    mount = max(above, key=lambda one: len(PurePosixPath(one).parts))
    return job.volumes[mount] / wanted.relative_to(mount)
