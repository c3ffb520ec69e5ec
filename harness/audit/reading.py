"""Read the manifests of a cluster from files, folders or the standard input, and account for everything in them."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

from harness.audit import yaml_guard
from harness.audit.account import Account, Skipped
from harness.audit.kustomize import ANYWHERE, Build, build_in, folder_of_flux, is_in, noted_origin, real, source_of_flux
from harness.audit.kustomize import NAMES as KUSTOMIZATIONS
from harness.audit.makers import made_by, may_mention
from harness.audit.organisation import SECRET, Declared
from harness.audit.outside import SUFFIXES, Extent, Outside, named, takes
from harness.errors import UsageError
from harness.system.limits import SUITE, SuiteLimits
from harness.system.process import REDACT
from harness.volsync.declared import as_stored, as_written, is_served, misshapen, open_variables, other_mover
from harness.volsync.kinds import SYNCED
from harness.volsync.secret_values import secrets_in, values_in

STDIN = "-"
LIST = "List"
LISTS_IN_LISTS = 20
NO_OBJECT = "no Kubernetes object"
NO_FILE = Path("/")


@dataclass(frozen=True)
class Origin:
    """Where an object is from.

    Attributes:
        cluster: The name of its cluster.
        where: The file, and the document in it.
        is_stored: True if an API has it.
        file: The absolute path of its file; that of no file for the standard input.
        is_of_interest: True if its text mentions a kind or the group of the operator.
    """

    cluster: str
    where: str
    is_stored: bool = False
    file: Path = NO_FILE
    is_of_interest: bool = False

    def part(self, what: str, number: int) -> Origin:
        """Return the origin of a part, such as a document of a file."""
        return replace(self, where=f"{self.where}, {what} {number}")


class ManifestReader:
    """Read the manifests of one cluster after another.

    Attributes:
        declared: The objects that were used.
        account: What was read.
    """

    def __init__(self, namespace: str = "", limits: SuiteLimits = SUITE, own: Iterable[Path] = ()) -> None:
        """Start without objects.

        Args:
            namespace: The namespace of objects that give none; "" if they are skipped.
            limits: How much is read.
            own: The files that an audit writes; in a folder they are not read.
        """
        self.declared: list[Declared] = []
        self.account = Account()
        self._namespace, self._limits = namespace, limits
        self._own = {file.absolute() for file in own}
        self._has_read_stdin = False
        self._extent = Extent()

    def read(self, cluster: str, paths: Iterable[str], stdin: BinaryIO | None = None) -> None:
        """Read files, folders, or the standard input (``-``) as the manifests of a cluster.

        Raises:
            UsageError: A path does not exist, or has too many files.
        """
        before = len(self.declared)
        self._extent = Extent()
        self._built: dict[str, list[tuple[str, str]]] = {}
        builds: list[tuple[Path, Build]] = []
        for path in paths:
            if path == STDIN:
                self._text(cluster, "standard input", self._standard_input(stdin))
                continue
            for number, file in enumerate(_files(Path(path), self.account, self._own, self._extent.folders)):
                if number >= self._limits.manifest_files:
                    raise UsageError(
                        f"--manifests {path}: more than {self._limits.manifest_files} files; name a smaller folder"
                    )
                builds += [(file, one) for one in self._file(cluster, file)]
        here = Path.cwd()
        served = [(os.path.normpath(here / one.where), one) for one in self.declared[before:] if not one.is_secret]
        here_built = {
            folder: found
            for folder, found in self._built.items()
            if folder != ANYWHERE and any(is_in(where, folder) for where, _ in served)
        }
        own = {source for found in here_built.values() for _, source in found}
        for file, build in builds:
            # The root of another repository than this one holds none of these objects.
            if build.folders != (ANYWHERE,) or not own or build.source in own:
                self._note_changes(file, build, [one for where, one in served if build.holds(where)])
        for folder, found in here_built.items():
            if len(found) > 1:
                remedy = "if they are of several clusters, give each its own --manifests; else build them"
                why = f"{len(found)} Kustomizations of Flux build {folder.removeprefix(ANYWHERE)}: {remedy}"
                self._skip(", ".join(dict.fromkeys(one for one, _ in found)), why, matters=True)
        for where, why in Outside(self._extent, self._limits).problems():
            self._skip(where, why, matters=True)

    def take(self, cluster: str, where: str, documents: Iterable[Any]) -> None:
        """Take objects that an API has."""
        for number, document in enumerate(documents, 1):
            self._document(Origin(cluster, where, is_stored=True).part("object", number), document)

    def _standard_input(self, stdin: BinaryIO | None) -> bytes:
        if self._has_read_stdin:
            raise UsageError("--manifests -: the standard input can be read only once; save it in files")
        self._has_read_stdin = True
        return stdin.read(self._limits.manifest_file_bytes + 1) if stdin else b""

    def _file(self, cluster: str, file: Path) -> list[Build]:
        """Read a file, and return how it says that objects are built."""
        try:
            with file.open("rb") as stream:
                data = stream.read(self._limits.manifest_file_bytes + 1)
        except OSError as error:
            self._skip(
                str(file), f"cannot be read ({error.strerror}); check the path and its permissions", matters=True
            )
            return []
        self._extent.files.add(real(file))
        place = real(file.parent) / file.name
        documents = [one for one in self._text(cluster, str(file), data, place) if isinstance(one, dict)]
        if file.name in KUSTOMIZATIONS:
            self._extent.taken += [(str(file), place, one) for one in documents if not takes(one)]
        single = [one for document in documents for one in _singly(document)]
        for one in single:
            if folder := folder_of_flux(one):
                self._built.setdefault(folder, []).append((str(file), source_of_flux(one)))
        return list(filter(None, (build_in(file, one) for one in single)))

    def _note_changes(self, file: Path, build: Build, inside: Sequence[Declared]) -> None:
        """Note that objects are not what the cluster gets."""
        fields = build.changes(one.namespace for one in inside) if inside else []
        if fields:
            what = f"{inside[0].ref}" if len(inside) == 1 else f"{len(inside)} sources and destinations"
            remedy = "build it with kustomize or flux, and audit that"
            why = f"{', '.join(fields)} may change {what}; {remedy}"
            self._skip(str(file), why, matters=True)

    def _text(self, cluster: str, where: str, data: bytes, file: Path = NO_FILE) -> Sequence[Any]:
        """Take the documents of a text, and return them; none if it cannot be read."""
        self.account.files += 1
        if len(data) > self._limits.manifest_file_bytes:
            self._skip(where, f"larger than {self._limits.manifest_file_bytes >> 20} MiB; split it", matters=True)
            return ()
        matters = any(kind.encode() in data for kind in SYNCED) or file.name in KUSTOMIZATIONS
        try:
            documents = yaml_guard.parsed(data.decode("utf-8-sig"), self._limits, is_json=where.endswith(".json"))
        except UnicodeDecodeError:
            self._skip(where, "no UTF-8 text; write manifests as UTF-8", matters=matters)
        except yaml_guard.Refused as error:
            self._skip(where, f"{error}", matters=True)
        except yaml_guard.UNPARSABLE as error:
            self._skip(where, yaml_guard.in_words(error, data), matters=matters)
        else:
            whole = Origin(cluster, where, file=file, is_of_interest=may_mention(data))
            for number, document in enumerate(documents, 1):
                self._document(whole.part("document", number) if len(documents) > 1 else whole, document)
            return documents
        return ()

    def _document(self, origin: Origin, document: Any, lists: int = 0) -> None:
        kind = document.get("kind") if isinstance(document, dict) else None
        if not isinstance(kind, str) or not isinstance(document.get("apiVersion"), str):
            self.account.objects += 1
            self.account.passed_over[NO_OBJECT] += 1
            self._pass_over(origin, document)
        elif not kind.endswith(LIST) or not isinstance(document.get("items"), list):
            self.account.objects += 1
            self._object(origin, kind, document)
        elif lists >= LISTS_IN_LISTS:
            why = f"more than {LISTS_IN_LISTS} lists in one another; write them one after another"
            self._skip(origin.where, why, matters=True)
        else:
            # The items of a list of one kind leave out their kind.
            of_list = {"apiVersion": document["apiVersion"], "kind": kind.removesuffix(LIST)} if kind != LIST else {}
            for number, item in enumerate(document["items"], 1):
                whole = {**of_list, **item} if isinstance(item, dict) else item
                self._document(origin.part("item", number), whole, lists + 1)

    def _object(self, origin: Origin, kind: str, document: dict[str, Any]) -> None:
        if origin.file == NO_FILE and not origin.is_stored and (noted := noted_origin(document)):
            origin = replace(origin, where=f"standard input, {noted}")
        where = origin.where
        is_secret = kind == SECRET and document["apiVersion"] == "v1"
        self._extent.note_labels(document)
        if not is_secret and not is_served(document):
            self.account.passed_over[kind] += 1
            self._pass_over(origin, document)
            return
        document = as_stored(document)
        if wrong := misshapen(document):
            self._skip(where, f"{kind}: {wrong}", matters=not is_secret)
        elif not is_secret and (mover := other_mover(document)):
            self._skip(where, f"{kind} {document['metadata']['name']} uses another mover: {mover}", matters=False)
        elif not (document["metadata"].get("namespace") or self._namespace):
            remedy = "build the manifests with kustomize or flux, or give --namespace"
            name = document["metadata"]["name"]
            variables = {} if is_secret else open_variables(document)
            names = dict.fromkeys(name for names in variables.values() for name in names)
            needs = f", and {as_written(names)} have no value" if names else ""
            self._skip(where, f"{kind} {name}: metadata.namespace is missing{needs}; {remedy}", matters=not is_secret)
        else:
            self._use(origin, kind, document)

    def _pass_over(self, origin: Origin, document: Any) -> None:
        """Note that a document may make sources and destinations, or that it takes some from elsewhere."""
        if origin.is_stored or not isinstance(document, dict):
            return
        if takes(document):
            self._extent.taken.append((origin.where, origin.file, document))
        if origin.is_of_interest and origin.file.name not in KUSTOMIZATIONS and (what := made_by(document)):
            self._extent.makers.append((origin.where, f"{named(document)} {what}", document))

    def _use(self, origin: Origin, kind: str, document: dict[str, Any]) -> None:
        metadata = {**document["metadata"], "namespace": document["metadata"].get("namespace") or self._namespace}
        if kind == SECRET:
            try:
                values = values_in(document)
            except (ValueError, AttributeError) as error:
                self._skip(origin.where, f"{kind} {metadata['name']}: cannot be decoded: {error}", matters=False)
                return
            REDACT.add(secrets_in(values))
        self.account.used[kind] += 1
        whole = {**document, "metadata": metadata}
        self.declared.append(Declared(origin.cluster, whole, origin.where, origin.is_stored))

    def _skip(self, where: str, why: str, *, matters: bool) -> None:
        self.account.skipped.append(Skipped(where, why, matters))


def _singly(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the objects of a list, or the document itself."""
    items = document.get("items") if str(document.get("kind", "")).endswith(LIST) else None
    return [one for one in items if isinstance(one, dict)] if isinstance(items, list) else [document]


