"""The pinned versions and hashes of the real parts (pins.yaml), and this platform's name."""

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
    """A released archive: ``url`` of it, its SHA-256, and the path of the binary inside."""

    url: str
    sha256: str
    member: str


@cache
def pins() -> Any:
    """The parsed pins."""
    return yaml_io.load(PINS.read_text(encoding="utf-8"))


def kopia_versions() -> tuple[str, ...]:
    """The versions of kopia that can be provisioned, the default first."""
    return tuple(str(version) for version in pins()["kopia"]["sha256"])


def kopia_archive(version: str, base_url: str | None = None) -> Archive | None:
    """The released archive of a version for this platform, or None where none is pinned."""
    entry = pins()["kopia"]
    target = release_platform()
    sha256 = entry["sha256"].get(version, {}).get(target)
    if sha256 is None:
        return None
    base = base_url or entry["base_url"].format(version=version)
    name = entry["archive"].format(version=version, platform=target)
    return Archive(f"{base.rstrip('/')}/{name}", sha256, entry["member"].format(version=version, platform=target))


def release_platform() -> str:
    """This platform as kopia's releases name it, such as ``linux-x64``."""
    system = {"Linux": "linux", "Darwin": "macOS"}.get(platform.system(), platform.system().lower())
    machine = platform.machine().lower()
    return f"{system}-{ {'x86_64': 'x64', 'amd64': 'x64', 'aarch64': 'arm64'}.get(machine, machine) }"
