"""Check preconditions: the syncs that must succeed before the check of a scenario is reached.

If such a backup or restore fails, the scenario cannot test its claim. It is *blocked* by the broken claim: the claim of
a field that the object uses (a custom hostname, ``previous``, …) or else a base claim.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from harness.document.parts import Part
from harness.errors import Blocked, Divergence, HarnessError, NotAsked
from harness.model import Identity, MoverJob
from harness.scenario.record import Record
from harness.scenario.sync import Ending, Sync
from harness.system.process import tail
from harness.volsync.defaults import REPOSITORY_SECRET
from harness.volsync.fields import Field
from harness.volsync.status import StatusField, contradicts

BACKUP, RESTORE, ANSWER, REPORT = "BA_1", "BA_2", "BA_3", "BA_4"
RECORDED = "OV_5"
"""The claim that a mover records snapshots under the identity of its Job. Without it no restore can find them."""

NOT_FOUND = "a backup succeeds without a snapshot of its time"
OTHER_IDENTITY = "the recorded identity is not the Job's"
"""Causes of what the repository shows after a backup that succeeded."""

WRONG_KEY = "LO_21"
"""The claim that a backup with a wrong password or key fails."""

BASE = (ANSWER, BACKUP, RESTORE, REPORT)
"""The base claims, the most basic one first. Each depends only on those before it."""

NEVER_ENDED = (Ending.SILENT, Ending.WAITING, Ending.CUT_OFF)
"""Endings without a result. They break a base claim, whatever the purpose of the sync."""

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
"""The claim that each field of ``spec.kopia`` works, by field, the most specific one first."""

CUSTOM = (Field.USERNAME, Field.HOSTNAME, Field.SOURCE_PATH_OVERRIDE, Field.ADDITIONAL_ARGS)
CHOOSING = (Field.RESTORE_AS_OF, Field.PREVIOUS, Field.SHALLOW, Field.ENABLE_FILE_DELETION)
"""Fields that change the kind of a backup or restore, in the order in which a report names them."""


def roots_of(sync: Sync) -> tuple[str, ...]:
    """Return the claims that may be broken if this sync did not succeed, the most specific one first."""
    if sync.ending in NEVER_ENDED:
        return (ANSWER,)
    if sync.ending is Ending.SUCCEEDED:
        # A success is reported although the mover failed or no mover ran.
        return (REPORT,)
    if sync.ending is Ending.UNNOTED and sync.result is not None and not sync.result.succeeded:
        return (REPORT,)
    if sync.ending is Ending.REFUSED and {Field.USERNAME, Field.HOSTNAME} & sync.spec.keys():
        return ("VA_V", *roots_of_content(sync))
    return roots_of_content(sync)


def roots_of_content(sync: Sync) -> tuple[str, ...]:
    """Return the claims that may be broken if a sync succeeded with a wrong result."""
    table = OF_SOURCES if sync.is_backup else OF_DESTINATIONS
    used = [claim for field, claim in table.items() if field in sync.spec]
    if not sync.is_backup and not {Field.SOURCE_IDENTITY, Field.USERNAME} & sync.spec.keys():
        used.append("RD_2")
    if sync.spec.get(Field.REPOSITORY, REPOSITORY_SECRET) != REPOSITORY_SECRET:
        used.append("SR_7")
    return (*used, BACKUP) if sync.is_backup else (*used, RECORDED, RESTORE)


def decided(roots: Sequence[str], decides: Callable[[str], bool]) -> tuple[str, ...]:
    """Return the roots that a subject decides, because a part that it does not bring breaks nothing.

    Args:
        roots: The claims of which one is broken.
        decides: Returns True if the subject decides a claim.

    Returns:
        The roots in the same order, or a base claim if the subject decides none of them.
    """
    own = tuple(root for root in roots if decides(root))
    if own or not roots:
        return own
    return (RESTORE,) if {*OF_DESTINATIONS.values(), "RD_2"} & {*roots} else (BACKUP,)


def how(sync: Sync) -> str:
    """Return the kind of this sync as it reads in a report. All syncs of a kind have the same text."""
    if sync.is_backup:
        custom = [field for field in CUSTOM if field in sync.spec]
        return f"a backup with {' and '.join(custom)}" if custom else "a plain backup"
    chosen = [field for field in CHOOSING if field in sync.spec]
    by = Field.SOURCE_IDENTITY.value if Field.SOURCE_IDENTITY in sync.spec else "its own name"
    by = "username and hostname" if Field.USERNAME in sync.spec else by
    return f"a restore by {' and '.join([by, *chosen])}"


def succeeded(sync: Sync) -> None:
    """Check that the sync was admitted, its mover succeeded, and the operator reports a success.

    Raises:
        Divergence: The sync did not succeed.
        Blocked: The subject gave no answer, or the mover did not end. This breaks a base claim, whatever the purpose of
            the sync.
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
    """Check that a sync that the scenario depends on succeeded.

    Raises:
        Blocked: It did not succeed.
    """
    try:
        succeeded(sync)
    except Divergence as divergence:
        raise Blocked(divergence) from None


