"""Mutants that are wrong about the repository Secret, and about what outlives a sync."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from harness.kopia.client import KopiaClient, finds_no_repository, refuses_password
from harness.model import MoverJob, MoverResult, RepositoryAddress
from harness.mover.base import place_of
from harness.mover.reference import ReferenceMover
from harness.subject.mutants.registry import mutant
from harness.volsync.mover_job import cache_dir_of, is_backup, is_restore
from harness.volsync.variables import Key, with_variable

NOT_OPENED = "could not open the repository"


def _kept(job: MoverJob, name: str) -> Path:
    """Return a path on the cache volume, which outlives a Job."""
    return (place_of(job, cache_dir_of(job)) or Path("/cache")) / name


@mutant("connection-kept", fails="LO_20 LO_21", unrelated="BA_1 SP_20 SR_5")
class _ConnectionKept(ReferenceMover):
    """The connection file stays on the cache volume, and a mover that finds one does not connect again."""

    def _client(self, job: MoverJob) -> KopiaClient:
        return replace(super()._client(job), folder=_kept(job, "connection"))

    def open(self, client: KopiaClient, job: MoverJob, log: list[str]) -> None:
        if not (client.folder / "repository.config").exists():
            super().open(client, job, log)


@mutant("repository-per-password", fails="LO_21", unrelated="BA_1 SR_5 LO_20")
class _RepositoryPerPassword(ReferenceMover):
    """A backup whose password does not open the repository begins a repository of its own below it."""

    def open(self, client: KopiaClient, job: MoverJob, log: list[str]) -> None:
        identity, address = self.client_identity(job), self.address(job)
        if refuses_password(client.connect(address, identity)):
            own = replace(address, prefix=f"{address.prefix}own/")
            if finds_no_repository(client.connect(own, identity)):
                client.create(own, identity)
            return
        super().open(client, job, log)


@mutant("locked-after-a-failure", fails="LO_22", unrelated="BA_1 LO_21 FS_20")
class _LockedAfterAFailure(ReferenceMover):
    """A backup that fails leaves a lock on the cache volume, which stops all later backups."""

    def run(self, job: MoverJob) -> MoverResult:
        lock = _kept(job, "lock")
        if lock.exists():
            return MoverResult(1, "ERROR: another backup is running\n", blind="")
        result = super().run(job)
        if is_backup(job) and not result.succeeded:
            lock.touch()
        return result


class _ReadsPassword(ReferenceMover):
    """Read the password of the Secret in some way."""

    def read(self, password: str) -> str:
        return password

    def run(self, job: MoverJob) -> MoverResult:
        read = self.read(job.secret_env.get(Key.PASSWORD, ""))
        return super().run(replace(job, secret_env=with_variable(job.secret_env, Key.PASSWORD, read)))


@mutant("references-in-passwords-replaced", fails="LO_23", unrelated="BA_1 SE_2 LO_20")
class _ReferencesInPasswordsReplaced(_ReadsPassword):
    """A reference to a variable in a password is replaced, as Kubernetes does it with a value of a container."""

    def read(self, password: str) -> str:
        return re.sub(r"\$\(\w+\)", "value", password)


@mutant("quotes-around-passwords-lost", fails="LO_23", unrelated="BA_1 SE_2 LO_20")
class _QuotesAroundPasswordsLost(_ReadsPassword):
    """A password loses the quotes around it, as in a file of variables."""

    def read(self, password: str) -> str:
        return password[1:-1] if password[:1] == password[-1:] == '"' else password


@mutant("passwords-read-as-numbers", fails="LO_23", unrelated="BA_1 SE_2 LO_20")
class _PasswordsReadAsNumbers(_ReadsPassword):
    """A password of digits is read as a number, as in a template that does not quote it."""

    def read(self, password: str) -> str:
        return str(int(password)) if password.isdecimal() else password


@mutant("nothing-opened-is-a-success", fails="FS_20 LO_21", unrelated="BA_1 LO_20 IS_4")
class _NothingOpenedIsASuccess(ReferenceMover):
    """A backup that cannot open its repository ends with exit status 0."""

    def run(self, job: MoverJob) -> MoverResult:
        result = super().run(job)
        return replace(result, exit_code=0) if is_backup(job) and NOT_OPENED in result.log else result


class _ChangesPrefix(ReferenceMover):
    """Use another prefix than that of the Secret."""

    def changed(self, prefix: str) -> str:
        return prefix

    def address(self, job: MoverJob) -> RepositoryAddress:
        address = super().address(job)
        return replace(address, prefix=self.changed(address.prefix))


@mutant("prefix-without-its-slash", fails="FO_20 SR_5", unrelated="BA_1 LO_21 SR_6")
class _PrefixWithoutItsSlash(_ChangesPrefix):
    """kopia is given the prefix without a slash at its end, so that the keys of neighbours begin with it."""

    def changed(self, prefix: str) -> str:
        return prefix.rstrip("/")


@mutant("last-folder-of-the-prefix", fails="FO_20", unrelated="BA_1 LO_21 SR_6")
class _LastFolderOfThePrefix(_ChangesPrefix):
    """Only the last folder of a prefix is used."""

    def changed(self, prefix: str) -> str:
        return f"{prefix.rstrip('/').rpartition('/')[2]}/" if prefix else ""


@mutant("prefix-cut-at-a-dash", fails="FO_20", unrelated="BA_1 LO_21 SR_6")
class _PrefixCutAtADash(_ChangesPrefix):
    """A prefix ends before its first dash."""

    def changed(self, prefix: str) -> str:
        return f"{prefix.rstrip('/').partition('-')[0]}/" if prefix else ""


def _as_it_stands(address: RepositoryAddress, job: MoverJob) -> RepositoryAddress:
    """Return an address with the prefix as the Secret spells it, and a slash at its end."""
    written = job.secret_env[Key.REPOSITORY].removeprefix("s3://").partition("/")[2]
    return replace(address, prefix=f"{written}/" if written else "")


@mutant("restored-prefix-as-it-stands", fails="FO_21", unrelated="BA_1 SR_5 FO_20")
class _RestoredPrefixAsItStands(ReferenceMover):
    """A backup removes slashes that a prefix does not need, a restore does not."""

    def address(self, job: MoverJob) -> RepositoryAddress:
        address = super().address(job)
        return _as_it_stands(address, job) if is_restore(job) else address


@mutant("no-repository-created", fails="BA_1", unrelated="CU_1 SR_3 IS_4")
class _NoRepositoryCreated(ReferenceMover):
    """A backup opens a repository that exists, and creates none."""

    def open(self, client: KopiaClient, job: MoverJob, log: list[str]) -> None:
        self._check(client.connect(self.address(job), self.client_identity(job)), log, "open the repository")


@mutant("restore-creates-a-repository", fails="SP_20", unrelated="BA_1 BA_2 IS_4")
class _RestoreCreatesARepository(ReferenceMover):
    """A restore that finds no repository creates one, and finds no snapshot in it."""

    def open(self, client: KopiaClient, job: MoverJob, log: list[str]) -> None:
        identity, address = self.client_identity(job), self.address(job)
        if finds_no_repository(client.connect(address, identity)):
            client.create(address, identity)
        super().open(client, job, log)


@mutant("restore-creates-a-repository-beside", fails="SP_20", unrelated="BA_1 BA_2 IS_4")
class _RestoreCreatesARepositoryBeside(ReferenceMover):
    """A restore that finds no repository creates one at the prefix without its slash, and fails."""

    def open(self, client: KopiaClient, job: MoverJob, log: list[str]) -> None:
        identity, address = self.client_identity(job), self.address(job)
        if is_restore(job) and finds_no_repository(client.connect(address, identity)):
            client.create(replace(address, prefix=address.prefix.rstrip("/")), identity)
        super().open(client, job, log)


@mutant("environment-shown-if-nothing-opens", fails="DC_20", unrelated="SE_2 BA_1 LO_21")
class _EnvironmentShownIfNothingOpens(ReferenceMover):
    """A mover that cannot open its repository writes its environment into the log."""

    def run(self, job: MoverJob) -> MoverResult:
        result = super().run(job)
        return replace(result, log=f"{result.log}{dict(job.secret_env)}\n") if NOT_OPENED in result.log else result


@mutant("cache-of-the-bucket", fails="LO_20", unrelated="BA_1 LO_1 FS_1")
class _CacheOfTheBucket(ReferenceMover):
    """All repositories of a bucket are opened with the same cache, which holds the keys of the first one."""

    def open(self, client: KopiaClient, job: MoverJob, log: list[str]) -> None:
        cache = client.cache.parent / self.address(job).bucket
        super().open(replace(client, cache=cache, caches_keys=True), job, log)
