"""Run a mover that is a program of the subject, with exactly the inputs that the operator's Job defines.

If this system allows it, the program gets its own mount namespace, with its volumes at ``/data``, ``/restore/data`` and
``/cache``, and its own ``/tmp``.  Otherwise variables of the Job name the folders.
"""

from __future__ import annotations

import json
import secrets
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import count
from pathlib import Path, PurePosixPath
from typing import Literal

from harness.errors import HarnessError, UsageError
from harness.model import MoverJob, MoverResult
from harness.mover import process_trace
from harness.mover.base import place_of
from harness.system import limited_run, sandbox
from harness.system.limits import DEFAULT_LIMITS, SUITE, SubjectLimits
from harness.system.process import REDACT, Call, run
from harness.system.reaper import sweep
from harness.toolchain.kopia_version import version_of
from harness.volsync.mover_job import cache_dir_of, data_dir_of, environment_outside, pod_name
from harness.volsync.variables import Variable

SANDBOX = Path(sandbox.__file__)
SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
JOB_MARKER = "VOLSYNC_CONFORMANCE_JOB"
"""Environment variable in all processes of one Job, so that they can be found and ended."""

PLACES_INSIDE = ("/tmp", "/data", "/cache", "/restore")  # noqa: S108 (the mover's own)
"""Folders that a mover gets for itself, even if this machine has folders of the same name."""

Isolation = Literal["auto", "namespace", "environment"]


@dataclass(frozen=True)
class CommandSpec:
    """Hold the settings of a mover command in a subject file.

    Attributes:
        command: The command line with an absolute program.
        path: Folders for the ``PATH`` of the mover.
        isolation: ``namespace`` requires a mount namespace, ``environment`` uses only variables, and ``auto`` uses a
            namespace if the system allows it.
        timeout_s: How long a Job may take.
        limits: The time limits of the subject.
    """

    command: tuple[str, ...]
    path: tuple[Path, ...] = ()
    isolation: Isolation = "auto"
    timeout_s: float = SubjectLimits.mover_s
    limits: SubjectLimits = DEFAULT_LIMITS


@dataclass
class CommandMover:
    """Run Jobs one after another; call ``record`` with each finished command.

    With ``watched``, the mover starts 20 ms later, and each of its processes 0.2 ms later.  So it is off by default.
    """

    spec: CommandSpec
    kopia: Path
    scratch: Path
    record: Callable[[Call], None]
    watched: bool = False
    _numbers: count[int] = field(default_factory=lambda: count(1), repr=False)

    def run(self, job: MoverJob) -> MoverResult:
        """See Mover."""
        return self._run(job, self.spec.timeout_s, self.spec.limits.mover_stop_s)

    def run_until(self, job: MoverJob, seconds: float) -> MoverResult:
        """See Killable."""
        return self._run(job, seconds, grace_s=0.0)

    def _run(self, job: MoverJob, timeout_s: float, grace_s: float) -> MoverResult:
        # Unique on this machine: it marks the processes of the Job, and another run has scenarios of the same names.
        name = f"{self.scratch.parent.name}-{next(self._numbers)}-{secrets.token_hex(6)}"
        folder = self.scratch / name
        (folder / "tmp").mkdir(parents=True)
        why_not = namespaces_refused() if self.spec.isolation != "environment" else "asked for"
        in_namespace = self.spec.isolation == "namespace" or not why_not
        report, lines = folder / "report", _made(folder / "watch") / process_trace.REPORT
        command = [*self.spec.command, *job.args]
        blind = process_trace.blind_here() if self.watched else process_trace.NOBODY_WATCHED.blind
        seen_at = Path(process_trace.INSIDE, process_trace.REPORT) if in_namespace else lines
        binds = {"/tmp": str(folder / "tmp")}  # noqa: S108 (the mover's own)
        binds |= {} if blind else {process_trace.INSIDE: str(folder / "watch")}
        _require_places(job, in_namespace=in_namespace)
        spec = {
            "argv": command if blind else process_trace.watched(command, seen_at),
            "root": str(_made(self.scratch / "root")) if in_namespace else None,
            "binds": {**binds, **{at: str(path) for at, path in job.volumes.items()}},
            "read_only": sorted(job.read_only) if in_namespace else [],
            "cwd": self._working_dir(job, in_namespace=in_namespace),
            "exposed": [str(path) for path in self._exposed()],
            "report": str(report),
        }
        (folder / "job.json").write_text(json.dumps(spec), encoding="utf-8")
        env = self.environment(job, folder / "tmp", in_namespace=in_namespace) | {JOB_MARKER: name}
        REDACT.add(value for key, value in job.secret_env.items() if "PASSWORD" in key or "SECRET" in key)
        ended = limited_run.run(
            [sys.executable, "-I", "-S", str(SANDBOX), str(folder / "job.json")],
            env,
            timeout_s,
            lambda: sweep(name, set(), JOB_MARKER),
            grace_s=grace_s,
            max_log_bytes=self.spec.limits.mover_log_bytes,
        )
        self.record(Call(self.spec.command + job.args, env, ended.log, ended.exit_code, ended.seconds))
        why = ended.why_ended or report.read_text(encoding="utf-8").strip()
        seen = process_trace.Seen(blind=blind) if blind else process_trace.read(lines)
        shutil.rmtree(folder, ignore_errors=True)
        return MoverResult(ended.exit_code, ended.log, why, seen.command_lines, seen.blind)

    def environment(self, job: MoverJob, tmp: Path, *, in_namespace: bool) -> dict[str, str]:
        """Return the environment of the container: the variables of the Job, and those that each container has."""
        path = ":".join([*map(str, self.spec.path), str(self._kopia_folder), SYSTEM_PATH])
        env = {**job.env, **job.secret_env, "PATH": path, "HOSTNAME": pod_name(job.owner)}
        if in_namespace:
            return {**env, "HOME": "/tmp", "TMPDIR": "/tmp"}  # noqa: S108 (the mover's own)
        data = str(place_of(job, data_dir_of(job)) or _missing(job, data_dir_of(job)))
        outside = environment_outside(job, data, str(place_of(job, cache_dir_of(job)) or tmp))
        return {**env, **outside, "HOME": str(tmp), "TMPDIR": str(tmp)}

    def _working_dir(self, job: MoverJob, *, in_namespace: bool) -> str | None:
        """Return the working directory of the mover; if it is in a volume, create it as a container engine does."""
        wanted = job.working_dir
        if wanted is None:
            return None
        if place := place_of(job, wanted):
            place.mkdir(parents=True, exist_ok=True)
            return wanted if in_namespace else str(place)
        if wanted.startswith(PLACES_INSIDE) or not Path(wanted).is_dir():
            raise HarnessError(f"{job.owner}: workingDir {wanted}: no volume of the Job, and not on this machine")
        return wanted

    @cached_property
    def _kopia_folder(self) -> Path:
        """Return a folder in which the kopia binary has the name ``kopia``."""
        if self.kopia.name == "kopia":
            return self.kopia.parent
        folder = _made(self.scratch / "bin")
        (folder / "kopia").symlink_to(self.kopia)
        return folder

    def _exposed(self) -> list[Path]:
        """Return folders that the mover needs but a mount would hide, such as a checkout below /tmp."""
        named = [Path(word) for word in self.spec.command if word.startswith("/")]
        folders = {path.parent if path.is_file() else path for path in named if path.exists()}
        wanted = {*folders, *self.spec.path, self.kopia.parent, self._kopia_folder}
        wanted |= process_trace.needed() if self.watched else set()
        return sorted(path for path in wanted if str(path).startswith(tuple(f"{place}/" for place in PLACES_INSIDE)))


