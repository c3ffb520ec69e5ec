"""Run a Job with the real kopia, as the document describes it: the reference mover."""

from __future__ import annotations

import hashlib
import math
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path

from harness.errors import TimeLimitExceeded
from harness.kopia.client import KopiaClient, command_line, finds_no_repository, shortcoming, snapshots_in
from harness.model import Identity, MoverJob, MoverResult, RepositoryAddress, SnapshotRecord
from harness.mover.base import place_of
from harness.mover.selection import candidates, choose
from harness.system.limits import SUITE
from harness.system.process import REDACT, Call, Completed
from harness.volsync import discovery, log_lines, mover_job
from harness.volsync.mover_job import Selection, is_backup, is_restore

RETAIN_FLAGS = {"yearly": "annual"}
"""Periods that have another name in kopia than in the operator's API."""

KILLED = 137
"""The exit status of a container that was killed."""
KEPT_ON_DELETION = "lost+found"


class JobFailed(Exception):
    """Signal that the Job ends with exit status 1; the message becomes the last line of the log."""


class ReferenceMover:
    """Run Jobs one after another, each with its own kopia configuration.

    Each method is one step.  A mutant overrides one of them.
    """

    def __init__(self, binary: Path, scratch: Path, record: Callable[[Call], None]) -> None:
        self._binary = binary
        self._scratch = scratch
        self._record = record
        self._numbers = count(1)
        self._command_lines: list[str] = []
        self.watched = True
        self._deadline = math.inf

    def run(self, job: MoverJob) -> MoverResult:
        """See Mover."""
        # Give each variable to both mappings: a process has only one environment.
        job = replace(job, env={**job.secret_env, **job.env}, secret_env={**job.env, **job.secret_env})
        log: list[str] = []
        self._command_lines.clear()
        try:
            if not (is_backup(job) or is_restore(job)):
                raise JobFailed("the arguments of the Job contain neither backup nor restore")
            client = self._client(job)
            (self._backup if is_backup(job) else self._restore)(client, job, log)
            exit_code = 0
        except JobFailed as failure:
            log.append(f"ERROR: {failure}")
            exit_code = 1
        return MoverResult(exit_code, "\n".join(log) + "\n", command_lines=tuple(self._command_lines), blind="")

    def run_until(self, job: MoverJob, seconds: float) -> MoverResult:
        """See Killable. The call of kopia that runs then is killed, and no further step is done."""
        self._deadline = time.monotonic() + seconds
        try:
            return self.run(job)
        except TimeLimitExceeded as killed:
            return MoverResult(KILLED, "", why_ended=str(killed), blind="")
        finally:
            self._deadline = math.inf

    def missing_key(self, job: MoverJob) -> str:
        """Return the first key that the repository Secret lacks or leaves blank, or ""."""
        return mover_job.missing_key(job)

    def identity(self, job: MoverJob) -> Identity:
        """Return the identity of the Job.

        A Job without one fails: kopia would use the user and the host of this machine.
        """
        if not mover_job.names_identity(job):
            raise JobFailed("the Job names no identity, or half of one")
        return mover_job.identity_of(job)

    def client_identity(self, job: MoverJob) -> Identity | None:
        """Return the identity to connect with; kopia stores it for later calls of this client."""
        return self.identity(job)

    def address(self, job: MoverJob) -> RepositoryAddress:
        """Return the address of the repository."""
        try:
            return mover_job.address_of(job)
        except ValueError as error:
            raise JobFailed(str(error)) from None

    def cache(self, job: MoverJob, folder: Path) -> Path:
        """Return the cache of kopia: a folder for each repository, because the volume outlives a change of the Secret.

        kopia does not notice that its cache belongs to another repository.
        """
        volume = place_of(job, mover_job.cache_dir_of(job)) or folder / "cache"
        address = self.address(job)
        where = f"{address.endpoint}/{address.bucket}/{address.prefix}"
        return volume / hashlib.sha256(where.encode()).hexdigest()[:16]

    def snapshot_path(self, job: MoverJob) -> str:
        """Return the path that a snapshot records: ``/data`` or the override, cleaned as kopia cleans it."""
        return mover_job.recorded(mover_job.source_path(job))

    def source(self, job: MoverJob) -> str:
        """Return the source for kopia: the path alone, or with the identity if kopia would find one in the path."""
        path = self.snapshot_path(job)
        return f"{self.identity(job)}:{path}" if "@" in path else path

    def selection(self, job: MoverJob) -> Selection:
        """Return which snapshot a restore requests."""
        try:
            return mover_job.selection_of(job)
        except ValueError as error:
            raise JobFailed(f"the Job selects no snapshot: {error}") from None

    def list_all(self, client: KopiaClient) -> tuple[SnapshotRecord, ...]:
        """Return all snapshots of the repository; discovery and selection share this one call."""
        return snapshots_in(client.list_snapshots("--all"))

    def own(self, client: KopiaClient, records: Sequence[SnapshotRecord], job: MoverJob) -> Sequence[SnapshotRecord]:
        """Return the whole snapshots with the identity and the path of the Job; each field must be equal."""
        wanted = (self.identity(job), self.snapshot_path(job))
        return [record for record in self.whole(records) if (record.identity, record.path) == wanted]

    def whole(self, records: Sequence[SnapshotRecord]) -> Sequence[SnapshotRecord]:
        """Return the snapshots that lack no files; a backup that was cut off leaves a partial one."""
        return [record for record in records if not record.incomplete]

    def choose(self, history: Sequence[SnapshotRecord], job: MoverJob) -> SnapshotRecord | None:
        """Return the snapshot to restore, or None."""
        return choose(history, self.selection(job))

    def deletes_files(self, job: MoverJob) -> bool:
        """Return True if a restore deletes the files of the volume first."""
        return mover_job.deletes_files(job)

    def additional(self, job: MoverJob) -> list[str]:
        """Return the additional arguments for kopia.

        Each is a flag. kopia takes any other text for a folder to back up, or for the folder to restore into.
        """
        extra = mover_job.additional_arguments(job)
        for one in extra:
            if not one.startswith("-") or one.strip("-") == "":
                raise JobFailed(
                    f"the additional argument {one!r} is no flag; write the value of a flag as --flag=value"
                )
        return extra

    def retention(self, job: MoverJob) -> list[str]:
        """Return the flags of the retention policy of the object."""
        return _keep_flags(self.kept(job))

    def kept(self, job: MoverJob) -> dict[str, str]:
        """Return the number of snapshots to keep for each period.

        A negative number fails the Job: kopia takes it, and deletes even the snapshot that it has just created.
        """
        if problem := mover_job.not_to_keep(job):
            raise JobFailed(problem)
        return mover_job.retention_of(job)

    def nothing_found(self, job: MoverJob, history: Sequence[SnapshotRecord]) -> None:
        """Fail a restore that found no snapshot; the volume is not changed."""
        who = f"{self.identity(job)}:{self.snapshot_path(job)}"
        if not history:
            raise JobFailed(f"No snapshot found for {who}")
        usable = len(candidates(history, self.selection(job)))
        raise JobFailed(
            f"{who} has {len(history)} snapshots; the request counts back further than the {usable} that match"
        )

    def open(self, client: KopiaClient, job: MoverJob, log: list[str]) -> None:
        """Connect with the identity of the Job; a backup creates the repository if it does not exist."""
        identity, address = self.client_identity(job), self.address(job)
        done = client.connect(address, identity)
        if finds_no_repository(done) and is_backup(job):
            log += [f"+ {command_line(done)}", "No repository yet: creating it"]
            done = client.create(address, identity)
        self._check(done, log, "open the repository")

    def set_policy(self, client: KopiaClient, job: MoverJob, log: list[str]) -> None:
        """Set the retention policy of the object before the snapshot: kopia expires old ones when it creates one."""
        if keep := self.retention(job):
            done = client.run("policy", "set", self.source(job), *keep)
            self._check(done, log, "set the retention policy")

    def withdraw_policy(self, client: KopiaClient, job: MoverJob, log: list[str]) -> None:
        """Take the retention policy back after the snapshot, so that it does not outlive the fields of the object."""
        if keep := self.kept(job):
            inherit = _keep_flags(dict.fromkeys(keep, "inherit"))
            done = client.run("policy", "set", self.source(job), *inherit)
            self._check(done, log, "take the retention policy back")

    def _backup(self, client: KopiaClient, job: MoverJob, log: list[str]) -> None:
        self._announce(job, log)
        self.open(client, job, log)
        extra = self.additional(job)
        self.set_policy(client, job, log)
        log.append(f"Creating snapshot for {self.identity(job)}:{self.snapshot_path(job)}")
        done = client.snapshot(_data(job), self.source(job), *extra)
        self.withdraw_policy(client, job, log)
        self._check(done, log, "create the snapshot")
        self.require_whole(done)

    def require_whole(self, done: Completed) -> None:
        """Fail a backup that is not the whole volume, because an argument limits the upload or names another input."""
        if why := shortcoming(done):
            raise JobFailed(why)

    def _restore(self, client: KopiaClient, job: MoverJob, log: list[str]) -> None:
        self._announce(job, log)
        extra = self.additional(job)
        self.open(client, job, log)
        records = self.list_all(client)
        if mover_job.discovers(job):
            log += discovery.lines(self.whole(records))
        history = self.own(client, records, job)
        chosen = self.choose(history, job)
        if chosen is None:
            self.nothing_found(job, history)
            return
        target = _data(job)
        if self.deletes_files(job):
            empty_volume(target)
        self.make_way(client, chosen, target, log)
        log.append(f"Restoring snapshot {chosen.id} of {chosen.identity}:{chosen.path}")
        self._check(client.restore(chosen.id, target, *extra), log, "restore the snapshot")

    def make_way(self, client: KopiaClient, chosen: SnapshotRecord, target: Path, log: list[str]) -> None:
        """Delete each symlink of the volume whose path the snapshot has, because kopia writes through it."""
        links = {str(path.relative_to(target)): path for path in target.rglob("*") if path.is_symlink()}
        if not links:
            return
        done = client.run("ls", "--recursive", chosen.id)
        self._check(replace(done, stdout=""), log, "list the files of the snapshot")
        for line in done.stdout.splitlines():
            if link := links.get(line.removeprefix(f"{chosen.id}/").rstrip("/")):
                link.unlink()

    def _announce(self, job: MoverJob, log: list[str]) -> None:
        log += log_lines.announcement(self.identity(job))

    def _check(self, done: Completed, log: list[str], what: str) -> None:
        log.append(f"+ {command_line(done)}")
        log += [line for line in (*done.stdout.splitlines(), *done.stderr.splitlines()) if line.strip()]
        if done.exit_code != 0:
            raise JobFailed(f"could not {what}: kopia ended with {done.exit_code}: {done.tail.splitlines()[-1:]}")

    def _client(self, job: MoverJob) -> KopiaClient:
        if key := self.missing_key(job):
            raise JobFailed(f"the repository Secret lacks {key}")
        access = mover_job.access_of(job)
        REDACT.add([access.password, access.secret_key])
        folder = self._scratch / f"job-{next(self._numbers)}"
        left_s = max(self._deadline - time.monotonic(), 0.0)
        limit_s = min(SUITE.kopia_s, left_s)
        return KopiaClient(self._binary, folder, self.cache(job, folder), access, self._note, limit_s=limit_s)

    def _note(self, call: Call) -> None:
        """Record a call of kopia.  The mover starts no other processes, so this replaces the tracer."""
        self._command_lines.append(" ".join(call.args))
        self._record(call)


def _keep_flags(kept: Mapping[str, str]) -> list[str]:
    """Return the flags of kopia that set the number of snapshots to keep for each period, or take it back."""
    return [f"--keep-{RETAIN_FLAGS.get(period, period)}={number}" for period, number in kept.items()]


def _data(job: MoverJob) -> Path:
    path = mover_job.data_dir_of(job)
    place = place_of(job, path)
    if place is None or not place.is_dir():
        raise JobFailed(f"{path}: no such folder")
    return place


def empty_volume(folder: Path, spared: Callable[[str], bool] = lambda name: False) -> None:
    """Delete all files of a volume except ``lost+found`` of the file system and the names that ``spared`` accepts."""
    for entry in folder.iterdir():
        if entry.name == KEPT_ON_DELETION or spared(entry.name):
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
