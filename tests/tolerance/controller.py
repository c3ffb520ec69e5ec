"""``python -m tests.tolerance.controller --switch=value …``: an operator from the operator's contract alone.

It keeps nothing of a sync in memory: what is to be done next follows from the object, its status and its Job.
The switches are the ways in which one careful operator differs from another (right.yaml).
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, get_args, get_type_hints

import httpx2
from lightkube import ApiError

from tests.tolerance import jobs
from tests.tolerance.identity import Identity, of_names
from tests.tolerance.kube import Key, Kube, Object, WorkQueue

SYNCED = ("ReplicationSource", "ReplicationDestination")
BEGIN, END = "=== Discovery Mode: Available Snapshots ===", "=== End Discovery Mode ==="
WORKERS = 4
RETRY_S = 1.0
LATER_S = 30.0
REMOVED_FLAGS = ("--override-username", "--override-hostname")
LEGAL = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")
TOLD = ("KOPIA_OVERRIDE", "override", "Creating snapshot for", "repository connect", "rror", "napshot")


@dataclass(frozen=True)
class Habits:
    """The switches; the first value of each is the one that is taken where none is given."""

    default_username: Literal["object-name", "object-name-namespace"] = "object-name"
    half_identity: Literal["own-words", "documented-words"] = "own-words"
    missing_source: Literal["default-identity", "refuse"] = "default-identity"
    repository: Literal["of-source", "required"] = "of-source"
    requested_identity: Literal["with-job", "with-result"] = "with-job"
    latest: Literal["end", "start"] = "end"
    zone: Literal["Z", "+00:00"] = "Z"
    order: Literal["identity", "newest", "count", "hostname"] = "identity"
    empty_lists: Literal["leave-out", "keep"] = "leave-out"
    words: Literal["volsync", "other"] = "volsync"
    errors: Literal["condition", "event", "mover-status"] = "condition"
    logs: Literal["all", "tail", "filtered"] = "all"
    tell_identity: Literal["log", "condition", "status", "event"] = "log"
    after_failure: Literal["again", "later", "stop"] = "again"
    first: Literal["job", "error"] = "job"
    delay_s: float = 0.0
    job_names: Literal["plain", "hashed", "of-source"] = "plain"
    job_style: str = ""  # a list of jobs.STYLES
    copy: Literal["as-given", "Snapshot", "Clone"] = "as-given"
    extra_status: Literal["no", "yes"] = "no"
    keep_job: Literal["no", "yes"] = "no"  # yes: until the next sync
    earlier_job: Literal["remove", "let-end"] = "remove"  # of a trigger that is no longer the newest
    result: Literal["at-once", "in-steps"] = "at-once"
    between_s: float = 0.1  # the steps of a result
    shared_identity: Literal["allow", "refuse"] = "allow"
    arguments: Literal["passed-on", "checked"] = "passed-on"
    snapshots_found: Literal["own", "all"] = "own"

    @property
    def styles(self) -> frozenset[str]:
        return frozenset(filter(None, self.job_style.split(",")))


WORDS = {
    "volsync": {
        "running": "SyncInProgress",
        "done": "WaitingForManual",
        "error": "Error",
        "half": "spec.kopia: only {given} is set, {missing} is missing",
        "none": "No snapshots found for identity '{who}'. Available identities in repository: {all}",
        "empty": "none, the repository is empty",
        "failed": "mover Job {job} failed: {last}",
    },
    "other": {
        "running": "Moving",
        "done": "Idle",
        "error": "SyncFailed",
        "half": "cannot work out an identity from {given} alone; add {missing}, or remove {given}",
        "none": "there is nothing to restore for {who}; the repository holds {all}",
        "empty": "nothing yet",
        "failed": "the last attempt did not work out ({last}); the Job was {job}",
    },
}
DOCUMENTED_HALF = "you either provide both username and hostname together, or neither (for automatic identity)"


class NotYetError(Exception):
    """A sync cannot begin; ``again`` says whether that may change by itself."""

    def __init__(self, message: str, *, again: bool = True) -> None:
        super().__init__(message)
        self.again = again


class NotReadyError(Exception):
    """A sync waits for something that is on its way, and has nothing to say."""


@dataclass(frozen=True)
class Snapshot:
    identity: Identity
    start: datetime
    end: datetime


class Operator:
    """Brings one object after another nearer to what its spec says."""

    def __init__(self, kube: Kube, habits: Habits) -> None:
        self._kube = kube
        self._habits = habits
        self._words = WORDS[habits.words]
        self._queue = WorkQueue()
        self._first_seen: dict[str, float] = {}
        self._said: dict[str, tuple[str, int]] = {}

    def run(self) -> None:
        for kind in (*SYNCED, "Job"):
            threading.Thread(target=self._follow, args=(kind,), daemon=True).start()
        for _ in range(WORKERS - 1):
            threading.Thread(target=self._queue.work, args=(self._safely,), daemon=True).start()
        self._queue.work(self._safely)

    def _follow(self, kind: str) -> None:
        for one in Kube().changes(kind):
            metadata = one["metadata"]
            if kind != "Job":
                self._queue.add((kind, metadata["namespace"], metadata["name"]))
                continue
            for owner in metadata.get("ownerReferences", ()):
                if owner["kind"] in SYNCED:
                    self._queue.add((owner["kind"], metadata["namespace"], owner["name"]))
            of_kind, of_name = jobs.owner_of(one)
            if of_kind in SYNCED:
                self._queue.add((of_kind, metadata["namespace"], of_name))

    def _safely(self, key: Key) -> None:
        try:
            self.reconcile(key)
        except (ApiError, httpx2.HTTPError) as error:
            print(f"{key}: {error}; trying again", flush=True)
            self._queue.add(key, RETRY_S)

    def reconcile(self, key: Key) -> None:
        kind, namespace, name = key
        owner = self._kube.get(kind, namespace, name)
        if owner is None or owner["metadata"].get("deletionTimestamp"):
            self._forget(key)
            return
        trigger = (owner["spec"].get("trigger") or {}).get("manual")
        status = owner.get("status") or {}
        if trigger is None or owner["spec"].get("paused") or trigger == status.get("lastManualSync"):
            return
        sync = f"{owner['metadata']['uid']}/{trigger}"
        job = self._job(key)
        if job is not None and jobs.note(job, "sync") != sync:
            if self._habits.earlier_job == "let-end" and not _ended(job):
                return
            self._remove(job)
            job = None
        if job is None:
            self._begin(key, owner, sync)
        elif ended := _ended(job):
            self._end(key, owner, job, ended)

    def _job(self, key: Key) -> Object | None:
        kind, namespace, name = key
        if self._habits.job_names != "of-source":
            return self._kube.get("Job", namespace, self._job_name(kind, name))
        of_key = [job for job in self._kube.list("Job", namespace) if jobs.owner_of(job) == (kind, name)]
        return next(iter(of_key), None)

    def _job_name(self, kind: str, name: str, named: str = "") -> str:
        """The name of a Job; ``named`` is the source that a destination names."""
        if self._habits.job_names == "of-source" and LEGAL.fullmatch(named):
            return f"{jobs.job_name(kind, name, hashed=True)}-{named}"[:63].rstrip("-.")
        return jobs.job_name(kind, name, hashed=self._habits.job_names == "hashed")

    def _forget(self, key: Key) -> None:
        """Remove the Job of an object that is gone, as the garbage collector would."""
        job = self._job(key)
        if job is not None:
            self._remove(job)

    def _remove(self, job: Object) -> None:
        metadata = job["metadata"]
        self._kube.delete("Job", metadata["namespace"], metadata["name"])
        if self._habits.styles & {"config-map", "config-map-from", "projected"}:
            self._kube.delete("ConfigMap", metadata["namespace"], metadata["name"])
        name = _copy_name(jobs.note(job, "sync"))
        copy = self._kube.get("PersistentVolumeClaim", metadata["namespace"], name)
        if copy is not None:
            self._kube.delete("PersistentVolumeClaim", metadata["namespace"], name)
            if copy["spec"]["dataSource"]["kind"] == "VolumeSnapshot":
                self._kube.delete("VolumeSnapshot", metadata["namespace"], name)

    def _begin(self, key: Key, owner: Object, sync: str) -> None:
        status = owner.get("status") or {}
        if status.get("lastFailedSync") == sync and self._habits.after_failure == "stop":
            return
        waited = time.monotonic() - self._first_seen.setdefault(sync, time.monotonic())
        try:
            if self._habits.first == "error" and waited < RETRY_S:
                raise NotYetError("the repository Secret was not seen yet")
            plan = self._plan(owner)
            if waited < self._habits.delay_s:
                self._queue.add(key, self._habits.delay_s - waited)
                return
            plan = self._copied(owner, plan, sync)
        except NotReadyError:
            self._queue.add(key, 0.1)
            return
        except NotYetError as problem:
            self._refuse(owner, str(problem))
            if problem.again:
                self._queue.add(key, RETRY_S)
            return
        limit = 2 if self._habits.after_failure == "stop" else 8
        named = (owner["spec"].get("kopia") or {}).get("sourceIdentity") or {}
        name = self._job_name(key[0], key[2], named.get("sourceName", ""))
        for one in jobs.build(owner, plan, name, sync, self._habits.styles, limit):
            self._kube.create(one)
            if one.get("spec", {}).get("suspend"):
                self._kube.resume(one)
        self._tell_begin(owner, plan, again=status.get("lastFailedSync") == sync)

    def _tell_begin(self, owner: Object, plan: jobs.Plan, *, again: bool) -> None:
        status: Object = {}
        kopia: Object = {}
        if not again:
            status |= self._condition(
                owner, "True", "running", self._says("Synchronization in-progress", owner, plan.identity)
            )
        if owner["kind"] == "ReplicationDestination" and self._habits.requested_identity == "with-job":
            kopia["requestedIdentity"] = str(plan.identity)
        if self._habits.tell_identity == "status":
            kopia["identity"] = str(plan.identity)
        if kopia:
            status["kopia"] = kopia
        if self._habits.tell_identity == "event":
            self._event(owner, "Normal", "TransferStarted", f"starting the mover as {plan.identity}")
        if status:
            self._kube.set_status(owner, status)

    def _says(self, text: str, owner: Object, told: Identity) -> str:
        if self._habits.tell_identity != "condition":
            return text
        return f"{text}; {owner['kind']} {owner['metadata']['name']} is {told} in the repository"

    def _plan(self, owner: Object) -> jobs.Plan:
        """What the Job is to do; NotYetError says why there is none."""
        namespace, name = owner["metadata"]["namespace"], owner["metadata"]["name"]
        spec = owner["spec"].get("kopia") or {}
        if not spec.get("copyMethod"):
            raise NotYetError("spec.kopia.copyMethod is required", again=False)
        if self._habits.arguments == "checked":
            for flag in REMOVED_FLAGS:
                if any(one.startswith(flag) for one in spec.get("additionalArgs") or ()):
                    raise NotYetError(f"spec.kopia.additionalArgs: {flag} is not allowed", again=False)
        wanted = spec.get("sourceIdentity") if owner["kind"] == "ReplicationDestination" else None
        if owner["kind"] == "ReplicationDestination":
            self._check_pair(spec)
        source = self._source(wanted, namespace) if wanted else None
        path = spec.get("sourcePathOverride")
        secret = spec.get("repository")
        if wanted:
            of_source = ((source or {}).get("spec") or {}).get("kopia") or {}
            path = wanted.get("sourcePathOverride") or of_source.get("sourcePathOverride")
            if self._habits.repository == "of-source":
                secret = secret or of_source.get("repository")
        identity = self._identity(spec, wanted, source, name, namespace)
        if not secret:
            raise NotYetError("spec.kopia.repository is required", again=bool(wanted))
        self._check_secret(namespace, secret)
        if owner["kind"] == "ReplicationSource" and self._habits.shared_identity == "refuse":
            self._check_identity(owner, identity, secret, path)
        return jobs.Plan(identity, secret, self._claim(owner), path)

    def _check_identity(self, owner: Object, identity: Identity, secret: str, path: str | None) -> None:
        """The oldest source of an identity keeps it: a younger one would mix its history with that of another."""
        own = owner["metadata"]
        where = self._repository(own["namespace"], secret)
        for other in self._kube.list("ReplicationSource"):
            metadata, spec = other["metadata"], other["spec"].get("kopia") or {}
            told = self._identity(spec, None, None, metadata["name"], metadata["namespace"])
            is_older = (metadata["creationTimestamp"], metadata["uid"]) < (own["creationTimestamp"], own["uid"])
            if not is_older or (told, spec.get("sourcePathOverride")) != (identity, path):
                continue
            if self._repository(metadata["namespace"], spec.get("repository") or "") == where:
                taken = f"{metadata['namespace']}/{metadata['name']}"
                raise NotYetError(f"identity {identity} is in use by ReplicationSource {taken}")

    def _repository(self, namespace: str, secret: str) -> str | None:
        found = self._kube.get("Secret", namespace, secret) if secret else None
        return ((found or {}).get("data") or {}).get("KOPIA_REPOSITORY")

    def _check_pair(self, spec: Object) -> None:
        given = [part for part in ("username", "hostname") if spec.get(part)]
        if len(given) == 1:
            (missing,) = {"username", "hostname"} - {given[0]}
            words = DOCUMENTED_HALF if self._habits.half_identity == "documented-words" else self._words["half"]
            raise NotYetError(words.format(given=given[0], missing=missing), again=False)

    def _source(self, wanted: Object, namespace: str) -> Object | None:
        there = wanted.get("sourceNamespace") or namespace
        source = self._kube.get("ReplicationSource", there, wanted["sourceName"]) if _legal(there, wanted) else None
        if source is None and self._habits.missing_source == "refuse":
            raise NotYetError(f"ReplicationSource {there}/{wanted['sourceName']} not found")
        return source

    def _identity(
        self, spec: Object, wanted: Object | None, source: Object | None, name: str, namespace: str
    ) -> Identity:
        both = self._habits.default_username == "object-name-namespace"
        if not wanted or spec.get("username"):
            return of_names(spec, name, namespace, with_namespace=both)
        named = (source["spec"].get("kopia") or {}) if source else {}
        there = wanted.get("sourceNamespace") or namespace
        return of_names(named, wanted["sourceName"], there, with_namespace=both)

    def _check_secret(self, namespace: str, name: str) -> None:
        secret = self._kube.get("Secret", namespace, name)
        if secret is None:
            raise NotYetError(f'Secret "{name}" not found')
        for key in ("KOPIA_REPOSITORY", "KOPIA_PASSWORD"):
            if not (secret.get("data") or {}).get(key):
                raise NotYetError(f'Secret "{name}" lacks the key {key}')

    def _claim(self, owner: Object) -> str:
        spec = owner["spec"]
        where = "spec.sourcePVC" if owner["kind"] == "ReplicationSource" else "spec.kopia.destinationPVC"
        claim = spec.get("sourcePVC") or (spec.get("kopia") or {}).get("destinationPVC")
        if not claim:
            raise NotYetError(f"{where} is required", again=False)
        if self._kube.get("PersistentVolumeClaim", owner["metadata"]["namespace"], claim) is None:
            raise NotYetError(f'PersistentVolumeClaim "{claim}" not found')
        return str(claim)

    def _copied(self, owner: Object, plan: jobs.Plan, sync: str) -> jobs.Plan:
        """Let the Job of a source read a copy of its volume, made for this sync, where that is wanted."""
        given = (owner["spec"].get("kopia") or {})["copyMethod"]
        method = given if self._habits.copy == "as-given" else self._habits.copy
        if owner["kind"] != "ReplicationSource" or method not in ("Snapshot", "Clone"):
            return plan
        namespace = owner["metadata"]["namespace"]
        name = _copy_name(sync)
        metadata = {"name": name, "namespace": namespace}
        origin: Object = {"kind": "PersistentVolumeClaim", "name": plan.claim}
        if method == "Snapshot":
            origin = {"kind": "VolumeSnapshot", "name": name, "apiGroup": "snapshot.storage.k8s.io"}
            spec = {"source": {"persistentVolumeClaimName": plan.claim}}
            self._kube.create(
                {
                    "apiVersion": "snapshot.storage.k8s.io/v1",
                    "kind": "VolumeSnapshot",
                    "metadata": metadata,
                    "spec": spec,
                }
            )
            snapshot = self._kube.get("VolumeSnapshot", namespace, name) or {}
            if not (snapshot.get("status") or {}).get("readyToUse"):
                raise NotReadyError
        size = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
        copy = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata}
        self._kube.create({**copy, "spec": {**size, "dataSource": origin}})
        return jobs.Plan(plan.identity, plan.secret, name, plan.path)

    def _end(self, key: Key, owner: Object, job: Object, ended: Object) -> None:
        succeeded, sync = ended["type"] == "Complete", jobs.note(job, "sync")
        told_before = (owner.get("status") or {}).get("lastFailedJob") == job["metadata"]["uid"]
        if not told_before:
            self._tell_result(owner, self._result(owner, job, sync, succeeded=succeeded))
        if succeeded and self._habits.keep_job == "yes":
            return
        if not succeeded and self._habits.after_failure == "later":
            age = datetime.now(UTC) - datetime.fromisoformat(ended["lastTransitionTime"])
            if age.total_seconds() < LATER_S:
                self._queue.add(key, LATER_S - age.total_seconds())
                return
        self._remove(job)
        if not succeeded:
            self._queue.add(key)

    def _tell_result(self, owner: Object, status: Object) -> None:
        """Write the result, all at once or one field after the other: conditions first, lastManualSync last."""
        if self._habits.result == "at-once":
            self._kube.set_status(owner, status)
            return
        order = ("conditions", "latestMoverStatus", "kopia")
        for field in (*order, *(field for field in sorted(status, reverse=True) if field not in order)):
            if field in status:
                self._kube.set_status(owner, {field: status[field]})
                time.sleep(self._habits.between_s)

    def _result(self, owner: Object, job: Object, sync: str, *, succeeded: bool) -> Object:
        """The status after a Job, of the parts that it changes."""
        log = self._log(job)
        told = Identity(jobs.note(job, "username"), jobs.note(job, "hostname"))
        result = "Successful" if succeeded else "Failed"
        status: Object = {"latestMoverStatus": {"result": result, "logs": self._part_of(log)}}
        kopia, message = self._kopia(owner, told, log, job, succeeded=succeeded)
        if kopia:
            status["kopia"] = kopia
        if self._habits.extra_status == "yes":
            status |= {"lastSyncDuration": "2.5s", "history": [{"sync": sync, "result": result}]}
        if succeeded:
            done = self._says("Waiting for manual trigger", owner, told)
            status |= {"lastManualSync": owner["spec"]["trigger"]["manual"], "lastFailedSync": None}
            status |= {"lastSyncTime": self._instant(datetime.now(UTC)), "lastFailedJob": None}
            return status | self._condition(owner, "False", "done", done)
        if self._habits.errors == "event":
            self._event(owner, "Warning", self._words["error"], message)
        status |= {"lastFailedSync": sync, "lastFailedJob": job["metadata"]["uid"]}
        return status | self._condition(owner, "False", "error", message)

    def _log(self, job: Object) -> str:
        metadata = job["metadata"]
        pods = self._kube.list("Pod", metadata["namespace"], {"job-name": metadata["name"]})
        own = [pod for pod in pods if pod.get("status", {}).get("phase") in ("Succeeded", "Failed")]
        if not own:
            return ""
        newest = max(own, key=lambda pod: int(pod["metadata"]["resourceVersion"]))
        return self._kube.log(metadata["namespace"], newest["metadata"]["name"], "kopia")

    def _part_of(self, log: str) -> str:
        lines = log.split("\n")
        if self._habits.logs == "tail":
            lines = lines[-10:]
        if self._habits.logs == "filtered":
            lines = [line for line in lines if any(word in line for word in TOLD) and not line.startswith("{")]
        return "\n".join(lines)

    def _kopia(self, owner: Object, told: Identity, log: str, job: Object, *, succeeded: bool) -> tuple[Object, str]:
        """``status.kopia``, and what is said where the Job failed."""
        lines = [line for line in log.split("\n") if line.strip()]
        last = next((line for line in reversed(lines) if "ERROR" in line), lines[-1] if lines else "it left no log")
        failed = self._words["failed"].format(job=job["metadata"]["name"], last=last)
        if owner["kind"] == "ReplicationSource":
            return ({"identity": str(told)} if self._habits.tell_identity == "status" else {}), failed
        kopia: Object = {"requestedIdentity": str(told)}
        found = discovered(log)
        if found is None:
            return kopia, failed
        mine = [one for one in found if one.identity == told]
        kopia["snapshotsFound"] = len(mine if self._habits.snapshots_found == "own" else found)
        kopia["availableIdentities"] = self._available(found)
        if not kopia["availableIdentities"] and self._habits.empty_lists == "leave-out":
            kopia["availableIdentities"] = None
        if succeeded or mine:
            return kopia, failed
        there = ", ".join(one["identity"] for one in self._available(found)) or self._words["empty"]
        return kopia, self._words["none"].format(who=told, all=there)

    def _available(self, found: list[Snapshot]) -> list[Object]:
        entries = []
        for identity in sorted({one.identity for one in found}):
            own = [one for one in found if one.identity == identity]
            newest = max(own, key=lambda one: one.end)
            latest = newest.start if self._habits.latest == "start" else newest.end
            entries.append((identity, len(own), latest))
        orders = {
            "identity": lambda entry: entry[0],
            "newest": lambda entry: -entry[2].timestamp(),
            "count": lambda entry: -entry[1],
            "hostname": lambda entry: (entry[0].hostname, entry[0].username),
        }
        entries.sort(key=orders[self._habits.order])
        return [
            {"identity": str(identity), "snapshotCount": count, "latestSnapshot": self._instant(latest)}
            for identity, count, latest in entries
        ]

    def _instant(self, instant: datetime) -> str:
        return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S") + self._habits.zone

    def _condition(self, owner: Object, status: str, reason: str, message: str) -> Object:
        conditions = (owner.get("status") or {}).get("conditions") or []
        before = next((one for one in conditions if one["type"] == "Synchronizing"), {})
        since = before.get("lastTransitionTime") if before.get("status") == status else None
        condition = {
            "type": "Synchronizing",
            "status": status,
            "reason": self._words[reason],
            "message": message[:32768],
            "observedGeneration": owner["metadata"]["generation"],
            "lastTransitionTime": since or self._instant(datetime.now(UTC)),
        }
        return {"conditions": [one for one in conditions if one["type"] != "Synchronizing"] + [condition]}

    def _refuse(self, owner: Object, message: str) -> None:
        """Say why a sync cannot begin; say it once."""
        metadata = owner["metadata"]
        said = (message, metadata["generation"])
        if self._said.get(metadata["uid"]) == said:
            return
        self._said[metadata["uid"]] = said
        if self._habits.errors == "event":
            self._event(owner, "Warning", self._words["error"], message)
            message = "cannot synchronize; the events of this object say why"
        status: Object = {}
        if self._habits.errors == "mover-status":
            status["latestMoverStatus"] = {"result": "Failed", "logs": message}
            message = "cannot synchronize; latestMoverStatus says why"
        self._kube.set_status(owner, status | self._condition(owner, "False", "error", message))

    def _event(self, owner: Object, kind: str, reason: str, message: str) -> None:
        metadata = owner["metadata"]
        now = datetime.now(UTC)
        about = {"apiVersion": owner["apiVersion"], "kind": owner["kind"], "name": metadata["name"]}
        self._kube.create(
            {
                "apiVersion": "v1",
                "kind": "Event",
                "metadata": {"name": f"{metadata['name']}.{time.time_ns():x}", "namespace": metadata["namespace"]},
                "involvedObject": {**about, "namespace": metadata["namespace"], "uid": metadata["uid"]},
                "type": kind,
                "reason": reason,
                "message": message[:1024],
                "source": {"component": "tolerance"},
                "firstTimestamp": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "lastTimestamp": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "count": 1,
            }
        )


def discovered(log: str) -> list[Snapshot] | None:
    """The snapshots that the mover listed, or None where it listed none of them."""
    lines = log.split("\n")
    if BEGIN not in lines:
        return None
    found = []
    for line in lines[lines.index(BEGIN) + 1 :]:
        if line == END:
            break
        if line.startswith("{"):
            one = json.loads(line)
            start, end = (datetime.fromisoformat(one[part]) for part in ("startTime", "endTime"))
            found.append(Snapshot(Identity(one["userName"], one["hostName"]), start, end))
    return found


def _copy_name(sync: str) -> str:
    return jobs.job_name("ReplicationSource", sync, hashed=True) + "-copy"


def _legal(namespace: str, wanted: Object) -> bool:
    """Whether the API can hold an object of these names; a sourceIdentity may give any."""
    return all(LEGAL.fullmatch(part) for part in (namespace, wanted["sourceName"]))


def _ended(job: Object) -> Object | None:
    """The condition by which a Job has ended."""
    conditions = (job.get("status") or {}).get("conditions") or ()
    return next((c for c in conditions if c["type"] in ("Complete", "Failed") and c["status"] == "True"), None)


def switches() -> dict[str, tuple[str, ...]]:
    """The values of each switch that has a choice."""
    hints = get_type_hints(Habits)
    return {name: get_args(hint) for name, hint in hints.items() if get_args(hint)}


def main() -> None:
    parser = argparse.ArgumentParser(prog="tests.tolerance.controller")
    for name, values in switches().items():
        parser.add_argument(f"--{name.replace('_', '-')}", choices=values, default=values[0])
    parser.add_argument("--delay-s", type=float, default=0.0)
    parser.add_argument("--between-s", type=float, default=0.1)
    parser.add_argument("--job-style", default="", help=f"a list of {', '.join(jobs.STYLES)}")
    habits = Habits(**vars(parser.parse_args()))
    if unknown := habits.styles - set(jobs.STYLES):
        parser.error(f"no such job style: {', '.join(sorted(unknown))}")
    Operator(Kube(), habits).run()


if __name__ == "__main__":
    sys.exit(main())
