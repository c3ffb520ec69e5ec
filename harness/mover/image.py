"""Run a mover that is a container image, as the container of an operator's Job, with bind mounts and no cluster.

The container uses the network of the host.  So it reaches a store on 127.0.0.1, and no port is open to other machines.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import tarfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import count
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.errors import HarnessError, UsageError
from harness.model import MoverJob, MoverResult
from harness.mover import process_trace
from harness.system.container_engine import NoEngine, engine, reason
from harness.system.limited_run import too_long
from harness.system.limits import DEFAULT_LIMITS, SubjectLimits
from harness.system.process import REDACT, RUN_MARKER, Call
from harness.system.reaper import RUN_LABEL
from harness.toolchain.kopia_version import version_of
from harness.volsync import mover_job

if TYPE_CHECKING:
    from docker import DockerClient
    from docker.models.containers import Container

ENTRYPOINT = (mover_job.ENTRYPOINT,)
USUAL_PLACES = ("/usr/bin/kopia", "/usr/local/bin/kopia", "/bin/kopia", "/kopia", f"{mover_job.IMAGE_FOLDER}/kopia")


@dataclass(frozen=True)
class ImageSpec:
    """Hold the settings of a mover image in a subject file.

    Attributes:
        image: The name of the image.
        entrypoint: The command before the arguments of the Job.
        user: The user of the container (``uid[:gid]``); "" for that of the image.
        privileged: True for a privileged container.
        read_only_root: True if the root file system is read-only.
        capabilities_add: Capabilities to add.
        capabilities_drop: Capabilities to drop.
        timeout_s: How long a Job may take.
        limits: The time limits of the subject.
    """

    image: str
    entrypoint: tuple[str, ...] = ENTRYPOINT
    user: str = ""
    privileged: bool = False
    read_only_root: bool = False
    capabilities_add: tuple[str, ...] = ()
    capabilities_drop: tuple[str, ...] = ()
    timeout_s: float = SubjectLimits.mover_s
    limits: SubjectLimits = DEFAULT_LIMITS

    def security(self) -> dict[str, Any]:
        """Return the security context as arguments of the container engine."""
        return {
            "user": self.user or None,
            "privileged": self.privileged,
            "read_only": self.read_only_root,
            "cap_add": list(self.capabilities_add),
            "cap_drop": list(self.capabilities_drop),
        }


@dataclass
class ImageMover:
    """Run Jobs one after another, each in a new container."""

    spec: ImageSpec
    scratch: Path
    record: Callable[[Call], None]
    watched: bool = False
    _numbers: count[int] = field(default_factory=lambda: count(1), repr=False)

    def run(self, job: MoverJob) -> MoverResult:
        """See Mover."""
        return self._run(job, self.spec.timeout_s, self.spec.limits.mover_stop_s)

    def run_until(self, job: MoverJob, seconds: float) -> MoverResult:
        """See Killable. The time counts from the start of the container."""
        return self._run(job, seconds, grace_s=0.0)

    def _run(self, job: MoverJob, timeout_s: float, grace_s: float) -> MoverResult:
        from docker.errors import DockerException

        tmp = self.scratch / f"tmp-{next(self._numbers)}"
        tmp.mkdir(parents=True)
        tmp.chmod(0o1777)
        volumes = {"/tmp": tmp, **self._above(job, tmp), **job.volumes}  # noqa: S108 (the mover's own)
        _hand_over(volumes.values(), self.spec.user)
        REDACT.add(value for key, value in job.secret_env.items() if "PASSWORD" in key or "SECRET" in key)
        reports = self.scratch / f"command-lines-{tmp.name}"
        blind = self._blind if self.watched else process_trace.NOBODY_WATCHED.blind
        begin = time.monotonic()
        try:
            container = self._create(job, volumes, None if blind else reports)
            try:
                result = self._follow(container, timeout_s, grace_s)
            finally:
                container.remove(force=True, v=True)
        except DockerException as error:
            raise HarnessError(f"the image {self.spec.image} could not be run: {reason(error)}") from None
        self.record(Call((self.spec.image, *job.args), {}, result.log, result.exit_code, time.monotonic() - begin))
        seen = process_trace.Seen(blind=blind) if blind else process_trace.read(reports / process_trace.REPORT)
        shutil.rmtree(reports, ignore_errors=True)
        return replace(result, command_lines=seen.command_lines, blind=seen.blind)

    def _above(self, job: MoverJob, tmp: Path) -> dict[str, Path]:
        """Return a writable empty folder for the parent of each mount path if the root of the container is read-only.

        A restore by kopia removes files next to its target, which fails in a read-only folder.  The Jobs of the
        operator mount an empty folder at ``/restore`` for this reason.
        """
        if not self.spec.read_only_root:
            return {}
        above = {str(Path(at).parent) for at in job.volumes} - {"/", *job.volumes}
        made = {at: tmp.with_name(f"{tmp.name}-{number}") for number, at in enumerate(sorted(above))}
        for folder in made.values():
            folder.mkdir()
            folder.chmod(0o1777)
        return made

    @cached_property
    def _client(self) -> DockerClient:
        return engine()

    @cached_property
    def _toolbox(self) -> process_trace.Toolbox | str:
        return process_trace.toolbox(self.scratch / "watch")

    @property
    def _blind(self) -> str:
        return self._toolbox if isinstance(self._toolbox, str) else ""

    def _create(self, job: MoverJob, volumes: dict[str, Path], reports: Path | None) -> Container:
        """Create the container; if ``reports`` is given, put the tracer in front of its entry point."""
        from docker.types import LogConfig, Mount

        entrypoint, read_only = list(self.spec.entrypoint), set(job.read_only)
        places = {at: str(path) for at, path in volumes.items()}
        if reports and isinstance(self._toolbox, process_trace.Toolbox):
            reports.mkdir()
            reports.chmod(0o777)
            inside = f"{process_trace.INSIDE}/{process_trace.REPORTS}"
            entrypoint = self._toolbox.watched(entrypoint, f"{inside}/{process_trace.REPORT}")
            read_only |= self._toolbox.mounts.keys()
            places |= {**self._toolbox.mounts, inside: str(reports)}
        return self._client.containers.create(
            self.spec.image,
            entrypoint=entrypoint,
            command=list(job.args),
            environment={**job.env, **job.secret_env, "HOSTNAME": mover_job.pod_name(job.owner)},
            mounts=[Mount(at, source, type="bind", read_only=at in read_only) for at, source in places.items()],
            working_dir=job.working_dir,
            network_mode="host",
            labels={RUN_LABEL: os.environ.get(RUN_MARKER, "")},
            # Read the output from the stream. If the engine stored it, a flood of short lines would fill the disk, and
            # the engine would return it too slowly to detect the flood in time.
            log_config=LogConfig(type="none"),
            **self.spec.security(),
        )

    def _follow(self, container: Container, timeout_s: float, grace_s: float) -> MoverResult:
        """Start the container and wait for its end; stop it at a limit, and kill it if it does not stop in time."""
        log, settled = bytearray(), threading.Event()
        limits = self.spec.limits
        written = container.attach(stream=True)
        container.start()

        def read() -> None:
            for chunk in written:
                if len(log) <= limits.mover_log_bytes:
                    log.extend(chunk)
                else:  # keep reading: a container does not end while its output is not read
                    settled.set()

        reading = ThreadPoolExecutor(1).submit(read)
        reading.add_done_callback(lambda _: settled.set())
        why = ""
        if not settled.wait(timeout_s):
            why = f"it did not end within {timeout_s:g} s"
            container.stop(timeout=ceil(grace_s))
        elif len(log) > limits.mover_log_bytes:
            why = too_long(limits.mover_log_bytes)
            container.stop(timeout=0)
        status = container.wait(timeout=ceil(limits.mover_stop_s) + 30)["StatusCode"]
        reading.result(limits.mover_stop_s)
        return MoverResult(int(status), log.decode("utf-8", errors="replace"), why)


def kopia_version(spec: ImageSpec) -> str:
    """Return the version of kopia in an image, or "unknown".

    Raises:
        UsageError: There is no such image or no container engine.
    """
    from docker.errors import DockerException, ImageNotFound

    try:
        client = engine()
        client.images.get(spec.image)
    except NoEngine as problem:
        raise UsageError(f"mover.image: {spec.image}: needs a container engine: {problem}") from None
    except ImageNotFound:
        raise UsageError(f"mover.image: {spec.image}: not found; build or pull it first") from None
    try:
        said = client.containers.run(spec.image, entrypoint=["kopia"], command=["--version"], remove=True, stderr=True)
    except DockerException:
        return "unknown"
    match = re.match(r"v?(\d+\.\d+\.\d+\S*) build: ", bytes(said).decode(errors="replace"))
    return match[1] if match else "unknown"


def kopia_of_image(spec: ImageSpec, folder: Path) -> Path | None:
    """Copy kopia from an image into a folder.

    Returns:
        The copy.  None if the image has no kopia in a usual place, or the copy does not run on this machine.

    Raises:
        HarnessError: The container engine fails.
    """
    from docker.errors import DockerException, NotFound

    client, target = engine(), folder / "kopia-of-the-image"
    try:
        container = client.containers.create(spec.image, entrypoint=["kopia"])
        try:
            for place in USUAL_PLACES:
                try:
                    chunks, _ = container.get_archive(place)
                except NotFound:
                    continue
                with tarfile.open(fileobj=io.BytesIO(b"".join(chunks))) as archive:
                    member = archive.extractfile(archive.getmembers()[0])
                    if member is None:
                        continue
                    target.write_bytes(member.read())
                target.chmod(0o700)
                return target if version_of(target) else None
        finally:
            container.remove(force=True, v=True)
    except DockerException as error:
        raise HarnessError(f"the image {spec.image} could not be looked into: {reason(error)}") from None
    return None


def _hand_over(folders: Any, user: str) -> None:
    """Make the user of the container the owner of its volumes, as fsGroup or privileges do on a cluster."""
    if not user or os.geteuid() != 0:
        return
    uid, _, gid = user.partition(":")
    for folder in folders:
        for path in [folder, *Path(folder).rglob("*")]:
            os.chown(path, int(uid), int(gid or uid), follow_symlinks=False)
