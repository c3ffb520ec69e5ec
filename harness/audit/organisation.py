"""Hold the sources, destinations and repository Secrets of one or several clusters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from harness.model import Manifest, ObjectRef, RepositoryAddress
from harness.system import urls
from harness.volsync.admission import refusal
from harness.volsync.declared import open_variables, without_mover
from harness.volsync.kinds import is_destination, is_source, source_ref
from harness.volsync.manifests import ref_of
from harness.volsync.secret_values import address_of_values, repository_in, values_in
from harness.volsync.status import requested_identity

FOLDER = "filesystem://"
SECRET = "Secret"  # noqa: S105 (a kind of objects, no secret)


@dataclass(frozen=True, eq=False)
class Declared:
    """One object as a manifest declares it.

    Attributes:
        cluster: The name of its cluster.
        manifest: The object; it has a name and a namespace.
        where: The file and the document in it.
        is_stored: True if an API has it: then that API accepts it, whatever is known of its schema here.
    """

    cluster: str
    manifest: Manifest = field(repr=False)
    where: str
    is_stored: bool = False

    @cached_property
    def ref(self) -> ObjectRef:
        """Return the reference to the object."""
        return ref_of(self.manifest)

    @property
    def name(self) -> str:
        """Return the name of the object."""
        return self.ref.name

    @property
    def namespace(self) -> str:
        """Return the namespace of the object."""
        return self.ref.namespace

    @property
    def spec(self) -> object:
        """Return ``spec`` of the object."""
        return self.manifest.get("spec")

    @property
    def told(self) -> str:
        """Return the identity that the operator says it requested last for a destination; "" if it says nothing."""
        status = self.manifest.get("status")
        return requested_identity(status) if isinstance(status, Mapping) else ""

    @property
    def is_secret(self) -> bool:
        """Return True if it is a repository Secret, and no source or destination."""
        return self.ref.kind == SECRET

    @cached_property
    def refusal(self) -> str:
        """Return why an API or the operator refuses the object under any rule, or "" if it is accepted."""
        return without_mover(self.manifest) or ("" if self.is_stored else refusal(self.manifest))

    @cached_property
    def variables(self) -> Mapping[str, tuple[str, ...]]:
        """Return the decisive fields with variables that nothing has replaced."""
        return open_variables(self.manifest)


@dataclass(frozen=True)
class Repository:
    """A repository as a Secret names it: its URL without secrets, and its address if it is in an S3 store."""

    url: str
    address: RepositoryAddress | None

    def is_at(self, other: Repository) -> bool:
        """Return True if both are the same place; an endpoint counts only if both have one."""
        if self.address is None or other.address is None:
            return urls.canonical(self.url) == urls.canonical(other.url)
        one, two = self.address, other.address
        tls = (one.tls, two.tls)
        same = not (one.endpoint and two.endpoint) or urls.is_same_endpoint(one.endpoint, two.endpoint, tls=tls)
        return (one.bucket, one.prefix) == (two.bucket, two.prefix) and same

    def is_like(self, other: Repository) -> bool:
        """Return True if both may be the same place: a store has several endpoints, and a folder several mounts."""
        if self.address is None or other.address is None:
            return self.address is other.address and all(one.url.startswith(FOLDER) for one in (self, other))
        return (self.address.bucket, self.address.prefix) == (other.address.bucket, other.address.prefix)


class Organisation:
    """Hold the objects of all clusters, and find them by name.

    Attributes:
        clusters: The names of the clusters, in the order in which they were given.
        sources: The sources without open variables.
        destinations: The destinations without open variables.
        open: The objects with open variables: nothing can be said about them.
        again: Objects that another manifest of the same cluster declares later; only the later one counts.
        unclear: The last of several different manifests of a source or destination: which one counts is a guess.
    """

    def __init__(self, declared: Iterable[Declared]) -> None:
        found: dict[tuple[str, ObjectRef], Declared] = {}
        self.again: list[tuple[Declared, Declared]] = []
        unclear: dict[tuple[str, ObjectRef], Declared] = {}
        for one in declared:
            key = (one.cluster, one.ref)
            if key in found:
                self.again.append((found[key], one))
                if not one.is_secret and (one.spec != found[key].spec or key in unclear):
                    unclear[key] = one
            found[key] = one
        self._found = found
        self.unclear: list[Declared] = list(unclear.values())
        served = [one for one in found.values() if not one.is_secret]
        self.clusters: tuple[str, ...] = tuple(dict.fromkeys(one.cluster for one in found.values()))
        self.open = [one for one in served if one.variables]
        self.sources = [one for one in served if is_source(one.ref) and not one.variables]
        self.destinations = [one for one in served if is_destination(one.ref) and not one.variables]
        self._repositories: dict[tuple[str, str, str], Repository | None] = {}

    def with_others(self, served: Iterable[Declared]) -> Organisation:
        """Return an organisation with these sources and destinations, and the Secrets of this one."""
        return Organisation([*(one for one in self._found.values() if one.is_secret), *served])

    def source(self, cluster: str, namespace: str, name: str) -> Declared | None:
        """Return the source of this name, or None."""
        return self._found.get((cluster, source_ref(namespace, name)))

    def repository(self, cluster: str, namespace: str, secret: str | None) -> Repository | None:
        """Return the repository of a Secret, or None if the Secret is not known, or is encrypted."""
        key = (cluster, namespace, secret or "")
        if key not in self._repositories:
            found = self._found.get((cluster, ObjectRef(SECRET, namespace, secret or "")))
            self._repositories[key] = repository_of(found.manifest) if found else None
        return self._repositories[key]


def repository_of(secret: Manifest) -> Repository | None:
    """Return the repository that a Secret names, or None if it names none in plain text."""
    try:
        values = values_in(secret)
    except ValueError:
        return None
    url = repository_in(values)
    if "://" not in url or "${" in url:
        return None
    return Repository(urls.shown(url), address_of_values(values))


def in_words(one: Declared, clusters: int) -> str:
    """Return an object with its cluster, if there are several clusters."""
    return f"{one.ref} of {one.cluster}" if clusters > 1 else str(one.ref)


def as_facts(one: Declared) -> dict[str, Any]:
    """Return an object as plain values."""
    return {"cluster": one.cluster, "namespace": one.namespace, "name": one.name, "where": one.where}
