"""Prepare and inspect repositories with plain kopia and the repository Secret, without an operator or mover."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from harness.document.parts import Part
from harness.errors import Divergence, HarnessError
from harness.kopia.client import KopiaClient, parse_json, require
from harness.kopia.repositories import Repositories
from harness.model import Identity
from harness.system.process import Completed
from harness.volsync.defaults import DOCUMENTED_REPOSITORY
from harness.volumes import FolderVolumes, Tree, fill, tree, write_bytes

AT_ONCE = 3
"""Number of past snapshots that are written at the same time; a mover of the subject often leaves a core idle."""

SELF = Identity("administrator", "conformance-harness")
KEEP_PERIODS = ("hourly", "daily", "weekly", "monthly", "annual")
KEEP_EVERYTHING = 1_000_000
MIB = 1 << 20
FILES_CUT_OFF = 4
"""Number of files in an incomplete snapshot; kopia stops after the first that exceeds its limit."""
KEPT_BY_DEFAULT = 10
"""How many of the latest snapshots of a source kopia always keeps (``keep-latest`` of its default policy)."""


@dataclass(frozen=True)
class PastSnapshot:
    """Describe one snapshot of the past.

    Attributes:
        identity: The identity of the snapshot.
        folder: The content of the snapshot.
        path: The path that the snapshot records.
        instant: The start of the snapshot, and its end if ``end`` is "".
        end: The end of the snapshot.
    """

    identity: Identity
    folder: Path
    path: str
    instant: str
    end: str = ""


class Administrator:
    """Work on the documented repository of one scenario with plain kopia.

    It connects once, and creates the repository if there is none.
    """

    def __init__(self, repositories: Repositories, volumes: FolderVolumes) -> None:
        self._repositories = repositories
        self._volumes = volumes
        self._numbers = count(1)
        self._last_tenant: tuple[Identity, int] | None = None
        self._own: KopiaClient | None = None
        self._keeps_everything = False

    def provide_repository(self) -> None:
        """Create the documented repository if it does not exist."""
        self._client()

    def client(self, verb: str, identity: Identity) -> KopiaClient:
        """Return a kopia client that opened the repository under an identity.

        Args:
            verb: ``connect`` or ``create``.
            identity: The identity, given with the ``--override-`` flags.

        Raises:
            Divergence: kopia refuses the ``--override-`` flags.
            KopiaFailed: The command fails for another reason.
        """
        client = self._repositories.client_of_mover(self._next_name())
        address = self._repositories.locations.address(DOCUMENTED_REPOSITORY)
        done = client.connect(address, identity) if verb == "connect" else client.create(address, identity)
        if done.exit_code != 0 and "--override-" in done.stderr:
            what = f"kopia repository {verb} with --override-username and --override-hostname"
            raise Divergence(what, expected="it takes them", seen=done.tail, oracle="kopia", part=Part.KOPIA)
        require(done, f"let a plain client {verb}")
        return client

    def snapshot(self, client: KopiaClient, *flags: str) -> Completed:
        """Take a snapshot of a new small volume, with extra flags. The caller checks the exit status."""
        folder = self._volumes.claim("outside", "plain")
        fill(folder, "a plain client")
        self._repositories.changed()
        return client.snapshot(folder, "/data", *flags)

    def write_snapshots(self, snapshots: Sequence[PastSnapshot]) -> None:
        """Write snapshots of the past, some of them at the same time."""
        self.provide_repository()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for done in pool.map(self._write, snapshots):
                require(done, "write a snapshot of the past")
        self._repositories.changed()

    def write_incomplete(self, identity: Identity, path: str) -> None:
        """Write a snapshot now that kopia marks as incomplete: it stops after the first of several large files.

        Raises:
            HarnessError: kopia wrote a whole snapshot.
        """
        folder = self._volumes.claim("outside", "incomplete")
        for number in range(FILES_CUT_OFF):
            write_bytes(folder, secrets.token_bytes(2 * MIB), f"file-{number}")
        source = f"{identity.username}@{identity.hostname}:{path}"
        require(self._client().snapshot(folder, source, "--upload-limit-mb=1"), "write an incomplete snapshot")
        self._repositories.changed()
        last = self._repositories.snapshots(DOCUMENTED_REPOSITORY)[-1]
        if not last.incomplete or last.identity != identity:
            raise HarnessError(f"kopia wrote a whole snapshot of {source} in place of an incomplete one")

    def begin_with(self, recipes: Sequence[str]) -> Sequence[Tree] | None:
        """Create the repository, as a copy of the first template that exists for one of the recipes.

        Returns:
            The content of the snapshots of the copy, in order. Empty if no template exists. None if the repository
                existed before.
        """
        if self._own is not None or self._repositories.locations.exists(DOCUMENTED_REPOSITORY):
            return None
        beginning = self._repositories.template(DOCUMENTED_REPOSITORY, recipes)
        self._own = self._repositories.begin(DOCUMENTED_REPOSITORY, self._next_name(), SELF, beginning)
        return beginning.contents if beginning else ()

    def keep_as_template(self, recipe: str, contents: Sequence[Tree]) -> None:
        """Keep a copy of the repository as a template for other scenarios.

        Args:
            recipe: The description of how the history was written.
            contents: The content of each snapshot, in order.
        """
        self._repositories.keep_as_template(DOCUMENTED_REPOSITORY, recipe, contents)

    def keep(self, number: int) -> None:
        """Prevent later snapshots from pruning a history of this length.

        By its default policy kopia prunes old snapshots at every create.
        """
        if number > KEPT_BY_DEFAULT and not self._keeps_everything:
            self._policy("--global", KEEP_EVERYTHING, KEEP_EVERYTHING)
            self._keeps_everything = True

    def keep_latest(self, hostname: str, number: int) -> None:
        """Set a retention policy for a hostname: the number of latest snapshots to keep, and none for any period."""
        self._policy(f"@{hostname}", number, 0)

    def copy_history(self, source: str, target: str) -> None:
        """Run ``snapshot copy-history`` between identities, or between hosts (``@host``)."""
        require(self._client().run("snapshot", "copy-history", source, target), "copy a history")
        self._repositories.changed()

    def write_tenant(self, identity: Identity, number: int, latest: str) -> None:
        """Write a history of ``/data`` for a tenant, with one snapshot a minute.

        If the previous tenant has a shorter history, that is copied and only the rest is written. So give tenants in
        ascending order.

        Args:
            identity: The identity of the tenant.
            number: The number of snapshots.
            latest: The instant of the latest snapshot.
        """
        self.keep(number)
        begun = 0
        if self._last_tenant and self._last_tenant[1] < number:
            self.copy_history(f"{self._last_tenant[0]}:/data", f"{identity}:/data")
            begun = self._last_tenant[1]
        folder = self._volumes.claim("outside", "tenant")
        end = datetime.fromisoformat(latest)
        instants = [(end - timedelta(minutes=minutes)).isoformat() for minutes in reversed(range(number - begun))]
        self.write_snapshots([PastSnapshot(identity, folder, "/data", instant) for instant in instants])
        self._last_tenant = (identity, number)

    def read(self, identity: Identity) -> Tree:
        """Restore the newest snapshot of any identity and return its content. Return an empty tree if there is none."""
        records = [
            record for record in self._repositories.snapshots(DOCUMENTED_REPOSITORY) if record.identity == identity
        ]
        folder = self._volumes.claim("outside", f"read-{next(self._numbers)}")
        if records:
            require(self._client().restore(records[-1].id, folder), "restore as an administrator")
        return tree(folder)

    def read_all(self, repository: str) -> Completed:
        """Read every file of a documented repository with a new client and an empty cache.

        Returns:
            The call of kopia that failed, or the last one.
        """
        client = self._repositories.client(self._next_name(), repository)
        done = client.connect(self._repositories.locations.address(repository), SELF)
        return done if done.exit_code else client.run("snapshot", "verify", "--verify-files-percent=100")

    def state(self) -> Mapping[str, str]:
        """Return the kind of each kopia manifest by its id, for a snapshot together with the id of its root object.

        Manifests of maintenance are left out, because any client may write them.
        """
        done = require(self._client().run("manifest", "list", "--json"), "list the manifests")
        entries = parse_json(done, "manifest list")
        kinds = {str(one.get("id")): str(one.get("labels", {}).get("type")) for one in entries}
        roots = {one.id: one.root for one in self._repositories.snapshots(DOCUMENTED_REPOSITORY)}
        return {one: f"{kind} {roots.get(one, '')}" for one, kind in sorted(kinds.items()) if kind != "maintenance"}

    def list_seconds(self) -> float:
        """Return the seconds that kopia takes to list all snapshots."""
        return require(self._client().list_snapshots("--all"), "list every snapshot").seconds

    def _write(self, one: PastSnapshot) -> Completed:
        client, source = self._client(), f"{one.identity.username}@{one.identity.hostname}:{one.path}"
        if "@" in one.identity.username:
            # kopia splits a source at its first @. So only a client with that username can write for it.
            client, source = self._repositories.open(DOCUMENTED_REPOSITORY, self._next_name(), one.identity), one.path
        begin, end = _as_kopia_reads(one.instant), _as_kopia_reads(one.end or one.instant)
        return client.snapshot(one.folder, source, f"--start-time={begin}", f"--end-time={end}")

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
    """Return an RFC 3339 instant in the format of ``--start-time``, with fractions of a second."""
    whole = datetime.fromisoformat(re.sub(r"\.\d+", "", instant)).astimezone(UTC)
    fraction = re.search(r"\.\d+", instant)  # up to nanoseconds, which datetime does not know
    return f"{whole:%Y-%m-%d %H:%M:%S}{fraction[0] if fraction else ''} UTC"
