"""Define the kinds of mover that a subject file can name.

A kind is one class, registered under the value of ``mover.kind``. The fields of the kinds in this module are in
subject.schema.yaml, under ``$defs.mover``. A kind from another package provides that part itself.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar

from harness.document.parts import OF_A_MOVER, Part
from harness.errors import HarnessError
from harness.kubernetes.settings import PodsSpec
from harness.mover.base import Mover
from harness.mover.command import CommandMover, CommandSpec, how_it_runs, kopia_of, kopia_path
from harness.mover.image import ENTRYPOINT, ImageMover, ImageSpec, kopia_of_image, kopia_version
from harness.mover.reference import ReferenceMover
from harness.subject.paths import SubjectFolder
from harness.system.limits import SubjectLimits
from harness.system.process import Call

if TYPE_CHECKING:
    from harness.kubernetes.connection import Cluster

HELPER_IMAGE = "busybox:1.37"
"""The default image that reads volumes of a cluster. It has sh, tar and sleep."""


class MoverKind(ABC):
    """The mover of one subject, as its file describes it."""

    schema: ClassVar[Mapping[str, Any] | None] = None
    """The schema of fields that subject.schema.yaml does not have: ``properties`` and ``required``."""

    is_reference: ClassVar[bool] = False
    """True if the mover is that of the reference or of a mutant."""

    brings: ClassVar[frozenset[Part]] = OF_A_MOVER
    """The parts that belong to the subject if it uses this mover."""

    needs_cluster: ClassVar[bool] = False
    """True if this kind needs an operator on a Kubernetes API."""

    uses_containers: ClassVar[bool] = False
    """True if this kind leaves containers behind when a run is killed."""

    @classmethod
    @abstractmethod
    def parse(
        cls, fields: Mapping[str, Any], folder: SubjectFolder, platform: Mapping[str, Any], limits: SubjectLimits
    ) -> Self:
        """Return the mover that a subject file describes.

        Args:
            fields: The valid content of ``mover``.
            folder: Resolves the paths in the file.
            platform: The content of ``platform``.
            limits: The time limits, for fields that are missing.

        Raises:
            UsageError: A file or program that the subject file names does not exist.
        """

    @abstractmethod
    def make(self, kopia: Path, scratch: Path, record: Callable[[Call], None], cluster: Cluster | None) -> Mover:
        """Return a new mover for one scenario.

        Args:
            kopia: The kopia program of the harness.
            scratch: A separate folder for the mover.
            record: A callback that gets every call of kopia or of the mover, for the report.
            cluster: The connection to the Kubernetes API, or None if the platform is simulated.
        """

    @abstractmethod
    def in_words(self, kopia: Path) -> str:
        """Return a description of the mover, of how it runs, and of its kopia.

        Raises:
            UsageError: The mover is not available.
        """

    @abstractmethod
    def own_kopia(self, kopia: Path, folder: Path) -> Path | None:
        """Return the kopia program of the mover, or None if this machine cannot run it.

        Args:
            kopia: The kopia program of the harness. The mover of the reference runs it.
            folder: The target folder for the kopia program of an image.
        """

    @property
    def pods(self) -> PodsSpec | None:
        """Return the settings for a cluster that runs the Jobs itself, or None if the harness runs them."""
        return None

    @property
    def keeps_owners(self) -> bool:
        """Return True if the mover can give a file to any owner, as root can."""
        return True


MOVERS: dict[str, type[MoverKind]] = {}
"""Every kind by its value of ``mover.kind``. A kind is added when its module is imported."""

_Kind = TypeVar("_Kind", bound=type[MoverKind])


def mover_kind(word: str) -> Callable[[_Kind], _Kind]:
    """Register a class as the kind of mover that a subject file names ``word``."""

    def register(kind: _Kind) -> _Kind:
        if word in MOVERS:
            raise ValueError(f"the kind of mover {word} is {MOVERS[word].__name__} already")
        MOVERS[word] = kind
        return kind

    return register


@mover_kind("reference")
@dataclass(frozen=True)
class ReferenceKind(MoverKind):
    """The mover of the reference, or of a mutant."""

    mover_type: type[ReferenceMover] = ReferenceMover
    is_reference = True
    brings = frozenset()

    @classmethod
    def parse(
        cls, fields: Mapping[str, Any], folder: SubjectFolder, platform: Mapping[str, Any], limits: SubjectLimits
    ) -> Self:
        """See MoverKind."""
        return cls()

    def make(self, kopia: Path, scratch: Path, record: Callable[[Call], None], cluster: Cluster | None) -> Mover:
        """See MoverKind."""
        return self.mover_type(kopia, scratch, record)

    def in_words(self, kopia: Path) -> str:
        """See MoverKind."""
        return f"the reference's own; its kopia: {kopia}"

    def own_kopia(self, kopia: Path, folder: Path) -> Path | None:
        """See MoverKind."""
        return kopia


@mover_kind("command")
@dataclass(frozen=True)
class CommandKind(MoverKind):
    """A mover that is a program on this machine."""

    spec: CommandSpec

    @classmethod
    def parse(
        cls, fields: Mapping[str, Any], folder: SubjectFolder, platform: Mapping[str, Any], limits: SubjectLimits
    ) -> Self:
        """See MoverKind."""
        words = folder.program(fields["command"], "mover.command")
        path = folder.folders(fields.get("path", ()), "mover.path", "the mover's programs")
        return cls(CommandSpec(words, path, fields.get("isolation", "auto"), _timeout_s(fields, limits), limits))

    def make(self, kopia: Path, scratch: Path, record: Callable[[Call], None], cluster: Cluster | None) -> Mover:
        """See MoverKind."""
        return CommandMover(self.spec, kopia, scratch, record)

    def in_words(self, kopia: Path) -> str:
        """See MoverKind."""
        how = how_it_runs(self.spec)
        return f"{' '.join(self.spec.command)}, {how}; its kopia: {kopia_of(self.spec, kopia)}"

    def own_kopia(self, kopia: Path, folder: Path) -> Path | None:
        """See MoverKind."""
        return kopia_path(self.spec, kopia)


@mover_kind("image")
@dataclass(frozen=True)
class ImageKind(MoverKind):
    """A mover that is a container image."""

    spec: ImageSpec
    uses_containers = True

    @classmethod
    def parse(
        cls, fields: Mapping[str, Any], folder: SubjectFolder, platform: Mapping[str, Any], limits: SubjectLimits
    ) -> Self:
        """See MoverKind."""
        security = fields.get("security", {})
        return cls(
            ImageSpec(
                fields["image"],
                tuple(fields.get("entrypoint", ENTRYPOINT)),
                fields.get("user", ""),
                security.get("privileged", False),
                security.get("read_only_root", False),
                tuple(security.get("capabilities_add", ())),
                tuple(security.get("capabilities_drop", ())),
                _timeout_s(fields, limits),
                limits,
            )
        )

    def make(self, kopia: Path, scratch: Path, record: Callable[[Call], None], cluster: Cluster | None) -> Mover:
        """See MoverKind."""
        return ImageMover(self.spec, scratch, record)

    def in_words(self, kopia: Path) -> str:
        """See MoverKind."""
        return f"image {self.spec.image}; its kopia: {kopia_version(self.spec)}"

    def own_kopia(self, kopia: Path, folder: Path) -> Path | None:
        """See MoverKind."""
        return kopia_of_image(self.spec, folder)

    @property
    def keeps_owners(self) -> bool:
        """See MoverKind."""
        return not (self.spec.user or self.spec.capabilities_drop)


@mover_kind("cluster")
@dataclass(frozen=True)
class ClusterKind(MoverKind):
    """A mover that runs in the Pods of a real cluster, which runs the Jobs itself."""

    spec: PodsSpec
    api: str
    needs_cluster = True

    @classmethod
    def parse(
        cls, fields: Mapping[str, Any], folder: SubjectFolder, platform: Mapping[str, Any], limits: SubjectLimits
    ) -> Self:
        """See MoverKind."""
        (kubeconfig,) = folder.paths([str(Path(platform.get("api", "auto")).expanduser())])
        return cls(PodsSpec(fields.get("helper", HELPER_IMAGE), _timeout_s(fields, limits)), str(kubeconfig))

    def make(self, kopia: Path, scratch: Path, record: Callable[[Call], None], cluster: Cluster | None) -> Mover:
        """See MoverKind."""
        if cluster is None or cluster.pods is None:
            raise HarnessError("mover.kind cluster: this run has no connection to a cluster that runs Pods")
        return cluster.pods

    def in_words(self, kopia: Path) -> str:
        """See MoverKind."""
        return f"the pods on the cluster of {self.api}; its kopia: what they bring"

    def own_kopia(self, kopia: Path, folder: Path) -> Path | None:
        """See MoverKind."""
        return None

    @property
    def pods(self) -> PodsSpec:
        """See MoverKind."""
        return self.spec


def _timeout_s(fields: Mapping[str, Any], limits: SubjectLimits) -> float:
    return float(fields.get("timeout_s", limits.mover_s))
