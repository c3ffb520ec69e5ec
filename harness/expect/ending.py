"""Judge how syncs ended, and what the API and the operator reported about them.

Each function makes one check on a record and raises Divergence if the check fails. The other modules of this package
judge identities, volumes, repositories, secrets, and the status and the logs of an operator.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from harness.document.parts import Part
from harness.errors import Blocked, Divergence, NotAsked
from harness.model import Identity
from harness.scenario.preconditions import REPORT, ended, false_success, how, log_of, require_job, roots_of, succeeded
from harness.scenario.record import Record
from harness.scenario.sync import Ending, Sync
from harness.system.process import Completed
from harness.volsync.fields import claim_of

CLAIM = r"pvc|\bclaim|persistent.?volume|\bvolume"
"""Matches words for a PVC; none of them is part of the name of this operator's group."""


def equal(
    what: str,
    *,
    expected: object,
    seen: object,
    oracle: str,
    detail: str = "",
    cause: str = "",
    part: str = "",
    roots: tuple[str, ...] = (),
) -> None:
    """Check that the expected and the observed value are equal.

    Args:
        what: The thing that is checked, such as ``the admission of`` an object.
        expected: The expected value.
        seen: The observed value.
        oracle: Where the value was observed: the repository, the volume, the operator, the API or a log.
        detail: Further text for the reader of a failure.
        cause: What is wrong, in a few words. Divergences with the same cause are one entry of the report.
        part: The part of the subject at fault: admission, controller, mover or kopia.
        roots: The claims that this check depends on.

    Raises:
        Divergence: The values differ.
    """
    if expected != seen:
        raise Divergence(
            what, expected=expected, seen=seen, oracle=oracle, detail=detail, cause=cause, part=part, roots=roots
        )


def failed(sync: Sync) -> None:
    """Check that the sync failed, and that the API or the operator reports the failure.

    Silence, a time limit of the harness and an unreported result are not failures in this sense. They break a base
    claim.

    Raises:
        Divergence: The sync succeeded, or the operator reports a success although the mover failed.
        Blocked: The sync has no reported result.
    """
    what = f"the sync of {sync.ref}"
    if sync.ending in (Ending.FAILED, Ending.REFUSED):
        return
    if not sync.succeeded:
        expected = "it fails, and the operator says so"
        raise Blocked(Divergence(what, expected=expected, seen=ended(sync), oracle="operator", detail=log_of(sync),
                                 roots=roots_of(sync), cause="a failure is not reported"))  # fmt: skip
    by_operator = sync.result is not None and not sync.result.succeeded
    done = "its mover succeeded" if sync.result else "no mover ran"
    raise Divergence(
        what,
        expected="it fails",
        seen=false_success(sync) if by_operator else f"the operator reports a success, and {done}",
        oracle="operator",
        detail=log_of(sync),
        others={"operator's Job": sync.asked_for} if sync.asked_for else {},
        roots=(REPORT,) if by_operator else (),
        part=Part.CONTROLLER if by_operator or sync.result is None else Part.MOVER,
        cause=f"{how(sync)} counts as a success where it has to fail",
    )


def decided_by_subject(record: Record, *, own_mover: bool) -> None:
    """Check that no mover of the harness made a sync fail in place of the subject.

    Args:
        record: The record of the scenario.
        own_mover: True if the subject brings the mover.

    Raises:
        NotAsked: The operator passed the request on, and the mover of the harness failed. The mover of the operator
            may do otherwise.
    """
    passed_on = [sync.ref for sync in record.syncs if sync.result is not None and not sync.result.succeeded]
    if passed_on and not own_mover:
        raise NotAsked(
            f"the operator passes the request of {passed_on[0]} on to its mover, and the mover of the harness failed "
            "in place of that: name the mover of the operator in the subject file"
        )


def succeeded_or_failed(sync: Sync) -> None:
    """Check that the sync succeeded, or that the API or the operator reports its failure.

    Raises:
        Blocked: The sync has no reported result.
    """
    if not sync.succeeded:
        failed(sync)


def answered(sync: Sync) -> None:
    """Check that the API or the operator answered an object in time: with a Job, a refusal or an error."""
    if sync.ending is Ending.SILENT:
        expected = "a Job or an error"
        raise Divergence(f"the answer to {sync.ref}", expected=expected, seen=sync.note, oracle="operator",
                         part=Part.CONTROLLER, cause="an object gets no answer")  # fmt: skip


def outlived(lost: Mapping[str, str]) -> None:
    """Check that a deleted object left its PVC and its Secret alone; ``lost`` are those that it did not."""
    seen = ", ".join(f"{name} is {what}" for name, what in lost.items()) or "both are still there"
    equal("the PVC and the Secret of an object that was deleted", expected="both are still there", seen=seen,
          oracle="API", part=Part.CONTROLLER,
          cause="the deletion of an object deletes the PVC or the Secret of its user")  # fmt: skip


