"""Reads a subject file: its form is in subject.schema.yaml, docs/subjects.md explains it."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match

from harness.document.parts import EVERY_PART, NOT_OF_A_SUBJECT, OF_AN_OPERATOR, Part
from harness.errors import UsageError
from harness.kubernetes.settings import KubernetesSpec
from harness.model import VARIANTS
from harness.operator.decisions import Decisions
from harness.operator.guarded import misfit
from harness.subject.movers import MOVERS, MoverKind
from harness.subject.paths import SubjectFolder
from harness.subject.subject import AUTO, Subject
from harness.system import yaml_io
from harness.volsync.defaults import Additions

SCHEMA = Path(__file__).with_name("subject.schema.yaml")

OF_SCENARIOS = frozenset(
    {"username", "hostname", "sourceIdentity", "sourcePathOverride", "repository", "destinationPVC"}
    | {"restoreAsOf", "previous", "shallow", "enableFileDeletion", "additionalArgs"}
)
"""Fields of ``spec.kopia`` that make an identity or choose a snapshot: a subject file must not add them."""

ABOUT = ("organisation", "project", "url", "version", "contact")


def read(file: Path) -> Subject:
    """Return the subject of a file; UsageError names the one thing that is wrong, where, and its remedy."""
    document = _checked(_parsed(file), file)
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
    moves = kind.parse(mover, folder, platform)
    return Subject(
        name=document["name"],
        decisions=of_decisions,
        mover_kind=moves,
        kubernetes=_kubernetes(platform, moves, folder) if on_api else None,
        brings=_brings(moves, is_operator=bool(decisions) or on_api),
        lacks=frozenset(name for name, has in document.get("capabilities", {}).items() if not has),
        expectations=file.parent / expectations if expectations else None,
        additions=_additions(document.get("objects", {}), file),
        variants={**dict.fromkeys(VARIANTS, AUTO), **document.get("sides", {})},
        about={key: document[key] for key in ABOUT if key in document},
    )


def schema() -> dict[str, Any]:
    """Return the form of a subject file, with the fields of kinds of mover that were registered from elsewhere."""
    whole: dict[str, Any] = yaml_io.load(SCHEMA.read_text(encoding="utf-8"))
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
    """Return the parts that are the subject's own; a file without any stands for the reference, with every part."""
    own = moves.brings | (OF_AN_OPERATOR if is_operator else frozenset())
    return NOT_OF_A_SUBJECT | own if own else EVERY_PART


def _parsed(file: Path) -> Any:
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


def _checked(document: Any, file: Path) -> Mapping[str, Any]:
    form = schema()
    error = best_match(Draft202012Validator(form).iter_errors(document))
    if error is not None:
        raise UsageError(f"{file}: {_in_words(error, document, form)}; see docs/subjects.md for the fields")
    checked: Mapping[str, Any] = document
    return checked


def _in_words(error: ValidationError, document: Any, form: Mapping[str, Any]) -> str:
    """Return where and what; a field of another kind of platform or mover is named as such."""
    where = [str(step) for step in error.absolute_path]
    if error.validator == "additionalProperties" and where in (["platform"], ["mover"]):
        holder, kinds = document[where[0]], form["$defs"][where[0]]
        known = {field for kind in kinds.values() for field in kind["properties"]}
        if strays := [field for field in holder if field in known - kinds[holder["kind"]]["properties"].keys()]:
            return f"{where[0]}.{strays[0]}: does not go with kind {holder['kind']}"
    return f"{'.'.join(where) or 'top level'}: {error.message}"


def _kubernetes(platform: Mapping[str, Any], moves: MoverKind, folder: SubjectFolder) -> KubernetesSpec:
    file, pods = folder.file, moves.pods
    api, command = _api(platform.get("api", "auto"), folder), platform.get("command")
    if pods and api == "auto":
        raise UsageError(f"{file}: platform.api: auto runs no pods; for mover.kind cluster, name a kubeconfig")
    if not command and not pods:
        raise UsageError(f"{file}: platform.command: is missing; only for mover.kind cluster may it be left out")
    words = folder.program(command, "platform.command") if command else ()
    crds = folder.existing(platform.get("crds", ()), "platform.crds")
    return KubernetesSpec(words, crds, platform.get("env", {}), api, pods)


def _api(request: str, folder: SubjectFolder) -> str:
    """Return ``auto``, or the absolute path of a kubeconfig."""
    if request == "auto":
        return request
    (kubeconfig,) = folder.paths([str(Path(request).expanduser())])
    if not kubeconfig.is_file():
        raise UsageError(f"{folder.file}: platform.api: {kubeconfig}: no such file; write auto, or name a kubeconfig")
    return str(kubeconfig)


def _additions(objects: Mapping[str, Any], file: Path) -> Additions:
    """Return the fields that every object gets; UsageError for one that makes an identity or chooses a snapshot."""
    for holder in ("source", "destination"):
        for name in objects.get(holder) or {}:
            if name in OF_SCENARIOS:
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
    except Exception as error:  # noqa: BLE001 (the module is somebody else's: it may raise anything)
        reason = f"{type(error).__name__}: {error}"
        raise UsageError(f"{where}: cannot be imported ({reason}); write module:Class, on PYTHONPATH") from None
    if not (isinstance(found, type) and issubclass(found, Decisions)):
        raise UsageError(f"{where}: is no subclass of harness.operator.decisions.Decisions; derive it from that")
    if problem := misfit(found):
        raise UsageError(f"{where}: {problem}; give it the arguments of the method that it overrides")
    return found
