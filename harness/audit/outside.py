"""Look at what Kustomize, Flux or Argo CD takes from outside of what was read: do sources come from it?

Nothing there is used. It is only looked at, within the limits of reading, so that an audit neither ends well without
objects that exist, nor doubts itself because of a file that has none.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.audit import yaml_guard
from harness.audit.kustomize import (
    ANYWHERE,
    APPLICATION,
    ARGO,
    GROUP_OF_FLUX,
    KIND,
    LONGEST,
    NAMES,
    Content,
    Reference,
    exists,
    inline_in,
    real,
    references_in,
)
from harness.audit.makers import made_by, may_mention, mentioned
from harness.system.limits import SuiteLimits
from harness.volsync.declared import as_stored, is_served, misshapen, other_mover

SUFFIXES = (".yaml", ".yml", ".json")
BUILD = "build it with kustomize or flux, and audit that"
RENDER = "render it with helm or kustomize, and audit that"
CRDS = re.compile(
    r"(^|[^a-z])(crds?|customresourcedefinitions?)([^a-z]|$)|/releases/(latest/)?download/", re.IGNORECASE
)
"""Remote places that are taken to hold definitions or published software, and no source or destination of the user."""
USER_OF_URL = re.compile(r"//[^/@]*@")
HARMLESS_GENERATORS = ("ksops", "configmapgenerator", "secretgenerator", "helmchartinflationgenerator")
HELM_OF_FLUX = "helm.toolkit.fluxcd.io"
OF_FLUX = (GROUP_OF_FLUX, HELM_OF_FLUX)
"""The groups whose label ``name`` says which Kustomization or HelmRelease an object was built from."""
MANAGED_BY, INSTANCE = "app.kubernetes.io/managed-by", "app.kubernetes.io/instance"
"""The labels that charts give to their objects: they, too, tell from which release an object was rendered."""


@dataclass
class Extent:
    """What was read of one cluster.

    Attributes:
        files: The real paths of the files.
        folders: The real paths of the folders.
        built: The namespaces of the objects of Flux from which other objects were built, by group and name.
        taken: What each document takes from elsewhere: where it is, its absolute file, and the document.
        makers: What may make sources or destinations: where it is, why, and the document.
    """

    files: set[Path] = field(default_factory=set)
    folders: set[Path] = field(default_factory=set)
    built: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    taken: list[tuple[str, Path, Mapping[str, Any]]] = field(default_factory=list)
    makers: list[tuple[str, str, Mapping[str, Any]]] = field(default_factory=list)

    def note_labels(self, document: Mapping[str, Any]) -> None:
        """Note from which object of Flux another one was built."""
        metadata = document.get("metadata")
        labels = metadata.get("labels") if isinstance(metadata, Mapping) else None
        if isinstance(metadata, Mapping) and isinstance(labels, Mapping):
            for group in OF_FLUX:
                if name := labels.get(f"{group}/name"):
                    self.built[group, str(name)].add(str(labels.get(f"{group}/namespace") or ""))
            if labels.get(MANAGED_BY) == "Helm" and (release := labels.get(INSTANCE)):
                self.built[HELM_OF_FLUX, str(release)].add(str(metadata.get("namespace") or ""))

    def has_built(self, document: Mapping[str, Any]) -> bool:
        """Return True if an object was read that was built from this object of Flux."""
        group, metadata = str(document.get("apiVersion")).partition("/")[0], document.get("metadata")
        if group not in OF_FLUX or not isinstance(metadata, Mapping):
            return False
        namespace = str(metadata.get("namespace") or "")
        found = self.built.get((group, str(metadata.get("name"))), set())
        # Flux notes no namespace if the file that it built from has none.
        return bool(found) and (not namespace or bool({"", namespace} & found))


class Outside:
    """Look at what was not read."""

    def __init__(self, extent: Extent, limits: SuiteLimits) -> None:
        """Take what was read, and how much more may be looked at."""
        self._extent, self._limits = extent, limits
        self._ends: dict[tuple[str, ...], list[Path]] = defaultdict(list)
        for folder in sorted(extent.folders):
            for parts in {folder.parts[-1:], folder.parts[-2:]}:
                self._ends[parts].append(folder)
        self._known: dict[tuple[Path, Content], tuple[str, list[Reference]]] = {}

    def problems(self) -> Iterator[tuple[str, str]]:
        """Yield what was not read and may matter: where it is named, and why; several that name the same are one."""
        found: dict[tuple[str, ...], list[tuple[str, str]]] = {}
        for where, why, document in self._extent.makers:
            if not self._extent.has_built(document) and not self._is_read(document):
                found[(where, why)] = [(where, f"{why}, which is not read; {RENDER}")]
        for where, file, document in self._extent.taken:
            if self._extent.has_built(document):
                continue
            for given, content, value in inline_in(file, document):
                if problem := self._in_values(content, value):
                    found.setdefault((given, problem), []).append((where, f"{given} {problem}; {RENDER}"))
            for reference in references_in(file, document):
                if problem := self._problem(reference, file):
                    path = self._on_disk(reference, file)
                    remedy = f"{BUILD}, or name {path}, too" if path and exists(path) else BUILD
                    of_flux = f"{named(document)}: " if takes(document) else ""
                    said = f"{of_flux}{reference.field} {_shown(reference.text)} was not read: {problem}; {remedy}"
                    remote = "" if reference.path else reference.text
                    found.setdefault((reference.field, problem, remote), []).append((where, said))
        for several in found.values():
            where, said = several[0]
            more = f" ({len(several) - 1} more of this kind)" if len(several) > 1 else ""
            yield where, f"{' '.join(said.split())}{more}"

    def _is_read(self, document: Mapping[str, Any]) -> bool:
        """Return True if an application of Argo CD takes only what was read, whatever it mentions."""
        spec = document.get("spec")
        taken = list(references_in(Path(os.sep), document)) if isinstance(spec, Mapping) and takes(document) else []
        several = spec.get("sources") if isinstance(spec, Mapping) else None
        number = len(several) if isinstance(several, list) else 1
        return 0 < len(taken) == number and all(
            self._on_disk(one, Path(os.sep)) in self._extent.folders for one in taken
        )

    def _problem(self, reference: Reference, file: Path) -> str:
        """Return why something outside matters; "" if it was read, or has no source or destination."""
        left, seen = deque([(reference, file)]), set()
        while left:
            one, named_in = left.popleft()
            if not one.path:
                if not CRDS.search(one.text):
                    what = "it" if one is reference else _shown(one.text)
                    return f"{what} is not on this machine, and may hold anything"
                continue
            path = self._on_disk(one, named_in)
            if path is None:
                if one.is_needed and not CRDS.search(one.text):
                    return (
                        "no folder that was read ends with it"
                        if one is reference
                        else f"{_shown(one.text)} is not here"
                    )
                continue
            if not exists(path):
                return f"{_shown(path)} does not exist, or is closed"
            for inner in self._files_of(path, one.content):
                if inner in seen:
                    continue
                seen.add(inner)
                problem, references = self._examined(inner, one.content)
                if problem:
                    return problem
                left += [(further, inner) for further in references]
        return ""

    def _on_disk(self, reference: Reference, file: Path) -> Path | None:
        """Return the absolute path of something that is on this machine, or None if it cannot be found."""
        if not reference.path.startswith(ANYWHERE):
            return Path(reference.path) if reference.path else None
        # It counts from the root of a repository: the folders that were read show where that is.
        path = reference.path.removeprefix(ANYWHERE)
        for folder in self._ends.get(Path(path).parts[-2:], ()):
            if f"{folder}{os.sep}".endswith(f"{os.sep}{path}{os.sep}"):
                return folder
        return next((root / path for root in file.parents if exists(root / path)), None)

    def _files_of(self, path: Path, content: Content) -> Iterator[Path]:
        """Yield the files of a file or folder that decide what is in it; none that was read."""
        path = real(path)
        if content is not Content.OBJECTS and path.is_file():
            yield path
        elif path in self._extent.files or path in self._extent.folders:
            return
        elif not path.is_dir():
            yield path
        elif given := next((path / name for name in NAMES if exists(path / name)), None):
            yield given
        else:
            for folder, folders, names in os.walk(path):
                folders[:] = sorted(name for name in folders if not name.startswith("."))
                files = (Path(folder, name) for name in sorted(names) if name.endswith(SUFFIXES))
                yield from (one for one in files if real(one) not in self._extent.files)

    def _examined(self, file: Path, content: Content) -> tuple[str, list[Reference]]:
        """Return why a file matters, and what it names."""
        key = (file, content)
        if key not in self._known:
            if len(self._known) >= self._limits.manifest_files:
                return f"more than {self._limits.manifest_files} files are outside", []
            self._known[key] = self._read(file, content)
        return self._known[key]

    def _read(self, file: Path, content: Content) -> tuple[str, list[Reference]]:
        if not file.is_file():
            return f"{file} is no regular file", []
        try:
            with file.open("rb") as stream:
                data = stream.read(self._limits.manifest_file_bytes + 1)
        except OSError as error:
            return f"{file} cannot be read ({error.strerror})", []
        if len(data) > self._limits.manifest_file_bytes:
            return f"{file} is larger than {self._limits.manifest_file_bytes >> 20} MiB", []
        takes_more = file.name in NAMES or any(group.encode() in data for group in (GROUP_OF_FLUX, ARGO))
        if content is not Content.GENERATORS and not may_mention(data) and not takes_more:
            return "", []
        try:
            documents = yaml_guard.parsed(data.decode("utf-8-sig"), self._limits, is_json=file.suffix == ".json")
        except yaml_guard.Refused as error:
            return f"{file}: {error}", []
        except yaml_guard.UNPARSABLE as error:
            return f"{file}: {yaml_guard.in_words(error, data)}", []
        references = []
        for document in documents:
            if content is not Content.OBJECTS:
                problem = self._in_values(content, document)
                if problem:
                    return f"{file} {problem}", []
                continue
            for one in objects_in(document):
                if problem := self._of_object(file, one):
                    return f"{file} {problem}", []
                references += list(references_in(file, one))
                for given, inner, value in inline_in(file, one):
                    if problem := self._in_values(inner, value):
                        return f"{file}: {given} {problem}", []
        return "", references

    def _of_object(self, file: Path, document: Mapping[str, Any]) -> str:
        """Return why an object matters; one of another mover does not."""
        if is_served(document):
            is_of_kopia = misshapen(document) or not other_mover(as_stored(document))
            return f"declares a {document['kind']}" if is_of_kopia else ""
        return "" if file.name in NAMES else made_by(document)

    def _in_values(self, content: Content, value: Any) -> str:
        """Return why values of Helm, or generators, matter."""
        if content is Content.VALUES:
            found = mentioned(value)
            return f"mentions {found}" if found else ""
        if isinstance(value, str):
            try:
                documents = yaml_guard.parsed(value, self._limits)
            except (yaml_guard.Refused, *yaml_guard.UNPARSABLE):
                return "cannot be read"
            return next((problem for one in documents if (problem := self._in_values(content, one))), "")
        kind = value.get("kind") if isinstance(value, Mapping) else None
        if str(kind).lower() not in HARMLESS_GENERATORS:
            return f"is a {_shown(kind)}, which may generate anything"
        return made_by(value)


def objects_in(document: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the mappings of a document, which may be a list of objects, or a list of lists."""
    left = [document]
    while left:
        one = left.pop()
        if isinstance(one, Mapping):
            items = one.get("items")
            if str(one.get("kind")).endswith("List") and isinstance(items, list):
                left += items
            else:
                yield one


def takes(document: Mapping[str, Any]) -> bool:
    """Return True if an object may take something from elsewhere."""
    group = str(document.get("apiVersion")).partition("/")[0]
    return (group, document.get("kind")) in ((GROUP_OF_FLUX, KIND), (ARGO, APPLICATION))


def named(document: Mapping[str, Any]) -> str:
    """Return the kind and the name of a document, as far as it has them."""
    metadata = document.get("metadata")
    name = metadata.get("name") if isinstance(metadata, Mapping) else None
    return _shown(f"{document.get('kind') or 'a text'}{f' {name}' if name else ''}")


def _shown(text: object) -> str:
    """Return a text of a manifest as it is shown: without a password, and not longer than a path."""
    shown = USER_OF_URL.sub("//***@", str(text))
    return shown if len(shown) <= LONGEST else f"{shown[:LONGEST]}…"
