"""Ask a binary which version of kopia it is."""

from __future__ import annotations

import re
from pathlib import Path

from harness.system.process import run


def version_of(binary: Path) -> str | None:
    """The version a binary reports (``0.23.1``), or None where it is no kopia."""
    done = run([binary, "--version"], env={"HOME": "/nonexistent", "PATH": "/usr/bin:/bin"}, timeout_s=20)
    match = re.match(r"v?(\d+\.\d+\.\d+\S*) build: ", done.stdout)
    return match.group(1) if done.exit_code == 0 and match else None
