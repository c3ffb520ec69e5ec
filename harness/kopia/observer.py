"""Reads a repository apart from everything under test: own client, own identity, own cache."""

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
"""Takes no snapshot, so it never shows among the tenants."""


class Observer:
    """The repository's own account.  It never writes."""

    def __init__(
        self, binary: Path, scratch: Path, record: Callable[[Call], None], templates: RepositoryTemplates
    ) -> None:
        """``templates`` is shared by the observers of one store."""
        self._binary = binary
        self._scratch = scratch
        self._record = record
        self._templates = templates
        self._clients: dict[RepositoryAddress, KopiaClient] = {}

    def snapshots(self, address: RepositoryAddress, access: RepositoryAccess) -> tuple[SnapshotRecord, ...]:
        """Every snapshot in the repository, oldest first.

        Where there is no repository there is no snapshot: whoever said it made one was wrong.

        Raises:
            Divergence: the repository does not open with the password of its Secret: its mover made it with another.
            HarnessError: it cannot be read for another reason.
        """
        client = self._client(address, access)
        if client is None:
            return ()
        done = client.list_snapshots("--all")
        _opens(done)
        return () if finds_no_repository(done) else snapshots_in(done)

    def _client(self, address: RepositoryAddress, access: RepositoryAccess) -> KopiaClient | None:
        """Connects once to a store; other repositories there are opened by the same configuration.

        A connect costs as much as a list, and a run reads some fifty repositories.
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
