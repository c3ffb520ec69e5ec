"""Define the actions of a search, and the tenants that it draws them for.

An action is a plain value, so a sequence of actions can be drawn, cut, repeated and printed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum

from harness.volsync import objects
from harness.volsync.fields import SOURCE_PVC, Field

LATEST = f"{objects.RETAIN}latest"

NAMESPACES = ("shop", "shop-floor", "office", "office-shop")
LONG = "orders-of-the-shop-in-the-north-of-the-country-with-all-its-branches-"
NAMES = ("order", "orders", "orders.eu", "orderseu", "orders-eu", f"{LONG}country", f"{LONG}county")
"""Names that begin alike, that differ in a dot or a dash, and that differ only behind their 63rd character."""

USERNAMES, HOSTNAMES = ("orders", "Team.A", "team"), ("shop", "Site.A", "site")
PATHS, CLAIMS, RETAINED = ("/data/orders", "/srv"), ("orders-data", "one-more"), (1, 2)
REPOSITORIES = ("s3://team-backups/orders", "s3://team-backups/orders-eu", "s3://company-backups")
"""Prefixes that begin alike, and the repository that every namespace uses at first."""

LAB = "restore-lab"
"""A namespace without sources, for destinations that name one."""


@dataclass(frozen=True, order=True)
class Tenant:
    """The namespace and name of a source."""

    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"


@dataclass(frozen=True)
class Source:
    """A source as its user writes it. A field that is empty is left out."""

    tenant: Tenant
    username: str = ""
    hostname: str = ""
    path: str = ""
    claim: str = ""
    latest: int = 0

    @property
    def fields(self) -> Mapping[str, str]:
        """Return the fields of the source by their names in the API."""
        given = {
            Field.USERNAME.value: self.username,
            Field.HOSTNAME.value: self.hostname,
            Field.SOURCE_PATH_OVERRIDE.value: self.path,
            SOURCE_PVC: self.claim,
            LATEST: str(self.latest or ""),
        }
        return {field: value for field, value in given.items() if value}

    @property
    def names(self) -> tuple[Tenant, str, str]:
        """Return everything that the document lets an identity depend on."""
        return self.tenant, self.username, self.hostname

    def simpler(self) -> list[Source]:
        """Return the same source with fewer fields, the simplest one first."""
        bare = Source(self.tenant)
        less = [
            replace(self, username="", hostname=""),
            replace(self, path=""),
            replace(self, claim=""),
            replace(self, latest=0),
        ]
        return [one for one in dict.fromkeys([bare, *less]) if one != self]


class By(Enum):
    """How a destination says whose data it restores."""

    OWN_NAME = "its own name and namespace"
    NAMED_SOURCE = "the name of the source"
    EXPLICIT = "username and hostname"


@dataclass(frozen=True)
class UseRepository:
    """The Secret of a namespace is changed to a repository."""

    namespace: str
    repository: str


@dataclass(frozen=True)
class Delete:
    """A source is deleted. Its next backup, or the next restore, finds it created again."""

    tenant: Tenant


@dataclass(frozen=True)
class BackUp:
    """A source is applied with these fields, its volume is edited, and it is backed up."""

    source: Source


@dataclass(frozen=True)
class Restore:
    """A destination restores a source.

    Attributes:
        by: How the destination says whose data it restores.
        tenant: The source.
        namespace: The namespace of the destination, where it is not that of the source.
        previous: The number of snapshots to go back from the newest.
    """

    by: By
    tenant: Tenant
    namespace: str = ""
    previous: int = 0

    @property
    def where(self) -> str:
        """Return the namespace of the destination."""
        return self.tenant.namespace if self.by is By.OWN_NAME else (self.namespace or self.tenant.namespace)

    @property
    def destination(self) -> str:
        """Return the name of the destination."""
        return self.tenant.name if self.by is By.OWN_NAME else "restore-data"

    def fields(self, source: Source | None, identity: tuple[str, str]) -> dict[str, str]:
        """Return the fields of the destination by their names in the API.

        Args:
            source: The source as it was applied last, or None if it never was.
            identity: The username and hostname to request, for a destination that gives them.
        """
        given: dict[str, str] = {}
        if self.by is By.NAMED_SOURCE:
            given = {Field.SOURCE_NAME.value: self.tenant.name, Field.SOURCE_NAMESPACE.value: self.tenant.namespace}
        if self.by is By.OWN_NAME and source and source.username:
            identity = (source.username, source.hostname)
        if self.by is By.EXPLICIT or (self.by is By.OWN_NAME and source and source.username):
            given = {Field.USERNAME.value: identity[0], Field.HOSTNAME.value: identity[1]}
        return {**given, **({Field.PREVIOUS.value: str(self.previous)} if self.previous else {})}

    def simpler(self) -> list[Restore]:
        """Return the same restore with fewer fields."""
        less = [replace(self, previous=0), replace(self, namespace="")]
        return [one for one in less if one != self]


Action = UseRepository | Delete | BackUp | Restore

TENANTS = tuple(Tenant(namespace, name) for namespace in NAMESPACES for name in NAMES)


def simpler(action: Action) -> list[Action]:
    """Return simpler actions to try in place of one."""
    if isinstance(action, BackUp):
        return [BackUp(source) for source in action.source.simpler()]
    return list(action.simpler()) if isinstance(action, Restore) else []


def half_custom(source: Source | None) -> bool:
    """Return True if a source has one custom name. A destination needs both or none, so it cannot have the same."""
    return source is not None and bool(source.username) != bool(source.hostname)
