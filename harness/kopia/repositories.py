"""The repositories of one scenario: where the documented ones really lie, and what is in them.

A documented repository (``s3://bucket/prefix``) is mapped to a bucket of this scenario's own,
so that scenarios never meet; its prefix stays as it is.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

from harness.errors import NotAsked
from harness.kopia.client import CONFIG_PATH, KopiaClient, credentials, require
from harness.kopia.observer import Observer
from harness.kopia.templates import RepositoryTemplate, RepositoryTemplates
from harness.model import Identity, Manifest, RepositoryAccess, RepositoryAddress, SnapshotRecord
from harness.storage.buckets import Buckets
from harness.system.process import REDACT, Call
from harness.volsync.defaults import DOCUMENTED_REPOSITORY
from harness.volsync.variables import Key, repository_values
from harness.volumes import Tree

ANY = ""
"""Stands for every namespace, or for every name of a Secret."""
MAX_BUCKET_LENGTH = 63
HINTS_FOLDER = "kept"
BLANK = "nothing"
"""The recipe of a repository that holds no snapshot."""
FORMAT_BLOB = "kopia.repository"
"""The object that makes a bucket, or what is below a prefix, a repository of kopia."""
PACK_BLOBS = "p"
"""How the names of blobs with the content of files begin."""


@dataclass(frozen=True)
class RepositoryTools:
    """What repositories are made and read with.

    Attributes:
        kopia: The kopia of the harness.
        mover_kopia: The kopia of the mover; None where that cannot be run on this machine.
        buckets: The buckets of the run.
        templates: What the workers of a run share.
        password: The password of every repository whose Secret gives no other.
        record: Called with each call of kopia.
    """

    kopia: Path
    mover_kopia: Path | None
    buckets: Buckets
    templates: RepositoryTemplates
    password: str = field(repr=False)
    record: Callable[[Call], None] = field(repr=False)


class Repositories:
    """Makes a bucket where a documented one is first used, and reads repositories through the Observer."""

    def __init__(self, tools: RepositoryTools, name: str, folder: Path) -> None:
        self._tools = tools
        self._store = tools.buckets.store
        self._templates = tools.templates
        self._numbers = count(1)
        self._name = name
        self._folder = folder
        self._observer = Observer(tools.kopia, folder / "observer", tools.record, tools.templates)
        self._buckets: dict[str, str] = {}
        self._passwords: dict[str, str] = {}
        REDACT.add([tools.password])
        self._of_secret: dict[tuple[str, str], str] = {}
        self._left_out: set[tuple[str, str]] = set()
        self._with_scheme: set[str] = set()
        self._seen: dict[str, tuple[SnapshotRecord, ...]] = {}

    def use(self, repository: str, *, namespace: str = ANY, secret: str = ANY) -> None:
        """Has the Secrets of a namespace, or of a name, or the one Secret of both, point to a documented repository."""
        self._of_secret[namespace, secret] = repository

    def adopt(self, secret: Manifest) -> Manifest:
        """Completes a documented Secret: its password and repository stay, endpoint and credentials are added.

        Only the bucket is another than documented, so that scenarios do not meet.
        """
        given, metadata = secret["stringData"], secret["metadata"]
        self.use(given[Key.REPOSITORY], namespace=metadata["namespace"], secret=metadata["name"])
        self._passwords[given[Key.REPOSITORY]] = given[Key.PASSWORD]
        REDACT.add([given[Key.PASSWORD]])
        return {**secret, "stringData": {**given, **self.secret_values(metadata["namespace"], metadata["name"])}}

    def secrets(self) -> tuple[str, ...]:
        """What must not be seen anywhere."""
        return (*dict.fromkeys([self._tools.password, *self._passwords.values()]), self._store.secret_key)

    def of_secret(self, namespace: str, name: str) -> str:
        """Return the documented repository that a Secret points to."""
        for key in ((namespace, name), (ANY, name), (namespace, ANY)):
            if key in self._of_secret:
                return self._of_secret[key]
        return DOCUMENTED_REPOSITORY

    def leave_out(self, namespace: str, key: str) -> None:
        """Has the repository Secret of a namespace lack a key."""
        self._left_out.add((namespace, key))

    def give_endpoint_as_url(self, namespace: str) -> None:
        """Has the repository Secret of a namespace give the endpoint with its scheme."""
        self._with_scheme.add(namespace)

    def secret_values(self, namespace: str, name: str) -> Mapping[str, str]:
        """Return what the repository Secret of that name holds in a namespace."""
        repository = self.of_secret(namespace, name)
        address = self.address(repository)
        url = f"s3://{address.bucket}/{address.prefix}".rstrip("/")
        endpoint = self._store.url if namespace in self._with_scheme else self._store.endpoint
        values = repository_values(url, self._access(repository), endpoint, tls=self._store.tls)
        return {key: value for key, value in values.items() if (namespace, key) not in self._left_out}

    def _password(self, repository: str) -> str:
        return self._passwords.get(repository, self._tools.password)

    def address(self, repository: str) -> RepositoryAddress:
        """Where a documented repository really lies in this scenario."""
        bucket, _, prefix = repository.removeprefix("s3://").partition("/")
        return RepositoryAddress(
            self._bucket(bucket), f"{prefix}/" if prefix else "", self._store.endpoint, self._store.tls
        )

    def snapshots(self, repository: str) -> tuple[SnapshotRecord, ...]:
        """Every snapshot in a repository, as the Observer reads it; read again only after a change."""
        if repository not in self._seen:
            self._seen[repository] = self._observer.snapshots(self.address(repository), self._access(repository))
        return self._seen[repository]

    def in_use(self) -> list[str]:
        """The documented repositories whose bucket was made."""
        used = [*self._of_secret.values(), DOCUMENTED_REPOSITORY]
        return [one for one in dict.fromkeys(used) if one.removeprefix("s3://").partition("/")[0] in self._buckets]

    def objects(self) -> list[str]:
        """Every object in the buckets of this scenario, with its size in bytes."""
        return [line for bucket in self._buckets.values() for line in self._store.objects(bucket)]

    def last_read(self, repository: str) -> tuple[SnapshotRecord, ...]:
        """What the Observer last read of a repository; nothing where it changed since, or was never read."""
        return self._seen.get(repository, ())

    def changed(self) -> None:
        """Has the next question read the repositories again."""
        self._seen.clear()

    def size_bytes(self, repository: str) -> int:
        """What a repository, with all below its prefix, occupies in the store."""
        address = self.address(repository)
        return self._store.size_bytes(address.bucket, address.prefix)

    def lose_data(self, repository: str) -> None:
        """Removes the blobs that hold the content of files; indexes and the blobs of folders and manifests stay."""
        address = self.address(repository)
        self._store.remove_objects(address.bucket, f"{address.prefix}{PACK_BLOBS}")

    def client(self, name: str, repository: str = DOCUMENTED_REPOSITORY) -> KopiaClient:
        """A plain kopia client of its own, for claims about kopia itself."""
        folder = self._folder / "clients" / name
        access = self._access(repository)
        return KopiaClient(self._tools.kopia, folder, folder / "cache", access, self._tools.record)

    def client_of_mover(self, name: str) -> KopiaClient:
        """A plain client with the kopia that the mover uses; NotAsked where that cannot be run here."""
        binary = self._tools.mover_kopia
        if binary is None:
            raise NotAsked("the kopia of the mover cannot be run on this machine")
        return replace(self.client(name), binary=binary)

    def exists(self, repository: str) -> bool:
        """Whether somebody made a documented repository."""
        address = self.address(repository)
        return self._store.holds(address.bucket, f"{address.prefix}{FORMAT_BLOB}")

    def open(self, repository: str, name: str, identity: Identity) -> KopiaClient:
        """A client of that name that opened a documented repository, which is there."""
        address, client = self.address(repository), self.client(name, repository)
        if self._templates.configuration:
            client.configure(self._templates.configuration, address, identity)
        else:
            require(client.connect(address, identity), "open a repository")
        return client

    def begin(
        self, repository: str, name: str, identity: Identity, like: RepositoryTemplate | None = None
    ) -> KopiaClient:
        """Makes a documented repository for a client of that name, and returns the client.

        Making one takes kopia longer than any other call; so it is done once, and the others begin as a
        copy of that one, or of one with a history that somebody else wrote.
        """
        if not self._may_be_copy(repository):
            client = self.client(name, repository)
            require(client.create(self.address(repository), identity), "make a repository")
            return client
        beginning = like or self._templates.find(BLANK) or self._made_blank(identity)
        self._tools.buckets.copy(beginning.bucket, self.address(repository).bucket)
        self.changed()
        return self.open(repository, name, identity)

    def template(self, repository: str, recipes: Sequence[str]) -> RepositoryTemplate | None:
        """What a documented repository may begin as: by the first of the recipes that somebody wrote already."""
        return self._templates.first(recipes) if self._may_be_copy(repository) else None

    def keep_as_template(self, repository: str, recipe: str, contents: Sequence[Tree]) -> None:
        """Lets others begin with a documented repository as it is now: it holds what the recipe says, and no more."""
        if self._may_be_copy(repository):
            bucket = self._bucket_of_templates()
            self._tools.buckets.copy(self.address(repository).bucket, bucket)
            self._templates.put(recipe, RepositoryTemplate(bucket, tuple(contents)))

    def _may_be_copy(self, repository: str) -> bool:
        return not self.address(repository).prefix and repository not in self._passwords

    def _made_blank(self, identity: Identity) -> RepositoryTemplate:
        blank = RepositoryTemplate(self._bucket_of_templates())
        client = self.client("blank")
        address = RepositoryAddress(blank.bucket, "", self._store.endpoint, self._store.tls)
        require(client.create(address, identity), "make a repository")
        self._templates.note(client.configuration())
        self._templates.put(BLANK, blank)
        return blank

    def _bucket_of_templates(self) -> str:
        bucket = f"{self._store.bucket_prefix}-{self._name}-templates-{next(self._numbers)}"
        self._tools.buckets.make(bucket)
        return bucket

    def write_hints(self, title: str) -> None:
        """For a store that is kept: a script for each bucket that looks into it with plain kopia."""
        hints = self._folder.parent / HINTS_FOLDER
        hints.mkdir(exist_ok=True, mode=0o700)
        for documented, bucket in self._buckets.items():
            script = hints / f"{re.sub(r'[^A-Za-z0-9.-]+', '-', title)}-{documented}.sh"
            script.touch(mode=0o700)
            script.write_text(self._hint(documented, bucket, script), encoding="utf-8")

    def _hint(self, documented: str, bucket: str, script: Path) -> str:
        tls = "" if self._store.tls else " --disable-tls"
        kopia = shlex.quote(str(self._tools.kopia))
        values = {
            **credentials(self._access(f"s3://{documented}")),
            CONFIG_PATH: f"{script}.config",
        }
        return "\n".join(
            [
                "# Lists what a scenario left; arguments (such as --prefix=app1/) go to kopia repository connect.",
                *(f"export {name}={shlex.quote(value)}" for name, value in values.items()),
                f'{kopia} repository connect s3 --endpoint={self._store.endpoint}{tls} --bucket={bucket} "$@"',
                f"{kopia} snapshot list --all",
                "",
            ]
        )

    def _bucket(self, documented: str) -> str:
        if documented not in self._buckets:
            bucket = f"{self._store.bucket_prefix}-{self._name}-{documented}"[:MAX_BUCKET_LENGTH].rstrip("-")
            self._tools.buckets.make(bucket)
            self._buckets[documented] = bucket
        return self._buckets[documented]

    def _access(self, repository: str) -> RepositoryAccess:
        return RepositoryAccess(self._password(repository), self._store.access_key, self._store.secret_key)
