"""Mutants that do not take what a user wrote as it was written: additional arguments, and files."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path

from harness.kopia.client import KopiaClient
from harness.model import Manifest, MoverJob, MoverResult
from harness.mover.base import place_of
from harness.mover.reference import ReferenceMover
from harness.operator.decisions import Decisions
from harness.subject.mutants.registry import mutant
from harness.system.limits import SUITE
from harness.system.process import Completed, run
from harness.volsync.kinds import is_destination_manifest
from harness.volsync.mover_job import data_dir_of, is_backup, is_restore
from harness.volsync.specs import spec_of
from harness.volsync.variables import SOURCE_MOUNT, Variable, joined, with_variable, without_variable

# --- additional arguments


@mutant("arguments-trimmed", fails="SP_50", unrelated="TR_1 TR_5 SP_51")
class _ArgumentsTrimmed(ReferenceMover):
    """The user's own arguments lose the blanks at their ends."""

    def additional(self, job: MoverJob) -> list[str]:
        return [word.strip() for word in super().additional(job)]


@mutant("arguments-read-by-lines", fails="SP_50", unrelated="TR_1 TR_5 SP_51")
class _ArgumentsReadByLines(ReferenceMover):
    """Of each of the user's own arguments the first line is read."""

    def additional(self, job: MoverJob) -> list[str]:
        return [word.split("\n")[0] for word in super().additional(job)]


@mutant("one-argument-of-each-flag", fails="SP_50 SP_52", unrelated="TR_1 TR_5 SP_51")
class _OneArgumentOfEachFlag(Decisions):
    """Of several arguments with one flag the last is handed over."""

    def environment(self, manifest: Manifest, env: Mapping[str, str]) -> Mapping[str, str]:
        words = spec_of(manifest).additional_args
        last = {word.partition("=")[0]: word for word in words}
        return with_variable(env, Variable.ADDITIONAL_ARGS, joined(tuple(last.values()))) if words else env


@mutant("arguments-cut-at-the-second-equals-sign", fails="SP_50 TR_5", unrelated="TR_1 SP_51 BA_1")
class _ArgumentsCut(Decisions):
    """An argument is split at its equals signs into a flag and a value, and the rest is dropped."""

    def environment(self, manifest: Manifest, env: Mapping[str, str]) -> Mapping[str, str]:
        words = spec_of(manifest).additional_args
        cut = tuple("=".join(word.split("=")[:2]) for word in words)
        return with_variable(env, Variable.ADDITIONAL_ARGS, joined(cut)) if words else env


@mutant("variables-in-arguments-replaced", fails="SP_51", unrelated="TR_1 TR_5 SP_50")
class _VariablesReplaced(Decisions):
    """The arguments stand in the Job as they are, where Kubernetes replaces ``$(NAME)`` and ``$$``."""

    def environment(self, manifest: Manifest, env: Mapping[str, str]) -> Mapping[str, str]:
        def value(match: re.Match[str]) -> str:
            return "$" if match[0] == "$$" else env.get(match[1], match[0])

        given = env.get(Variable.ADDITIONAL_ARGS)
        replaced = re.sub(r"\$(?:\$|\(([^()]*)\))", value, given or "")
        return with_variable(env, Variable.ADDITIONAL_ARGS, replaced) if given else env


class _Shell(ReferenceMover):
    """Base class of mutants that let a shell read the user's own arguments once more."""

    def through_shell(self, job: MoverJob, word: str) -> str:
        """Return an argument as a shell prints it between double quotes."""
        folder = place_of(job, data_dir_of(job))
        env = {"PATH": os.defpath, Variable.DATA_FOLDER.value: str(folder)}
        return run(["/bin/sh", "-c", f'printf %s "{word}"'], env=env, timeout_s=SUITE.kopia_s).stdout


@mutant("arguments-evaluated", fails="SP_51 SP_52 TR_5", unrelated="SP_50 TR_1 BA_1")
class _ArgumentsEvaluated(_Shell):
    """The user's own arguments stand in a script that is evaluated."""

    def additional(self, job: MoverJob) -> list[str]:
        return [self.through_shell(job, word) for word in super().additional(job)]


