"""What one worker works with: the real binary, the store, a folder, and a record of kopia's time."""

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
from harness.kopia.repositories import RepositoryTools
from harness.kopia.templates import RepositoryTemplates
from harness.kubernetes.api_access import ApiAccess
from harness.storage.buckets import Buckets
from harness.storage.s3 import S3Store
from harness.system.limits import SUITE
from harness.system.process import REDACT, Call, Process, spawn
from harness.toolchain.provision import Tool

if TYPE_CHECKING:
    from harness.kubernetes.connection import Cluster

PASSWORD_BYTES = 16
PASSWORD_MARKS = " \"'\\$HOME`&<%!ü€ "  # noqa: S105 (the part that is no secret)
"""What a mover has to quote, or to leave in the environment; every password of a run has it."""

TEMPLATES_FOLDER = "templates"


@dataclass
class WorkerContext:
    """Handed from the run to each worker as plain values, and back to typed ones."""

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
        """Has everything secret redacted from here on, in the run as in its workers."""
        REDACT.add([self.store.secret_key, self.password])

    @cached_property
    def cluster(self) -> Cluster | None:
        """This worker's connection to the Kubernetes API, where the subject is tested on one."""
        if self.kubernetes is None:
            return None
        # Imported late: the client of the API takes a tenth of the time that a worker takes to start.
        from harness.kubernetes.connection import Cluster

        return Cluster(self.kubernetes)

    def be_answered_since(self, silent_s: float) -> None:
        """Have every object be answered as by an operator that was silent for so many seconds already."""
        if self.kubernetes is not None and self.cluster is not None:
            self.kubernetes = self.cluster.facts = replace(self.kubernetes, silent_s=silent_s)

    @cached_property
    def templates(self) -> RepositoryTemplates:
        """What the workers of this run share."""
        return RepositoryTemplates(self.folder / TEMPLATES_FOLDER)

    @cached_property
    def buckets(self) -> Buckets:
        """The buckets that this run makes."""
        return Buckets(self.store, self.folder)

    def repository_tools(self, record: Callable[[Call], None]) -> RepositoryTools:
        """What the repositories of a scenario are made with; ``record`` is told of each call of kopia."""
        return RepositoryTools(self.kopia.path, self.mover_kopia, self.buckets, self.templates, record)

    def discard(self, folder: Path) -> None:
        """Has a folder that a scenario is done with removed while the next one runs.

        All of them at the end of a run keep everybody waiting; what is left by then goes with the run's folder.
        """
        if self.keep or self.overhead:
            return
        self.removals = [one for one in self.removals if one.is_running]
        self.removals.append(spawn(["rm", "-rf", "--", folder], env={"PATH": os.defpath}))

    def remove_buckets(self) -> None:
        """Removes every bucket that is left of this run, where the store outlives it."""
        if self.store.lasting and not self.keep:
            self.buckets.remove_all()

    def check(self) -> None:
        """Raises HarnessError where the disk is full or the store is not well."""
        require_space(self.folder)
        self.store.check()

    def as_dict(self) -> Mapping[str, Any]:
        """Plain values for another process."""
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
        """The counterpart of ``as_dict``."""
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
    """A password that nobody can guess, and that no careless quoting survives."""
    return f"{secrets.token_hex(4)}{PASSWORD_MARKS}{secrets.token_hex(PASSWORD_BYTES)}"


def require_space(folder: Path) -> None:
    """Raises HarnessError where the disk of a folder is full."""
    free = shutil.disk_usage(folder).free
    if free < SUITE.free_bytes:
        raise HarnessError(f"the disk of {folder} is full ({free >> 20} MiB left); free space or set TMPDIR")