@cache
def namespaces_refused() -> str:
    """Return why this system cannot create a namespace; "" if it can."""
    if not sys.platform.startswith("linux"):
        return f"no namespaces on {sys.platform}"
    with tempfile.TemporaryDirectory() as folder:
        done = run([sys.executable, "-I", "-S", SANDBOX, "--probe", folder], env={}, timeout_s=SUITE.probe_s)
    return "" if done.exit_code == 0 else (done.tail or "the system refuses it")


def how_it_runs(spec: CommandSpec) -> str:
    """Return a text for the report: how the mover finds its volumes, and why in this way.

    Raises:
        UsageError: The subject file requires a namespace, and this system cannot create one.
    """
    why_not = "asked for" if spec.isolation == "environment" else namespaces_refused()
    if not why_not:
        return "in a mount namespace of its own"
    if spec.isolation == "namespace":
        raise UsageError(f"mover.isolation: namespace: not to be had here ({why_not}); use auto or environment")
    return f"through {Variable.DATA_FOLDER} and {Variable.CACHE_FOLDER} ({why_not})"


def kopia_of(spec: CommandSpec, kopia: Path) -> str:
    """Return version and path of the kopia that the mover finds first; it can differ from the harness's own."""
    found = kopia_path(spec, kopia)
    return f"{version_of(found) or 'of unknown version'} ({found})" if found else "none on its path"


def kopia_path(spec: CommandSpec, kopia: Path) -> Path | None:
    """Return the kopia that the mover finds first on its path, or None."""
    path = ":".join([*map(str, spec.path), str(kopia.parent), SYSTEM_PATH])
    found = shutil.which("kopia", path=path) if kopia.name == "kopia" or spec.path else str(kopia)
    return Path(found) if found else None


def _require_places(job: MoverJob, *, in_namespace: bool) -> None:
    """Raise HarnessError if a volume cannot be mounted at its mount path."""
    for at in job.volumes:
        if not in_namespace:
            if not (at in PLACES_INSIDE or any(_is_at_or_above(at, used(job)) for used in (data_dir_of, cache_dir_of))):
                raise HarnessError(f"{job.owner}: mountPath {at}: cannot be had without a mount namespace")
        elif not at.startswith(PLACES_INSIDE) and Path(f"/{at.split('/')[1]}").exists() and not _is_place(Path(at)):
            # Its mount point would have to be created in a folder of this machine.
            raise HarnessError(f"{job.owner}: mountPath {at}: is not on this machine; only an image has it")


def _is_at_or_above(mount: str, path: str) -> bool:
    return PurePosixPath(path).is_relative_to(mount)


def _is_place(path: Path) -> bool:
    return path.exists() and path.resolve() == path


def _missing(job: MoverJob, path: str) -> Path:
    raise HarnessError(f"{job.owner}: {Variable.DATA_FOLDER} {path}: no volume of its Job is mounted there")


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