@mutant("arguments-evaluated-for-the-log", fails="SP_52", unrelated="SP_50 SP_51 TR_5")
class _ArgumentsEvaluatedForTheLog(_Shell):
    """kopia is given the arguments as they are; only the line of the log is evaluated."""

    def additional(self, job: MoverJob) -> list[str]:
        words = super().additional(job)
        for word in words:
            self.through_shell(job, word)
        return words


@mutant("arguments-evaluated-away-from-the-volume", fails="SP_52", unrelated="SP_50 SP_51 TR_5")
class _ArgumentsEvaluatedAwayFromTheVolume(ReferenceMover):
    """The line of the log is evaluated by a shell that does not know the volume."""

    def _backup(self, client: KopiaClient, job: MoverJob, log: list[str]) -> None:
        for word in self.additional(job):
            said = run(["/bin/sh", "-c", f'printf %s "{word}"'], env={"PATH": os.defpath}, timeout_s=SUITE.kopia_s)
            log += said.stdout.splitlines()
        super()._backup(client, job, log)


class _Yielding(KopiaClient):
    """Leave the source of a snapshot to the additional arguments, if they name one."""

    def snapshot(self, folder: Path, path: str, *extra: str) -> Completed:
        if any(word.startswith("--override-source") for word in extra):
            return self.run("snapshot", "create", "--json", "--no-progress", *extra, folder)
        return super().snapshot(folder, path, *extra)


@mutant("arguments-name-the-source", fails="FO_50", unrelated="SP_50 TR_1 TR_5")
class _ArgumentsNameTheSource(ReferenceMover):
    """A snapshot is recorded under the identity that the additional arguments name."""

    def _client(self, job: MoverJob) -> KopiaClient:
        client = super()._client(job)
        return _Yielding(**{one.name: getattr(client, one.name) for one in fields(client)})


@mutant("arguments-of-restores-dropped", fails="LO_50", unrelated="SP_50 TR_1 TR_5")
class _ArgumentsOfRestoresDropped(ReferenceMover):
    """The additional arguments of a destination never reach kopia."""

    def additional(self, job: MoverJob) -> list[str]:
        return [] if is_restore(job) else super().additional(job)


@mutant("arguments-of-destinations-not-handed-over", fails="LO_50", unrelated="SP_50 TR_1 TR_5")
class _ArgumentsOfDestinationsDropped(Decisions):
    """The additional arguments of a destination never reach the mover."""

    def environment(self, manifest: Manifest, env: Mapping[str, str]) -> Mapping[str, str]:
        return without_variable(env, Variable.ADDITIONAL_ARGS) if is_destination_manifest(manifest) else env


# --- files


