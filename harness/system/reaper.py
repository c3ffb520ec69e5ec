"""Clean up after a run, however the run ends.

The reaper is a process of its own.  It reads from a pipe what to clean up.  The pipe closes when the run ends or is
killed.  The reaper then kills all processes with the marker of the run, removes containers and folders, and exits.  So
a normal end, Ctrl-C, SIGTERM and SIGKILL lead to the same clean-up.

The lines of the pipe are ``container NAME``, ``containers MARKER`` (all with the label of the run), ``process PID``,
``folder PATH``, and ``keep``, which keeps all of these.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import HarnessError
from harness.system.container_engine import reason
from harness.system.limits import SUITE
from harness.system.process import RUN_MARKER, Output, run, spawn
from harness.system.wait import wait_until

if TYPE_CHECKING:
    from docker import DockerClient

RUN_LABEL = "volsync-kopia-conformance.run"
"""Label of every container that a worker starts; its value is the marker of the run."""

REMOVE_POLL_S = 0.1
SWEEP_POLL_S = 0.01

# Indices of fields in /proc/PID/stat, counted from the field after the name (see proc(5)).
STAT_STATE, STAT_FLAGS, STAT_ENV_START, STAT_ENV_END = 0, 6, 47, 48
ZOMBIE = "Z"
EXITING, KERNEL_THREAD = 0x00000004, 0x00200000


class Reaper:
    """Start the reaper process of a run, send it what to clean up, and end it."""

    def __init__(self, marker: str) -> None:
        """Start the reaper for the run with this marker."""
        self._process = spawn(
            [sys.executable, "-m", "harness.system.reaper", marker],
            cwd=Path(__file__).parents[2],
            env={name: value for name, value in os.environ.items() if name != RUN_MARKER},
            output=Output.STDOUT,
            takes_input=True,
            marked=False,
        )

    def guard(self, kind: str, what: object) -> None:
        """Register something for the clean-up; call this before it is created.

        Args:
            kind: A key of ``CLEANERS``.
            what: The name, id or path.

        Raises:
            HarnessError: The kind is unknown, or the reaper process has ended.
        """
        if kind not in CLEANERS:
            raise HarnessError(f"cannot clean {kind} {what}: not one of {', '.join(CLEANERS)}")
        self._tell(f"{kind} {what}")

    def keep(self) -> None:
        """Keep everything that was registered so far; only other processes with the marker are killed."""
        self._tell("keep")

    def close(self) -> None:
        """Clean up now; HarnessError if something could not be cleaned up."""
        if self._process.is_running:
            self._process.stdin.close()
        if not self._process.wait(SUITE.clean_s):
            self._process.end_group()
            raise HarnessError(f"cleaning up did not end within {SUITE.clean_s:g} s")
        with self._process.stdout as output:
            problem = output.read().decode(errors="replace").strip()
        if self._process.exit_code != 0:
            raise HarnessError(f"cleaning up failed: {(problem.splitlines() or ['no message'])[-1]}")

    def _tell(self, line: str) -> None:
        if not self._process.is_running:
            raise HarnessError("the reaper that cleans up after the run is gone")
        self._process.stdin.write(f"{line}\n".encode())
        self._process.stdin.flush()


def main(marker: str) -> int:
    """Read lines until the pipe closes, then clean up; return the exit status of the reaper."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    orders = [_understood(line) for line in sys.stdin]
    kept = ["keep"] in orders
    sweep(marker, spared={int(order[1]) for order in orders if kept and order[0] == "process"})
    if kept:
        return 0
    # Clean up in parallel: the container engine and the disk are both slow.
    with ThreadPoolExecutor(max_workers=max(1, len(orders))) as pool:
        problems = [problem for problem in pool.map(lambda order: _clean(*order), orders) if problem]
    if problems:
        _report("; ".join(problems))
    return 1 if problems else 0


def _understood(line: str) -> list[str]:
    order = line.strip().split(" ", 1)
    if order[0].startswith("container"):
        # Importing the client takes as long as removing a container, so do it while the run still goes on.
        _engine_errors()
    return order


def _report(problem: str) -> None:
    """Print a problem for the run, or to the terminal if the run was killed."""
    try:
        print(problem, flush=True)
    except BrokenPipeError:
        print(f"ERROR: cleaning up after a run that was killed: {problem}", file=sys.stderr)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def sweep(marker: str, spared: set[int], variable: str = RUN_MARKER) -> None:
    """Kill all processes with the marker except the spared ones, until none is left.

    During an exec, a process has no readable environment, so its marker is unknown.  This function therefore also waits
    until no process is in that state.
    """

    def none_left() -> bool:
        seen = _look(marker, variable)
        left = set(seen.marked) - spared
        for pid in left:
            _kill(pid)
        return not seen.unsettled and not left

    wait_until(none_left, SUITE.sweep_s, poll_s=SWEEP_POLL_S)


