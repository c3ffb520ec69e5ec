"""Record the command line of each process of a mover, with the tracer (tracer.py) as its parent process.

A container gets the tracer, a Python of this machine and its libraries as read-only mounts.  So the image needs no
Python.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import sys
import sysconfig
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.system.limits import SUITE
from harness.system.process import run

WATCH = Path(__file__).with_name("tracer.py")
GRACE_S = 2.0
"""How long other processes of a mover may run after it; the same as in the sandbox."""

INSIDE = "/.conformance"
"""Mount path of the tracer in a container."""

REPORT = "command-lines"

LOADER = re.compile(rb"\x00(/[^\x00]*/ld[^\x00/]*\.so[^\x00/]*)\x00")
REPORTS = "reports"
"""Folder below ``INSIDE`` for the report of a container."""

HEAD_BYTES = 1 << 16


@dataclass(frozen=True)
class Seen:
    """Hold the command lines of all processes of one Job.

    Attributes:
        command_lines: The command lines, each once.
        blind: Why command lines are missing; "" if all are recorded.
    """

    command_lines: tuple[str, ...] = ()
    blind: str = ""


NOBODY_WATCHED = Seen(blind="the processes of the mover were not traced")


def blind_here() -> str:
    """Return why command lines cannot be recorded on this system; "" if they can."""
    if not sys.platform.startswith("linux"):
        return f"there is no seccomp on {sys.platform}"
    return "" if importlib.util.find_spec("_ctypes") else f"{sys.executable} has no ctypes"


def needed() -> set[Path]:
    """Return the folders of this machine that the tracer needs."""
    return {WATCH.parent, *map(Path, (sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix))}


def watched(command: Sequence[str], report: Path) -> list[str]:
    """Return the command that runs a program of this machine under the tracer."""
    return [sys.executable, "-I", "-S", str(WATCH), str(report), str(GRACE_S), *command]


def read(report: Path) -> Seen:
    """Return the content of a report; an empty report means that the tracer did not start."""
    lines = report.read_text(encoding="utf-8").splitlines() if report.exists() else []
    entries = [json.loads(line) for line in lines]
    blind = [str(entry["blind"]) for entry in entries if "blind" in entry]
    seen = dict.fromkeys(" ".join(entry["argv"]) for entry in entries if "argv" in entry)
    return Seen(tuple(seen), "; ".join(dict.fromkeys(blind)) if entries else "the watching program did not start")


@dataclass(frozen=True)
class Toolbox:
    """Run the tracer in containers; ``mounts`` maps each mount path to a folder of this machine, all read-only."""

    mounts: dict[str, str]
    command: tuple[str, ...]

    def watched(self, command: Sequence[str], report: str) -> list[str]:
        """Return the command that runs a program of the container under the tracer.

        Args:
            command: The program and its arguments.
            report: The path of the report in the container.
        """
        return [*self.command, report, "0", *command]


def toolbox(folder: Path) -> Toolbox | str:
    """Build a Python with the tracer for containers in a folder; return why not if that is not possible."""
    if why := blind_here():
        return why
    python = Path(sys.executable).resolve()
    with python.open("rb") as file:
        loader = LOADER.search(file.read(HEAD_BYTES))
    if loader is None:
        return f"{python} names no loader"
    loader_path = os.fsdecode(loader[1])
    libraries: dict[str, str] = {}
    foreign_functions = importlib.util.find_spec("_ctypes")
    for program in (str(python), str(foreign_functions.origin if foreign_functions else python)):
        done = run([loader_path, "--list", program], env={}, timeout_s=SUITE.probe_s)
        if done.exit_code != 0:
            return f"the libraries of {program} cannot be listed: {done.tail}"
        libraries |= dict(re.findall(r"^\s*(\S+) => (/\S+)", done.stdout, re.MULTILINE))
    for path in ("lib", "python/bin", REPORTS):
        (folder / path).mkdir(parents=True, exist_ok=True)
    for name, library in libraries.items():
        shutil.copy(library, folder / "lib" / name)
    shutil.copy(loader_path, folder / "ld.so")
    shutil.copy(python, folder / "python" / "bin" / python.name)
    shutil.copy(WATCH, folder / WATCH.name)
    mounts = {INSIDE: str(folder), **_standard_library(folder / "python")}
    _readable(folder)
    inside = f"{INSIDE}/python/bin/{python.name}"
    loading = (f"{INSIDE}/ld.so", "--library-path", f"{INSIDE}/lib")
    return Toolbox(mounts, (*loading, inside, "-I", "-S", f"{INSIDE}/{WATCH.name}"))


def _standard_library(prefix: Path) -> dict[str, str]:
    """Return mounts of the standard library at the paths where the copied Python looks for it."""
    bases = {"installed_base": sys.base_prefix, "installed_platbase": sys.base_exec_prefix}
    bases |= {"base": sys.base_prefix, "platbase": sys.base_exec_prefix}
    places = {sysconfig.get_path(kind, vars=bases) for kind in ("stdlib", "platstdlib")}
    mounts = {}
    for place in places:
        below = os.path.relpath(place, sys.base_prefix)
        (prefix / below).mkdir(parents=True, exist_ok=True)
        mounts[f"{INSIDE}/python/{below}"] = place
    return mounts


def _readable(folder: Path) -> None:
    """Make all files readable for every user of a container, independent of the umask."""
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755)
