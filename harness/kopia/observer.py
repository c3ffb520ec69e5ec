"""Read a repository independently of the subject, with a separate client, identity and cache."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from harness.document.parts import Part
from harness.errors import Divergence
from harness.kopia.client import KopiaClient, finds_no_repository, refuses_password, require, snapshots_in
from harness.kopia.templates import RepositoryTemplates
from harness.model import Identity, RepositoryAccess, RepositoryAddress, SnapshotRecord
from harness.system.process import Call, Completed

OBSERVER = Identity("observer", "conformance-harness")
"""The identity of the Observer. It takes no snapshots, so it never appears among the tenants."""


class Observer:
    """Read the snapshots of repositories. The Observer never writes."""

    def __init__(
        self, binary: Path, scratch: Path, record: Callable[[Call], None], templates: RepositoryTemplates
    ) -> None:
        """Start without connections. ``templates`` is shared by the observers of one store."""
        self._binary = binary
        self._scratch = scratch
        self._record = record
        self._templates = templates
        self._clients: dict[RepositoryAddress, KopiaClient] = {}

    def snapshots(self, address: RepositoryAddress, access: RepositoryAccess) -> tuple[SnapshotRecord, ...]:
        """Return every snapshot in the repository, oldest first. Return none if there is no repository.

        Raises:
            Divergence: The password of the repository Secret does not open the repository, so a mover created it with
                another one; or the repository holds blobs with the keys of another one.
            HarnessError: The repository cannot be read for another reason.
        """
        client = self._client(address, access)
        if client is None:
            return ()
        done = client.list_snapshots("--all")
        _opens(done)
        return () if finds_no_repository(done) else snapshots_in(done)

    def _client(self, address: RepositoryAddress, access: RepositoryAccess) -> KopiaClient | None:
        """Connect once to a store, and reuse that configuration for its other repositories.

        A connect takes as long as a list, and a run reads about fifty repositories.
        """
        if address not in self._clients:
            folder = self._scratch / f"observer-{len(self._clients) + 1}"
            client = KopiaClient(self._binary, folder, folder / "cache", access, self._record)
            if self._templates.configuration:
                client.configure(self._templates.configuration, address, OBSERVER)
            else:
                done = client.connect(address, OBSERVER)
                if finds_no_repository(done):
                    return None
                _opens(done)
                require(done, "let the observer connect")
                self._templates.note(client.configuration())
            self._clients[address] = client
        return self._clients[address]


DAMAGED = "message authentication failed"
"""What kopia says of blobs that were written with the keys of another repository, as from a cache of that one."""


def _opens(done: Completed) -> None:
    if refuses_password(done):
        raise Divergence(
            "who can open the repository",
            expected="whoever has the password in its Secret",
            seen="kopia: invalid repository password",
            oracle="repository",
            roots=("BA_1",),
            part=Part.MOVER,
            cause="a repository has another password than its Secret",
        )
    if done.exit_code and DAMAGED in done.stderr:
        raise Divergence(
            "a kopia client with an empty cache",
            expected="it reads the repository",
            seen=done.tail,
            oracle="repository",
            roots=("LO_1",),
            part=Part.MOVER,
            cause="a repository that was backed up into cannot be read",
        )
