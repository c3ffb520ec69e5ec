"""The account of the operator's crashes: a line each, and which of them a scenario provoked again.

An operator that crashed stays down until a worker revives it: what provoked the crash has to be gone
first, or it would crash again for nobody to see.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


def told(crashes: Path) -> list[str]:
    """What is told of each crash so far."""
    return crashes.read_text(encoding="utf-8").splitlines() if crashes.exists() else []


def is_down(crashes: Path) -> bool:
    """Whether the operator crashed and was not revived."""
    return _down(crashes).exists()


def mark_down(crashes: Path) -> None:
    """Has the operator stay down."""
    _down(crashes).touch()


def revive(crashes: Path) -> None:
    """Has the operator started again, where it is down."""
    _down(crashes).unlink(missing_ok=True)


def note_provoked(crashes: Path, numbers: Iterable[int]) -> None:
    """Lays crashes to a scenario."""
    with _provoked(crashes).open("a", encoding="utf-8") as file:
        file.write("".join(f"{number}\n" for number in numbers))


def unexplained(crashes: Path) -> str:
    """What is told of the first crash that no scenario provoked again; "" where there is none."""
    noted = _provoked(crashes)
    known = set(noted.read_text(encoding="utf-8").split()) if noted.exists() else set()
    return next((text for number, text in enumerate(told(crashes)) if str(number) not in known), "")


def _down(crashes: Path) -> Path:
    return crashes.with_suffix(".down")


def _provoked(crashes: Path) -> Path:
    return crashes.with_suffix(".provoked")
