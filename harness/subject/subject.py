"""Who is tested: a platform, a mover, and which parts of the verdict are theirs."""

from __future__ import annotations

import importlib
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.document.ledger import Part, claims
from harness.errors import UsageError
from harness.kubernetes.settings import KubernetesSpec, PodsSpec
from harness.model import Sides
from harness.mover.base import Mover
from harness.mover.command import CommandMover, CommandSpec, how_it_runs, kopia_of, kopia_path
from harness.mover.image import ENTRYPOINT, ImageMover, ImageSpec, kopia_of_image, kopia_version
from harness.mover.reference import ReferenceMover
from harness.operator.decisions import Decisions
from harness.operator.guarded import guarded, misfit
from harness.operator.platform import Platform, Volumes
from harness.operator.simulated import SimulatedPlatform
from harness.subject.mutants import MUTANTS, Mutant
from harness.system.limits import DEFAULT_LIMITS, SubjectLimits
from harness.system.process import Call
from harness.system.schema import SchemaFile
from harness.volsync.defaults import NOTHING_ADDED, Additions

if TYPE_CHECKING:
    from harness.kubernetes.connection import Cluster

HELPER_IMAGE = "busybox:1.37"
"""Looks into volumes of a cluster where a subject file names no other image: it has sh, tar and sleep."""

OF_SCENARIOS = frozenset(
    {"username", "hostname", "sourceIdentity", "sourcePathOverride", "repository", "destinationPVC"}
    | {"restoreAsOf", "previous", "shallow", "enableFileDeletion", "additionalArgs"}
)
"""Fields of ``spec.kopia`` that make an identity or choose a snapshot: a subject file must not add them."""

FILE = SchemaFile(
    Path(__file__).with_name("subject.schema.yaml"),
    named_by="--subject ",
    if_unreadable="name reference, mutant:NAME or a subject file",
    if_not_yaml="see docs/subjects.md for the form",
    if_misfit="see docs/subjects.md for the fields",
)
EVERY_PART: frozenset[Part] = frozenset(["admission", "controller", "mover", "kopia", "harness", "document"])
NOT_OF_A_SUBJECT: frozenset[Part] = frozenset(["harness", "document"])


@dataclass(frozen=True)
class Subject:
    """A subject with the classes that make it up.

    ``brings`` are the parts whose behaviour is its own: a claim that only other parts decide is
    skipped, never credited to it.  ``command`` or ``image`` is a mover that is not the reference's.  ``lacks`` are
    capabilities that it declares it does not have.  ``sides``
    maps a contradiction to the side it declares, or to ``auto``.
    """

    name: str
    decisions: type[Decisions] = Decisions
    mover_type: type[ReferenceMover] = ReferenceMover
    command: CommandSpec | None = None
    image: ImageSpec | None = None
    kubernetes: KubernetesSpec | None = None
    brings: frozenset[Part] = EVERY_PART
    lacks: frozenset[str] = frozenset()
    expectations: Path | None = None
    sides: Mapping[str, str] = field(default_factory=dict)
    about: Mapping[str, str] = field(default_factory=dict)
    additions: Additions = NOTHING_ADDED
    limits: SubjectLimits = DEFAULT_LIMITS
    mutant: Mutant | None = None

    def decides(self, claim: str) -> bool:
        """Return True if this claim applies to the parts that the subject supplies, or to the document alone.

        What only the document decides is not asked of a mover alone: it would move much data to say nothing
        about that mover.
        """
        own = self.brings - NOT_OF_A_SUBJECT
        asked = self.brings | (NOT_OF_A_SUBJECT if own - {"mover", "kopia"} else NOT_OF_A_SUBJECT - {"document"})
        return bool(set(claims()[claim].decided_by) & asked)

    def platform(
        self,
        sides: Sides,
        volumes: Volumes,
        cluster: Cluster | None = None,
        rename: Callable[[str], str] = str,
    ) -> Platform:
        """A fresh platform that follows the given sides; on a Kubernetes API, the operator's own that it is."""
        if cluster is not None:
            return cluster.platform_for(volumes, rename)
        is_foreign = self.mutant is None and self.decisions is not Decisions
        return SimulatedPlatform(guarded(self.decisions, sides) if is_foreign else self.decisions(sides), volumes)

    def mover_in_words(self, kopia: Path) -> str:
        """What runs as the mover, how, and with which kopia; UsageError where it cannot be had."""
        if self.command:
            how = how_it_runs(self.command)
            return f"{' '.join(self.command.command)}, {how}; its kopia: {kopia_of(self.command, kopia)}"
        if self.pods and self.kubernetes:
            return f"the pods on the cluster of {self.kubernetes.api}; its kopia: what they bring"
        if self.image:
            return f"image {self.image.image}; its kopia: {kopia_version(self.image)}"
        return f"the reference's own; its kopia: {kopia}"

    def mover_kopia(self, kopia: Path, folder: Path) -> Path | None:
        """Return the kopia that the mover runs, None where this machine cannot run it.

        Args:
            kopia: The kopia of the harness, which the reference's mover runs.
            folder: Where the kopia of an image is copied to.
        """
        if self.pods:
            return None
        if self.command:
            return kopia_path(self.command, kopia)
        return kopia_of_image(self.image, folder) if self.image else kopia

    @property
    def runs_reference_mover(self) -> bool:
        """Whether the mover is the reference's, or a mutant of it."""
        return not (self.command or self.image or self.pods)

    @property
    def pods(self) -> PodsSpec | None:
        """What is said of the cluster that runs the Jobs; None where the harness does."""
        return self.kubernetes.pods if self.kubernetes else None

    def mover(
        self, binary: Path, scratch: Path, record: Callable[[Call], None], cluster: Cluster | None = None
    ) -> Mover:
        """A fresh mover."""
        if self.pods and cluster:
            return cluster.pods
        if self.command:
            return CommandMover(self.command, binary, scratch, record)
        if self.image:
            return ImageMover(self.image, scratch, record)
        return self.mover_type(binary, scratch, record)