def require_failure(sync: Sync, *roots: str) -> None:
    """Check that a sync that the scenario depends on failed, and that the API or the operator said so.

    Args:
        sync: The sync.
        roots: The claims of which one is broken if it succeeded; by default base claims.

    Raises:
        Blocked: It did not fail, or nothing was said.
    """
    if sync.ending not in (Ending.FAILED, Ending.REFUSED):
        seen = "it succeeded" if sync.result and sync.result.succeeded else ended(sync)
        blamed = roots if roots and sync.succeeded else (REPORT, ANSWER)
        raise Blocked(Divergence(f"the sync of {sync.ref}", expected="it fails", seen=seen, oracle="operator",
                                 detail=log_of(sync), roots=blamed, cause="a failure is not reported"))  # fmt: skip


def require_no_job(sync: Sync) -> None:
    """Check that a sync whose PVC is missing failed, and left no Job behind.

    Raises:
        Blocked: It did not fail, or nothing was said.
        NotAsked: There is a Job, whose Pod waits for the PVC. An operator may keep it, and use it for the next trigger.
    """
    if sync.job is None and sync.note and sync.ending in (Ending.FAILED, Ending.WAITING):
        raise NotAsked(f"the operator makes a Job for {sync.ref} although its PVC is missing: {sync.note}")
    require_failure(sync, "SP_60")


def require_job(sync: Sync) -> MoverJob:
    """Return the Job of a sync that the scenario depends on.

    Raises:
        Blocked: The operator created no Job.
    """
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
    """Return the identity in the Job of a sync that the scenario depends on.

    Raises:
        Blocked: The operator created no Job.
        HarnessError: The Job has no environment.
    """
    require_job(sync)
    if sync.asked_for is None:
        raise HarnessError(f"the Job of {sync.ref} has no environment")
    return sync.asked_for


def asked_without_repository(sync: Sync) -> None:
    """Check that a missing Job is not due to an operator that requires a repository in each destination.

    Raises:
        NotAsked: The operator reports this requirement.
    """
    if sync.job is None and "repository" in sync.said:
        raise NotAsked(f"the operator wants a destination to name its repository: {sync.said.splitlines()[0]}")


def refused_before_mover(record: Record) -> str:
    """Return why no mover ran for the newest requests of the object that was synced last.

    Returns:
        The words of the API or the operator, if its newest syncs failed and none of them reached a mover; else "".
    """
    failing: list[Sync] = []
    for sync in reversed(record.syncs):
        if sync.ref != record.syncs[-1].ref or sync.ending not in (Ending.FAILED, Ending.REFUSED):
            break
        failing.append(sync)
    if not failing or any(sync.result for sync in failing):
        return ""
    return (failing[0].said or "without a message").splitlines()[0]


def log_of(sync: Sync) -> str:
    """Return the end of the mover's log, for the reader of a failure."""
    return f"end of the mover's log:\n{tail(sync.result.log)}" if sync.result else "no mover ran"


def ended(sync: Sync) -> str:
    """Return in words how a sync ended: the report of the subject, or that there is none."""
    if sync.refused:
        return f"refused: {sync.refused}"
    if sync.ending is Ending.CUT_OFF and sync.result:
        return f"the mover was ended: {sync.result.why_ended}"
    if sync.ending is Ending.SUCCEEDED:
        return false_success(sync)
    if sync.ending is Ending.FAILED:
        return f"failed: {(sync.messages or ('the mover failed',))[0]}"
    return f"neither success nor failure is reported: {sync.note}"


def false_success(sync: Sync) -> str:
    """Return in words that a success is reported for a mover that failed, and which part of the status reports it."""
    if not contradicts(sync.status, succeeded=True):
        return "the mover failed, and the operator reports a success"
    field = StatusField.LAST_MANUAL_SYNC.value
    return f"the mover failed, and the status says so, but {field} names the trigger, which users take for a success"


def require_snapshot(record: Record, sync: Sync) -> None:
    """Require that a backup succeeded and recorded a snapshot.

    Raises:
        Blocked: The backup did not succeed.
        NotAsked: It recorded no snapshot, which is another claim's subject if the volume is empty.
    """
    require(sync)
    if not record.recorded(sync):
        raise NotAsked(f"the backup of {sync.ref} recorded no snapshot")


def require_permitted(sync: Sync, what: str = "this change") -> None:
    """Require that an object was not refused because of something that an operator need not permit.

    Args:
        sync: The sync.
        what: What need not be permitted.

    Raises:
        NotAsked: The API refused the object, or the operator reports why it creates no Job.
    """
    if sync.was_refused_without_job:
        raise NotAsked(f"{what} of {sync.ref} is not permitted: {sync.said}")
