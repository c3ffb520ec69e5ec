"""Read a subject file. Its schema is in subject.schema.yaml, and docs/subjects.md explains it."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from math import isnan
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from harness.document.parts import EVERY_PART, NOT_OF_A_SUBJECT, OF_AN_OPERATOR, Part
from harness.errors import UsageError
from harness.kubernetes.settings import KubernetesSpec
from harness.model import VARIANTS
from harness.operator import guarded
from harness.operator.decisions import Decisions
from harness.subject.movers import MOVERS, MoverKind
from harness.subject.paths import SubjectFolder
from harness.subject.subject import AUTO, Subject
from harness.system import yaml_io
from harness.system.limits import COUNTS, SubjectLimits
from harness.system.schema import Misfit, SchemaFile, misfit
from harness.volsync.defaults import Additions
from harness.volsync.fields import DECIDED_BY_SCENARIOS

FORM = SchemaFile(
    Path(__file__).with_name("subject.schema.yaml"),
    named_by="--subject ",
    if_unreadable="name reference, mutant:NAME or a subject file",
    if_not_yaml="see docs/subjects.md for the form",
    if_misfit="see docs/subjects.md for the fields",
)

ABOUT = ("organisation", "project", "url", "version", "contact")


def read(file: Path) -> Subject:
    """Return the subject of a file.

    Raises:
        UsageError: The file is invalid. The message names one problem, its place and its remedy.
    """
    document = _checked(file)
    limits = _limits(document.get("limits", {}), file)
    platform = document.get("platform", {})
    mover = document.get("mover", {"kind": "reference"})
    decisions, on_api = platform.get("decisions"), platform.get("kind") == "kubernetes"
    kind, expectations = MOVERS[mover["kind"]], document.get("expectations")
    if kind.needs_cluster and not on_api:
        raise UsageError(
            f"{file}: mover.kind: {mover['kind']}: goes with platform.kind kubernetes; see docs/subjects.md"
        )
    folder = SubjectFolder(file)
    of_decisions = _imported(decisions, file) if decisions else Decisions
    moves = kind.parse(mover, folder, platform, limits)
    return Subject(
        name=document["name"],
        decisions=of_decisions,
        mover_kind=moves,
        kubernetes=_kubernetes(platform, moves, folder, limits) if on_api else None,
        brings=_brings(moves, is_operator=bool(decisions) or on_api),
        lacks=frozenset(name for name, has in document.get("capabilities", {}).items() if not has),
        expectations=file.parent / expectations if expectations else None,
        additions=_additions(document.get("objects", {}), file),
        limits=limits,
        variants={**dict.fromkeys(VARIANTS, AUTO), **document.get("sides", {})},
        about={key: document[key] for key in ABOUT if key in document},
    )


def _limits(given: Mapping[str, Any], file: Path) -> SubjectLimits:
    """Return the limits of a subject file.

    JSON Schema accepts 10.0 as an integer, and NaN within any bounds.
    """
    for name, value in given.items():
        if isnan(value):
            raise UsageError(f"{file}: limits.{name}: is not a number; write a number above 0")
    numbers: dict[str, Any] = {name: int(one) if name in COUNTS else float(one) for name, one in given.items()}
    return SubjectLimits(**numbers)


def schema() -> dict[str, Any]:
    """Return the schema of a subject file, including the fields of mover kinds that other packages registered."""
    whole: dict[str, Any] = yaml_io.load(FORM.schema.read_text(encoding="utf-8"))
    section, parts = whole["properties"]["mover"], whole["$defs"]["mover"]
    for word, kind in MOVERS.items():
        if kind.schema is not None:
            fields = {"kind": True, **kind.schema.get("properties", {})}
            parts[word] = {**kind.schema, "properties": fields, "additionalProperties": False}
            section["properties"]["kind"]["enum"].append(word)
            is_kind = {"required": ["kind"], "properties": {"kind": {"const": word}}}
            section["allOf"].append({"if": is_kind, "then": {"$ref": f"#/$defs/mover/{word}"}})
    return whole


def _brings(moves: MoverKind, *, is_operator: bool) -> frozenset[Part]:
    """Return the parts that are the subject's own. A file without own parts means the reference, with every part."""
    own = moves.brings | (OF_AN_OPERATOR if is_operator else frozenset())
    return NOT_OF_A_SUBJECT | own if own else EVERY_PART


