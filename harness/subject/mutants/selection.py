"""Mutants that choose wrongly: which snapshot a restore takes, and when a volume is emptied."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from harness.kopia.client import KopiaClient
from harness.model import Identity, MoverJob, SnapshotRecord
from harness.mover.reference import ReferenceMover, empty_volume
from harness.mover.selection import candidates, choose, counted_back
from harness.subject.mutants.registry import mutant
from harness.volsync.mover_job import Selection
from harness.volsync.variables import DEFAULT_PATH, DESTINATION_MOUNT, Variable


def _emptied(job: MoverJob, wanted: bool, spared: Callable[[str], bool]) -> bool:
    """Empty the volume of a Job if that is wanted, except for spared names.

    Return False, because nothing is left to delete.
    """
    if wanted:
        empty_volume(job.volumes[DESTINATION_MOUNT], spared)
    return False


def _as_kopia_writes_it(record: SnapshotRecord) -> str:
    whole, _, fraction = record.end.strftime("%Y-%m-%dT%H:%M:%S.%f").partition(".")
    return f"{whole}.{fraction}".rstrip("0").rstrip(".") + "Z" if fraction.strip("0") else f"{whole}Z"


def _milliseconds(instant: datetime) -> int:
    return int(instant.timestamp() * 1000)


@mutant("oldest-is-newest", fails="RP_1 RP_2 RP_3 RP_4 RP_6", unrelated="HN_2 SR_3 RP_8")
class _OldestIsNewest(ReferenceMover):
    """A history is counted from its oldest end."""

    def choose(self, history: Sequence[SnapshotRecord], job: MoverJob) -> SnapshotRecord | None:
        selection = self.selection(job)
        return counted_back(candidates(history, selection)[::-1], selection.previous)


@mutant("previous-ignored", fails="RP_2 RP_4 RP_5 RP_6 RP_9", unrelated="RP_1 RP_3 HN_2")
class _PreviousIgnored(ReferenceMover):
    """The newest is taken, however far back was asked for."""

    def choose(self, history: Sequence[SnapshotRecord], job: MoverJob) -> SnapshotRecord | None:
        return next(iter(candidates(history, self.selection(job))), None)


@mutant("equal-backups-counted-once", fails="RP_2", unrelated="RP_1 RP_3 RP_4 RP_5")
class _EqualBackupsCountedOnce(ReferenceMover):
    """Successive backups of an unchanged volume are one step for previous, as in the list that kopia prints."""

    def own(self, client: KopiaClient, records: Sequence[SnapshotRecord], job: MoverJob) -> Sequence[SnapshotRecord]:
        history = sorted(super().own(client, records, job), key=lambda one: one.end)
        return [
            one for one, after in zip(history, [*history[1:], None], strict=True) if not after or one.root != after.root
        ]


@mutant("previous-stops-at-the-oldest", fails="RP_5 RP_9", unrelated="RP_1 RP_2 RP_3")
class _PreviousStopsAtTheOldest(ReferenceMover):
    """Beyond the end of a history its oldest snapshot is taken."""

    def choose(self, history: Sequence[SnapshotRecord], job: MoverJob) -> SnapshotRecord | None:
        selection = self.selection(job)
        found = candidates(history, selection)
        return found[min(selection.previous, len(found) - 1)] if found else None


@mutant("instants-compared-as-text", fails="RP_3", unrelated="RP_1 RP_2 HN_2")
class _InstantsComparedAsText(ReferenceMover):
    """The instant of a restore is compared letter by letter."""

    def choose(self, history: Sequence[SnapshotRecord], job: MoverJob) -> SnapshotRecord | None:
        selection = self.selection(job)
        newest_first = sorted(history, key=lambda record: record.end, reverse=True)
        found = [record for record in newest_first if record.end.isoformat() <= (selection.as_of or "~")]
        return counted_back(found, selection.previous)


@mutant("instants-sorted-as-text", fails="RP_1 RP_3", unrelated="RP_2 RP_4 HN_2")
class _InstantsSortedAsText(ReferenceMover):
    """The newest is the one whose instant, as kopia writes it, is last in the alphabet: .25Z behind .255Z."""

    def choose(self, history: Sequence[SnapshotRecord], job: MoverJob) -> SnapshotRecord | None:
        selection = self.selection(job)
        found = sorted(candidates(history, selection), key=_as_kopia_writes_it, reverse=True)
        return counted_back(found, selection.previous)


@mutant("instants-cut-to-milliseconds", fails="RP_3", unrelated="RP_1 RP_2 RP_4")
class _InstantsCutToMilliseconds(ReferenceMover):
    """Two instants within one millisecond are taken for the same."""

    def choose(self, history: Sequence[SnapshotRecord], job: MoverJob) -> SnapshotRecord | None:
        selection = self.selection(job)
        limit = selection.limit
        newest_first = sorted(history, key=lambda record: record.end, reverse=True)
        found = [one for one in newest_first if limit is None or _milliseconds(one.end) <= _milliseconds(limit)]
        return counted_back(found, selection.previous)


@mutant("previous-before-instant", fails="RP_4", unrelated="RP_1 RP_2 RP_3")
class _PreviousBeforeInstant(ReferenceMover):
    """previous counts back first, and the instant filters what is left."""

    def choose(self, history: Sequence[SnapshotRecord], job: MoverJob) -> SnapshotRecord | None:
        newest_first = sorted(history, key=lambda record: record.end, reverse=True)
        selection = self.selection(job)
        return next(iter(candidates(newest_first[selection.previous :], selection)), None)


@mutant("shallow-ignored", fails="RP_9", unrelated="RP_1 RP_2 RP_3")
class _ShallowIgnored(ReferenceMover):
    """shallow is not looked at."""

    def choose(self, history: Sequence[SnapshotRecord], job: MoverJob) -> SnapshotRecord | None:
        return choose(history, replace(self.selection(job), shallow=0))


@mutant("files-never-deleted", fails="RP_7", unrelated="RP_1 IS_6 HN_2")
class _FilesNeverDeleted(ReferenceMover):
    """Whether files are to be deleted is not looked at."""

    def deletes_files(self, job: MoverJob) -> bool:
        return False


@mutant("files-always-deleted", fails="RP_7", unrelated="RP_1 IS_6 HN_2")
class _FilesAlwaysDeleted(ReferenceMover):
    """Every restore empties the volume first."""

    def deletes_files(self, job: MoverJob) -> bool:
        return True


@mutant("deletion-spares-too-much", fails="RP_7", unrelated="RP_1 IS_6 HN_2")
class _DeletionSparesTooMuch(ReferenceMover):
    """Whatever has a name that begins with lost+found stays in the volume."""

    def deletes_files(self, job: MoverJob) -> bool:
        return _emptied(job, super().deletes_files(job), lambda name: name.startswith("lost+found"))


@mutant("deletion-spares-nested-folders", fails="RP_7", unrelated="RP_1 IS_6 FS_43")
class _DeletionSparesNestedFolders(ReferenceMover):
    """A folder lost+found stays in the volume wherever it is, with the folders around it."""

    def deletes_files(self, job: MoverJob) -> bool:
        if super().deletes_files(job):
            for path in sorted(job.volumes[DESTINATION_MOUNT].rglob("*"), reverse=True):
                if "lost+found" in path.parts:
                    continue
                if path.is_symlink() or not path.is_dir():
                    path.unlink()
                elif not any(path.iterdir()):
                    path.rmdir()
        return False


@mutant("deletion-torn-at-blanks", fails="RP_7", unrelated="RP_1 IS_6 HN_2")
class _DeletionTornAtBlanks(ReferenceMover):
    """Names with a blank, or with a hyphen in front, survive a careless loop."""

    def deletes_files(self, job: MoverJob) -> bool:
        return _emptied(job, super().deletes_files(job), lambda name: " " in name or name.startswith("-"))


@mutant("path-not-looked-at", fails="RP_8", unrelated="RP_1 SI_1 HN_2")
class _PathNotLookedAt(ReferenceMover):
    """A restore takes the newest snapshot of its identity, of whatever path."""

    def own(self, client: KopiaClient, records: Sequence[SnapshotRecord], job: MoverJob) -> Sequence[SnapshotRecord]:
        return [record for record in records if record.identity == self.identity(job)]


@mutant("one-path-listed", fails="DI_1 RP_8", unrelated="DI_2 IS_4 HN_2")
class _OnePathListed(ReferenceMover):
    """Snapshots of another path than the default are neither listed nor found."""

    def list_all(self, client: KopiaClient) -> tuple[SnapshotRecord, ...]:
        return tuple(record for record in super().list_all(client) if record.path == DEFAULT_PATH)


@mutant("path-by-its-begin", fails="RP_8", unrelated="RP_1 SI_1 HN_2")
class _PathByItsBegin(ReferenceMover):
    """A restore takes snapshots of what is below its path, too."""

    def own(self, client: KopiaClient, records: Sequence[SnapshotRecord], job: MoverJob) -> Sequence[SnapshotRecord]:
        path = self.snapshot_path(job)
        return [one for one in records if one.identity == self.identity(job) and one.path.startswith(path)]


@mutant("shallow-counts-everybody", fails="RP_9", unrelated="RP_1 RP_2 HN_2")
class _ShallowCountsEverybody(ReferenceMover):
    """shallow takes the newest snapshots of the repository, whoever they belong to."""

    def list_all(self, client: KopiaClient) -> tuple[SnapshotRecord, ...]:
        self._all = super().list_all(client)
        return self._all

    def choose(self, history: Sequence[SnapshotRecord], job: MoverJob) -> SnapshotRecord | None:
        shallow = self.selection(job).shallow
        newest = sorted(self._all, key=lambda record: record.end, reverse=True)[: shallow or None]
        return super().choose([record for record in history if record in newest], job)


@mutant("deletion-before-the-choice", fails="IS_6 LO_43", unrelated="RP_7 RP_1 SR_3")
class _DeletionBeforeTheChoice(ReferenceMover):
    """A volume is emptied before it is known whether there is anything to restore."""

    def choose(self, history: Sequence[SnapshotRecord], job: MoverJob) -> SnapshotRecord | None:
        if self.deletes_files(job):
            empty_volume(job.volumes[DESTINATION_MOUNT])
        return super().choose(history, job)


@mutant("previous-counts-from-the-end", fails="SP_1", unrelated="RP_1 RP_2 BA_2")
class _PreviousCountsFromTheEnd(ReferenceMover):
    """A negative previous is an index from the end of the history, so -1 takes the oldest snapshot."""

    def choose(self, history: Sequence[SnapshotRecord], job: MoverJob) -> SnapshotRecord | None:
        previous = int(job.env.get(Variable.PREVIOUS, "0"))
        if previous >= 0:
            return super().choose(history, job)
        newest_first = candidates(history, Selection())
        return newest_first[previous] if -previous <= len(newest_first) else None


@mutant("twenty-of-each-identity-listed", fails="DI_8", unrelated="DI_2 RP_2 RP_5")
class _TwentyOfEachIdentityListed(ReferenceMover):
    """Of each identity the newest twenty snapshots alone are listed, for a discovery and for a restore."""

    def list_all(self, client: KopiaClient) -> tuple[SnapshotRecord, ...]:
        newest: dict[Identity, list[SnapshotRecord]] = {}
        for record in sorted(super().list_all(client), key=lambda one: one.end, reverse=True):
            newest.setdefault(record.identity, []).append(record)
        return tuple(record for history in newest.values() for record in history[:20])
