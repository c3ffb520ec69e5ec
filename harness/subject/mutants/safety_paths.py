"""Mutants that take an argument, a path or a password for something else than it is."""

from __future__ import annotations

from dataclasses import replace

from harness.model import MoverJob, RepositoryAddress
from harness.mover.reference import ReferenceMover
from harness.subject.mutants.registry import mutant
from harness.system.process import Completed
from harness.volsync import mover_job


@mutant("incomplete-is-a-success", fails="FS_55", unrelated="BA_1 FS_51 FS_1")
class _IncompleteIsASuccess(ReferenceMover):
    """A backup that kopia ended early succeeds."""

    def require_whole(self, done: Completed) -> None:
        pass


@mutant("arguments-that-are-folders", fails="FS_56", unrelated="BA_1 TR_5 SP_50")
class _ArgumentsThatAreFolders(ReferenceMover):
    """An additional argument that is no flag is passed to kopia, which takes it for one more folder to back up."""

    def additional(self, job: MoverJob) -> list[str]:
        return mover_job.additional_arguments(job)


@mutant("paths-compared-as-written", fails="FS_57", unrelated="BA_1 RP_8 RP_9")
class _PathsComparedAsWritten(ReferenceMover):
    """A restore looks for the path as it is written; kopia recorded it without what it does not need."""

    def snapshot_path(self, job: MoverJob) -> str:
        return mover_job.source_path(job)


@mutant("identity-read-from-the-path", fails="FO_23", unrelated="BA_1 RP_8 FS_57")
class _IdentityReadFromThePath(ReferenceMover):
    """kopia is given the path alone, and takes a part of it for an identity."""

    def source(self, job: MoverJob) -> str:
        return self.snapshot_path(job)


@mutant("prefix-cut-at-a-number-sign", fails="FO_22", unrelated="BA_1 FO_20 SR_5")
class _PrefixCutAtANumberSign(ReferenceMover):
    """The repository is parsed as a URL, whose last part begins with a number sign."""

    def address(self, job: MoverJob) -> RepositoryAddress:
        address = super().address(job)
        cut = address.prefix.split("#")[0].rstrip("/")
        return replace(address, prefix=f"{cut}/" if cut else "")


@mutant("blank-password-taken", fails="DC_21", unrelated="BA_1 LO_21 LO_23")
class _BlankPasswordTaken(ReferenceMover):
    """A password is refused if it is empty, and not if it is blank."""

    def missing_key(self, job: MoverJob) -> str:
        return ""
