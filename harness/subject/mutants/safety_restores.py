"""Mutants whose restores harm a volume that is in use, or take another backup than was asked for."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from harness.kopia.client import KopiaClient
from harness.model import Manifest, MoverJob, MoverResult, ObjectRef, SnapshotRecord, Variants
from harness.mover.reference import ReferenceMover, empty_volume
from harness.operator.decisions import Decisions
from harness.subject.mutants.registry import mutant
from harness.system.process import Completed
from harness.volsync.manifests import ref_of
from harness.volsync.mover_job import Selection, deletes_files, is_restore, selection_in
from harness.volsync.variables import DESTINATION_MOUNT, Variable, with_variable, without_variable


@mutant("deletion-follows-links", fails="LO_40", unrelated="RP_7 IS_6 BA_2 LO_41")
class _DeletionFollowsLinks(ReferenceMover):
    """A volume is emptied with everything that its links lead to, as by ``find -L -delete``."""

    def deletes_files(self, job: MoverJob) -> bool:
        if super().deletes_files(job):
            for link in job.volumes[DESTINATION_MOUNT].iterdir():
                if link.is_symlink():
                    _delete_target(link)
        return super().deletes_files(job)


@mutant("restore-follows-links", fails="LO_41", unrelated="DA_2 RP_7 BA_2 LO_40")
class _RestoreFollowsLinks(ReferenceMover):
    """kopia restores over the links of a volume, and writes into what they lead to."""

    def make_way(self, client: KopiaClient, chosen: SnapshotRecord, target: Path, log: list[str]) -> None:
        return None


@mutant("deletion-before-the-connection", fails="LO_42 LO_43 IS_6", unrelated="RP_7 BA_2 LO_40")
class _DeletionBeforeTheConnection(ReferenceMover):
    """A volume is emptied as the first step of a restore."""

    def run(self, job: MoverJob) -> MoverResult:
        if is_restore(job) and deletes_files(job):
            empty_volume(job.volumes[DESTINATION_MOUNT])
        return super().run(job)


@mutant("deletion-before-the-point", fails="LO_43", unrelated="RP_7 IS_6 LO_42 BA_2")
class _DeletionBeforeThePoint(ReferenceMover):
    """A volume is emptied as soon as its source has any backup, before one of them is selected."""

    def choose(self, history: Sequence[SnapshotRecord], job: MoverJob) -> SnapshotRecord | None:
        if history and self.deletes_files(job):
            empty_volume(job.volumes[DESTINATION_MOUNT])
        return super().choose(history, job)


@mutant("history-listed-once", fails="FS_40", unrelated="BA_2 RP_1 RD_2")
class _HistoryListedOnce(ReferenceMover):
    """The snapshots of a source are listed at its first restore, and remembered."""

    _listed: tuple[SnapshotRecord, ...] = ()

    def list_all(self, client: KopiaClient) -> tuple[SnapshotRecord, ...]:
        self._listed = self._listed or super().list_all(client)
        return self._listed


class _ListsTheChosen(ReferenceMover):
    """Base class of mutants that treat the backup of an empty volume in another way."""

    is_empty = False

    def own(self, client: KopiaClient, records: Sequence[SnapshotRecord], job: MoverJob) -> Sequence[SnapshotRecord]:
        history = super().own(client, records, job)
        chosen = self.choose(history, job)
        self.is_empty = chosen is not None and not client.run("ls", chosen.id).stdout.strip()
        return history


@mutant("empty-backup-skipped", fails="FS_41", unrelated="BA_2 RP_7 IS_6 LO_43")
class _EmptyBackupSkipped(_ListsTheChosen):
    """There is nothing to do for the backup of an empty volume, not even to delete files."""

    def deletes_files(self, job: MoverJob) -> bool:
        return super().deletes_files(job) and not self.is_empty


@mutant("empty-backup-fails-late", fails="FS_41", unrelated="BA_2 RP_7 IS_6 LO_43")
class _EmptyBackupFailsLate(_ListsTheChosen):
    """A restore that restored no file fails, after it has emptied the volume."""

    def _check(self, done: Completed, log: list[str], what: str) -> None:
        empty = self.is_empty and what == "restore the snapshot"
        super()._check(replace(done, exit_code=1, stderr="no file was restored") if empty else done, log, what)


@mutant("obstacles-ignored", fails="FS_42 DA_5", unrelated="BA_2 DA_4 RP_7")
class _ObstaclesIgnored(ReferenceMover):
    """Files that cannot be written are left out, and that is reported as a success."""

    def additional(self, job: MoverJob) -> list[str]:
        return [*(["--ignore-errors"] if is_restore(job) else []), *super().additional(job)]


@mutant("files-that-look-the-same-kept", fails="FS_65", unrelated="BA_2 DA_4 RP_7 FS_42")
class _FilesThatLookTheSameKept(ReferenceMover):
    """A file with the size and the time of its backup is not replaced."""

    def additional(self, job: MoverJob) -> list[str]:
        return [*(["--skip-existing"] if is_restore(job) else []), *super().additional(job)]


@mutant("dangling-links-kept", fails="FS_43", unrelated="RP_7 BA_2 LO_40")
class _DanglingLinksKept(ReferenceMover):
    """Before a file is deleted, a test finds out whether it exists; for a dangling link it finds none."""

    def deletes_files(self, job: MoverJob) -> bool:
        volume = job.volumes[DESTINATION_MOUNT]
        if super().deletes_files(job):
            empty_volume(volume, spared=lambda name: not (volume / name).exists())
        return False


@mutant("mover-drops-instants-it-cannot-read", fails="SP_40", unrelated="RP_1 RP_3 SP_1 BA_2")
class _MoverDropsInstants(ReferenceMover):
    """An instant that the mover cannot read is ignored, so the newest backup is restored."""

    def selection(self, job: MoverJob) -> Selection:
        return super().selection(replace(job, env=_without_unreadable_instant(job.env)))


@mutant("selection-checked-after-the-restore", fails="SP_1 SP_40", unrelated="RP_1 RP_2 RP_3 BA_2")
class _SelectionCheckedAfterTheRestore(ReferenceMover):
    """The newest backup is restored, and only then the Job fails because it cannot read what to restore."""

    def run(self, job: MoverJob) -> MoverResult:
        try:
            selection_in(job.env)
        except ValueError:
            readable = replace(job, env=without_variable(_without_unreadable_instant(job.env), Variable.PREVIOUS))
            return replace(super().run(readable), exit_code=1)
        return super().run(job)


@mutant("previous-without-its-sign", fails="SP_1", unrelated="RP_1 RP_2 RP_3 BA_2")
class _PreviousWithoutItsSign(ReferenceMover):
    """A negative number of snapshots to skip is taken as a positive one."""

    def run(self, job: MoverJob) -> MoverResult:
        text = job.env.get(Variable.PREVIOUS, "")
        return super().run(
            replace(job, env=with_variable(job.env, Variable.PREVIOUS, text.lstrip("-"))) if text else job
        )


@mutant("operator-drops-instants-it-cannot-read", fails="SP_41", unrelated="RP_1 RP_3 SP_2 BA_2")
class _OperatorDropsInstants(Decisions):
    """An instant that the operator cannot read is left out of the Job, so the newest backup is restored."""

    def environment(self, manifest: Manifest, env: Mapping[str, str]) -> Mapping[str, str]:
        return _without_unreadable_instant(env)


@mutant("withdrawn-fields-kept", fails="LO_44", unrelated="BA_2 RP_2 RP_7 FS_40")
class _WithdrawnFieldsKept(Decisions):
    """What the Jobs of an object were told once, its later Jobs are told, too."""

    def __init__(self, variants: Variants) -> None:
        super().__init__(variants)
        self._told: dict[ObjectRef, Mapping[str, str]] = {}

    def environment(self, manifest: Manifest, env: Mapping[str, str]) -> Mapping[str, str]:
        ref = ref_of(manifest)
        self._told[ref] = {**self._told.get(ref, {}), **env}
        return self._told[ref]


def _without_unreadable_instant(env: Mapping[str, str]) -> Mapping[str, str]:
    try:
        selection_in(env)
    except ValueError:
        return without_variable(env, Variable.RESTORE_AS_OF)
    return env


def _delete_target(link: Path) -> None:
    target = link.resolve()
    if target.is_dir():
        shutil.rmtree(target)
    else:
        target.unlink(missing_ok=True)
