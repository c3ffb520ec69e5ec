"""The repositories of one scenario: clients that open them, what they begin as, and what is in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

from harness.errors import NotAsked
from harness.kopia.client import KopiaClient, require
from harness.kopia.locations import Locations
from harness.kopia.observer import Observer
from harness.kopia.repository_secrets import RepositorySecrets
from harness.kopia.templates import RepositoryTemplate, RepositoryTemplates
from harness.model import Identity, SnapshotRecord
from harness.storage.buckets import Buckets
from harness.system.process import Call
from harness.volsync.defaults import DOCUMENTED_REPOSITORY
from harness.volumes import Tree

BLANK = "nothing"
"""The recipe of a repository that holds no snapshot."""


@dataclass(frozen=True)
class RepositoryTools:
    """What repositories are made and read with.

    Attributes:
        kopia: The kopia of the harness.
        mover_kopia: The kopia of the mover; None where that cannot be run on this machine.
        buckets: The buckets of the run.
        templates: What the workers of a run share.
        record: Called with each call of kopia.
    """

    kopia: Path
    mover_kopia: Path | None
    buckets: Buckets
    templates: RepositoryTemplates
    record: Callable[[Call], None] = field(repr=False)


class Repositories:
    """Opens and makes the documented repositories, and reads them through the Observer."""

    def __init__(self, tools: RepositoryTools, locations: Locations, secrets: RepositorySecrets, folder: Path) -> None:
        self._tools = tools
        self._templates = tools.templates
        self._numbers = count(1)
        self.locations = locations
        self._secrets = secrets
        self._folder = folder
        self._observer = Observer(tools.kopia, folder / "observer", tools.record, tools.templates)
        self._seen: dict[str, tuple[SnapshotRecord, ...]] = {}

    def snapshots(self, repository: str) -> tuple[SnapshotRecord, ...]:
        """Return every snapshot in a repository, as the Observer reads it; read again only after a change."""
        if repository not in self._seen:
            address, access = self.locations.address(repository), self._secrets.access(repository)
            self._seen[repository] = self._observer.snapshots(address, access)
        return self._seen[repository]

    def last_read(self, repository: str) -> tuple[SnapshotRecord, ...]:
        """Return what the Observer last read; nothing where a repository changed since, or was never read."""
        return self._seen.get(repository, ())

    def changed(self) -> None:
        """Have the next question read the repositories again."""
        self._seen.clear()

    def client(self, name: str, repository: str = DOCUMENTED_REPOSITORY) -> KopiaClient:
        """Return a plain kopia client of its own, for claims about kopia itself."""
        folder = self._folder / "clients" / name
        return KopiaClient(
            self._tools.kopia, folder, folder / "cache", self._secrets.access(repository), self._tools.record
        )

    def client_of_mover(self, name: str) -> KopiaClient:
        """Return a plain client with the kopia that the mover uses; NotAsked where that cannot be run here."""
        binary = self._tools.mover_kopia
        if binary is None:
            raise NotAsked("the kopia of the mover cannot be run on this machine")
        return replace(self.client(name), binary=binary)

    def open(self, repository: str, name: str, identity: Identity) -> KopiaClient:
        """Return a client of that name that opened a documented repository, which is there."""
        address, client = self.locations.address(repository), self.client(name, repository)
        if self._templates.configuration:
            client.configure(self._templates.configuration, address, identity)
        else:
            require(client.connect(address, identity), "open a repository")
        return client

    def begin(
        self, repository: str, name: str, identity: Identity, like: RepositoryTemplate | None = None
    ) -> KopiaClient:
        """Make a documented repository for a client of that name, and return the client.

        Making one takes kopia longer than any other call; so it is done once, and the others begin as a
        copy of that one, or of one with a history that somebody else wrote.
        """
        if not self._may_be_copy(repository):
            client = self.client(name, repository)
            require(client.create(self.locations.address(repository), identity), "make a repository")
            return client
        beginning = like or self._templates.find(BLANK) or self._made_blank(identity)
        self.locations.begin_as(beginning.bucket, repository)
        self.changed()
        return self.open(repository, name, identity)

    def template(self, repository: str, recipes: Sequence[str]) -> RepositoryTemplate | None:
        """Return what a documented repository may begin as: by the first recipe that somebody wrote already."""
        return self._templates.first(recipes) if self._may_be_copy(repository) else None

    def keep_as_template(self, repository: str, recipe: str, contents: Sequence[Tree]) -> None:
        """Let others begin with a documented repository as it is now: it holds what the recipe says, and no more."""
        if self._may_be_copy(repository):
            bucket = self.locations.make_template_bucket(next(self._numbers))
            self.locations.copy_into(repository, bucket)
            self._templates.put(recipe, RepositoryTemplate(bucket, tuple(contents)))

    def _may_be_copy(self, repository: str) -> bool:
        return not self.locations.address(repository).prefix and not self._secrets.has_own_password(repository)

    def _made_blank(self, identity: Identity) -> RepositoryTemplate:
        blank = RepositoryTemplate(self.locations.make_template_bucket(next(self._numbers)))
        client = self.client("blank")
        require(client.create(self.locations.at(blank.bucket), identity), "make a repository")
        self._templates.note(client.configuration())
        self._templates.put(BLANK, blank)
        return blank
