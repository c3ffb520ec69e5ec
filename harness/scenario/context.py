"""Hold what one worker needs to run scenarios: the kopia binary, the store, a folder, and the API connection."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.errors import HarnessError
from harness.kopia.histories import history_code
from harness.kopia.library import Library
from harness.kopia.repositories import RepositoryTools
from harness.kopia.templates import RepositoryTemplates
from harness.kubernetes.api_access import ApiAccess
from harness.storage.buckets import Buckets
from harness.storage.s3 import S3Store
from harness.system.limits import SUITE
from harness.system.process import REDACT, Call, Process, spawn
from harness.toolchain.provision import Tool, cache_folder

if TYPE_CHECKING:
    from harness.kubernetes.connection import Cluster

PASSWORD_BYTES = 16
PASSWORD_MARKS = " \"'\\$HOME`&<%!ü€ "  # noqa: S105 (the part that is no secret)
"""Characters that need quoting in a shell or in XML. Every password of a run contains them."""

TEMPLATES_FOLDER = "templates"
LIBRARY_FOLDER = "histories"


@dataclass
class WorkerContext:
    """The worker context. The main process passes it to each worker as plain values.

    Attributes:
        kopia: The kopia program of the harness.
        store: The S3 store of the run.
        folder: The folder of the run.
        keep: True if the store and the folders are kept after the run.
        overhead: True if the run is compared with a shell loop of the same kopia commands.
        kubernetes: How to connect to the Kubernetes API, or None if the platform is simulated.
        mover_kopia: The kopia program of the mover, or None if it cannot run on this machine.
        password: The password of the repositories.
        removals: The processes that remove folders in the background.
    """

    kopia: Tool
    store: S3Store
    folder: Path
    keep: bool = False
    overhead: bool = False
    kubernetes: ApiAccess | None = None
    mover_kopia: Path | None = None
    password: str = field(default_factory=lambda: random_password(), repr=False)
    removals: list[Process] = field(default_factory=list, repr=False)

    def __post_init__(self) -> None:
        """Register the secrets of the run for redaction, in the main process and in each worker."""
        REDACT.add([self.store.secret_key, self.password])

    @cached_property
    def cluster(self) -> Cluster | None:
        """Return this worker's connection to the Kubernetes API, or None if the platform is simulated."""
        if self.kubernetes is None:
            return None
        # Imported late, because importing the API client takes a tenth of a worker's start time.
        from harness.kubernetes.connection import Cluster

        return Cluster(self.kubernetes)

    def be_answered_since(self, silent_s: float) -> None:
        """Shorten the time limit for an answer by the seconds for which the operator was silent already."""
        if self.kubernetes is not None and self.cluster is not None:
            self.kubernetes = self.cluster.facts = replace(self.kubernetes, silent_s=silent_s)

    @cached_property
    def templates(self) -> RepositoryTemplates:
        """Return the repository templates that the workers of this run share."""
        return RepositoryTemplates(self.folder / TEMPLATES_FOLDER)

    @cached_property
    def library(self) -> Library:
        """Return the repositories that this machine keeps from earlier runs with the same kopia and suite."""
        return Library(cache_folder() / LIBRARY_FOLDER / history_code(self.kopia.path), self.store)

    @cached_property
    def buckets(self) -> Buckets:
        """Return the buckets of this run."""
        return Buckets(self.store, self.folder)

    def repository_tools(self, record: Callable[[Call], None]) -> RepositoryTools:
        """Return the tools for the repositories of a scenario. ``record`` is called with each call of kopia."""
        return RepositoryTools(self.kopia.path, self.mover_kopia, self.buckets, self.templates, self.library, record)

    def discard(self, folder: Path) -> None:
        """Remove the folder of a finished scenario in the background, while the next scenario runs.

        Removing all folders at the end would delay the end of the run. The rest is removed with the folder of the run.
        """
        if self.keep or self.overhead:
            return
        self.removals = [one for one in self.removals if one.is_running]
        self.removals.append(spawn(["rm", "-rf", "--", folder], env={"PATH": os.environ.get("PATH", os.defpath)}))

    def remove_buckets(self) -> None:
        """Remove all remaining buckets of this run, if the store outlives the run."""
        if self.store.lasting and not self.keep:
            self.buckets.remove_all()

    def check(self) -> None:
        """Check the disk and the store.

        Raises:
            HarnessError: The disk is full, or the store failed its health check.
        """
        require_space(self.folder)
        self.store.check()

    def as_dict(self) -> Mapping[str, Any]:
        """Return the context as plain values for another process."""
        return {
            "kopia": [str(self.kopia.path), self.kopia.version, self.kopia.origin],
            "store": self.store.as_dict(),
            "folder": str(self.folder),
            "password": self.password,
            "keep": self.keep,
            "overhead": self.overhead,
            "mover_kopia": str(self.mover_kopia) if self.mover_kopia else None,
            "kubernetes": asdict(self.kubernetes) if self.kubernetes else None,
        }

    @staticmethod
    def from_dict(values: Mapping[str, Any]) -> WorkerContext:
        """Return the context from the values of ``as_dict``."""
        path, version, origin = values["kopia"]
        return WorkerContext(
            Tool(Path(path), version, origin),
            S3Store(**values["store"]),
            Path(values["folder"]),
            values["keep"],
            values["overhead"],
            ApiAccess.from_dict(values["kubernetes"]) if values["kubernetes"] else None,
            mover_kopia=Path(values["mover_kopia"]) if values["mover_kopia"] else None,
            password=values["password"],
        )


def random_password() -> str:
    """Return a random password that also contains characters which need quoting."""
    return f"{secrets.token_hex(4)}{PASSWORD_MARKS}{secrets.token_hex(PASSWORD_BYTES)}"


def require_space(folder: Path) -> None:
    """Check that the disk of a folder has free space.

    Raises:
        HarnessError: The disk is full.
    """
    free = shutil.disk_usage(folder).free
    if free < SUITE.free_bytes:
        raise HarnessError(f"the disk of {folder} is full ({free >> 20} MiB left); free space or set TMPDIR")