def load(request: str) -> Subject:
    """The subject that ``--subject`` names: ``reference``, ``mutant:NAME`` or a subject file.

    Raises UsageError with the one thing that is wrong and its remedy.
    """
    if request == "reference":
        return Subject("reference")
    if request.startswith("mutant:"):
        return of_mutant(request.removeprefix("mutant:"))
    return _from_file(Path(request))


def of_mutant(name: str) -> Subject:
    """The reference with one decision or one step broken on purpose."""
    mutant = MUTANTS.get(name)
    if mutant is None:
        raise UsageError(f"--subject mutant:{name}: no such mutant; use one of {', '.join(MUTANTS)}")
    return Subject(f"mutant:{name}", mutant.decisions, mutant.mover, mutant=mutant)


def _from_file(file: Path) -> Subject:
    document = FILE.read(file)
    decisions = document.get("platform", {}).get("decisions")
    mover = document.get("mover", {"kind": "reference"})
    own: set[Part] = {"admission", "controller"} if decisions else set()
    # A mover brings the kopia that it runs.
    own |= {"mover", "kopia"} if mover["kind"] != "reference" else set()
    platform = document.get("platform", {})
    own |= {"admission", "controller"} if platform.get("kind") == "kubernetes" else set()
    if mover["kind"] == "cluster" and platform.get("kind") != "kubernetes":
        raise UsageError(f"{file}: mover.kind: cluster: goes with platform.kind kubernetes; see docs/subjects.md")
    expectations = document.get("expectations")
    limits = SubjectLimits(**document.get("limits", {}))
    return Subject(
        name=document["name"],
        decisions=_imported(decisions, file) if decisions else Decisions,
        command=_command(mover, file, limits) if mover["kind"] == "command" else None,
        kubernetes=_kubernetes(platform, mover, file, limits) if platform.get("kind") == "kubernetes" else None,
        image=_image(mover, limits) if mover["kind"] == "image" else None,
        brings=NOT_OF_A_SUBJECT | own if own else EVERY_PART,
        lacks=frozenset(name for name, has in document.get("capabilities", {}).items() if not has),
        expectations=file.parent / expectations if expectations else None,
        additions=_additions(document.get("objects", {}), file),
        limits=limits,
        sides={"default_username": "auto", "custom_names": "auto", **document.get("sides", {})},
        about={
            key: document[key] for key in ("organisation", "project", "url", "version", "contact") if key in document
        },
    )


