"""Record in one file for all workers which parts of Jobs the kubelet of the harness leaves out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

Note = Callable[[str, str], None]
"""Function that takes the namespace and name of a Job, and the part of it that is left out."""

KUBELET_LOG = "kubelet.log"
"""Name of the file; it is in the same folder as the log of the operator."""


class Notes:
    """Append lines to a file, each of them once."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._written: set[tuple[str, str]] = set()

    def __call__(self, job: str, text: str) -> None:
        """Write a note on a Job, unless this process has written it before."""
        if (job, text) not in self._written:
            self._written.add((job, text))
            with self._file.open("a", encoding="utf-8") as file:
                file.write(f"{job} {text}\n")


def noted(file: Path) -> str:
    """Return one line for each text that the workers recorded, with its Jobs; "" if there is none."""
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    jobs: dict[str, set[str]] = {}
    for line in lines:
        job, _, text = line.partition(" ")
        jobs.setdefault(text, set()).add(job)
    return "".join(f"{text} ({_counted(jobs[text])})\n" for text in sorted(jobs))


def _counted(jobs: set[str]) -> str:
    first = min(jobs)
    return f"Job {first}" if len(jobs) == 1 else f"{len(jobs)} Jobs, such as {first}"
