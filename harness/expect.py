"""Judges what was seen: each function makes one check and raises Divergence where it does not hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping

from harness.errors import Divergence, HarnessError
from harness.model import Identity, ObjectRef
from harness.process import Completed, tail
from harness.sync import Sync
from harness.testbed import Testbed
from harness.volumes import compare, tree


def equal(what: str, *, expected: object, seen: object, oracle: str, detail: str = "") -> None:
    """The plainest check: two accounts are the same."""
    if expected != seen:
        raise Divergence(what, expected=expected, seen=seen, oracle=oracle, detail=detail)


def succeeded(sync: Sync) -> None:
    """The sync was admitted and ended well by the operator's own word."""
    if not sync.succeeded:
        raise Divergence(
            f"the sync of {sync.ref}", expected="it succeeds", seen=_failure(sync), oracle="operator", detail=_log(sync)
        )


def failed(sync: Sync) -> None:
    """The sync did not end well, and the operator says so."""
    if sync.succeeded:
        raise Divergence(
            f"the sync of {sync.ref}", expected="it fails", seen="it succeeded", oracle="operator", detail=_log(sync)
        )
    if sync.result and sync.result.why_ended:
        seen = f"it was ended: {sync.result.why_ended}"
        raise Divergence(
            f"the mover of {sync.ref}", expected="it fails by itself", seen=seen, oracle="mover", detail=_log(sync)
        )


def no_mover(sync: Sync) -> None:
    """The operator made no job of it."""
    equal(
        f"the mover of {sync.ref}", expected="none", seen="one was started" if sync.job else "none", oracle="operator"
    )


def recorded_as(testbed: Testbed, sync: Sync, expected: Identity) -> None:
    """A backup stands in the repository under this identity, and the operator meant it so."""
    _same_everywhere(testbed, sync, "identity", expected, sync.asked_for, lambda identity: identity)


def recorded_with(testbed: Testbed, sync: Sync, part: str, expected: str) -> None:
    """One part, ``username`` or ``hostname``, of the identity that a backup stands under."""
    meant = getattr(sync.asked_for, part) if sync.asked_for else None
    _same_everywhere(testbed, sync, part, expected, meant, lambda identity: str(getattr(identity, part)))


def recorded_with_parts(testbed: Testbed, sync: Sync, parts: Mapping[str, str]) -> None:
    """Those parts of an identity that a row of a table gives, under ``username`` and ``hostname``."""
    given = [part for part in ("username", "hostname") if part in parts]
    if not given:
        raise HarnessError("a table of identities has neither a username nor a hostname: it would check nothing")
    for part in given:
        recorded_with(testbed, sync, part, parts[part])


def shared_hostname(testbed: Testbed) -> None:
    """The backups of all sources stand under one hostname and under as many usernames as sources."""
    backups = [testbed.last_sync(source) for source in testbed.sources()]
    for sync in backups:
        succeeded(sync)
    identities = {record.identity for sync in backups for record in testbed.recorded(sync)}
    hostnames = {identity.hostname for identity in identities}
    usernames = {identity.username for identity in identities}
    seen = f"{len(hostnames)} hostname(s) and {len(usernames)} username(s)"
    expected = f"1 hostname(s) and {len(backups)} username(s)"
    equal("the identities of the sources", expected=expected, seen=seen, oracle="repository", detail=listed(identities))


def job_env(sync: Sync, variable: str, value: str) -> None:
    """The operator's job holds an environment variable with exactly this value."""
    succeeded(sync)
    seen = sync.job.env.get(variable, "unset") if sync.job else "no job"
    equal(f"{variable} of {sync.ref}", expected=value, seen=seen, oracle="operator's job")


def asks_for(sync: Sync, expected: Identity) -> None:
    """A destination asks for this identity, in its status and in its job."""
    what = f"the identity that {sync.ref} asks for"
    _admitted(sync)
    equal(what, expected=expected, seen=sync.asked_for, oracle="operator's job", detail=sync.told)
    equal(what, expected=str(expected), seen=sync.requested, oracle="operator's status", detail=sync.told)


