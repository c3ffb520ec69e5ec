"""Ask an operator for Jobs, without a mover, kopia or a store: the pure part of a search.

The subject has a simulated platform. Each sequence of actions gets a new one.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import count
from pathlib import Path

from harness.errors import AdmissionRefused
from harness.model import Identity, Manifest, MoverJob, ObjectRef, RepositoryAccess, Variants
from harness.operator.platform import Platform
from harness.search.actions import (
    REPOSITORIES,
    Action,
    BackUp,
    By,
    Delete,
    Restore,
    Source,
    Tenant,
    UseRepository,
    half_custom,
)
from harness.search.found import Broken, Check, Found, kept_apart, meeting
from harness.subject.subject import Subject
from harness.volsync import objects
from harness.volsync.defaults import REPOSITORY_SECRET as SECRET
from harness.volsync.defaults import Completion, complete, repository_secret, triggered
from harness.volsync.kinds import SOURCE, source_ref
from harness.volsync.mover_job import address_of, identity_of, source_path
from harness.volsync.variables import repository_values

ACCESS = RepositoryAccess("password", "access", "secret")
ENDPOINT = "127.0.0.1:9000"
EXPLICIT = Identity("Team.A", "Site.A")
"""What a destination asks for that gives both names, in a sequence without a backup to take them from."""


class NoVolumes:
    """Volumes that nobody looks into. A cache exists only so that it can be removed with its object."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def claim(self, namespace: str, name: str) -> Path:
        """See Volumes."""
        return Path("/nonexistent/claims", namespace, name)

    def cache(self, owner: ObjectRef) -> Path:
        """See Volumes."""
        folder = self._folder / owner.namespace / owner.name
        folder.mkdir(parents=True, exist_ok=True)
        return folder


