"""Mutants that move wrongly: who to connect as, which snapshot to restore, what to leave."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import replace

from harness.kopia.client import KopiaClient, snapshots_in
from harness.model import Identity, MoverJob, MoverResult, RepositoryAddress, SnapshotRecord
from harness.mover.reference import ReferenceMover
from harness.subject.mutants.registry import mutant
from harness.system.process import Completed
from harness.volsync.mover_job import endpoint_as_given, is_backup, retention_of
from harness.volsync.variables import Key, with_variable

# --- steps of the mover


@mutant("newest-of-anybody", fails="IS_4 IS_6 SR_3 IS_2 SI_7", unrelated="HN_2 TN_1 OV_5")
class _NewestOfAnybody(ReferenceMover):
    """A restore takes the newest snapshot of the repository, whoever it belongs to."""

    def own(self, client: KopiaClient, records: Sequence[SnapshotRecord], job: MoverJob) -> Sequence[SnapshotRecord]:
        return records


@mutant("list-without-source", fails="IS_4 IS_6 SR_3 IS_2 SI_7", unrelated="HN_2 TN_1 OV_5")
class _ListWithoutSource(ReferenceMover):
    """A restore asks kopia for a list without naming a source, and is answered with everybody's."""

    def own(self, client: KopiaClient, records: Sequence[SnapshotRecord], job: MoverJob) -> Sequence[SnapshotRecord]:
        return snapshots_in(client.list_snapshots())


@mutant("identity-not-at-connect", fails="OV_5 TN_5 CU_3 TR_4", unrelated="VA_1 RD_3 OV_3")
class _IdentityNotAtConnect(ReferenceMover):
    """The overrides are not given when the repository is opened, so kopia uses its own defaults."""

    def client_identity(self, job: MoverJob) -> Identity | None:
        return None


@mutant("identity-not-at-creation", fails="OV_5", unrelated="BA_1 CU_1 TR_4")
class _IdentityNotAtCreation(ReferenceMover):
    """The overrides are not given when a repository is created, so its first backup gets the defaults of kopia."""

    def open(self, client: KopiaClient, job: MoverJob, log: list[str]) -> None:
        super().open(_CreatesAsItself(**vars(client)), job, log)


class _CreatesAsItself(KopiaClient):
    """A client that creates a repository under the user and the host of this machine."""

    def create(self, address: RepositoryAddress, identity: Identity | None) -> Completed:
        return super().create(address, None)


@mutant("snapshots-backdated", fails="BA_1 SE_3", unrelated="VA_1 RD_3 OV_3")
class _SnapshotsBackdated(ReferenceMover):
    """Every snapshot is said to be of a day in the past."""

    def additional(self, job: MoverJob) -> list[str]:
        day = "2024-01-20 10:00:00 UTC"
        own = super().additional(job)
        return [f"--start-time={day}", f"--end-time={day}", *own] if is_backup(job) else own


@mutant("host-lower-cased", fails="OV_5", unrelated="HN_2 UN_1 TN_1")
class _HostLowerCased(ReferenceMover):
    """The hostname is turned to lower case on its way to kopia."""

    def identity(self, job: MoverJob) -> Identity:
        identity = super().identity(job)
        return Identity(identity.username, identity.hostname.lower())


@mutant("username-cut-at-the-at-sign", fails="CU_1", unrelated="HN_2 CU_E1 TN_1")
class _UsernameCut(ReferenceMover):
    """An e-mail-shaped username loses what follows the @."""

    def identity(self, job: MoverJob) -> Identity:
        identity = super().identity(job)
        return Identity(identity.username.split("@")[0], identity.hostname)


@mutant("hostname-cut-at-the-at-sign", fails="CU_4", unrelated="HN_1 CU_1 TN_1")
class _HostnameCut(ReferenceMover):
    """A hostname loses what stands before its @."""

    def identity(self, job: MoverJob) -> Identity:
        identity = super().identity(job)
        return Identity(identity.username, identity.hostname.rpartition("@")[2])


@mutant("quotes-of-usernames-lost", fails="CU_1", unrelated="CU_4 OV_5 UN_1")
class _QuotesOfUsernamesLost(ReferenceMover):
    """An apostrophe in a username gets lost, as it does where a shell reads a command twice."""

    def identity(self, job: MoverJob) -> Identity:
        identity = super().identity(job)
        return Identity(identity.username.replace("'", ""), identity.hostname)


@mutant("arguments-torn-apart", fails="TR_5", unrelated="TR_1 TR_2 HN_2")
class _ArgumentsTornApart(ReferenceMover):
    """The user's own arguments are split at every space."""

    def additional(self, job: MoverJob) -> list[str]:
        return " ".join(super().additional(job)).split()


