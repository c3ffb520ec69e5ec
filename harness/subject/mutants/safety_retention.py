"""Mutants that keep too few snapshots, or delete data of others."""

from __future__ import annotations

from collections.abc import Mapping

from harness.kopia.client import KopiaClient
from harness.model import Manifest, MoverJob, SnapshotRecord
from harness.mover.reference import ReferenceMover
from harness.operator.decisions import Decisions, FindSource
from harness.subject.mutants.registry import mutant
from harness.volsync.fields import Field, kopia_spec
from harness.volsync.kinds import is_destination_manifest
from harness.volsync.mover_job import identity_of, retention_in, retention_of, with_retention

# --- decisions


class _OtherRetention(Decisions):
    """Base class: the Job of a backup gets another retention policy than the object gives."""

    def environment(self, manifest: Manifest, env: Mapping[str, str]) -> Mapping[str, str]:
        if is_destination_manifest(manifest):
            return env
        return with_retention(env, self.kept(retention_in(env)))

    def kept(self, kept: dict[str, str]) -> dict[str, str]:
        """Return the periods with their numbers, as the Job gives them."""
        return kept


@mutant("retention-not-handed-over", fails="LO_31", unrelated="LO_30 LO_37 BA_1")
class _RetentionDropped(_OtherRetention):
    """What the object says about retention never reaches the mover."""

    def kept(self, kept: dict[str, str]) -> dict[str, str]:
        return {}


@mutant("retention-by-default", fails="LO_30", unrelated="LO_31 LO_36 BA_1")
class _RetentionByDefault(_OtherRetention):
    """An object without retention gets three latest snapshots and one of each period."""

    def kept(self, kept: dict[str, str]) -> dict[str, str]:
        return kept or {"hourly": "1", "daily": "1", "weekly": "1", "monthly": "1", "yearly": "1", "latest": "3"}


@mutant("retention-of-the-first-sync", fails="LO_34 LO_37", unrelated="LO_30 LO_31")
class _RetentionOfTheFirstSync(_OtherRetention):
    """The retention that an object gives first stays in force, whatever it gives later."""

    _first: dict[str, str] | None = None

    def kept(self, kept: dict[str, str]) -> dict[str, str]:
        self._first = self._first or kept
        return self._first


@mutant("periods-swapped", fails="LO_36", unrelated="LO_31 LO_37 LO_30")
class _PeriodsSwapped(_OtherRetention):
    """The numbers for weeks and for months change places."""

    def kept(self, kept: dict[str, str]) -> dict[str, str]:
        others = {"weekly": "monthly", "monthly": "weekly"}
        return {others.get(period, period): number for period, number in kept.items()}


@mutant("negative-retention-is-one", fails="LO_33", unrelated="LO_31 LO_36 LO_32")
class _NegativeRetentionIsOne(_OtherRetention):
    """A negative number of snapshots to keep reaches the mover as 1."""

    def refusal(self, manifest: Manifest, find: FindSource) -> str | None:
        return None if kopia_spec(manifest).get(Field.RETAIN) else super().refusal(manifest, find)

    def kept(self, kept: dict[str, str]) -> dict[str, str]:
        return {period: "1" if number.startswith("-") else number for period, number in kept.items()}


# --- steps of the mover


@mutant("two-fewer-kept", fails="LO_31", unrelated="LO_30 LO_37 BA_1")
class _TwoFewer(ReferenceMover):
    """Of the latest snapshots two fewer are kept than the object asks for."""

    def kept(self, job: MoverJob) -> dict[str, str]:
        kept = super().kept(job)
        return {**kept, "latest": str(max(1, int(kept["latest"]) - 2))} if "latest" in kept else kept


@mutant("hours-as-days", fails="LO_36", unrelated="LO_31 LO_30 LO_37")
class _HoursAsDays(ReferenceMover):
    """The number for hours and the number for days change places."""

    def kept(self, job: MoverJob) -> dict[str, str]:
        others = {"hourly": "daily", "daily": "hourly"}
        return {others.get(period, period): number for period, number in super().kept(job).items()}


@mutant("years-forgotten", fails="LO_36", unrelated="LO_31 LO_30 LO_37")
class _YearsForgotten(ReferenceMover):
    """The number for years never reaches kopia."""

    def kept(self, job: MoverJob) -> dict[str, str]:
        return {period: number for period, number in super().kept(job).items() if period != "yearly"}


