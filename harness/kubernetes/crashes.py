"""Record the crashes of the operator in files, and which of them a scenario could reproduce.

A crashed operator stays down until a worker allows its restart.  The worker must first remove the objects that caused
the crash.  Otherwise the operator would crash again while no scenario observes it.  A scenario reproduces a
crash if the operator crashes again when this scenario alone is repeated.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


def told(crashes: Path) -> list[str]:
    """Return the recorded text of each crash so far."""
    return crashes.read_text(encoding="utf-8").splitlines() if crashes.exists() else []


def is_down(crashes: Path) -> bool:
    """Return True if the operator crashed and its restart is not allowed yet."""
    return _down(crashes).exists()


def mark_down(crashes: Path) -> None:
    """Record that the operator is down."""
    _down(crashes).touch()


def revive(crashes: Path) -> None:
    """Allow the restart of the operator; no-op if it is not down."""
    _down(crashes).unlink(missing_ok=True)


def note_provoked(crashes: Path, numbers: Iterable[int]) -> None:
    """Record that a scenario caused the crashes with these numbers, which are positions in ``told``."""
    with _provoked(crashes).open("a", encoding="utf-8") as file:
        file.write("".join(f"{number}\n" for number in numbers))


def unexplained(crashes: Path) -> str:
    """Return the text of the first crash that no scenario could reproduce, or "" if there is none."""
    noted = _provoked(crashes)
    known = set(noted.read_text(encoding="utf-8").split()) if noted.exists() else set()
    return next((text for number, text in enumerate(told(crashes)) if str(number) not in known), "")


def _down(crashes: Path) -> Path:
    return crashes.with_suffix(".down")


def _provoked(crashes: Path) -> Path:
    return crashes.with_suffix(".provoked")
