"""Find Jobs among those of a namespace, also of an operator that sets no owner references."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from harness.kubernetes.pod import command_of, mover_of
from harness.model import ObjectRef
from harness.volsync.jobs import job_name
from harness.volsync.kinds import is_source
from harness.volsync.mover_job import BACKUP, OPERATIONS


def first_of(
    ref: ObjectRef, objects: Mapping[ObjectRef, str], jobs: Iterable[Mapping[str, Any]]
) -> Mapping[str, Any] | None:
    """Return the first Job that belongs to an object, or None.

    A Job belongs to the object that its owner references name. If they name none, it belongs to the object whose uid or
    name its name, labels or annotations hold, and otherwise to ``ref``, if it does what ``ref`` asks for.

    Args:
        ref: The object that was triggered last.
        objects: The sources and destinations in its namespace, each with its uid.
        jobs: The Jobs in its namespace that no sync has used.
    """
    return next((job for job in jobs if ref in objects and _owner(job, objects, ref) == ref), None)


def certain_of(ref: ObjectRef, objects: Mapping[ObjectRef, str], jobs: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the names of the Jobs that name an object and do what it asks for, and are not being deleted."""
    return [
        str(job["metadata"]["name"])
        for job in jobs
        if not job["metadata"].get("deletionTimestamp")
        and len(_operations(job)) == 1
        and _owner(job, objects, None) == ref
        and _fits(job, ref)
    ]


def resumed(job: Mapping[str, Any], jobs: Iterable[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """Return the newest state of a Job, or None while it is suspended."""
    newest = next((one for one in jobs if one["metadata"]["uid"] == job["metadata"]["uid"]), job)
    return None if newest["spec"].get("suspend") else newest


def _owner(job: Mapping[str, Any], objects: Mapping[ObjectRef, str], latest: ObjectRef | None) -> ObjectRef | None:
    uids = {owner["uid"] for owner in job["metadata"].get("ownerReferences") or ()}
    for ref, uid in objects.items():
        if uid in uids:
            return ref
    possible = [ref for ref in objects if _fits(job, ref)]
    # A uid says more than a name, and a whole name more than a part: two objects may have names that differ in a dot.
    for names in (_has_uid, _has_name, _holds_name):
        named = [ref for ref in possible if names(job, ref, objects[ref])]
        if named:
            # The longest name: a Job of "orders-archive" also holds the name "orders".
            return max(named, key=lambda ref: len(ref.name))
    return latest if latest in possible else None


def _fits(job: Mapping[str, Any], ref: ObjectRef) -> bool:
    """Return True unless the Job is told to do what only an object of the other kind asks for."""
    told = _operations(job)
    return len(told) != 1 or (told == set(BACKUP)) == is_source(ref)


def _operations(job: Mapping[str, Any]) -> set[str]:
    return set(OPERATIONS) & set(command_of(mover_of(job["spec"]["template"]["spec"])))


def _has_uid(job: Mapping[str, Any], ref: ObjectRef, uid: str) -> bool:
    return uid in job["metadata"]["name"] or any(uid in mark for mark in _marks(job))


def _has_name(job: Mapping[str, Any], ref: ObjectRef, uid: str) -> bool:
    metadata = job["metadata"]
    return metadata["name"] == job_name(ref) or bool(
        set(_marks(job)) & {ref.name, f"{metadata['namespace']}/{ref.name}"}
    )


def _holds_name(job: Mapping[str, Any], ref: ObjectRef, uid: str) -> bool:
    return bool(re.search(rf"(^|[-.]){re.escape(ref.name)}($|[-.])", job["metadata"]["name"]))


def _marks(job: Mapping[str, Any]) -> Iterator[str]:
    """Yield the values of the labels and annotations of a Job and of its Pod."""
    for metadata in (job["metadata"], job["spec"]["template"].get("metadata") or {}):
        for kind in ("labels", "annotations"):
            yield from (metadata.get(kind) or {}).values()
