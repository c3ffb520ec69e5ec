"""Read the pinned versions and hashes of the real binaries (pins.yaml)."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from harness.system import yaml_io

PINS = Path(__file__).with_name("pins.yaml")
PROJECT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Archive:
    """A released archive: its URL, its SHA-256, and the path of the binary inside."""

    url: str
    sha256: str
    member: str


@cache
def pins() -> Any:
    """Return the content of pins.yaml."""
    return yaml_io.load(PINS.read_text(encoding="utf-8"))


def kopia_versions() -> tuple[str, ...]:
    """Return the pinned versions of kopia, the default version first."""
    return tuple(str(version) for version in pins()["kopia"]["sha256"])


def kopia_archive(version: str, base_url: str | None = None) -> Archive | None:
    """Return the released archive of a version for this platform, or None if none is pinned."""
    entry = pins()["kopia"]
    target = release_platform()
    sha256 = entry["sha256"].get(version, {}).get(target)
    if sha256 is None:
        return None
    base = base_url or entry["base_url"].format(version=version)
    name = entry["archive"].format(version=version, platform=target)
    return Archive(f"{base.rstrip('/')}/{name}", sha256, entry["member"].format(version=version, platform=target))


def release_platform() -> str:
    """Return this platform as the releases of kopia name it, such as ``linux-x64``."""
    system = {"Linux": "linux", "Darwin": "macOS"}.get(platform.system(), platform.system().lower())
    machine = platform.machine().lower()
    return f"{system}-{ {'x86_64': 'x64', 'amd64': 'x64', 'aarch64': 'arm64'}.get(machine, machine) }"
