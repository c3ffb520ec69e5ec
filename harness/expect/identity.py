"""Judge identities in the operator's Job, in the status and in the repository."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence

from harness.document.parts import Part
from harness.errors import Divergence, HarnessError, NotAsked
from harness.expect.ending import admitted, equal, log_of, succeeded
from harness.model import Identity
from harness.scenario.preconditions import (
    BACKUP,
    NOT_FOUND,
    OTHER_IDENTITY,
    RECORDED,
    identity_of_job,
    require_job,
)
from harness.scenario.record import Record
from harness.scenario.sync import Sync
from harness.volsync.fields import Field
from harness.volsync.kinds import source_ref
from harness.volsync.specs import NamedSource, source_named_in
from harness.volsync.status import StatusField

NO_SUCH_SOURCE = re.compile(
    r"not.?found|n[o']t.? exist|no such|unknown|(can|could) ?not.{0,9} (find|get)|missing|invalid", re.IGNORECASE
)
PARTS = ("username", "hostname")


def recorded_as(record: Record, sync: Sync, expected: Identity) -> None:
    """Check that a backup has this identity both in the operator's Job and in the repository."""
    _same_everywhere(record, sync, "identity", expected, lambda identity: identity)


def recorded_with(record: Record, sync: Sync, part: str, expected: str) -> None:
    """Check one part of a backup's identity, ``username`` or ``hostname``, in the Job and in the repository."""
    _same_everywhere(record, sync, part, expected, lambda identity: str(getattr(identity, part)))


def recorded_with_parts(record: Record, sync: Sync, parts: Mapping[str, str]) -> None:
    """Check the parts of a backup's identity that a table row gives in the columns ``username`` and ``hostname``.

    Raises:
        HarnessError: The table has neither column.
        Divergence: A part differs.
    """
    given = [part for part in PARTS if part in parts]
    if not given:
        raise HarnessError("a table of identities has neither a username nor a hostname: it would check nothing")
    for part in given:
        recorded_with(record, sync, part, parts[part])


def recorded_once(record: Record, sync: Sync) -> None:
    """Check that a successful backup added exactly one snapshot to the repository."""
    succeeded(sync)
    seen = len(record.recorded(sync))
    what = f"the snapshots that came in during the backup of {sync.ref}"
    cause = "a backup is not recorded once" if seen else NOT_FOUND
    equal(what, expected=1, seen=seen, oracle="repository", detail=log_of(sync), cause=cause)


def follows_variant(
    record: Record, rows: Sequence[Mapping[str, str]], variants: Collection[str], part: str = "username"
) -> None:
    """Check that the recorded names of all sources in a table match one column of it.

    Args:
        record: The record of the scenario. All sources of the table were backed up in it.
        rows: One mapping for each source: its ``name``, its ``namespace``, and the expected name by variant.
        variants: The columns that hold the documented variants.
        part: The part of an identity that the table describes.

    Raises:
        Divergence: No column matches the recorded names of all sources.
    """
    seen: dict[str, str] = {}
    for row in rows:
        sync = record.last_sync(source_ref(row["namespace"], row["name"]))
        succeeded(sync)
        recorded = {str(getattr(snapshot.identity, part)) for snapshot in record.recorded(sync)}
        seen[row["name"]] = ", ".join(sorted(recorded)) or "no snapshot"
    if not any(all(seen[row["name"]] == row[variant] for row in rows) for variant in variants):
        documented = "; or ".join(f"{variant}: {', '.join(row[variant] for row in rows)}" for variant in variants)
        raise Divergence(
            f"the generated {part}s", expected=documented, seen=", ".join(seen.values()), oracle="repository",
            cause=f"the generated {part} follows neither documented variant", part=Part.CONTROLLER,
        )  # fmt: skip


def follows_custom_variant(record: Record, sync: Sync) -> None:
    """Check that a custom username outside the documented pattern is refused, or recorded exactly as given."""
    if sync.refused:
        if "username" in sync.refused:
            return
        raise Divergence(f"the admission of {sync.ref}", expected="a refusal that names username, or a Job",
                         seen=sync.refused, oracle="API", part=Part.ADMISSION)  # fmt: skip
    recorded_with(record, sync, "username", str(sync.spec[Field.USERNAME]))


def shared_hostname(record: Record) -> None:
    """Check that the backups of all sources have one common hostname and a different username for each source."""
    backups = [record.last_sync(source) for source in record.sources()]
    for sync in backups:
        succeeded(sync)
    identities = {snapshot.identity for sync in backups for snapshot in record.recorded(sync)}
    hostnames = {identity.hostname for identity in identities}
    usernames = {identity.username for identity in identities}
    seen = f"{len(hostnames)} hostname(s) and {len(usernames)} username(s)"
    expected = f"1 hostname(s) and {len(backups)} username(s)"
    equal("the identities of the sources", expected=expected, seen=seen, oracle="repository", detail=listed(identities))


