"""Judges the operator's own word: its status, its discovery, its messages and its mover's log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from harness import queries
from harness.errors import Divergence
from harness.expect import equal, succeeded, untouched
from harness.model import Identity, ObjectRef
from harness.platform.base import status_of
from harness.sync import Sync
from harness.testbed import Testbed

IDENTITY_IN_LOG = r"KOPIA_OVERRIDE|Using.*override|Creating snapshot for"
ALL_TENANTS = (
    ".status.kopia.availableIdentities[] | {identity: .identity, snapshots: .snapshotCount, latest: .latestSnapshot}"
)


def lists(testbed: Testbed, ref: ObjectRef, expected: Mapping[str, int]) -> None:
    """A destination's status lists exactly these identities with so many snapshots each."""
    seen = {entry.get("identity"): entry.get("snapshotCount") for entry in _available(testbed, ref)}
    equal(f"the identities that {ref} lists", expected=dict(expected), seen=seen, oracle="operator's status")


def lists_repository(testbed: Testbed, ref: ObjectRef) -> None:
    """A destination's status lists every identity of the repository, with the number of its snapshots."""
    counts: dict[str, int] = {}
    for record in testbed.snapshots():
        counts[str(record.identity)] = counts.get(str(record.identity), 0) + 1
    if not counts:
        raise Divergence("the repository", expected="identities to list", seen="no snapshot", oracle="repository")
    lists(testbed, ref, counts)


def latest(testbed: Testbed, ref: ObjectRef, identity: str, instant: str) -> None:
    """The entry of an identity names this instant as its latest snapshot, as an RFC 3339 instant."""
    what = f"the latest snapshot of {identity}"
    entry = next((entry for entry in _available(testbed, ref) if entry.get("identity") == identity), {})
    text = str(entry.get("latestSnapshot", "nothing"))
    try:
        seen = datetime.fromisoformat(text)
    except ValueError:
        raise Divergence(what, expected="an RFC 3339 instant", seen=text, oracle="operator's status") from None
    equal(what, expected=datetime.fromisoformat(instant), seen=seen, oracle="operator's status")


def latest_of_repository(testbed: Testbed, ref: ObjectRef) -> None:
    """Every entry names the end of the newest snapshot that the repository holds of its identity."""
    newest = {str(record.identity): record.end for record in sorted(testbed.snapshots(), key=lambda one: one.end)}
    for identity, end in newest.items():
        latest(testbed, ref, identity, end.isoformat())


def query(testbed: Testbed, ref: ObjectRef, expression: str) -> list[Any]:
    """What a documented query yields: ``kubectl get … -o json | jq EXPRESSION``."""
    return queries.jq(expression, testbed.as_json(ref))


def query_shows_tenants(testbed: Testbed, ref: ObjectRef, results: Sequence[Any]) -> None:
    """The documented query yields what the status holds, an object an identity."""
    expected = [
        {"identity": one["identity"], "snapshots": one["snapshotCount"], "latest": one["latestSnapshot"]}
        for one in _available(testbed, ref)
    ]
    if not expected:
        raise Divergence(f"the identities of {ref}", expected="some", seen="none", oracle="operator's status")
    equal("what the documented query yields", expected=expected, seen=list(results), oracle="jq")


def filter_yields(testbed: Testbed, ref: ObjectRef, namespace: str, identities: Sequence[str]) -> None:
    """The documented filter by namespace yields exactly these identities."""
    expression = f'.status.kopia.availableIdentities[] | select(.identity | contains("{namespace}"))'
    seen = sorted(entry["identity"] for entry in query(testbed, ref, expression))
    equal("what the documented filter yields", expected=sorted(identities), seen=seen, oracle="jq")


def each_names_one(testbed: Testbed, ref: ObjectRef) -> None:
    """No two identities of the repository are listed under the same text."""
    listed = sorted(str(entry.get("identity")) for entry in _available(testbed, ref))
    identities = {record.identity for record in testbed.snapshots()}
    equal(
        "the number of names for the identities",
        expected=len(identities),
        seen=len(set(listed)),
        oracle="operator's status",
        detail=", ".join(listed),
    )


def volume_untouched(testbed: Testbed, sync: Sync) -> None:
    """A discovery, which has no snapshot of its own to restore, left its volume as it was."""
    untouched(testbed, sync)


def requested(testbed: Testbed, sync: Sync, identity: Identity) -> None:
    """The documented jsonpath query yields the identity that the destination asked for."""
    what = f"requestedIdentity of {sync.ref}"
    seen = queries.jsonpath("{.status.kopia.requestedIdentity}", testbed.as_json(sync.ref))
    equal(what, expected=str(identity), seen=seen, oracle="operator's status")
    equal(what, expected=identity, seen=sync.asked_for, oracle="operator's job")


def requested_host_is_namespace(sync: Sync) -> None:
    """What follows the last ``@`` of requestedIdentity is the destination's namespace."""
    equal(
        f"what follows the @ in requestedIdentity of {sync.ref}",
        expected=sync.ref.namespace,
        seen=sync.requested.rpartition("@")[2],
        oracle="operator's status",
    )


def description_shows_identity(testbed: Testbed, ref: ObjectRef) -> None:
    """What ``kubectl describe`` shows of a source names its username and its hostname."""
    identity = testbed.last_sync(ref).asked_for
    text = testbed.described(ref)
    for part in (identity.username, identity.hostname) if identity else ("an identity",):
        if part not in text:
            raise Divergence(f"the description of {ref}", expected=f"shows {part!r}", seen=text, oracle="operator")


def log_shows_identity(sync: Sync, username: str, hostname: str) -> None:
    """The documented search finds the identity in the mover's log."""
    succeeded(sync)
    found = "\n".join(queries.grep(IDENTITY_IN_LOG, _log(sync)))
    for part in (username, hostname):
        if part not in found:
            raise Divergence(
                f"what the documented search finds in the log of {sync.ref}",
                expected=f"a line with {part!r}",
                seen=found or "nothing",
                oracle="mover's log",
            )


def log_shows_override_at(sync: Sync, command: str, flags: Sequence[str]) -> None:
    """A line of the log shows a kopia command with all of these flags."""
    succeeded(sync)
    found = queries.grep(command, _log(sync))
    if not any(all(flag in line for flag in flags) for line in found):
        seen = "\n".join(found) or "no such command"
        raise Divergence(
            f"{command!r} in the log of {sync.ref}",
            expected=f"with {', '.join(flags)}",
            seen=seen,
            oracle="mover's log",
        )


def log_shows_no_override_at(sync: Sync, command: str) -> None:
    """No line of the log shows a kopia command with an override of the identity."""
    lines = [
        line
        for line in queries.grep(command, _log(sync))
        if "--override-username" in line or "--override-hostname" in line
    ]
    equal(f"overrides at {command!r}", expected=[], seen=lines, oracle="mover's log")


def log_tells(sync: Sync, words: str) -> None:
    """The log of a failed mover holds what kopia said."""
    if words not in _log(sync):
        raise Divergence(f"the log of {sync.ref}", expected=f"tells {words!r}", seen=_log(sync), oracle="mover's log")


def _available(testbed: Testbed, ref: ObjectRef) -> list[Mapping[str, Any]]:
    return list(status_of(testbed.get(ref)).get("kopia", {}).get("availableIdentities") or ())


def _log(sync: Sync) -> str:
    if sync.result is None:
        raise Divergence(
            f"the mover of {sync.ref}", expected="it ran", seen=sync.told or "it did not", oracle="operator"
        )
    return sync.result.log