@mutant("negative-retention-to-kopia", fails="LO_32", unrelated="LO_33 LO_31 LO_36")
class _NegativeRetentionToKopia(ReferenceMover):
    """A negative number of snapshots to keep is passed to kopia, which then deletes all snapshots."""

    def kept(self, job: MoverJob) -> dict[str, str]:
        return retention_of(job)


@mutant("policy-after-the-snapshot", fails="LO_34", unrelated="LO_30 LO_37 BA_1")
class _PolicyAfterTheSnapshot(ReferenceMover):
    """The retention policy is set after the snapshot, so that old snapshots are still expired by the previous one."""

    def set_policy(self, client: KopiaClient, job: MoverJob, log: list[str]) -> None:
        return None

    def withdraw_policy(self, client: KopiaClient, job: MoverJob, log: list[str]) -> None:
        super().set_policy(client, job, log)


@mutant("policy-outlives-its-backup", fails="LO_35", unrelated="LO_30 LO_34 LO_37")
class _PolicyOutlivesItsBackup(ReferenceMover):
    """The retention policy of a backup stays in the repository, and only the next one that has its own replaces it."""

    def withdraw_policy(self, client: KopiaClient, job: MoverJob, log: list[str]) -> None:
        return None


@mutant("policy-of-the-host", fails="LO_37", unrelated="LO_30 LO_34 BA_1")
class _PolicyOfTheHost(ReferenceMover):
    """The retention policy of a source is set for its hostname."""

    target = "@{hostname}"

    def set_policy(self, client: KopiaClient, job: MoverJob, log: list[str]) -> None:
        if keep := self.retention(job):
            identity = self.identity(job)
            target = self.target.format(username=identity.username, hostname=identity.hostname)
            self._check(client.run("policy", "set", target, *keep), log, "set the retention policy")


@mutant("policy-of-the-repository", fails="LO_37", unrelated="LO_30 LO_34 BA_1")
class _PolicyOfTheRepository(_PolicyOfTheHost):
    """The retention policy of a source is set for the whole repository."""

    target = "--global"


@mutant("policy-of-the-identity", fails="LO_37", unrelated="LO_30 LO_34 BA_1")
class _PolicyOfTheIdentity(_PolicyOfTheHost):
    """The retention policy of a source is set for all paths of its identity, and the mover expires what it governs."""

    target = "{username}@{hostname}"

    def _backup(self, client: KopiaClient, job: MoverJob, log: list[str]) -> None:
        super()._backup(client, job, log)
        self._check(client.run("snapshot", "expire", "--all", "--delete"), log, "expire snapshots")


class _DeletesItself(ReferenceMover):
    """Base class: the mover deletes old snapshots itself, if the object gives the number of the latest."""

    def set_policy(self, client: KopiaClient, job: MoverJob, log: list[str]) -> None:
        return None

    def _backup(self, client: KopiaClient, job: MoverJob, log: list[str]) -> None:
        super()._backup(client, job, log)
        own = [one for one in self.list_all(client) if self.is_own(one, job)]
        for one in own[: -int(retention_of(job).get("latest", len(own)))]:
            self._check(client.run("snapshot", "delete", "--delete", one.id), log, "delete a snapshot")

    def is_own(self, one: SnapshotRecord, job: MoverJob) -> bool:
        """Return True if a snapshot counts for the retention of an object."""
        return (one.identity, one.path) == (identity_of(job), self.snapshot_path(job))


@mutant("retention-counts-all-paths", fails="LO_37", unrelated="LO_30 BA_1 BA_2")
class _RetentionCountsAllPaths(_DeletesItself):
    """The mover deletes old snapshots itself, those of other paths of its identity included."""

    def is_own(self, one: SnapshotRecord, job: MoverJob) -> bool:
        return one.identity == identity_of(job)


@mutant("retention-counts-similar-names", fails="LO_37", unrelated="LO_30 BA_1 BA_2")
class _RetentionCountsSimilarNames(_DeletesItself):
    """The mover deletes old snapshots itself, those of all usernames that begin like its own included."""

    def is_own(self, one: SnapshotRecord, job: MoverJob) -> bool:
        own = identity_of(job)
        return one.identity.hostname == own.hostname and one.identity.username.startswith(own.username)