@mutant("arguments-squeezed", fails="TR_5 SP_50", unrelated="TR_1 TR_2 HN_2")
class _ArgumentsSqueezed(ReferenceMover):
    """The user's own arguments lose backslashes and all but one of several blanks, as in a careless ``read``."""

    def additional(self, job: MoverJob) -> list[str]:
        return [" ".join(word.replace("\\", "").split()) for word in super().additional(job)]


@mutant("prefix-ignored", fails="SR_5", unrelated="SR_3 HN_2 TN_1")
class _PrefixIgnored(ReferenceMover):
    """The path prefix of the repository is dropped."""

    def address(self, job: MoverJob) -> RepositoryAddress:
        address = super().address(job)
        return RepositoryAddress(address.bucket, "", address.endpoint, address.tls)


@mutant("endpoint-as-it-stands", fails="SR_9", unrelated="SR_3 HN_2 TN_1")
class _EndpointAsItStands(ReferenceMover):
    """The endpoint goes to kopia as the Secret gives it, with its scheme."""

    def address(self, job: MoverJob) -> RepositoryAddress:
        address = super().address(job)
        return RepositoryAddress(address.bucket, address.prefix, endpoint_as_given(job), address.tls)


@mutant("repository-per-tenant", fails="SR_2 SR_7", unrelated="VA_1 RD_3 OV_3")
class _RepositoryPerTenant(ReferenceMover):
    """Every hostname gets a prefix, and so a repository, of its own."""

    def address(self, job: MoverJob) -> RepositoryAddress:
        address = super().address(job)
        return RepositoryAddress(address.bucket, f"{self.identity(job).hostname}/", address.endpoint, address.tls)


@mutant("failed-restore-succeeds", fails="DA_5", unrelated="IS_6 RP_1 BA_4")
class _FailedRestoreSucceeds(ReferenceMover):
    """A restore that kopia reports as failed ends well."""

    def _check(self, done: Completed, log: list[str], what: str) -> None:
        super()._check(replace(done, exit_code=0) if what == "restore the snapshot" else done, log, what)


@mutant("password-loses-its-backslashes", fails="BA_1", unrelated="VA_1 RD_3 OV_3")
class _PasswordLosesItsBackslashes(ReferenceMover):
    """The password is read as a careless shell reads it."""

    def run(self, job: MoverJob) -> MoverResult:
        read = job.secret_env[Key.PASSWORD].replace("\\", "").strip()
        return super().run(replace(job, secret_env=with_variable(job.secret_env, Key.PASSWORD, read)))


@mutant("retention-counts-the-host", fails="TN_5", unrelated="TN_9 SR_3 HN_2")
class _RetentionCountsTheHost(ReferenceMover):
    """After a backup the older snapshots of all sources of its namespace are deleted."""

    def _backup(self, client: KopiaClient, job: MoverJob, log: list[str]) -> None:
        super()._backup(client, job, log)
        of_host = [one for one in self.list_all(client) if one.identity.hostname == self.identity(job).hostname]
        for one in of_host[: -int(retention_of(job).get("latest", len(of_host)))]:
            self._check(client.run("snapshot", "delete", "--delete", one.id), log, "delete a snapshot")


@mutant("empty-restore-succeeds", fails="IS_4 IS_6", unrelated="SR_3 HN_2 RD_2")
class _EmptyRestoreSucceeds(ReferenceMover):
    """A restore that finds nothing leaves the volume empty and reports success."""

    def nothing_found(self, job: MoverJob, history: Sequence[SnapshotRecord]) -> None:
        return None


@mutant("snapshots-of-all-are-told", fails="RP_5", unrelated="RP_2 IS_4 HN_2")
class _SnapshotsOfAllAreTold(ReferenceMover):
    """Where previous is beyond the history, the number that is told is that of the repository."""

    def list_all(self, client: KopiaClient) -> tuple[SnapshotRecord, ...]:
        self._all = super().list_all(client)
        return self._all

    def nothing_found(self, job: MoverJob, history: Sequence[SnapshotRecord]) -> None:
        super().nothing_found(job, self._all if history else history)


@mutant("path-cut-at-a-blank", fails="RP_8", unrelated="BA_1 BA_2 SI_1")
class _PathCutAtABlank(ReferenceMover):
    """A backup records its path up to the first blank, a restore looks for the whole of it."""

    def snapshot_path(self, job: MoverJob) -> str:
        path = super().snapshot_path(job)
        return path.split()[0] if is_backup(job) else path


@mutant("first-repository-for-all", fails="SR_5 SR_6", unrelated="SR_3 HN_2 TN_1")
class _FirstRepositoryForAll(ReferenceMover):
    """Every job works on the repository of the first."""

    _first: RepositoryAddress | None = None

    def address(self, job: MoverJob) -> RepositoryAddress:
        self._first = self._first or super().address(job)
        return self._first


@mutant("retention-of-its-own", fails="TN_6", unrelated="TN_5 HN_2 SR_3")
class _RetentionOfItsOwn(ReferenceMover):
    """Every backup sets a retention policy of the mover's own for its source."""

    def retention(self, job: MoverJob) -> list[str]:
        return super().retention(job) or ["--keep-latest=10"]


