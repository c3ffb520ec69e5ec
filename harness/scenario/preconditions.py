"""What a scenario stands on: syncs that have to succeed before its own check is reached.

A scenario that stands on a backup or a restore says nothing of its own claim where that fails: it is
*blocked* by the claim that is broken.  That is the claim of a field that the object uses (a custom
hostname, ``previous``, …) or, below all of them, a base claim.
"""

from __future__ import annotations

from harness.document.parts import Part
from harness.errors import Blocked, Divergence, HarnessError, NotAsked
from harness.model import Identity, MoverJob
from harness.scenario.sync import Ending, Sync
from harness.system.process import tail
from harness.volsync.defaults import REPOSITORY_SECRET
from harness.volsync.fields import Field

BACKUP, RESTORE, ANSWER, REPORT = "BA_1", "BA_2", "BA_3", "BA_4"
RECORDED = "OV_5"
"""The claim that a mover records its snapshots under the identity of its Job: without it no restore finds them."""

BASE = (ANSWER, BACKUP, RESTORE, REPORT)
"""The base claims, the most basic one first; each stands on nothing but the ones before it."""

NEVER_ENDED = (Ending.SILENT, Ending.WAITING, Ending.CUT_OFF)
"""Endings without a result: whatever the sync was for, a base claim is broken."""

OF_SOURCES = {
    Field.ADDITIONAL_ARGS: "TR_5",
    Field.SOURCE_PATH_OVERRIDE: "RP_8",
    Field.USERNAME: "UN_1",
    Field.HOSTNAME: "HN_1",
}
OF_DESTINATIONS = {
    Field.RESTORE_AS_OF: "RP_3",
    Field.PREVIOUS: "RP_2",
    Field.SHALLOW: "RP_9",
    Field.ENABLE_FILE_DELETION: "RP_7",
    Field.SOURCE_IDENTITY: "SI_1",
    Field.USERNAME: "RD_4",
}
"""Field of ``spec.kopia`` -> the claim that says that it works, the most special one first."""

CUSTOM = (Field.USERNAME, Field.HOSTNAME, Field.SOURCE_PATH_OVERRIDE, Field.ADDITIONAL_ARGS)
CHOOSING = (Field.RESTORE_AS_OF, Field.PREVIOUS, Field.SHALLOW, Field.ENABLE_FILE_DELETION)
"""Fields that make a backup, or a restore, one of another kind, in the order in which a report names them."""


def roots_of(sync: Sync) -> tuple[str, ...]:
    """Return the claims one of which is broken where this sync did not succeed, the most special one first."""
    if sync.ending in NEVER_ENDED:
        return (ANSWER,)
    if sync.ending is Ending.SUCCEEDED:
        # Its mover failed, or there was nothing to succeed with.
        return (REPORT,)
    if sync.ending is Ending.UNNOTED and sync.result is not None and not sync.result.succeeded:
        return (REPORT,)
    if sync.ending is Ending.REFUSED and {Field.USERNAME, Field.HOSTNAME} & sync.spec.keys():
        return ("VA_V", *roots_of_content(sync))
    return roots_of_content(sync)


def roots_of_content(sync: Sync) -> tuple[str, ...]:
    """Return the claims one of which is broken where a sync that succeeded did not do its work."""
    table = OF_SOURCES if sync.is_backup else OF_DESTINATIONS
    used = [claim for field, claim in table.items() if field in sync.spec]
    if not sync.is_backup and not {Field.SOURCE_IDENTITY, Field.USERNAME} & sync.spec.keys():
        used.append("RD_2")
    if sync.spec.get(Field.REPOSITORY, REPOSITORY_SECRET) != REPOSITORY_SECRET:
        used.append("SR_7")
    return (*used, BACKUP) if sync.is_backup else (*used, RECORDED, RESTORE)


def how(sync: Sync) -> str:
    """Return what kind of sync this is, in the words of a report: the same for all of a kind."""
    if sync.is_backup:
        custom = [field for field in CUSTOM if field in sync.spec]
        return f"a backup with {' and '.join(custom)}" if custom else "a plain backup"
    chosen = [field for field in CHOOSING if field in sync.spec]
    by = Field.SOURCE_IDENTITY.value if Field.SOURCE_IDENTITY in sync.spec else "its own name"
    by = "username and hostname" if Field.USERNAME in sync.spec else by
    return f"a restore by {' and '.join([by, *chosen])}"


def succeeded(sync: Sync) -> None:
    """The sync was admitted, its mover ended well, and the operator reports a success.

    Raises Divergence where not, and Blocked where the subject never answered or the mover did not end: that
    breaks a base claim, whatever the sync was for.
    """
    if sync.succeeded and (sync.result is None or sync.result.succeeded):
        return
    divergence = Divergence(
        f"the sync of {sync.ref}",
        expected="it succeeds",
        seen=ended(sync),
        oracle="API" if sync.refused else "operator",
        detail=log_of(sync),
        roots=roots_of(sync),
        part=Part.ADMISSION if sync.refused else "",
        cause="an object gets no answer" if sync.ending is Ending.SILENT else f"{how(sync)} does not succeed",
    )
    raise Blocked(divergence) if sync.ending in NEVER_ENDED else divergence


def require(sync: Sync) -> None:
    """Raise Blocked where a sync that a scenario stands on did not succeed."""
    try:
        succeeded(sync)
    except Divergence as divergence:
        raise Blocked(divergence) from None


def require_job(sync: Sync) -> MoverJob:
    """Return the Job of a sync that a scenario stands on; raise Blocked where the operator made none."""
    if sync.job is not None:
        return sync.job
    divergence = Divergence(
        f"the Job of {sync.ref}",
        expected="there is one",
        seen=ended(sync),
        oracle="API" if sync.refused else "operator",
        roots=roots_of(sync),
        cause=f"{how(sync)} gets no Job",
    )
    raise Blocked(divergence)


def identity_of_job(sync: Sync) -> Identity:
    """Return the identity in the Job of a sync that a scenario stands on; Blocked where there is none."""
    require_job(sync)
    if sync.asked_for is None:
        raise HarnessError(f"the Job of {sync.ref} has no environment")
    return sync.asked_for


def asked_without_repository(sync: Sync) -> None:
    """Raise NotAsked where an operator wants every destination to name its repository, and says so."""
    if sync.job is None and "repository" in sync.said:
        raise NotAsked(f"the operator wants a destination to name its repository: {sync.said.splitlines()[0]}")


def log_of(sync: Sync) -> str:
    """Return the end of the mover's log, for a reader of the failure."""
    return f"end of the mover's log:\n{tail(sync.result.log)}" if sync.result else "no mover ran"


def ended(sync: Sync) -> str:
    """Return how a sync ended: the word of the subject, or else that it has none."""
    if sync.refused:
        return f"refused: {sync.refused}"
    if sync.ending is Ending.CUT_OFF and sync.result:
        return f"the mover was ended: {sync.result.why_ended}"
    if sync.ending is Ending.SUCCEEDED:
        return "the mover failed, and the operator reports a success"
    if sync.ending is Ending.FAILED:
        return f"failed: {(sync.messages or ('the mover failed',))[0]}"
    return f"neither success nor failure is reported: {sync.note}"
