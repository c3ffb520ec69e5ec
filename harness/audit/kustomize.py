"""Notice that Kustomize or Flux changes the objects of a folder, so that the files are not what the cluster gets."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum, auto
from pathlib import Path
from typing import Any

from harness.volsync.kinds import SYNCED

NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
KIND, GROUP, GROUP_OF_FLUX = "Kustomization", "kustomize.config.k8s.io", "kustomize.toolkit.fluxcd.io"
CHANGING = (
    "namePrefix",
    "nameSuffix",
    "patches",
    "patchesStrategicMerge",
    "patchesJson6902",
    "replacements",
    "transformers",
    "vars",
    "components",
)
"""The fields that may change names, and what else decides which snapshots an object reaches."""
NAMESPACE, NAMESPACE_OF_FLUX = "namespace", "targetNamespace"
INCLUDING = ("resources", "bases", "components")
"""The fields that name other folders, whose objects are changed, too."""
PATCHES = "patches"
GENERATORS = "generators"
HELM = ("helmCharts", "helmChartInflationGenerator")
FILES_OF_HELM = ("valuesFile", "additionalValuesFiles", "values")
"""The fields of a chart that name local files; ``values`` is that of an old form."""
ARTIFACTS = ("OCIRepository", "Bucket")
ARGO, APPLICATION = "argoproj.io", "Application"
ANYWHERE = "*"
ORIGIN, PATHS = "config.kubernetes.io/origin", ("config.kubernetes.io/path", "config.k8s.io/path")
"""The annotations in which Kustomize notes from which file an object is."""
LONGEST = 300
LONGEST_PATCH = 1 << 20
NOWHERE = Path()
REMOTE = re.compile(
    r"""[a-z0-9+]+://                                      # a URL
      | git::
      | [\w.-]+@[\w.-]+:                                   # git@host:path
      | (www\.)?(github\.com|gitlab\.com|bitbucket\.org)[/:]
      | .*[?&](ref|version|timeout|submodules)=
    """,
    re.VERBOSE,
)


@dataclass(frozen=True)
class Build:
    """How the objects of some folders are built.

    Attributes:
        fields: The fields that may change them.
        namespace: The namespace that all objects get, or "".
        field: The name of the field with the namespace.
        folders: The absolute folders and files. One that begins with ``*`` counts from a root that is not known.
        source: For Flux, the name of the repository that it builds; else "".
    """

    fields: tuple[str, ...]
    namespace: str
    field: str
    folders: tuple[str, ...]
    source: str = ""

    def holds(self, where: str) -> bool:
        """Return True if an object is in one of the folders; ``where`` is its absolute file, and the document in it."""
        return any(is_in(where, folder) for folder in self.folders)

    def changes(self, namespaces: Iterable[str]) -> list[str]:
        """Return the fields by which objects with these namespaces are changed."""
        changes_namespace = self.namespace and set(namespaces) - {self.namespace}
        return [*([self.field] if changes_namespace else []), *self.fields]


class Content(Enum):
    """What is in a file that a document names."""

    OBJECTS = auto()
    VALUES = auto()
    GENERATORS = auto()


@dataclass(frozen=True)
class Reference:
    """What a document takes from elsewhere.

    Attributes:
        field: The name of the field.
        text: Its value.
        path: The absolute file or folder. If it begins with ``*``, it counts from a root that is not known. If it is
            "", it is remote.
        content: What is there.
        is_needed: False if it may be in another repository.
    """

    field: str
    text: str
    path: str
    content: Content = Content.OBJECTS
    is_needed: bool = True


def references_in(file: Path, document: Mapping[str, Any]) -> Iterator[Reference]:
    """Yield what Kustomize, Flux or Argo CD takes from elsewhere for a document; ``file`` is absolute."""
    group = str(document.get("apiVersion", GROUP)).partition("/")[0]
    kind, spec = document.get("kind"), document.get("spec")
    if file.name in NAMES and group == GROUP:
        for field in INCLUDING:
            yield from (_beside(file, field, one) for one in _texts(document.get(field)))
        generators = [one for one in _texts(document.get(GENERATORS)) if "\n" not in one]
        yield from (_beside(file, GENERATORS, one, Content.GENERATORS) for one in generators)
        for field in HELM:
            for chart in filter(_is_mapping, _items(document.get(field))):
                for key in FILES_OF_HELM:
                    given = chart.get(key)
                    names = [given] if isinstance(given, str) else _texts(given)
                    yield from (_beside(file, f"{field}.{key}", one, Content.VALUES) for one in names)
    elif isinstance(spec, Mapping) and group == GROUP_OF_FLUX and kind == KIND:
        path = os.path.normpath(str(spec.get("path") or os.curdir))
        if path != os.curdir:
            yield Reference("spec.path", str(spec["path"]), f"{ANYWHERE}{path.strip(os.sep)}")
        elif (source := _mapping(spec.get("sourceRef"))).get("kind") in ARTIFACTS:
            # The whole of something that is in a registry or a bucket, and in no folder of Git.
            yield Reference("spec.path", f"./ of {source['kind']} {source.get('name')}", "")
        for one in _texts(spec.get("components")):
            inner = os.path.normpath(f"{path.strip(os.sep)}{os.sep}{one}")
            yield Reference("spec.components", one, f"{ANYWHERE}{inner}")
    elif isinstance(spec, Mapping) and group == ARGO and kind == APPLICATION:
        for source in filter(_is_mapping, [spec.get("source"), *_items(spec.get("sources"))]):
            path = os.path.normpath(str(source.get("path") or os.curdir)).strip(os.sep)
            if path != os.curdir:
                yield Reference("spec.source.path", str(source["path"]), f"{ANYWHERE}{path}", is_needed=False)


def inline_in(file: Path, document: Mapping[str, Any]) -> Iterator[tuple[str, Content, Any]]:
    """Yield what a kustomization gives to charts and generators in its own text, with the field."""
    group = str(document.get("apiVersion", GROUP)).partition("/")[0]
    if file.name in NAMES and group == GROUP:
        for field in HELM:
            yield from ((field, Content.VALUES, one) for one in _items(document.get(field)))
        yield from ((GENERATORS, Content.GENERATORS, one) for one in _texts(document.get(GENERATORS)) if "\n" in one)


def _beside(file: Path, field: str, text: str, content: Content = Content.OBJECTS) -> Reference:
    beside = os.path.normpath(file.parent / text)
    is_remote = REMOTE.match(text) is not None and not exists(beside)
    return Reference(field, text, "" if is_remote else beside, content)


def build_in(file: Path, document: Mapping[str, Any]) -> Build | None:
    """Return how a document says that objects are built, or None if it does not say that they are changed."""
    group = str(document.get("apiVersion", GROUP)).partition("/")[0]
    if file.name in NAMES and group == GROUP:
        parent = file.parent.absolute()
        others = [one for field in INCLUDING for one in _texts(document.get(field)) if "://" not in one]
        folders = tuple(os.path.normpath(parent / one) for one in (os.curdir, *others))
        return _build(document, NAMESPACE, folders, parent)
    if folder := folder_of_flux(document):
        found = _build(document["spec"], NAMESPACE_OF_FLUX, (folder,))
        return replace(found, source=source_of_flux(document)) if found else None
    return None


def source_of_flux(document: Mapping[str, Any]) -> str:
    """Return the name of the repository that a Kustomization of Flux builds."""
    return str(_mapping(document["spec"].get("sourceRef")).get("name") or "")


def folder_of_flux(document: Mapping[str, Any]) -> str:
    """Return the folder that a Kustomization of Flux builds; "" if the document is none.

    It begins with ``*``, because it counts from the root of the repository, which is not known.
    """
    group, spec = str(document.get("apiVersion", "")).partition("/")[0], document.get("spec")
    if group != GROUP_OF_FLUX or document.get("kind") != KIND or not isinstance(spec, Mapping):
        return ""
    path = os.path.normpath(str(spec.get("path") or os.curdir)).strip(os.sep)
    return ANYWHERE if path == os.curdir else f"{ANYWHERE}{path}"


def _build(document: Mapping[str, Any], field: str, folders: tuple[str, ...], beside: Path = NOWHERE) -> Build | None:
    fields = tuple(name for name in CHANGING if _may_change(name, document.get(name), beside))
    namespace = str(document.get(field) or "")
    return Build(fields, namespace, field, folders) if fields or namespace else None


def _may_change(field: str, value: object, beside: Path) -> bool:
    """Return True if a field may change sources or destinations."""
    if field.startswith(PATCHES) and isinstance(value, list):
        return any(_patches_served(one, beside) for one in value)
    return bool(value)


def _patches_served(patch: object, beside: Path) -> bool:
    """Return False if a patch names another kind as its target, or is itself of another kind."""
    whole = patch if isinstance(patch, Mapping) else {"patch": patch}
    target, text = whole.get("target"), whole.get("patch")
    named = whole.get("path") or text
    if beside != NOWHERE and isinstance(named, str) and "\n" not in named:
        text = _patch_in(beside / named) or text
    kind = target.get("kind") if isinstance(target, Mapping) else None
    if isinstance(kind, str) and kind:
        return any(_matches(kind, one) for one in SYNCED)
    kinds = re.findall(r"^kind:\s*[\"']?(\w+)", text, re.MULTILINE) if isinstance(text, str) else []
    return not kinds or bool(set(kinds) & set(SYNCED))


def _patch_in(file: Path) -> str:
    """Return the text of a file with a patch; "" if it is none that can be read, or is too long for one."""
    try:
        return file.read_text(encoding="utf-8") if file.is_file() and file.stat().st_size <= LONGEST_PATCH else ""
    except (OSError, ValueError):
        return ""


def _matches(pattern: str, kind: str) -> bool:
    """Return True if a pattern of Kustomize, which is a regular expression, matches a kind."""
    try:
        return re.fullmatch(pattern, kind) is not None
    except re.error:
        return True


def is_in(where: str, folder: str) -> bool:
    """Return True if an object is in a folder of a build; ``where`` is its absolute file, and the document in it."""
    if folder == ANYWHERE:
        return True
    if folder.startswith(ANYWHERE):
        return f"{os.sep}{folder.removeprefix(ANYWHERE).strip(os.sep)}{os.sep}" in where
    return where == folder or where.startswith((f"{folder}{os.sep}", f"{folder}, "))


def noted_origin(document: Mapping[str, Any]) -> str:
    """Return the file that Kustomize, or the Kustomization that Flux, noted in an object; "" if there is none."""
    notes, labels = (_mapping(_mapping(document.get("metadata")).get(one)) for one in ("annotations", "labels"))
    # One line for each of path, repo, ref, and so on.
    fields = dict(one.split(": ", 1) for one in str(notes.get(ORIGIN) or "").splitlines() if ": " in one)
    path = fields.get("path") or fields.get("configuredIn") or next((notes[one] for one in PATHS if notes.get(one)), "")
    name, namespace = (labels.get(f"{GROUP_OF_FLUX}/{field}") for field in ("name", "namespace"))
    found = f"{path} of {fields['repo']}" if path and fields.get("repo") else path
    found = found or (f"{KIND} {namespace}/{name}" if name and namespace else "")
    return found if isinstance(found, str) and found.isprintable() and len(found) <= LONGEST else ""


def real(path: Path) -> Path:
    """Return the path without links; other than Path.resolve, it bears links that lead in a circle."""
    return Path(os.path.realpath(path))


def exists(path: str | Path) -> bool:
    """Return True if there is a file or folder; False, too, if that cannot be seen, or the text is no path."""
    try:
        Path(path).stat()
    except (OSError, ValueError):
        return False
    return True


def _is_mapping(value: object) -> bool:
    return isinstance(value, Mapping)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _items(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _texts(value: object) -> list[str]:
    return [one for one in _items(value) if isinstance(one, str)]