def _kubernetes(
    platform: Mapping[str, Any], mover: Mapping[str, Any], file: Path, limits: SubjectLimits
) -> KubernetesSpec:
    pods = _pods(mover, limits)
    api, command = _api(platform.get("api", "auto"), file), platform.get("command")
    if pods and api == "auto":
        raise UsageError(f"{file}: platform.api: auto runs no pods; for mover.kind cluster, name a kubeconfig")
    if not command and not pods:
        raise UsageError(f"{file}: platform.command: is missing; only for mover.kind cluster may it be left out")
    words = _program(command, "platform.command", file) if command else ()
    crds = tuple(_beside(file, platform.get("crds", ())))
    for crd in crds:
        if not crd.exists():
            raise UsageError(
                f"{file}: platform.crds: {crd}: no such file or folder; name it from the folder of this file"
            )
    return KubernetesSpec(words, crds, platform.get("env", {}), api, pods, limits)


def _additions(objects: Mapping[str, Any], file: Path) -> Additions:
    """The fields that every object gets; UsageError for one that makes an identity or chooses what is restored."""
    for holder in ("source", "destination"):
        for name in objects.get(holder) or {}:
            if name in OF_SCENARIOS:
                raise UsageError(
                    f"{file}: objects.{holder}.{name}: decides whose data is meant, or which; the scenarios set it: "
                    "leave it out"
                )
    return Additions(**{holder: dict(objects.get(holder) or {}) for holder in ("source", "destination", "claim")})


def _pods(mover: Mapping[str, Any], limits: SubjectLimits) -> PodsSpec | None:
    if mover["kind"] != "cluster":
        return None
    return PodsSpec(mover.get("helper", HELPER_IMAGE), float(mover.get("timeout_s", limits.mover_s)))


def _api(request: str, file: Path) -> str:
    """``auto``, or the absolute path of a kubeconfig."""
    if request == "auto":
        return request
    kubeconfig = file.absolute().parent / Path(request).expanduser()
    if not kubeconfig.is_file():
        raise UsageError(f"{file}: platform.api: {kubeconfig}: no such file; write auto, or name a kubeconfig")
    return str(kubeconfig)


def _beside(file: Path, entries: Sequence[str]) -> list[Path]:
    """Paths as a subject file means them: from its own folder."""
    return [file.absolute().parent / entry for entry in entries]


def _program(command: Sequence[str], field: str, file: Path) -> tuple[str, ...]:
    """A command with paths made absolute; UsageError where a part of it is not there."""
    folder = file.absolute().parent
    words = [str(folder / word) if (folder / word).exists() else word for word in command]
    program = shutil.which(words[0])
    if program is None:
        raise UsageError(f"{file}: {field}: {words[0]}: no such program; name one, from the folder of this file")
    # What comes later may be a file that the program makes.
    for word in words[1:2]:
        if "/" in word and not word.startswith("-") and not Path(word).exists():
            raise UsageError(f"{file}: {field}: {word}: no such file; name it from the folder of this file")
    return (program, *words[1:])


def _command(mover: Mapping[str, Any], file: Path, limits: SubjectLimits) -> CommandSpec:
    words = _program(mover["command"], "mover.command", file)
    path = tuple(_beside(file, mover.get("path", ())))
    for entry in path:
        if not entry.is_dir():
            raise UsageError(f"{file}: mover.path: {entry}: no such folder; name one that holds the mover's programs")
    return CommandSpec(
        words, path, mover.get("isolation", "auto"), float(mover.get("timeout_s", limits.mover_s)), limits
    )


def _image(mover: Mapping[str, Any], limits: SubjectLimits) -> ImageSpec:
    security = mover.get("security", {})
    return ImageSpec(
        mover["image"],
        tuple(mover.get("entrypoint", ENTRYPOINT)),
        mover.get("user", ""),
        security.get("privileged", False),
        security.get("read_only_root", False),
        tuple(security.get("capabilities_add", ())),
        tuple(security.get("capabilities_drop", ())),
        float(mover.get("timeout_s", limits.mover_s)),
        limits,
    )


def _imported(target: str, file: Path) -> type[Decisions]:
    where = f"{file}: platform.decisions: {target!r}"
    module_name, _, class_name = target.partition(":")
    try:
        found = getattr(importlib.import_module(module_name), class_name)
    except Exception as error:  # noqa: BLE001 (the module is somebody else's: it may raise anything)
        reason = f"{type(error).__name__}: {error}"
        raise UsageError(f"{where}: cannot be imported ({reason}); write module:Class, on PYTHONPATH") from None
    if not (isinstance(found, type) and issubclass(found, Decisions)):
        raise UsageError(f"{where}: is no subclass of harness.operator.decisions.Decisions; derive it from that")
    if problem := misfit(found):
        raise UsageError(f"{where}: {problem}; give it the arguments of the method that it overrides")
    return found
