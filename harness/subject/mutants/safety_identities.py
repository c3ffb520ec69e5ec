"""Mutants that lose or mix up the history of a tenant when its identity changes, or when names are alike."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness.kopia.client import KopiaClient, snapshots_in
from harness.model import Identity, Manifest, MoverJob, ObjectRef, Variants
from harness.mover.base import place_of
from harness.mover.reference import ReferenceMover
from harness.operator.decisions import Decisions, FindSource
from harness.subject.mutants.registry import mutant
from harness.volsync import mover_job
from harness.volsync.fields import Field, kopia_spec
from harness.volsync.jobs import JOB_PREFIXES, MAX_JOB_NAME_LENGTH
from harness.volsync.kinds import is_destination_manifest, is_source
from harness.volsync.manifests import ref_of
from harness.volsync.status import requested_identity
from harness.volsync.status_writer import with_requested

NOTE = "last-identity"


def _note(job: MoverJob) -> Path:
    """Return the file in the cache volume that names the identity of an earlier Job."""
    volume = place_of(job, mover_job.cache_dir_of(job))
    return (volume or Path("/nonexistent")) / NOTE


# --- state of the mover that outlives a Job


@mutant("history-moves-with-the-identity", fails="LO_10 LO_11", unrelated="LO_12 FO_10 UN_1 RD_2")
class _HistoryMoves(ReferenceMover):
    """A source whose identity changed takes its old snapshots along."""

    def open(self, client: KopiaClient, job: MoverJob, log: list[str]) -> None:
        super().open(client, job, log)
        if mover_job.is_backup(job):
            note, identity = _note(job), str(self.identity(job))
            before = note.read_text(encoding="utf-8") if note.exists() else identity
            if before != identity:
                client.run("snapshot", "move-history", before, identity)
            note.write_text(identity, encoding="utf-8")


@mutant("new-source-starts-afresh", fails="LO_12", unrelated="LO_10 LO_11 FO_10 RD_2")
class _StartsAfresh(ReferenceMover):
    """The first backup with an empty cache volume deletes what was backed up under its identity before."""

    def open(self, client: KopiaClient, job: MoverJob, log: list[str]) -> None:
        is_first = mover_job.is_backup(job) and not any(_note(job).parent.iterdir())
        super().open(client, job, log)
        if is_first:
            for record in self.own(client, snapshots_in(client.list_snapshots("--all")), job):
                client.run("snapshot", "delete", record.id, "--delete")


@mutant("identity-of-the-first-job-kept", fails="FO_10 LO_11", unrelated="LO_12 UN_1 RD_2")
class _IdentityOfFirstJobKept(ReferenceMover):
    """The connection of the first Job is kept in the cache volume, and used by all later ones."""

    def identity(self, job: MoverJob) -> Identity:
        note, identity = _note(job), super().identity(job)
        if not note.exists():
            note.write_text(f"{identity.username}\n{identity.hostname}", encoding="utf-8")
        username, _, hostname = note.read_text(encoding="utf-8").partition("\n")
        return Identity(username, hostname)


# --- state of the operator that outlives a sync


class _Remembers(Decisions):
    """Base class of mutants that keep something of an object, by its reference."""

    def __init__(self, variants: Variants) -> None:
        super().__init__(variants)
        self.kept: dict[ObjectRef, Manifest] = {}


@mutant("custom-identity-kept", fails="LO_11", unrelated="LO_10 LO_12 UN_1 RD_2")
class _CustomIdentityKept(_Remembers):
    """A source keeps its first custom identity, also after the user removed it."""

    def identity(self, manifest: Manifest) -> Identity:
        if is_destination_manifest(manifest):
            return super().identity(manifest)
        if kopia_spec(manifest).get(Field.USERNAME):
            self.kept.setdefault(ref_of(manifest), manifest)
        return super().identity(self.kept.get(ref_of(manifest), manifest))


@mutant("first-volume-kept", fails="FS_10", unrelated="FO_14 LO_10 LO_12 BA_2")
class _FirstVolumeKept(_Remembers):
    """A source is backed up from the PVC that it named at its first sync."""

    def pvc(self, source: Manifest) -> str:
        return super().pvc(self.kept.setdefault(ref_of(source), source))


@mutant("first-repository-kept", fails="LO_20", unrelated="LO_21 SI_1 FS_10 BA_2")
class _FirstRepositoryKept(_Remembers):
    """An object uses the repository Secret that it named at its first sync."""

    def repository(self, manifest: Manifest, find: FindSource) -> str | None:
        return super().repository(self.kept.setdefault(ref_of(manifest), manifest), find)


@mutant("trigger-remembered-by-name", fails="LO_12", unrelated="LO_10 LO_11 BA_1 LO_61")
class _TriggerRememberedByName(_Remembers):
    """An object that is deleted and created again with the trigger of its last sync is not synced."""

    def begins_sync(self, before: Manifest | None, manifest: Manifest) -> bool:
        known = self.kept.get(ref_of(manifest))
        self.kept[ref_of(manifest)] = manifest
        return super().begins_sync(known, manifest)


@mutant("source-as-first-seen", fails="SI_4", unrelated="SI_1 LO_10 RD_2 IS_3")
class _SourceAsFirstSeen(_Remembers):
    """A destination that names a source uses the first copy of that source which the operator read."""

    def requested_identity(self, destination: Manifest, find: FindSource) -> Identity:
        def first(namespace: str, name: str) -> Manifest | None:
            source = find(namespace, name)
            return self.kept.setdefault(ref_of(source), source) if source else None

        return super().requested_identity(destination, first)


@mutant("first-requested-identity-shown", fails="IS_3", unrelated="SI_4 RD_2 DI_1")
class _FirstRequestedIdentityShown(_Remembers):
    """The status of a destination keeps the first identity that it requested."""

    def status(self, manifest: Manifest, status: Mapping[str, Any]) -> Mapping[str, Any]:
        if not is_destination_manifest(manifest):
            return status
        first = self.kept.setdefault(ref_of(manifest), {"shown": requested_identity(status)})
        return with_requested(status, first["shown"])


# --- names of Jobs


@mutant("job-name-cut", fails="FO_11 FO_12", unrelated="FO_13 FO_14 TN_10 BA_2")
class _JobNameCut(Decisions):
    """The name of a Job is cut at 63 characters, so two objects share a Job."""

    def job_name(self, ref: ObjectRef) -> str:
        return f"{JOB_PREFIXES[ref.kind]}{ref.name}"[:MAX_JOB_NAME_LENGTH]


@mutant("job-name-without-dots", fails="FO_11", unrelated="FO_12 FO_13 FO_14 BA_2")
class _JobNameWithoutDots(Decisions):
    """The dots of a name are hyphens in the name of its Job."""

    def job_name(self, ref: ObjectRef) -> str:
        return super().job_name(ref).replace(".", "-")


@mutant("job-name-without-the-kind", fails="FO_13", unrelated="FO_11 FO_12 FO_14 BA_2")
class _JobNameWithoutKind(Decisions):
    """A source and a destination of one name have one name for their Jobs."""

    def job_name(self, ref: ObjectRef) -> str:
        return super().job_name(ref).removeprefix(JOB_PREFIXES[ref.kind])


@mutant("one-job-for-the-sources-of-a-namespace", fails="FO_14 FO_11", unrelated="FO_13 FO_12 BA_2")
class _OneJobOfNamespace(Decisions):
    """All sources of a namespace have one name for their Jobs."""

    def job_name(self, ref: ObjectRef) -> str:
        return "backup" if is_source(ref) else super().job_name(ref)
