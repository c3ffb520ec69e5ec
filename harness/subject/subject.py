"""Who is tested: a platform, a mover, and which parts of the verdict are theirs."""

from __future__ import annotations

import importlib
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match

from harness.document.ledger import claims
from harness.document.parts import EVERY_PART, NOT_OF_A_SUBJECT, OF_A_MOVER, OF_AN_OPERATOR, Part
from harness.errors import UsageError
from harness.kubernetes.settings import KubernetesSpec, PodsSpec
from harness.model import VARIANTS, Variants
from harness.mover.base import Mover
from harness.mover.command import TIMEOUT_S, CommandMover, CommandSpec, how_it_runs, kopia_of, kopia_path
from harness.mover.image import ENTRYPOINT, ImageMover, ImageSpec, kopia_of_image, kopia_version
from harness.mover.reference import ReferenceMover
from harness.operator.decisions import Decisions
from harness.operator.guarded import guarded, misfit
from harness.operator.platform import Platform, Volumes
from harness.operator.simulated import SimulatedPlatform
from harness.subject.mutants import MUTANTS, Mutant
from harness.system import yaml_io
from harness.system.process import Call
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

SCHEMA = Path(__file__).with_name("subject.schema.yaml")
AUTO = "auto"
"""In place of a variant: it is found out from what the subject does."""


@dataclass(frozen=True)
class Subject:
    """A subject with the classes that make it up.

    ``brings`` are the parts whose behaviour is its own: a claim that only other parts decide is
    skipped, never credited to it.  ``command`` or ``image`` is a mover that is not the reference's.  ``lacks`` are
    capabilities that it declares it does not have.  ``variants``
    maps a contradiction to the variant that it declares, or to ``auto``.
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
    variants: Mapping[str, str] = field(default_factory=dict)
    about: Mapping[str, str] = field(default_factory=dict)
    additions: Additions = NOTHING_ADDED
    mutant: Mutant | None = None

    def decides(self, claim: str) -> bool:
        """Return True if this claim applies to the parts that the subject supplies, or to the document alone.

        What only the document decides is not asked of a mover alone: it would move much data to say nothing
        about that mover.
        """
        own = self.brings - NOT_OF_A_SUBJECT
        asked = self.brings | (NOT_OF_A_SUBJECT if own - OF_A_MOVER else NOT_OF_A_SUBJECT - {Part.DOCUMENT})
        return bool(set(claims()[claim].decided_by) & asked)

    def platform(
        self,
        variants: Variants,
        volumes: Volumes,
        cluster: Cluster | None = None,
        rename: Callable[[str], str] = str,
    ) -> Platform:
        """A fresh platform that follows the given variants; on a Kubernetes API, the operator's own that it is."""
        if cluster is not None:
            return cluster.platform_for(volumes, rename)
        is_foreign = self.mutant is None and self.decisions is not Decisions
        return SimulatedPlatform(guarded(self.decisions, variants) if is_foreign else self.decisions(variants), volumes)

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
    document = _read(file)
    error = best_match(Draft202012Validator(yaml_io.load(SCHEMA.read_text(encoding="utf-8"))).iter_errors(document))
    if error is not None:
        raise UsageError(f"{file}: {_in_words(error, document)}; see docs/subjects.md for the fields")
    decisions = document.get("platform", {}).get("decisions")
    mover = document.get("mover", {"kind": "reference"})
    own: set[Part] = {*OF_AN_OPERATOR} if decisions else set()
    own |= OF_A_MOVER if mover["kind"] != "reference" else set()
    platform = document.get("platform", {})
    own |= OF_AN_OPERATOR if platform.get("kind") == "kubernetes" else set()
    if mover["kind"] == "cluster" and platform.get("kind") != "kubernetes":
        raise UsageError(f"{file}: mover.kind: cluster: goes with platform.kind kubernetes; see docs/subjects.md")
    expectations = document.get("expectations")
    return Subject(
        name=document["name"],
        decisions=_imported(decisions, file) if decisions else Decisions,
        command=_command(mover, file) if mover["kind"] == "command" else None,
        kubernetes=_kubernetes(platform, mover, file) if platform.get("kind") == "kubernetes" else None,
        image=_image(mover) if mover["kind"] == "image" else None,
        brings=NOT_OF_A_SUBJECT | own if own else EVERY_PART,
        lacks=frozenset(name for name, has in document.get("capabilities", {}).items() if not has),
        expectations=file.parent / expectations if expectations else None,
        additions=_additions(document.get("objects", {}), file),
        variants={**dict.fromkeys(VARIANTS, AUTO), **document.get("sides", {})},
        about={
            key: document[key] for key in ("organisation", "project", "url", "version", "contact") if key in document
        },
    )


def _in_words(error: ValidationError, document: Any) -> str:
    """Where and what; a field that does not go with the kind beside it is named as such."""
    where = [str(step) for step in error.absolute_path]
    holder = document.get(where[0]) if where and isinstance(document, dict) else None
    if error.schema is False and isinstance(holder, dict):
        fields = [key for key, value in holder.items() if value is error.instance]
        return f"{where[0]}.{''.join(fields[:1])}: does not go with kind {holder.get('kind')}"
    return f"{'.'.join(where) or 'top level'}: {error.message}"


def _kubernetes(platform: Mapping[str, Any], mover: Mapping[str, Any], file: Path) -> KubernetesSpec:
    pods = _pods(mover)
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
    return KubernetesSpec(words, crds, platform.get("env", {}), api, pods)


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


def _pods(mover: Mapping[str, Any]) -> PodsSpec | None:
    if mover["kind"] != "cluster":
        return None
    return PodsSpec(mover.get("helper", HELPER_IMAGE), float(mover.get("timeout_s", TIMEOUT_S)))


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


def _command(mover: Mapping[str, Any], file: Path) -> CommandSpec:
    words = _program(mover["command"], "mover.command", file)
    path = tuple(_beside(file, mover.get("path", ())))
    for entry in path:
        if not entry.is_dir():
            raise UsageError(f"{file}: mover.path: {entry}: no such folder; name one that holds the mover's programs")
    return CommandSpec(words, path, mover.get("isolation", "auto"), float(mover.get("timeout_s", TIMEOUT_S)))


def _image(mover: Mapping[str, Any]) -> ImageSpec:
    security = mover.get("security", {})
    return ImageSpec(
        mover["image"],
        tuple(mover.get("entrypoint", ENTRYPOINT)),
        mover.get("user", ""),
        security.get("privileged", False),
        security.get("read_only_root", False),
        tuple(security.get("capabilities_add", ())),
        tuple(security.get("capabilities_drop", ())),
        float(mover.get("timeout_s", TIMEOUT_S)),
    )


def _read(file: Path) -> Any:
    try:
        return yaml_io.load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no UTF-8 text"
        raise UsageError(
            f"--subject {file}: cannot be read ({reason}); name reference, mutant:NAME or a subject file"
        ) from None
    except yaml.YAMLError as error:
        line = error.problem_mark.line + 1 if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark else 1
        raise UsageError(f"{file}, line {line}: not YAML; see docs/subjects.md for the form") from None


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