def answered_again(sync: Sync) -> None:
    """Check that an object that was deleted and created again got a Job, a refusal or an error."""
    without_job = sync.succeeded and sync.job is None
    if without_job or sync.ending is Ending.SILENT:
        seen = "a success without a Job" if without_job else sync.note
        raise Divergence(f"the answer to {sync.ref}, which was deleted and created again with the same trigger",
                         expected="a Job for the new object, or an error", seen=seen, oracle="operator",
                         part=Part.CONTROLLER, cause="an object that is created again is not synced")  # fmt: skip


def no_mover(sync: Sync) -> None:
    """Check that no mover ran for the object."""
    seen = "one was started" if sync.result else "none"
    equal(f"the mover of {sync.ref}", expected="none", seen=seen, oracle="operator", part=Part.CONTROLLER)


def job_env(sync: Sync, variable: str, value: str) -> None:
    """Check that an environment variable of the operator's Job has exactly this value."""
    job = require_job(sync)
    what = f"{variable} in the Job of {sync.ref}"
    equal(what, expected=value, seen=job.env.get(variable, "unset"), oracle="operator's Job", part=Part.CONTROLLER)


def told(sync: Sync, words: Collection[str]) -> None:
    """Check that the text of ``kubectl describe`` contains all of these words."""
    for word in words:
        if word not in sync.told:
            _not_told(sync, f"names {word!r}", sync.told)


def told_of_field(sync: Sync, field: str) -> None:
    """Check that the API or the operator names a field, in any wording. The log of a mover does not count."""
    if not re.search(rf"\b{re.escape(field)}\b", sync.said, re.IGNORECASE):
        _not_told(sync, f"names {field}", sync.said)


def told_of_claim(record: Record, sync: Sync) -> None:
    """Check that a sync failed, and that the operator names the PVC or its field, or uses a word for a PVC.

    An operator that waits and reports nothing breaks this claim itself, whether it made a Job or not.
    """
    name = claim_of(record.declared[sync.ref]).name
    if sync.ending in (Ending.SILENT, Ending.WAITING):
        _not_told(sync, f"names the PVC {name}", sync.note)
    failed(sync)
    if not re.search(rf"{re.escape(name)}|{CLAIM}", sync.said, re.IGNORECASE):
        _not_told(sync, f"names the PVC {name}", sync.said)


def told_number(sync: Sync, number: int) -> None:
    """Check that the text of ``kubectl describe`` contains a number by itself, not as part of another number."""
    if not re.search(rf"(?<![\w.:-]){number}(?![\w:-]|\.\d)", sync.told):
        _not_told(sync, f"says {number}", sync.told)


def names_identities(sync: Sync, identities: Collection[Identity]) -> None:
    """Check that the text of ``kubectl describe`` names each of these identities."""
    if not identities:
        raise Divergence("the repository", expected="identities to name", seen="no snapshot", oracle="repository",
                         roots=("BA_1",))  # fmt: skip
    told(sync, [str(identity) for identity in identities])


def refused(record: Record, sync: Sync, field: str) -> None:
    """Check that the API refused the object, named the field in its message, and stored no such object."""
    what, cause = f"the admission of {sync.ref}", f"admission of {field}"
    if not sync.refused:
        raise Divergence(what, expected=f"refused for {field}", seen="admitted", oracle="API", cause=cause)
    if field not in sync.refused:
        raise Divergence(
            what,
            expected=f"a refusal that names {field}",
            seen=sync.refused,
            oracle="API",
            part=Part.ADMISSION,
            cause=cause,
        )
    seen = record.get(sync.ref)
    equal(what, expected=None, seen=seen, oracle="API", detail="a refused object must not exist", part=Part.ADMISSION)


def admitted(sync: Sync) -> None:
    """Check that the API accepted the object."""
    if sync.refused:
        raise Divergence(f"the admission of {sync.ref}", expected="admitted", seen=sync.refused, oracle="API",
                         part=Part.ADMISSION, cause="an object that has to be admitted is refused")  # fmt: skip


def kopia_refused(call: Completed, flag: str) -> None:
    """Check that kopia failed with an error that names the flag."""
    what = f"kopia with {flag}"
    if call.exit_code == 0:
        raise Divergence(what, expected="it refuses the flag", seen="it succeeded", oracle="kopia", part=Part.KOPIA)
    if flag not in call.stderr:
        raise Divergence(what, expected=f"a message that names {flag}", seen=call.tail, oracle="kopia", part=Part.KOPIA)


def _not_told(sync: Sync, expected: str, text: str) -> None:
    raise Divergence(f"what the user of {sync.ref} is told", expected=expected, seen=text or "nothing",
                     oracle="operator", cause="what the user is told")  # fmt: skip


__all__ = [
    "admitted", "answered", "answered_again", "decided_by_subject", "equal", "failed", "job_env", "kopia_refused",
    "log_of", "names_identities", "no_mover", "outlived", "refused", "succeeded", "succeeded_or_failed", "told",
    "told_number", "told_of_field",
]  # fmt: skip