class Asking:
    """One API with the operator of a subject, and what its Jobs said."""

    def __init__(self, subject: Subject, variants: Variants, folder: Path, note: Callable[[Found], None]) -> None:
        """Start without objects, with a folder for caches. ``note`` is called with each finding."""
        self._platform: Platform = subject.platform(variants, NoVolumes(folder))
        self._note = note
        self._numbers = count(1)
        self._repositories: dict[str, str] = {}
        self._applied: set[int] = set()
        self._sources: dict[Tenant, Source] = {}
        self._jobs: dict[Tenant, MoverJob] = {}
        self._seen: dict[tuple[Tenant, str, str], Identity] = {}
        self.judged = 0

    def do(self, action: Action) -> None:
        """Run one action.

        Raises:
            Broken: It shows a divergence.
        """
        if isinstance(action, UseRepository):
            self._repositories[action.namespace] = action.repository
            self._applied.discard(id(_secret(action.namespace, action.repository)))
        elif isinstance(action, Delete):
            if self._sources.pop(action.tenant, None):
                self._platform.delete(source_ref(action.tenant.namespace, action.tenant.name))
                del self._jobs[action.tenant]
        elif isinstance(action, BackUp):
            self._ask_source(action.source)
        else:
            self._ask_destination(action)

    def _ask_source(self, source: Source) -> None:
        tenant = source.tenant
        job = self._job(_source(source), tenant.namespace)
        if job is None:
            return
        self.judged += 1
        self._sources[tenant], self._jobs[tenant] = source, job
        identity = identity_of(job)
        self._check_custom(source, identity)
        first = self._seen.setdefault(source.names, identity)
        if first != identity:
            raise Broken(Found(Check.ONE_IDENTITY, "TN_1", f"the identity of {SOURCE} {tenant} in other surroundings",
                               str(first), str(identity), tenant, first))  # fmt: skip
        for other in self._jobs:
            if other != tenant and _place(self._jobs[other]) == _place(job):
                self._meet(source, self._sources[other], identity)

    def _check_custom(self, source: Source, identity: Identity) -> None:
        wanted = Identity(source.username or identity.username, source.hostname or identity.hostname)
        if identity != wanted:
            claim = "UN_1" if identity.username != wanted.username else "HN_1"
            raise Broken(Found(Check.RECORDED_AS, claim, f"the identity of {SOURCE} {source.tenant} with custom names",
                               str(wanted), str(identity), source.tenant, wanted))  # fmt: skip

    def _meet(self, source: Source, other: Source, identity: Identity) -> None:
        found = meeting(source, other, "one repository", identity)
        if not found.is_finding:
            raise Broken(found)
        if not (source.username and source.username == other.username):
            self._note(found)

    def _ask_destination(self, action: Restore) -> None:
        source = self._sources.get(action.tenant)
        if action.by is By.OWN_NAME and (source is None or half_custom(source)):
            return
        fields = action.fields(source, (EXPLICIT.username, EXPLICIT.hostname))
        job = self._job(_destination(action, tuple(fields.items())), action.where)
        if job is None:
            return
        self.judged += 1
        seen = identity_of(job)
        if source is None and action.by is By.NAMED_SOURCE:
            self._check_gone(action, seen)
            return
        expected = EXPLICIT
        if source and action.by is not By.EXPLICIT:
            expected = self._seen[source.names]
        if seen != expected:
            raise Broken(_wrong_request(action, source, expected, seen))

    def _check_gone(self, action: Restore, seen: Identity) -> None:
        """Check that a destination whose source does not exist does not ask for the data of another source."""
        gone = Source(action.tenant)
        what = f"what a destination asks for that names {SOURCE} {action.tenant}, which does not exist"
        for other, job in self._jobs.items():
            source = self._sources[other]
            is_plain = not (source.username or source.hostname)
            if identity_of(job) == seen and is_plain and kept_apart(gone, Source(other)):
                raise Broken(Found(Check.FAILS, "SI_7", what, "an error, or an identity of nobody else",
                                   f"{seen}, the identity of {other}", action.tenant))  # fmt: skip

    def _job(self, whole: Completion, namespace: str) -> MoverJob | None:
        """Apply an object with what it needs, and return its Job, or None if it is refused."""
        secret = _secret(namespace, self._repositories.get(namespace, REPOSITORIES[-1]))
        try:
            for need in (*whole.needs, secret):
                self._provide(need)
            self._platform.apply(triggered(whole.manifest, str(next(self._numbers))))
        except AdmissionRefused:
            return None
        answer = self._platform.next_job(held=True)
        return answer if isinstance(answer, MoverJob) else None

    def _provide(self, need: Manifest) -> None:
        """Apply an object once. The manifests are kept for the whole search, so each has one address."""
        if id(need) not in self._applied:
            self._platform.apply(need)
            self._applied.add(id(need))


def _wrong_request(action: Restore, source: Source | None, expected: Identity, seen: Identity) -> Found:
    is_custom = source is not None and bool(source.username or source.hostname)
    named = "SI_4" if is_custom else "SI_1"
    claim = {By.OWN_NAME: "RD_4" if is_custom else "RD_2", By.NAMED_SOURCE: named, By.EXPLICIT: "RD_4"}[action.by]
    check = Check.JOB_HAS if action.by is By.EXPLICIT else Check.HOLDS
    what = f"what a destination in namespace {action.where} asks for that gives {action.by.value} ({action.tenant})"
    return Found(check, claim, what, str(expected), str(seen), action.tenant, expected)


def _place(job: MoverJob) -> tuple[Identity, str, object]:
    return identity_of(job), source_path(job), address_of(job)


@cache
def _source(source: Source) -> Completion:
    return complete(objects.source(source.tenant.name, source.tenant.namespace, source.fields))


@cache
def _destination(action: Restore, fields: tuple[tuple[str, str], ...]) -> Completion:
    return complete(objects.destination(action.destination, action.where, dict(fields)))


@cache
def _secret(namespace: str, repository: str) -> Manifest:
    return repository_secret(namespace, SECRET, repository_values(repository, ACCESS, ENDPOINT, tls=False))
