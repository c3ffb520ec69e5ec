"""Mutants whose reports are not true, or that do not bear an interruption or a repetition."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from harness.kopia.client import KopiaClient
from harness.model import Manifest, MoverJob, MoverResult
from harness.mover.base import place_of
from harness.mover.reference import JobFailed, ReferenceMover
from harness.operator.decisions import Decisions
from harness.subject.mutants.registry import mutant
from harness.volsync.discovery import Discovered
from harness.volsync.fields import is_triggered
from harness.volsync.kinds import is_destination_manifest
from harness.volsync.mover_job import cache_dir_of, data_dir_of
from harness.volsync.status import IDENTITY, SUCCESSFUL, StatusField, failing_conditions, last_sync_time, mover_result

ZONE = timedelta(hours=2)

# --- decisions: what a status keeps of an earlier sync


@mutant("old-result-shown", fails="FS_60", unrelated="BA_4 FS_61 FS_62")
class _OldResultShown(Decisions):
    """The result of the mover in a status stays that of the newest success."""

    _kept: Mapping[str, Any] | None = None

    def status(self, manifest: Manifest, status: Mapping[str, Any]) -> Mapping[str, Any]:
        if mover_result(status) == SUCCESSFUL:
            self._kept = status[StatusField.MOVER_STATUS]
        return {**status, StatusField.MOVER_STATUS.value: self._kept or status[StatusField.MOVER_STATUS]}


@mutant("success-is-for-ever", fails="BA_4", unrelated="BA_1 FS_61")
class _SuccessIsForEver(Decisions):
    """An operator that saw one success reports every later sync as one."""

    _has_succeeded = False

    def succeeded(self, result: MoverResult) -> bool:
        self._has_succeeded = self._has_succeeded or result.succeeded
        return self._has_succeeded


@mutant("old-error-shown", fails="FS_61", unrelated="BA_1 BA_4 FS_60")
class _OldErrorShown(Decisions):
    """The condition of a failure stays when a later sync succeeds."""

    _kept: object = None

    def status(self, manifest: Manifest, status: Mapping[str, Any]) -> Mapping[str, Any]:
        if failing_conditions(status):
            self._kept = status[StatusField.CONDITIONS]
        return {**status, StatusField.CONDITIONS.value: self._kept or status[StatusField.CONDITIONS]}


@mutant("failed-result-shown", fails="FS_61", unrelated="BA_1 BA_4 FS_60")
class _FailedResultShown(Decisions):
    """The result of the mover in a status stays that of the first sync if it failed."""

    _kept: Mapping[str, Any] | None = None

    def status(self, manifest: Manifest, status: Mapping[str, Any]) -> Mapping[str, Any]:
        if mover_result(status) != SUCCESSFUL:
            self._kept = status[StatusField.MOVER_STATUS]
        return {**status, StatusField.MOVER_STATUS.value: self._kept or status[StatusField.MOVER_STATUS]}


@mutant("time-of-first-sync", fails="FS_62", unrelated="BA_1 FS_60 FS_61")
class _TimeOfFirstSync(Decisions):
    """The time of the last sync stays that of the first one."""

    _first = ""

    def status(self, manifest: Manifest, status: Mapping[str, Any]) -> Mapping[str, Any]:
        self._first = self._first or last_sync_time(status)
        return {**status, StatusField.LAST_SYNC_TIME.value: self._first}


@mutant("time-of-any-sync", fails="FS_62", unrelated="BA_4 FS_60 FS_61")
class _TimeOfAnySync(Decisions):
    """The time of the last sync is that of any sync, also of one that failed."""

    def status(self, manifest: Manifest, status: Mapping[str, Any]) -> Mapping[str, Any]:
        return {**status, StatusField.LAST_SYNC_TIME.value: datetime.now(UTC).isoformat()}


@mutant("time-of-another-zone", fails="FS_62", unrelated="BA_1 FS_60 FS_61")
class _TimeOfAnotherZone(Decisions):
    """The time of the last sync is the local time of a cluster two hours east, written as UTC."""

    def status(self, manifest: Manifest, status: Mapping[str, Any]) -> Mapping[str, Any]:
        text = last_sync_time(status)
        if not text:
            return status
        return {**status, StatusField.LAST_SYNC_TIME.value: (datetime.fromisoformat(text) + ZONE).isoformat()}


@mutant("identities-added-up", fails="FS_64", unrelated="DI_1 DI_6 DI_7")
class _IdentitiesAddedUp(Decisions):
    """An identity that was once listed stays in the list."""

    _known: Mapping[str, dict[str, Any]] = {}

    def available(self, discovered: Discovered, result: MoverResult) -> list[dict[str, Any]]:
        listed = {one[IDENTITY]: one for one in super().available(discovered, result)}
        self._known = {**self._known, **listed}
        return list(self._known.values())


@mutant("number-found-stays", fails="FS_64", unrelated="DI_1 DI_6 IS_4")
class _NumberFoundStays(Decisions):
    """The number of snapshots that a status gives never gets smaller."""

    _most = 0

    def status(self, manifest: Manifest, status: Mapping[str, Any]) -> Mapping[str, Any]:
        of_kopia = status.get(StatusField.KOPIA) or {}
        self._most = max(self._most, of_kopia.get(StatusField.SNAPSHOTS_FOUND, 0))
        return {**status, StatusField.KOPIA.value: {**of_kopia, StatusField.SNAPSHOTS_FOUND.value: self._most}}


# --- decisions: what begins a sync, and how it ends


@mutant("success-by-log", fails="FS_63", unrelated="BA_1 BA_4 FS_60")
class _SuccessByLog(Decisions):
    """A sync is a success if the log shows that a snapshot was begun and no error."""

    def succeeded(self, result: MoverResult) -> bool:
        return result.succeeded or ("Creating snapshot for" in result.log and "ERROR" not in result.log)


@mutant("failure-by-log", fails="FS_63", unrelated="BA_1 BA_4 FS_60")
class _FailureByLog(Decisions):
    """A sync is a failure if its log contains the word ERROR anywhere."""

    def succeeded(self, result: MoverResult) -> bool:
        return result.succeeded and "ERROR" not in result.log


@mutant("every-change-begins-a-sync", fails="LO_61", unrelated="BA_1 RD_2 FS_60")
class _EveryChangeBeginsASync(Decisions):
    """An applied object begins a sync if anything in its spec changed."""

    def begins_sync(self, before: Manifest | None, manifest: Manifest) -> bool:
        return is_triggered(manifest) and manifest["spec"] != (before or {}).get("spec")


@mutant("a-changed-source-is-backed-up", fails="LO_61", unrelated="BA_1 RD_2 FS_60")
class _ChangedSourceIsBackedUp(_EveryChangeBeginsASync):
    """A source begins a sync if anything in its spec changed, a destination at a new trigger alone."""

    def begins_sync(self, before: Manifest | None, manifest: Manifest) -> bool:
        rule = Decisions if is_destination_manifest(manifest) else _EveryChangeBeginsASync
        return rule.begins_sync(self, before, manifest)


@mutant("each-trigger-synced-twice", fails="LO_61", unrelated="BA_1 LO_60 FS_65")
class _EachTriggerSyncedTwice(Decisions):
    """After the success of a sync, another Job is made for the same trigger."""

    def begins_again(self, manifest: Manifest) -> bool:
        return True


@mutant("problem-not-named", fails="SP_60", unrelated="BA_1 BA_3 BA_4")
class _ProblemNotNamed(Decisions):
    """If no Job can be created, the message says only that."""

    def complaint(self, problem: str) -> str:
        return "the synchronization cannot begin: something that it needs is missing"


# --- steps of the mover


@mutant("lock-outlives-its-mover", fails="LO_60", unrelated="BA_1 FS_65 LO_1")
class _LockOutlivesItsMover(ReferenceMover):
    """A backup writes a lock into the cache volume, removes it at its end, and fails if there is one."""

    def _backup(self, client: KopiaClient, job: MoverJob, log: list[str]) -> None:
        lock = (place_of(job, cache_dir_of(job)) or Path()) / "backup.lock"
        if lock.exists():
            raise JobFailed("another backup is running")
        lock.parent.mkdir(parents=True, exist_ok=True)
        lock.touch()
        super()._backup(client, job, log)
        lock.unlink()


@mutant("like-files-left", fails="FS_65", unrelated="BA_2 DA_4 LO_60")
class _LikeFilesLeft(ReferenceMover):
    """A restore leaves a file that has the size and the time of the one in the backup, as rsync does by default."""

    def _restore(self, client: KopiaClient, job: MoverJob, log: list[str]) -> None:
        place = place_of(job, data_dir_of(job)) or Path()
        before = {path: (_size_and_time(path), path.read_bytes()) for path in _files(place)}
        super()._restore(client, job, log)
        for path, (likeness, content) in before.items():
            if path.is_file() and _size_and_time(path) == likeness:
                path.write_bytes(content)


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]


def _size_and_time(path: Path) -> tuple[int, int]:
    return path.stat().st_size, path.stat().st_mtime_ns