def asks_with(sync: Sync, part: str, expected: str) -> None:
    """One part, ``username`` or ``hostname``, of the identity that a destination asks for."""
    _admitted(sync)
    what = f"the {part} that {sync.ref} asks for"
    seen = getattr(sync.asked_for, part) if sync.asked_for else f"no job: {sync.told}"
    equal(what, expected=expected, seen=seen, oracle="operator's job")
    equal(
        what,
        expected=True,
        seen=expected in sync.requested.split("@"),
        oracle="operator's status",
        detail=f"requestedIdentity: {sync.requested}",
    )


def volume_holds(testbed: Testbed, sync: Sync, source: ObjectRef) -> None:
    """A restore put back, byte for byte, what the newest backup of a source held."""
    content = testbed.content(source)
    if content is None:
        raise Divergence(f"the backup of {source}", expected="it succeeded", seen="no backup of it", oracle="operator")
    succeeded(sync)
    seen = tree(sync.volume)
    difference = compare(content, seen)
    if difference:
        owners = ", ".join(str(owner) for owner in testbed.owners_of(seen))
        held = f"the data of {owners}" if owners else "an empty volume" if not seen else str(difference)
        raise Divergence(
            f"the volume of {sync.ref}",
            expected=f"the data of {source}",
            seen=held,
            oracle="volume",
            detail=_log(sync),
            trees=(content, seen),
        )


def volume_is(testbed: Testbed, sync: Sync, source: ObjectRef, instant: str) -> None:
    """A restore put back, byte for byte, the backup that a source made at an instant."""
    succeeded(sync)
    content, seen = testbed.histories.at(source, instant), tree(sync.volume)
    difference = compare(content, seen)
    if difference:
        taken = testbed.histories.instant_of(source, seen)
        raise Divergence(
            f"the volume of {sync.ref}",
            expected=f"the backup of {source} at {instant}",
            seen=f"the one at {taken}" if taken else str(difference),
            oracle="volume",
            detail=_log(sync),
            trees=(content, seen),
        )


def volume_is_foreign(testbed: Testbed, sync: Sync, identity: Identity) -> None:
    """A restore put back, byte for byte, what a user that no operator knows had backed up."""
    succeeded(sync)
    difference = compare(testbed.histories.of_stranger(identity), tree(sync.volume))
    if difference:
        raise Divergence(
            f"the volume of {sync.ref}", expected=f"the data of {identity}", seen=str(difference), oracle="volume"
        )


def holds_besides(testbed: Testbed, sync: Sync, source: ObjectRef, files: Collection[str]) -> None:
    """A volume holds the newest backup of a source, and of other files exactly these."""
    succeeded(sync)
    content = testbed.content(source) or {}
    seen = tree(sync.volume)
    difference = compare(content, seen)
    others = sorted(path for path in difference.extra if not seen[path].startswith("folder"))
    equal(
        f"what is missing or different in the volume of {sync.ref}",
        expected=[],
        seen=[*difference.missing, *difference.changed],
        oracle="volume",
        detail=_log(sync),
    )
    equal(f"other files in the volume of {sync.ref}", expected=sorted(set(files)), seen=others, oracle="volume")


def untouched(testbed: Testbed, sync: Sync) -> None:
    """A restore left its volume as it was."""
    seen = tree(sync.volume)
    difference = compare(sync.before, seen)
    if difference:
        owners = ", ".join(str(owner) for owner in testbed.owners_of(seen))
        held = f"the data of {owners}" if owners else str(difference)
        raise Divergence(
            f"the volume of {sync.ref}",
            expected="as it was before",
            seen=held,
            oracle="volume",
            detail=_log(sync),
            trees=(sync.before, seen),
        )


