"""Create, copy and open the repositories of one scenario, and read their snapshots."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

from harness.errors import NotAsked
from harness.kopia.client import KopiaClient, require
from harness.kopia.library import SEED_PASSWORD, Library
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
"""The recipe of a repository without snapshots."""
PROVIDER = Identity("provider", "conformance-harness")
"""The identity that creates a repository before the first mover runs. It takes no snapshots."""


@dataclass(frozen=True)
class RepositoryTools:
    """The programs and shared state for creating and reading repositories.

    Attributes:
        kopia: The kopia program of the harness.
        mover_kopia: The kopia program of the mover, or None if it cannot run on this machine.
        buckets: The buckets of the run.
        templates: The templates that the workers of a run share.
        library: The repositories that are kept from earlier runs.
        record: A callback that gets each call of kopia.
    """

    kopia: Path
    mover_kopia: Path | None
    buckets: Buckets
    templates: RepositoryTemplates
    library: Library
    record: Callable[[Call], None] = field(repr=False)


class Repositories:
    """Create and open the documented repositories of a scenario, and read them with the Observer."""

    def __init__(self, tools: RepositoryTools, locations: Locations, secrets: RepositorySecrets, folder: Path) -> None:
        self._tools = tools
        self._templates = tools.templates
        self._numbers = count(1)
        self.locations = locations
        self._secrets = secrets
        self._folder = folder
        self._observer = Observer(tools.kopia, folder / "observer", tools.record, tools.templates)
        self._provides = True
        self._is_copied = False
        self._seen: dict[str, tuple[SnapshotRecord, ...]] = {}

    def snapshots(self, repository: str) -> tuple[SnapshotRecord, ...]:
        """Return every snapshot in a repository, as the Observer reads it. It is read again only after a change."""
        if repository not in self._seen:
            address, access = self.locations.address(repository), self._secrets.access(repository)
            self._seen[repository] = self._observer.snapshots(address, access)
        return self._seen[repository]

    def last_read(self, repository: str) -> tuple[SnapshotRecord, ...] | None:
        """Return the snapshots that the Observer read since the last change of a repository; None if it read none."""
        return self._seen.get(repository)

    def changed(self) -> None:
        """Discard what was read, so that the next query reads the repositories again."""
        self._seen.clear()

    def client(self, name: str, repository: str = DOCUMENTED_REPOSITORY) -> KopiaClient:
        """Return a plain kopia client with a separate configuration, for claims about kopia itself."""
        folder = self._folder / "clients" / name
        return KopiaClient(
            self._tools.kopia, folder, folder / "cache", self._secrets.access(repository), self._tools.record
        )

    def client_of_mover(self, name: str) -> KopiaClient:
        """Return a plain client that uses the kopia program of the mover.

        Raises:
            NotAsked: That program cannot run on this machine.
        """
        binary = self._tools.mover_kopia
        if binary is None:
            raise NotAsked("the kopia of the mover cannot be run on this machine")
        return replace(self.client(name), binary=binary)

    def open(self, repository: str, name: str, identity: Identity) -> KopiaClient:
        """Open an existing documented repository, and return the client with this name."""
        address, client = self.locations.address(repository), self.client(name, repository)
        if self._templates.configuration:
            client.configure(self._templates.configuration, address, identity)
        else:
            require(client.connect(address, identity), "open a repository")
        return client

    def begin(
        self, repository: str, name: str, identity: Identity, like: RepositoryTemplate | None = None
    ) -> KopiaClient:
        """Create a documented repository, and return a client with this name.

        kopia takes longer to create a repository than for any other call. So one is created and the others are copies
        of it.

        Args:
            repository: The documented repository.
            name: The name of the client.
            identity: The identity of the client.
            like: The template to copy, by default one without snapshots.
        """
        if not self._may_be_copy(repository):
            client = self.client(name, repository)
            require(client.create(self.locations.address(repository), identity), "make a repository")
            return client
        self._begin_as_copy(repository, like, identity)
        return self.open(repository, name, identity)

    def provide(self, repository: str) -> None:
        """Create the first documented repository of the scenario if it does not exist, so that a mover finds it.

        Most tenants of a shared repository find one. A mover takes four times as long to create a repository as to
        open it. All other repositories are left to the movers: copies of one repository have the same keys, so that a
        mover that mixes two of them up would do no harm. So is one with a prefix or a separate password.
        """
        if not self._provides or self._is_copied:
            return
        if self._may_be_copy(repository) and not self.locations.exists(repository):
            self._begin_as_copy(repository, None, PROVIDER)

    def leave_to_movers(self) -> None:
        """Let ``provide`` create nothing, so that the first mover creates each repository."""
        self._provides = False

    def template(self, repository: str, recipes: Sequence[str]) -> RepositoryTemplate | None:
        """Return the first template for one of the recipes, of this run or of an earlier one, or None."""
        if not self._may_be_copy(repository):
            return None
        found = (self._templates.find(recipe) or self._fetched(recipe) for recipe in recipes)
        return next(filter(None, found), None)

    def keep_as_template(self, repository: str, recipe: str, contents: Sequence[Tree]) -> None:
        """Keep a copy of a documented repository as a template for other scenarios.

        Args:
            repository: The documented repository.
            recipe: The description of how its history was written.
            contents: The content of each snapshot, in order.
        """
        if self._may_be_copy(repository):
            bucket = self._new_bucket()
            self.locations.copy_into(repository, bucket)
            self._templates.put(recipe, RepositoryTemplate(bucket, tuple(contents)))
            self._tools.library.keep(self._blank(PROVIDER).seed, recipe, bucket, contents)

    def _fetched(self, recipe: str) -> RepositoryTemplate | None:
        """Return a template that is a repository of an earlier run, or None."""
        blank = self._blank(PROVIDER)
        template = self._tools.library.fetch(blank.seed, recipe, self._new_bucket)
        if template is not None:
            self.locations.copy_keys(blank.bucket, template.bucket)
            self._templates.put(recipe, template)
        return template

    def _new_bucket(self) -> str:
        return self.locations.make_template_bucket(next(self._numbers))

    def _begin_as_copy(self, repository: str, like: RepositoryTemplate | None, identity: Identity) -> None:
        beginning = like or self._blank(identity)
        self.locations.begin_as(beginning.bucket, repository)
        self._is_copied = True
        self.changed()

    def _may_be_copy(self, repository: str) -> bool:
        return not self.locations.address(repository).prefix and not self._secrets.has_own_password(repository)

    def _blank(self, identity: Identity) -> RepositoryTemplate:
        """Return the empty repository of the run: the seed of the library with the password of the run."""
        return self._templates.find(BLANK) or self._made_blank(identity)

    def _made_blank(self, identity: Identity) -> RepositoryTemplate:
        bucket = self._new_bucket()
        address = self.locations.at(bucket)
        client = self.client("blank")
        access = replace(client.access, password=SEED_PASSWORD)
        # The shell loop cannot repeat these calls: it copies the result, as the run does.
        planter = replace(client, access=access, record=lambda _: None)
        seed = self._tools.library.plant(
            bucket, lambda: require(planter.create(address, identity), "make a repository")
        )
        require(planter.connect(address, identity), "open a repository")
        require(planter.change_password(client.access.password), "change a password")
        self._templates.note(client.configuration())
        blank = RepositoryTemplate(bucket, seed=seed)
        self._templates.put(BLANK, blank)
        return blank
