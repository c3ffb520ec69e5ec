"""Run actions with the mover of a subject, real kopia and a store: the real part of a search.

Beside the subject stands a plain model: what each source has in which repository, by the ids of its snapshots.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from harness.errors import Blocked, Divergence
from harness.model import Identity, SnapshotRecord
from harness.scenario.preconditions import NEVER_ENDED, ended
from harness.scenario.sync import Sync
from harness.scenario.testbed import Testbed
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
from harness.search.found import Broken, Check, Found, meeting
from harness.volsync import objects
from harness.volsync.kinds import SOURCE, source_ref
from harness.volsync.mover_job import source_path
from harness.volsync.variables import DEFAULT_PATH
from harness.volumes import Tree, contents


@dataclass(frozen=True)
class Place:
    """Where a backup lies: the repository, the identity in its Job, and the path."""

    repository: str
    identity: Identity
    path: str


@dataclass(frozen=True)
class Point:
    """One backup of a source, as its Job asked for it."""

    tenant: Tenant
    source: Source
    place: Place
    content: Tree
    snapshot: str


class Moving:
    """One world with the subject in it, and the model of its tenants."""

    def __init__(self, testbed: Testbed, note: Callable[[Found], None]) -> None:
        """Start without tenants. ``note`` is called with each finding."""
        self._testbed = testbed
        self._note = note
        self._sources: dict[Tenant, Source] = {}
        self._identities: dict[Tenant, Identity] = {}
        self._least: dict[Place, int] = {}
        self.points: list[Point] = []
        self.repositories = [REPOSITORIES[-1]]
        self.judged = 0

    def do(self, action: Action) -> None:
        """Run one action, and judge what it did.

        Raises:
            Broken: It shows a divergence.
            Blocked: The subject gave no answer, so nothing can be judged.
        """
        if isinstance(action, UseRepository):
            self._testbed.declarations.use_repository(action.repository, namespace=action.namespace)
            self.repositories = list(dict.fromkeys([*self.repositories, action.repository]))
        elif isinstance(action, Delete):
            if action.tenant in self._sources:
                self._testbed.declarations.delete(source_ref(action.tenant.namespace, action.tenant.name))
        elif isinstance(action, BackUp):
            self._back_up(action.source)
        else:
            self._restore(action)

    def backed_up(self) -> list[Tenant]:
        """Return the sources with a backup, in order."""
        return list(dict.fromkeys(point.tenant for point in self.points))

    # --- backups

    def _back_up(self, source: Source) -> None:
        tenant, bed = source.tenant, self._testbed
        ref = bed.declarations.declare(objects.source(tenant.name, tenant.namespace, source.fields))
        before = self._snapshots()
        sync = _answered(bed.syncs.back_up(ref))
        after = self._snapshots()
        if sync.job is None or sync.asked_for is None:
            return
        place = Place(sync.repository, sync.asked_for, source_path(sync.job))
        self._sources[tenant], self._identities[tenant] = source, sync.asked_for
        if source.latest:
            self._least[place] = min(source.latest, self._least.get(place, source.latest))
        if sync.succeeded:
            self._check_recorded(tenant, place, before, after)
            new = _ids(after[place.repository]) - _ids(before.get(place.repository, ()))
            content = bed.seen().backups[-1].content
            self.points.append(Point(tenant, source, place, content, next(iter(new))))
        self._check_histories(tenant, place, after)
        self._meet(source, place)

    def _check_recorded(self, tenant: Tenant, place: Place, before: _Snapshots, after: _Snapshots) -> None:
        """Check that a backup that succeeded added one snapshot to its repository, under the identity of its Job."""
        self.judged += 1
        known = _ids(before.get(place.repository, ()))
        new = [one for one in after.get(place.repository, ()) if one.id not in known]
        if len(new) != 1:
            claim = "SR_5" if "/" in place.repository.removeprefix("s3://") else "BA_1"
            raise Broken(Found(Check.RECORDED_ONCE, claim, f"what a backup of {SOURCE} {tenant} added to "
                               f"{place.repository}", "one snapshot", f"{len(new)} snapshots", tenant))  # fmt: skip
        if new[0].identity != place.identity:
            raise Broken(Found(Check.RECORDED_AS, "OV_5", f"the snapshot of {SOURCE} {tenant}", str(place.identity),
                               str(new[0].identity), tenant, place.identity))  # fmt: skip

    def _check_histories(self, tenant: Tenant, place: Place, after: _Snapshots) -> None:
        """Check that a backup removed no snapshots but the oldest of its own history, and left as many as it retains.

        A history that two sources share is left alone.
        """
        for repository in after:
            there = _ids(after[repository])
            for owner in {one.tenant for one in self.points}:
                self._check_history(tenant, place, owner, repository, there)
        kept = {one for records in after.values() for one in _ids(records)}
        self.points = [one for one in self.points if one.snapshot in kept]

    def _check_history(self, tenant: Tenant, place: Place, owner: Tenant, repository: str, there: set[str]) -> None:
        for where in {one.place for one in self.points if (one.tenant, one.place.repository) == (owner, repository)}:
            history = [one for one in self.points if (one.tenant, one.place) == (owner, where)]
            lost = [one for one in history if one.snapshot not in there]
            is_own = where == place
            may_go = max(0, len(history) - self._least.get(where, len(history))) if is_own else 0
            if not lost or self._shares(where) or (lost == history[: len(lost)] and len(lost) <= may_go):
                continue
            expected = len(history) - may_go
            raise Broken(Found(Check.COUNTS, "TN_5", f"the history of {SOURCE} {owner} in {repository} after a backup "
                               f"of {tenant}", f"{expected} snapshots", f"{len(history) - len(lost)}", owner,
                               where.identity, number=expected))  # fmt: skip

    def _meet(self, source: Source, place: Place) -> None:
        for other in {one.tenant: one for one in self.points if one.place == place and one.tenant != source.tenant}:
            found = meeting(source, next(one.source for one in self.points if one.tenant == other), place.repository,
                            place.identity)  # fmt: skip
            if not found.is_finding:
                raise Broken(found)
            self._note(found)

    def _shares(self, place: Place) -> bool:
        return len({one.tenant for one in self.points if one.place == place}) > 1

    # --- restores

    def _restore(self, action: Restore) -> None:
        source = self._sources.get(action.tenant)
        if source is None or (action.by is By.OWN_NAME and half_custom(source)):
            return
        identity = self._identities[action.tenant]
        fields = action.fields(source, (identity.username, identity.hostname))
        before = self._snapshots()
        sync = _answered(self._testbed.syncs.restore(action.destination, action.where, fields))
        after = self._snapshots()
        lost_or_new = {one for one in before if _ids(before[one]) != _ids(after[one])}
        if lost_or_new:
            raise Broken(Found(Check.UNCHANGED, "DI_5", f"the snapshots in {', '.join(lost_or_new)} after a restore",
                               "the same", "others", action.tenant))  # fmt: skip
        if sync.job is not None or sync.result is not None:
            path = (source.path if action.by is By.NAMED_SOURCE else "") or DEFAULT_PATH
            self._judge(action, sync, Place(sync.repository, identity, path))

    def _judge(self, action: Restore, sync: Sync, place: Place) -> None:
        """Check that a restore put back the right backup, or failed if there is none."""
        if self._shares(place):
            return
        self.judged += 1
        history = [one for one in self.points if (one.tenant, one.place) == (action.tenant, place)]
        what = f"the restore of {SOURCE} {action.tenant} from {place.repository} by {action.by.value}"
        what += f", previous {action.previous}" if action.previous else ""
        seen = self._whose(sync)
        if action.previous >= len(history):
            if sync.succeeded:
                claim = "RP_5" if history and self._is_of(action.tenant, sync) else "IS_6"
                raise Broken(Found(Check.FAILS, claim, what, "it fails: there is no such backup", seen, action.tenant,
                                   place.identity))  # fmt: skip
            return
        point = history[-1 - action.previous]
        if sync.succeeded and contents(sync.after) == contents(point.content):
            return
        own = [one for one in self.points if one.tenant == action.tenant]
        check = Check.HOLDS if point == own[-1] else Check.HOLDS_OLDER
        claim = self._claim(action, sync, own)
        raise Broken(Found(check, claim, what, f"the backup number {own.index(point) + 1} of {len(own)} of its source",
                           seen, action.tenant, place.identity, number=own.index(point)))  # fmt: skip

    def _claim(self, action: Restore, sync: Sync, own: list[Point]) -> str:
        if not sync.succeeded:
            return {By.OWN_NAME: "RD_2", By.NAMED_SOURCE: "SI_1", By.EXPLICIT: "RD_4"}[action.by]
        if len({one.place.path for one in self.points}) > 1:
            return "RP_8"
        if not self._is_of(action.tenant, sync):
            return "IS_6"
        return "RP_2" if action.previous else "RP_1"

    def _is_of(self, tenant: Tenant, sync: Sync) -> bool:
        found = contents(sync.after)
        return any(one.tenant == tenant and contents(one.content) == found for one in self.points)

    def _whose(self, sync: Sync) -> str:
        if not sync.succeeded:
            return ended(sync)
        found = contents(sync.after)
        owners = [one for one in self.points if contents(one.content) == found]
        if not owners:
            return "other files"
        own = [one for one in self.points if one.tenant == owners[-1].tenant]
        return f"the backup number {own.index(owners[-1]) + 1} of {len(own)} of {owners[-1].tenant}"

    def _snapshots(self) -> _Snapshots:
        """Return the snapshots of every repository that a tenant used, as the Observer reads them."""
        used = dict.fromkeys([*(one.place.repository for one in self.points), *self.repositories])
        seen = self._testbed.seen()
        return {one: seen.snapshots(one) for one in used}


_Snapshots = dict[str, tuple[SnapshotRecord, ...]]


def _ids(records: tuple[SnapshotRecord, ...]) -> set[str]:
    return {one.id for one in records}


def _answered(sync: Sync) -> Sync:
    """Return a sync that ended.

    Raises:
        Blocked: The subject gave no answer, or its mover did not end. That says nothing about data.
    """
    if sync.ending in NEVER_ENDED:
        raise Blocked(Divergence(f"the sync of {sync.ref}", expected="it ends", seen=ended(sync), oracle="operator"))
    return sync
