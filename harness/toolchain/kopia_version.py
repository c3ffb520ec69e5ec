"""Read the version of a kopia binary."""

from __future__ import annotations

import re
from pathlib import Path

from harness.system.process import run


def version_of(binary: Path) -> str | None:
    """Return the version that a binary reports (``0.23.1``), or None if it is not a kopia."""
    done = run([binary, "--version"], env={"HOME": "/nonexistent", "PATH": "/usr/bin:/bin"}, timeout_s=20)
    match = re.match(r"v?(\d+\.\d+\.\d+\S*) build: ", done.stdout)
    return match.group(1) if done.exit_code == 0 and match else None
