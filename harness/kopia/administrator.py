"""Somebody with plain kopia and the repository's Secret: no operator and no mover in between."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from harness.document.parts import Part
from harness.errors import Divergence
from harness.kopia.client import KopiaClient, parse_json, require
from harness.kopia.repositories import Repositories
from harness.model import Identity
from harness.system.process import Completed
from harness.volsync.defaults import DOCUMENTED_REPOSITORY
from harness.volumes import FolderVolumes, Tree, fill, tree

SELF = Identity("administrator", "conformance-harness")
KEEP_PERIODS = ("hourly", "daily", "weekly", "monthly", "annual")
KEEP_EVERYTHING = 1_000_000
KEPT_BY_DEFAULT = 10
"""How many of the latest snapshots of a source kopia keeps in any case (``keep-latest`` of its default policy)."""


class Administrator:
    """Works on the documented repository of one scenario; connects once, and creates it where needed."""

    def __init__(self, repositories: Repositories, volumes: FolderVolumes) -> None:
        self._repositories = repositories
        self._volumes = volumes
        self._numbers = count(1)
        self._last_tenant: tuple[Identity, int] | None = None
        self._own: KopiaClient | None = None
        self._keeps_everything = False

    def provide_repository(self) -> None:
        """Has the repository exist."""
        self._client()

    def client(self, verb: str, identity: Identity) -> KopiaClient:
        """A client that opened the repository by ``connect`` or ``create`` under an identity."""
        client = self._repositories.client_of_mover(self._next_name())
        address = self._repositories.locations.address(DOCUMENTED_REPOSITORY)
        done = client.connect(address, identity) if verb == "connect" else client.create(address, identity)
        if done.exit_code != 0 and "--override-" in done.stderr:
            what = f"kopia repository {verb} with --override-username and --override-hostname"
            raise Divergence(what, expected="it takes them", seen=done.tail, oracle="kopia", part=Part.KOPIA)
        require(done, f"let a plain client {verb}")
        return client

    def snapshot(self, client: KopiaClient, *flags: str) -> Completed:
        """A snapshot of a new small volume, with extra flags; the caller looks at the exit status."""
        folder = self._volumes.claim("outside", "plain")
        fill(folder, "a plain client")
        self._repositories.changed()
        return client.snapshot(folder, "/data", *flags)

    def write_snapshot(self, identity: Identity, folder: Path, path: str, instant: str, end: str = "") -> None:
        """Writes history: a snapshot of an identity from an instant to its ``end``, by default the same."""
        client, source = self._client(), f"{identity.username}@{identity.hostname}:{path}"
        if "@" in identity.username:
            # A source is split at its first @: only a client of that name can write for it.
            client, source = self._repositories.open(DOCUMENTED_REPOSITORY, self._next_name(), identity), path
        times = (f"--start-time={_as_kopia_reads(instant)}", f"--end-time={_as_kopia_reads(end or instant)}")
        require(client.snapshot(folder, source, *times), "write a snapshot of the past")
        self._repositories.changed()

    def begin_with(self, recipes: Sequence[str]) -> Sequence[Tree] | None:
        """Makes the repository, with the history of the first recipe that somebody wrote already.

        Returns what its snapshots hold, in order; None where the repository was there before.
        """
        if self._own is not None or self._repositories.locations.exists(DOCUMENTED_REPOSITORY):
            return None
        beginning = self._repositories.template(DOCUMENTED_REPOSITORY, recipes)
        self._own = self._repositories.begin(DOCUMENTED_REPOSITORY, self._next_name(), SELF, beginning)
        return beginning.contents if beginning else ()

    def keep_as_template(self, recipe: str, contents: Sequence[Tree]) -> None:
        """Lets others begin with the repository as it is now: it holds what the recipe says, and no more."""
        self._repositories.keep_as_template(DOCUMENTED_REPOSITORY, recipe, contents)

    def keep(self, number: int) -> None:
        """Has no later snapshot prune a history of so many: kopia does so at every create by its defaults."""
        if number > KEPT_BY_DEFAULT and not self._keeps_everything:
            self._policy("--global", KEEP_EVERYTHING, KEEP_EVERYTHING)
            self._keeps_everything = True

    def keep_latest(self, hostname: str, number: int) -> None:
        """Sets a retention policy for a hostname: so many latest snapshots, and none for any period."""
        self._policy(f"@{hostname}", number, 0)

    def copy_history(self, source: str, target: str) -> None:
        """``snapshot copy-history`` between identities, or between hosts (``@host``)."""
        require(self._client().run("snapshot", "copy-history", source, target), "copy a history")
        self._repositories.changed()

    def write_tenant(self, identity: Identity, number: int, latest: str) -> None:
        """Writes a history of so many snapshots of ``/data``, the latest at an instant, a minute apart.

        Tenants that are given in ascending order build on one another: the history of the last one
        is copied, and only what is left is written.
        """
        self.keep(number)
        begun = 0
        if self._last_tenant and self._last_tenant[1] < number:
            self.copy_history(f"{self._last_tenant[0]}:/data", f"{identity}:/data")
            begun = self._last_tenant[1]
        folder = self._volumes.claim("outside", "tenant")
        end = datetime.fromisoformat(latest)
        for minutes in reversed(range(number - begun)):
            self.write_snapshot(identity, folder, "/data", (end - timedelta(minutes=minutes)).isoformat())
        self._last_tenant = (identity, number)

    def read(self, identity: Identity) -> Tree:
        """Restores the newest snapshot of any identity; empty where there is none."""
        records = [
            record for record in self._repositories.snapshots(DOCUMENTED_REPOSITORY) if record.identity == identity
        ]
        folder = self._volumes.claim("outside", f"read-{next(self._numbers)}")
        if records:
            require(self._client().restore(records[-1].id, folder), "restore as an administrator")
        return tree(folder)

    def state(self) -> Mapping[str, str]:
        """Return every manifest that says what is kept, and the content behind each snapshot, by id.

        A manifest of maintenance says who looks after the repository, and may be written by any client.
        """
        done = require(self._client().run("manifest", "list", "--json"), "list the manifests")
        entries = parse_json(done, "manifest list")
        kinds = {str(one.get("id")): str(one.get("labels", {}).get("type")) for one in entries}
        roots = {one.id: one.root for one in self._repositories.snapshots(DOCUMENTED_REPOSITORY)}
        return {one: f"{kind} {roots.get(one, '')}" for one, kind in sorted(kinds.items()) if kind != "maintenance"}

    def list_seconds(self) -> float:
        """How long kopia takes to list every snapshot."""
        return require(self._client().list_snapshots("--all"), "list every snapshot").seconds

    def _policy(self, target: str, latest: int, each_period: int) -> None:
        keep = [f"--keep-{period}={each_period}" for period in KEEP_PERIODS]
        done = self._client().run("policy", "set", target, f"--keep-latest={latest}", *keep)
        require(done, "set a retention policy")

    def _client(self) -> KopiaClient:
        if self._own is None:
            there = self._repositories.locations.exists(DOCUMENTED_REPOSITORY)
            use = self._repositories.open if there else self._repositories.begin
            self._own = use(DOCUMENTED_REPOSITORY, self._next_name(), SELF)
        return self._own

    def _next_name(self) -> str:
        return f"client-{next(self._numbers)}"


def _as_kopia_reads(instant: str) -> str:
    """An RFC 3339 instant in the form of ``--start-time``; fractions of a second are kept."""
    return datetime.fromisoformat(instant).astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f UTC")