def _checked(file: Path) -> Mapping[str, Any]:
    document, form = FORM.parsed(file), schema()
    if wrong := misfit(Draft202012Validator(form), document):
        raise FORM.refusal(file, _of_another_kind(wrong, document, form) or wrong)
    checked: Mapping[str, Any] = document
    return checked


def _of_another_kind(wrong: Misfit, document: Any, form: Mapping[str, Any]) -> Misfit | None:
    """Return the misfit of a field that belongs to another kind of platform or mover, or None."""
    section = wrong.field
    if section not in ("platform", "mover") or not wrong.remedy:
        return None
    holder, kinds = document[section], form["$defs"][section]
    known = {field for kind in kinds.values() for field in kind["properties"]}
    strays = [field for field in holder if field in known - kinds[holder["kind"]]["properties"].keys()]
    return Misfit(f"{section}.{strays[0]}", f"does not go with kind {holder['kind']}") if strays else None


def _kubernetes(
    platform: Mapping[str, Any], moves: MoverKind, folder: SubjectFolder, limits: SubjectLimits
) -> KubernetesSpec:
    file, pods = folder.file, moves.pods
    api, command = _api(platform.get("api", "auto"), folder), platform.get("command")
    if pods and api == "auto":
        raise UsageError(f"{file}: platform.api: auto runs no pods; for mover.kind cluster, name a kubeconfig")
    if not command and not pods:
        raise UsageError(f"{file}: platform.command: is missing; only for mover.kind cluster may it be left out")
    words = folder.program(command, "platform.command") if command else ()
    crds = folder.existing(platform.get("crds", ()), "platform.crds")
    return KubernetesSpec(words, crds, platform.get("env", {}), api, pods, limits)


def _api(request: str, folder: SubjectFolder) -> str:
    """Return ``auto``, or the absolute path of a kubeconfig."""
    if request == "auto":
        return request
    (kubeconfig,) = folder.paths([str(Path(request).expanduser())])
    if not kubeconfig.is_file():
        raise UsageError(f"{folder.file}: platform.api: {kubeconfig}: no such file; write auto, or name a kubeconfig")
    return str(kubeconfig)


def _additions(objects: Mapping[str, Any], file: Path) -> Additions:
    """Return the fields that are added to every object.

    Raises:
        UsageError: A field determines an identity or selects a snapshot.
    """
    for holder in ("source", "destination"):
        for name in objects.get(holder) or {}:
            if name in DECIDED_BY_SCENARIOS:
                raise UsageError(
                    f"{file}: objects.{holder}.{name}: decides whose data is meant, or which; the scenarios set it: "
                    "leave it out"
                )
    return Additions(**{holder: dict(objects.get(holder) or {}) for holder in ("source", "destination", "claim")})


def _imported(target: str, file: Path) -> type[Decisions]:
    where = f"{file}: platform.decisions: {target!r}"
    module_name, _, class_name = target.partition(":")
    try:
        found = getattr(importlib.import_module(module_name), class_name)
    except Exception as error:  # noqa: BLE001 (the module comes from the subject: it may raise anything)
        reason = f"{type(error).__name__}: {error}"
        raise UsageError(f"{where}: cannot be imported ({reason}); write module:Class, on PYTHONPATH") from None
    if not (isinstance(found, type) and issubclass(found, Decisions)):
        raise UsageError(f"{where}: is no subclass of harness.operator.decisions.Decisions; derive it from that")
    if problem := guarded.misfit(found):
        raise UsageError(f"{where}: {problem}; give it the arguments of the method that it overrides")
    return found
