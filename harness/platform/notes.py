"""Notes on what the harness leaves out while it plays the kubelet: a file for all workers of a run."""

from __future__ import annotations

from pathlib import Path

KUBELET_LOG = "kubelet.log"
"""Name of the file, beside the log of the operator."""


class Notes:
    """Append lines to a file, each of them once."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._written: set[str] = set()

    def __call__(self, text: str) -> None:
        """Write a line, unless this process has written it before."""
        if text not in self._written:
            self._written.add(text)
            with self._file.open("a", encoding="utf-8") as file:
                file.write(f"{text}\n")


def noted(file: Path) -> str:
    """Return the notes of all workers, sorted, each line once; "" where there are none."""
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return "".join(f"{line}\n" for line in sorted(set(lines)))