def told(sync: Sync, words: Collection[str]) -> None:
    """The user is told all of these, in whatever text ``kubectl describe`` shows."""
    for word in words:
        if word not in sync.told:
            raise Divergence(
                f"what the user of {sync.ref} is told", expected=f"names {word!r}", seen=sync.told, oracle="operator"
            )


def names_identities(sync: Sync, identities: Collection[Identity]) -> None:
    """What a user is told of a failed sync names each of these identities."""
    if not identities:
        raise Divergence("the repository", expected="identities to name", seen="no snapshot", oracle="repository")
    told(sync, [str(identity) for identity in identities])


def refused(testbed: Testbed, sync: Sync, field: str) -> None:
    """The API refused the object, named the field, and holds nothing of it."""
    what = f"the admission of {sync.ref}"
    if not sync.refused:
        raise Divergence(what, expected=f"refused for {field}", seen="admitted", oracle="API")
    if field not in sync.refused:
        raise Divergence(what, expected=f"a refusal that names {field}", seen=sync.refused, oracle="API")
    equal(what, expected=None, seen=testbed.get(sync.ref), oracle="API", detail="a refused object must not exist")


def admitted(sync: Sync) -> None:
    """The API took the object, and the operator makes a job of it."""
    _admitted(sync)
    if sync.job is None:
        raise Divergence(f"the job of {sync.ref}", expected="there is one", seen=sync.told, oracle="operator")


def told_missing(sync: Sync, field: str) -> None:
    """What a user is told of a refusal says that this field is what is missing."""
    lacks = r"(missing|required|not (set|given|provided|specified)|must be (set|given|provided|specified))"
    said = rf"{field}\W{{0,3}}( is| was)? {lacks}|(missing|without|no) \W?([\w.]+\.)?{field}"
    if not re.search(said, sync.told, re.IGNORECASE):
        raise Divergence(
            f"what the user of {sync.ref} is told", expected=f"{field} is missing", seen=sync.told, oracle="operator"
        )


def kopia_refused(call: Completed, flag: str) -> None:
    """kopia ended with an error that names the flag."""
    what = f"kopia with {flag}"
    if call.exit_code == 0:
        raise Divergence(what, expected="it refuses the flag", seen="it succeeded", oracle="kopia")
    if flag not in call.stderr:
        raise Divergence(what, expected=f"a message that names {flag}", seen=call.tail, oracle="kopia")


def _same_everywhere(
    testbed: Testbed, sync: Sync, part: str, expected: object, meant: object, of: Callable[[Identity], object]
) -> None:
    """The operator's job and the repository both hold what is expected; all accounts are shown where they do not."""
    succeeded(sync)
    recorded = sorted({of(record.identity) for record in testbed.recorded(sync)}, key=str)
    accounts = {"operator's job": meant, "repository": ", ".join(map(str, recorded)) or "no snapshot"}
    wrong = [
        oracle
        for oracle, holds in (("operator's job", meant == expected), ("repository", recorded == [expected]))
        if not holds
    ]
    if wrong:
        seen = accounts.pop(wrong[0])
        raise Divergence(
            f"the {part} of {sync.ref}",
            expected=expected,
            seen=seen,
            oracle=wrong[0],
            detail=_log(sync),
            others=accounts,
        )


def listed(identities: Collection[Identity]) -> str:
    """Identities in one line."""
    return "identities: " + ", ".join(str(identity) for identity in sorted(identities))


def _admitted(sync: Sync) -> None:
    if sync.refused:
        raise Divergence(f"the admission of {sync.ref}", expected="admitted", seen=sync.refused, oracle="API")


def _failure(sync: Sync) -> str:
    if sync.refused:
        return f"refused: {sync.refused}"
    if sync.result and sync.result.why_ended:
        return f"failed: the mover was ended: {sync.result.why_ended}"
    return f"failed: {sync.messages[0]}" if sync.messages else "neither success nor failure"


def _log(sync: Sync) -> str:
    return f"end of the mover's log:\n{tail(sync.result.log)}" if sync.result else "no mover ran"