def asks_for(record: Record, sync: Sync, expected: Identity) -> None:
    """Check that a destination requests this identity in its Job and, once it is shown there, in its status."""
    _asked(record, sync)
    what = f"the identity that {sync.ref} asks for"
    cause = _cause("the requested", expected, sync.asked_for)
    equal(what, expected=expected, seen=sync.asked_for, oracle="operator's Job", detail=sync.said, part=Part.CONTROLLER,
          cause=cause)  # fmt: skip
    if sync.requested:
        equal(what, expected=str(expected), seen=sync.requested, oracle="operator's status", part=Part.CONTROLLER,
              cause=f"{StatusField.REQUESTED_IDENTITY} differs from the Job")  # fmt: skip


def asks_with(record: Record, sync: Sync, part: str, expected: str) -> None:
    """Check one part of the identity that a destination requests, ``username`` or ``hostname``."""
    _asked(record, sync)
    identity = identity_of_job(sync)
    what = f"the {part} that {sync.ref} asks for"
    equal(what, expected=expected, seen=getattr(identity, part), oracle="operator's Job", part=Part.CONTROLLER,
          cause=f"the requested {part}")  # fmt: skip
    if sync.requested:
        equal(what, expected=str(identity), seen=sync.requested, oracle="operator's status", part=Part.CONTROLLER,
              cause=f"{StatusField.REQUESTED_IDENTITY} differs from the Job")  # fmt: skip


def listed(identities: Collection[Identity]) -> str:
    """Return identities in one line."""
    return "identities: " + ", ".join(str(identity) for identity in sorted(identities))


def _asked(record: Record, sync: Sync) -> None:
    """Check that a destination got a Job.

    Some rules can be tested only with a source name that Kubernetes refuses, so that the source cannot exist. An
    operator that requires an existing source cannot be tested in this way. This is not a fault of the operator.

    Raises:
        NotAsked: The operator refuses the destination because its source does not exist.
        Divergence: The API refused the destination.
        Blocked: The destination got no Job for another reason.
    """
    if sync.job is not None:
        return
    named = source_named_in(sync.spec, sync.ref.namespace)
    if named and _says_that_it_lacks(sync, named.name) and not _is_declared(record, named):
        raise NotAsked(f"the operator serves no source that does not exist: {sync.said.splitlines()[0]}")
    admitted(sync)
    require_job(sync)


def _says_that_it_lacks(sync: Sync, name: str) -> bool:
    """Return True if the subject says that a source of this name does not exist."""
    names_it = name in sync.said or "source" in sync.said.lower()
    return names_it and NO_SUCH_SOURCE.search(sync.said) is not None


def _is_declared(record: Record, named: NamedSource) -> bool:
    return source_ref(named.namespace, named.name) in record.sources()


def _same_everywhere(record: Record, sync: Sync, part: str, expected: object, of: Callable[[Identity], object]) -> None:
    """Check that the operator's Job and the repository both hold the expected value. A failure shows both values."""
    succeeded(sync)
    meant = of(sync.asked_for) if sync.asked_for else "no Job"
    recorded = sorted({of(snapshot.identity) for snapshot in record.recorded(sync)}, key=str)
    by_controller, by_mover = meant != expected, recorded != [expected]
    if not by_controller and not by_mover:
        return
    accounts = {"operator's Job": meant, "repository": ", ".join(map(str, recorded)) or "no snapshot"}
    oracle = "operator's Job" if by_controller else "repository"
    seen = accounts.pop(oracle)
    earlier = {of(one.asked_for) for one in record.syncs if one.ref == sync.ref and one.asked_for}
    by_earlier_job = bool(recorded) and earlier.issuperset(recorded)
    raise Divergence(
        f"the {part} of {sync.ref}",
        expected=expected,
        seen=seen,
        oracle=oracle,
        detail=log_of(sync),
        others=accounts,
        part=Part.CONTROLLER if by_controller else Part.MOVER,
        roots=() if by_controller or by_earlier_job else (RECORDED,) if recorded else (BACKUP,),
        cause=_cause_of_record(sync, part, expected, meant)
        if by_controller
        else _cause_of_mover(by_earlier_job=by_earlier_job, recorded=bool(recorded)),
    )


def _cause_of_mover(*, by_earlier_job: bool, recorded: bool) -> str:
    if by_earlier_job:
        return "a mover uses the identity of an earlier Job"
    return OTHER_IDENTITY if recorded else NOT_FOUND


def _cause_of_record(sync: Sync, part: str, expected: object, meant: object) -> str:
    if isinstance(expected, Identity) and isinstance(meant, Identity):
        wrong = [one for one in PARTS if getattr(expected, one) != getattr(meant, one)]
    else:
        wrong = [part]
    return " and ".join(f"the {'custom' if one in sync.spec else 'generated'} {one}" for one in wrong)


def _cause(which: str, expected: Identity, seen: Identity | None) -> str:
    wrong = [part for part in PARTS if seen is None or getattr(expected, part) != getattr(seen, part)]
    return f"{which} {' and '.join(wrong)}"
