"""Manage the repository Secrets of one scenario: their repositories, passwords and keys."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from harness.errors import HarnessError
from harness.kopia.locations import Locations
from harness.model import Manifest, RepositoryAccess
from harness.system.process import REDACT
from harness.volsync.defaults import DOCUMENTED_REPOSITORY, REPOSITORY_SECRET
from harness.volsync.variables import Key, repository_values

ANY = ""
"""Matches every namespace, or every name of a Secret."""
PASSWORD, SECRET_KEY = "repository password", "secret key of the store"
"""The kinds of secrets, as a leak names them."""
KINDS = {Key.PASSWORD.value: PASSWORD, Key.SECRET_KEY.value: SECRET_KEY}
"""The keys of a repository Secret whose values must stay secret, with the kind of each."""
WRONG_BYTES = 20
BLANKS = "  "


class RepositorySecrets:
    """Store the documented repository, the password and the values of each repository Secret."""

    def __init__(self, locations: Locations, password: str) -> None:
        """Start without special Secrets. ``password`` applies to every repository whose Secret gives no other."""
        self._locations = locations
        self._store = locations.store
        self._password = password
        self._passwords: dict[str, str] = {}
        self._repositories: dict[tuple[str, str], str] = {}
        self._left_out: set[tuple[str, str]] = set()
        self._with_scheme: set[str] = set()
        self._overrides: dict[tuple[str, str], str] = {}
        self._wrong: dict[str, list[str]] = {PASSWORD: [], SECRET_KEY: []}
        REDACT.add([password])

    def use(self, repository: str, *, namespace: str = ANY, secret: str = ANY) -> None:
        """Point Secrets to a repository: all in a namespace, all with a name, or the one with both."""
        self._repositories[namespace, secret] = repository

    def leave_out(self, namespace: str, key: str) -> None:
        """Remove a key from the repository Secret of a namespace."""
        self._left_out.add((namespace, key))

    def give_endpoint_as_url(self, namespace: str) -> None:
        """Write the endpoint with its scheme into the repository Secret of a namespace."""
        self._with_scheme.add(namespace)

    def use_password(self, repository: str, password: str) -> None:
        """Give a documented repository a separate password in all Secrets that point to it."""
        self._passwords[repository] = password

    def make_wrong(self, namespace: str, key: str) -> None:
        """Replace the value of a key in the repository Secret of a namespace with a random one.

        Raises:
            HarnessError: The Secret has no such key, so nothing would be wrong.
        """
        keys = self.values(namespace, REPOSITORY_SECRET)
        if key not in keys:
            raise HarnessError(f"the repository Secret of {namespace} has no key {key}; it has {', '.join(keys)}")
        value = self._overrides[namespace, key] = secrets.token_hex(WRONG_BYTES)
        for kind in [KINDS[key]] if key in KINDS else []:
            REDACT.add([value])
            self._wrong[kind].append(value)

    def make_blank(self, namespace: str, key: str) -> None:
        """Replace the value of a key in the repository Secret of a namespace with blanks."""
        self._overrides[namespace, key] = BLANKS

    def make_right(self, namespace: str, key: str) -> None:
        """Put the right value of a key back into the repository Secret of a namespace."""
        del self._overrides[namespace, key]

    def spell(self, namespace: str, spelling: str) -> None:
        """Write a documented repository into the Secret of a namespace, with everything after its bucket as it is."""
        bucket, slash, rest = spelling.removeprefix("s3://").partition("/")
        real = self._locations.address(f"s3://{bucket}").bucket
        self._overrides[namespace, Key.REPOSITORY] = f"s3://{real}{slash}{rest}"

    def use_missing_bucket(self, namespace: str) -> None:
        """Point the repository Secret of a namespace to a bucket that does not exist."""
        self._overrides[namespace, Key.REPOSITORY] = f"s3://{self._locations.missing_bucket()}"

    def adopt(self, secret: Manifest) -> Manifest:
        """Complete a documented Secret: keep its password and repository, add the endpoint and the credentials.

        The bucket differs from the documented one, so that scenarios do not share data.
        """
        given, metadata = secret["stringData"], secret["metadata"]
        self.use(given[Key.REPOSITORY], namespace=metadata["namespace"], secret=metadata["name"])
        self._passwords[given[Key.REPOSITORY]] = given[Key.PASSWORD]
        REDACT.add([given[Key.PASSWORD]])
        return {**secret, "stringData": {**given, **self.values(metadata["namespace"], metadata["name"])}}

    def repository(self, namespace: str, name: str) -> str:
        """Return the documented repository that a Secret points to."""
        for key in ((namespace, name), (ANY, name), (namespace, ANY)):
            if key in self._repositories:
                return self._repositories[key]
        return DOCUMENTED_REPOSITORY

    def repositories(self) -> list[str]:
        """Return the documented repositories whose bucket was created."""
        named = dict.fromkeys([*self._repositories.values(), DOCUMENTED_REPOSITORY])
        return [one for one in named if self._locations.is_made(one)]

    def values(self, namespace: str, name: str) -> Mapping[str, str]:
        """Return the values of the repository Secret with this name in a namespace."""
        repository = self.repository(namespace, name)
        address = self._locations.address(repository)
        url = f"s3://{address.bucket}/{address.prefix}".rstrip("/")
        endpoint = self._store.url if namespace in self._with_scheme else self._store.endpoint
        values = repository_values(url, self.access(repository), endpoint, tls=self._store.tls)
        whole = {key: self._overrides.get((namespace, key), value) for key, value in values.items()}
        return {key: value for key, value in whole.items() if (namespace, key) not in self._left_out}

    def access(self, repository: str) -> RepositoryAccess:
        """Return the password and S3 keys of a documented repository."""
        password = self._passwords.get(repository, self._password)
        return RepositoryAccess(password, self._store.access_key, self._store.secret_key)

    def has_own_password(self, repository: str) -> bool:
        """Return True if the Secret of a documented repository gives a separate password."""
        return repository in self._passwords

    def kept_secret(self) -> Mapping[str, tuple[str, ...]]:
        """Return the values that must stay secret, by their kind."""
        passwords = dict.fromkeys([self._password, *self._passwords.values(), *self._wrong[PASSWORD]])
        return {PASSWORD: tuple(passwords), SECRET_KEY: (self._store.secret_key, *self._wrong[SECRET_KEY])}
