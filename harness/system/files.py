"""Tell what cannot be read as a file."""

from __future__ import annotations

import stat
from pathlib import Path

NOT_REGULAR = "is no regular file"


def is_endless(file: Path) -> bool:
    """Return True for a pipe, a device or a socket: whoever reads it may wait for ever, or read for ever."""
    try:
        mode = file.stat().st_mode
    except (OSError, ValueError):
        # Whoever reads it says why that fails.
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))