@mutant("path-of-its-own", fails="CU_3", unrelated="HN_2 UN_1 TR_3")
class _PathOfItsOwn(ReferenceMover):
    """Snapshots are recorded and looked for under a path that nobody else uses."""

    def snapshot_path(self, job: MoverJob) -> str:
        return "/mover" + super().snapshot_path(job)


@mutant("additional-arguments-dropped", fails="TR_1 TR_5 SP_50 SP_51 SP_52 LO_50", unrelated="TR_2 TR_4 HN_2")
class _AdditionalArgumentsDropped(ReferenceMover):
    """The user's own arguments never reach kopia."""

    def additional(self, job: MoverJob) -> list[str]:
        return []


@mutant("silent", fails="TR_1 TR_2 TR_4 IS_1", unrelated="TR_3 HN_2 OV_5")
class _Silent(ReferenceMover):
    """The log says nothing."""

    def run(self, job: MoverJob) -> MoverResult:
        return replace(super().run(job), log="\n")


@mutant("password-echoed", fails="SE_2", unrelated="TR_2 HN_2 OV_5")
class _PasswordEchoed(ReferenceMover):
    """The log begins with the environment, secrets included."""

    def run(self, job: MoverJob) -> MoverResult:
        result = super().run(job)
        return replace(result, log=f"{dict(job.secret_env)}\n{result.log}")


@mutant("password-echoed-in-base64", fails="SE_2", unrelated="TR_2 HN_2 OV_5")
class _PasswordEchoedInBase64(ReferenceMover):
    """The log begins with the password as a Secret holds it."""

    def run(self, job: MoverJob) -> MoverResult:
        result = super().run(job)
        held = base64.b64encode(f"password: {job.secret_env[Key.PASSWORD]}".encode()).decode()
        return replace(result, log=f"{held}\n{result.log}")


@mutant("password-as-argument", fails="SE_2", unrelated="TR_1 HN_2 SR_3")
class _PasswordAsArgument(ReferenceMover):
    """kopia is given the password on its command line; no log shows it."""

    def additional(self, job: MoverJob) -> list[str]:
        return [f"--password={job.secret_env[Key.PASSWORD]}", *super().additional(job)]

    def run(self, job: MoverJob) -> MoverResult:
        result = super().run(job)
        return replace(result, log=result.log.replace(job.secret_env[Key.PASSWORD], ""))


@mutant("discovery-leaves-a-policy", fails="DI_5", unrelated="DI_1 DI_4 HN_2")
class _DiscoveryLeavesAPolicy(ReferenceMover):
    """Listing the snapshots sets a policy."""

    def list_all(self, client: KopiaClient) -> tuple[SnapshotRecord, ...]:
        client.run("policy", "set", "@discovered", "--keep-latest=3")
        return super().list_all(client)


@mutant("identity-of-the-first-job", fails="OV_5", unrelated="BA_1 CU_1 UN_1")
class _IdentityOfTheFirstJob(ReferenceMover):
    """A mover keeps to the identity that it was given first."""

    _first: Identity | None = None

    def identity(self, job: MoverJob) -> Identity:
        self._first = self._first or super().identity(job)
        return self._first


@mutant("discovery-shows-the-begin", fails="DI_8", unrelated="DI_1 DI_3 RP_1")
class _DiscoveryShowsTheBegin(ReferenceMover):
    """The end of each snapshot is said to be its begin."""

    def list_all(self, client: KopiaClient) -> tuple[SnapshotRecord, ...]:
        return tuple(replace(record, end=record.start) for record in super().list_all(client))


@mutant("discovery-shows-the-newest-of-each", fails="DI_8 IS_1", unrelated="DI_4 IS_5 RP_1")
class _DiscoveryShowsTheNewestOfEach(ReferenceMover):
    """Of each identity its newest snapshot alone is listed."""

    def list_all(self, client: KopiaClient) -> tuple[SnapshotRecord, ...]:
        records = super().list_all(client)
        return tuple({record.identity: record for record in records}.values())


@mutant("one-cache-for-all", fails="LO_1", unrelated="BA_1 SR_5 FS_1")
class _OneCacheForAll(ReferenceMover):
    """Every repository is opened with the same cache, which holds the keys of the first one."""

    def open(self, client: KopiaClient, job: MoverJob, log: list[str]) -> None:
        super().open(replace(client, cache=client.cache.parent, caches_keys=True), job, log)


@mutant("partial-snapshots-restored", fails="FS_1", unrelated="BA_2 RP_1 RP_2")
class _PartialSnapshotsRestored(ReferenceMover):
    """The newest snapshot is restored, also if the backup was cut off."""

    def whole(self, records: Sequence[SnapshotRecord]) -> Sequence[SnapshotRecord]:
        return records
