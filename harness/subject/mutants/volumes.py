"""Mutants that change a volume: what a restore writes, and what a backup leaves."""

from __future__ import annotations

import os
from pathlib import Path

from harness.model import MoverJob, MoverResult
from harness.mover.reference import ReferenceMover
from harness.subject.mutants.registry import mutant
from harness.volsync.variables import DESTINATION_MOUNT, SOURCE_MOUNT


class _AfterRestore(ReferenceMover):
    """Base class of mutants that change a volume after its restore."""

    def run(self, job: MoverJob) -> MoverResult:
        result = super().run(job)
        if result.succeeded and DESTINATION_MOUNT in job.volumes:
            self.spoil(job.volumes[DESTINATION_MOUNT])
        return result

    def spoil(self, volume: Path) -> None:
        """Change the volume."""
        raise NotImplementedError


@mutant("restore-loses-a-file", fails="BA_2", unrelated="BA_1 HN_2 IS_4")
class _RestoreLosesAFile(_AfterRestore):
    """A restore leaves a file out, and reports success."""

    def spoil(self, volume: Path) -> None:
        (volume / "private/key").unlink(missing_ok=True)


@mutant("modes-lost", fails="DA_2", unrelated="BA_2 DA_1 RD_2")
class _ModesLost(_AfterRestore):
    """Every file that is restored has the same mode."""

    def spoil(self, volume: Path) -> None:
        for path in volume.rglob("*"):
            if path.is_file() and not path.is_symlink():
                path.chmod(0o644)


@mutant("times-lost", fails="DA_3", unrelated="BA_2 DA_1 DA_2")
class _TimesLost(_AfterRestore):
    """Every file that is restored is as old as its restore."""

    def spoil(self, volume: Path) -> None:
        for path in volume.rglob("*"):
            if not path.is_symlink():
                os.utime(path)


@mutant("backup-leaves-a-mark", fails="DA_1", unrelated="BA_1 BA_2 RD_2")
class _BackupLeavesAMark(ReferenceMover):
    """A backup notes in its volume that it was there."""

    def run(self, job: MoverJob) -> MoverResult:
        result = super().run(job)
        if SOURCE_MOUNT in job.volumes:
            (job.volumes[SOURCE_MOUNT] / ".last-backup").write_text("done\n", encoding="utf-8")
        return result


@mutant("existing-files-kept", fails="DA_4", unrelated="BA_2 DA_1 RD_2")
class _ExistingFilesKept(ReferenceMover):
    """A file that is in the volume already is not replaced."""

    def run(self, job: MoverJob) -> MoverResult:
        volume = job.volumes.get(DESTINATION_MOUNT, Path("/nonexistent"))
        kept = {path: path.read_bytes() for path in volume.rglob("*") if path.is_file() and not path.is_symlink()}
        result = super().run(job)
        for path, content in kept.items():
            path.write_bytes(content)
        return result