def _files(path: Path, account: Account, own: Collection[Path], read: set[Path]) -> Iterator[Path]:
    """Return the files to read, sorted, and add the folders to ``read``. A file that is named always counts."""
    if not path.exists():
        tried, hint = "", ""
        if not path.is_absolute():
            tried, hint = f" ({path.absolute()})", ", by its absolute path: tox starts in the folder of its tox.ini"
        remedy = "name a file, a folder, or - for the standard input"
        raise UsageError(f"--manifests {path}: does not exist{tried}; {remedy}{hint}")
    if not path.is_dir():
        yield path
        return

    def unread(error: OSError) -> None:
        why = f"cannot be read ({error.strerror}); check the path and its permissions"
        account.skipped.append(Skipped(str(error.filename), why, matters=True))

    for folder, folders, names in os.walk(path, onerror=unread):
        read.add(real(Path(folder)))
        for name in sorted(folders):
            if name.startswith("."):
                account.skipped.append(Skipped(str(Path(folder) / name), "a hidden folder", matters=False))
            elif (Path(folder) / name).is_symlink():
                why = "a link to a folder, which is not followed; name the folder itself"
                account.skipped.append(Skipped(str(Path(folder) / name), why, matters=True))
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            file = Path(folder) / name
            if file.suffix.lower() not in SUFFIXES and name not in KUSTOMIZATIONS:
                account.other_files += 1
            elif file.absolute() in own:
                account.skipped.append(Skipped(str(file), "written by an earlier audit", matters=False))
            elif file.exists() and not file.is_file():
                account.skipped.append(Skipped(str(file), "no regular file", matters=True))
            else:
                yield file