def marked(marker: str, variable: str = RUN_MARKER) -> list[int]:
    """Return the processes with the marker in their environment; without Linux's /proc, return none."""
    return _look(marker, variable).marked


@dataclass(frozen=True)
class _Seen:
    """Hold the processes with the marker, and those whose environment is not readable yet."""

    marked: list[int]
    unsettled: list[int]


def _look(marker: str, variable: str) -> _Seen:
    wanted = f"{variable}={marker}".encode()
    seen = _Seen([], [])
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            environment = (folder / "environ").read_bytes()
            if wanted in environment.split(b"\0"):
                seen.marked.append(int(folder.name))
            elif not environment and _in_exec(folder):
                seen.unsettled.append(int(folder.name))
        except OSError:
            # The process has ended, or belongs to another user: there is nothing to kill.
            continue
    return seen


def _in_exec(folder: Path) -> bool:
    """Return True if a process without a readable environment is in an exec.

    Zombies, exiting processes, kernel threads and processes with an empty environment are not in an exec.
    """
    status = (folder / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    if status[STAT_STATE] == ZOMBIE or int(status[STAT_FLAGS]) & (EXITING | KERNEL_THREAD):
        return False
    really_empty = status[STAT_ENV_END] == status[STAT_ENV_START] != "0"
    return not really_empty


def _clean(kind: str, what: str = "") -> str:
    """Clean up one thing and return the problem, or ""."""
    clean = CLEANERS.get(kind)
    if clean is None or not what:
        return f"cannot clean {f'{kind} {what}'.strip()!r}: not one of {', '.join(CLEANERS)}, with what to clean"
    return clean(what)


def _end(pid: str) -> str:
    _kill(int(pid))
    return ""


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def _remove_container(name: str) -> str:
    """Remove a container and return the problem, or "".

    A busy engine can fail; the removal is repeated until the engine reports that the container does not exist.
    """
    from docker.errors import NotFound

    try:
        containers = _engine().containers
    except _engine_errors() as error:
        return f"container {name} could not be removed: {reason(error)}"
    problem = "the engine still lists it"

    def is_gone() -> bool:
        nonlocal problem
        try:
            containers.get(name).remove(force=True, v=True)
        except NotFound:
            return True
        except _engine_errors() as error:
            problem = reason(error)
        return False

    gone = wait_until(is_gone, SUITE.remove_container_s, poll_s=REMOVE_POLL_S)
    return "" if gone else f"container {name} could not be removed: {problem}"


def _remove_labelled(marker: str) -> str:
    try:
        found = _engine().containers.list(all=True, filters={"label": f"{RUN_LABEL}={marker}"})
    except _engine_errors() as error:
        return f"containers of this run could not be listed: {reason(error)}"
    return "; ".join(filter(None, [_remove_container(str(container.id)) for container in found]))


def _engine() -> DockerClient:
    import docker

    return docker.from_env(timeout=SUITE.engine_s)


def _engine_errors() -> tuple[type[Exception], ...]:
    """Return the errors of the client: its own, and the OSErrors of the library below it."""
    from docker.errors import DockerException

    return DockerException, OSError


def _remove_folder(folder: Path) -> str:
    """Remove a folder and return the problem, or "".

    A process that is about to end may still write files, so the removal is repeated.  ``rm`` is used because it takes a
    third of the time for the many small files of kopia.
    """

    def is_gone() -> bool:
        if folder.exists():
            run(
                ["rm", "-rf", "--", folder],
                env={"PATH": os.environ.get("PATH", os.defpath)},
                timeout_s=SUITE.remove_folder_s,
            )
        return not folder.exists()

    try:
        gone = wait_until(is_gone, SUITE.sweep_s, poll_s=SWEEP_POLL_S)
    except HarnessError:
        gone = False
    return "" if gone else f"folder {folder} could not be removed"


CLEANERS: Mapping[str, Callable[[str], str]] = {
    "process": _end,
    "container": _remove_container,
    "containers": _remove_labelled,
    "folder": lambda folder: _remove_folder(Path(folder)),
}
"""The function that cleans up each kind; it returns the problem, or ""."""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