class _BacksUpACopy(ReferenceMover):
    """Base class of mutants that copy the volume first, and back up the copy."""

    def run(self, job: MoverJob) -> MoverResult:
        if not is_backup(job):
            return super().run(job)
        target = self._scratch / f"copy-{job.owner.namespace}-{job.owner.name}"
        shutil.rmtree(target, ignore_errors=True)
        self.copy(job.volumes[SOURCE_MOUNT], target)
        return super().run(replace(job, volumes={**job.volumes, SOURCE_MOUNT: target}))

    def copy(self, volume: Path, target: Path) -> None:
        """Copy all entries of a volume that are taken, in the order of their names."""
        shutil.copystat(volume, self._made(target))
        for path in sorted(volume.rglob("*")):
            if not self.takes(path, volume):
                continue
            goal = target / path.relative_to(volume)
            if path.is_dir() and not path.is_symlink():
                shutil.copystat(path, self._made(goal))
            elif path.is_file() or path.is_symlink():
                shutil.copy2(path, self._made(goal.parent) / goal.name, follow_symlinks=self.follows)

    follows = False

    def takes(self, path: Path, volume: Path) -> bool:
        """Return True if an entry of the volume is copied."""
        return True

    def _made(self, folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        return folder


@mutant("hidden-files-left-out", fails="FS_50", unrelated="FS_51 BA_1 BA_2")
class _HiddenFilesLeftOut(_BacksUpACopy):
    """The volume is copied by ``*``, which matches no name that begins with a dot."""

    def takes(self, path: Path, volume: Path) -> bool:
        return not path.relative_to(volume).parts[0].startswith(".")


@mutant("names-read-by-lines", fails="FS_50", unrelated="FS_51 FS_53 BA_2")
class _NamesReadByLines(_BacksUpACopy):
    """The names of the files are read from a list, one on each line."""

    def takes(self, path: Path, volume: Path) -> bool:
        return "\n" not in str(path)


@mutant("names-without-case", fails="FS_50", unrelated="FS_51 FS_53 BA_2")
class _NamesWithoutCase(_BacksUpACopy):
    """Of two names that differ only in case one is taken."""

    def takes(self, path: Path, volume: Path) -> bool:
        return not any(one.name < path.name and one.name.lower() == path.name.lower() for one in path.parent.iterdir())


@mutant("empty-files-left-out", fails="FS_51 FS_53", unrelated="FS_50 FS_52 BA_2")
class _EmptyFilesLeftOut(_BacksUpACopy):
    """Files without content are not backed up."""

    def takes(self, path: Path, volume: Path) -> bool:
        return path.is_dir() or path.is_symlink() or path.stat().st_size > 0


@mutant("second-names-left-out", fails="FS_51", unrelated="FS_50 FS_52 BA_2")
class _SecondNamesLeftOut(_BacksUpACopy):
    """Of a file with two names the first is backed up."""

    def takes(self, path: Path, volume: Path) -> bool:
        others = [one for one in path.parent.iterdir() if one.name < path.name and not one.is_symlink()]
        return path.is_symlink() or not any(one.samefile(path) for one in others)


@mutant("holes-lost", fails="FS_51", unrelated="FS_50 FS_52 BA_2")
class _HolesLost(_BacksUpACopy):
    """A file ends where its last byte is that is not zero."""

    def copy(self, volume: Path, target: Path) -> None:
        super().copy(volume, target)
        for path in target.rglob("*"):
            if path.is_file() and not path.is_symlink():
                path.write_bytes(path.read_bytes().rstrip(b"\0"))


@mutant("large-files-left-out", fails="FS_51", unrelated="FS_50 FS_52 BA_2")
class _LargeFilesLeftOut(ReferenceMover):
    """Every source gets a policy with a limit for the size of a file."""

    def retention(self, job: MoverJob) -> list[str]:
        return [*super().retention(job), "--max-file-size=2000000"]


@mutant("stops-at-a-pipe", fails="FS_52", unrelated="FS_50 FS_51 BA_2")
class _StopsAtAPipe(_BacksUpACopy):
    """The copy of a volume ends at the first entry that is no file, folder or link, without an error."""

    def takes(self, path: Path, volume: Path) -> bool:
        def is_special(one: Path) -> bool:
            return not (one.is_symlink() or one.is_dir() or one.is_file())

        return not any(is_special(one) and one <= path for one in volume.rglob("*"))


@mutant("marks-for-git-honoured", fails="FS_53", unrelated="FS_50 FS_51 BA_2")
class _MarksForGitHonoured(ReferenceMover):
    """What a .gitignore names is not backed up."""

    def retention(self, job: MoverJob) -> list[str]:
        return [*super().retention(job), "--add-dot-ignore=.gitignore"]


@mutant("temporary-files-left-out", fails="FS_53", unrelated="FS_50 FS_51 BA_2")
class _TemporaryFilesLeftOut(ReferenceMover):
    """Files whose names are usual for temporary ones are not backed up."""

    def retention(self, job: MoverJob) -> list[str]:
        return [*super().retention(job), "--add-ignore=*.tmp", "--add-ignore=*.log"]


@mutant("empty-volume-skipped", fails="FS_54", unrelated="FS_50 BA_1 BA_2")
class _EmptyVolumeSkipped(ReferenceMover):
    """A backup of an empty volume does nothing, says nothing and succeeds."""

    def run(self, job: MoverJob) -> MoverResult:
        if is_backup(job) and not any(job.volumes[SOURCE_MOUNT].iterdir()):
            return MoverResult(0, "done\n", blind="")
        return super().run(job)


@mutant("links-left-out", fails="DA_2", unrelated="DC_50 FS_50 BA_2")
class _LinksLeftOut(_BacksUpACopy):
    """A symbolic link is not backed up."""

    def takes(self, path: Path, volume: Path) -> bool:
        return not path.is_symlink()


@mutant("links-followed", fails="DC_50", unrelated="FS_50 FS_51 BA_2")
class _LinksFollowed(_BacksUpACopy):
    """A link to a file is backed up as the file that it leads to."""

    follows = True

    def takes(self, path: Path, volume: Path) -> bool:
        return path.exists()
