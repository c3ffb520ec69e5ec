"""Operators with one plausible bug each: ``python -m tests.attack.operators NAME [--default-username SIDE]``.

A bug in what is decided is a subclass of Decisions; a bug in what the process does is a subclass of
Operator.  table.yaml says in one sentence what each does wrong, and which claims that breaks.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from harness.kubernetes.api import Api
from harness.model import CustomNames, DefaultUsername, Identity, Manifest, MoverJob, MoverResult, ObjectRef, Variants
from harness.operator.decisions import Decisions, FindSource, source_namespace
from harness.volsync.discovery import Discovered
from harness.volsync.fields import kopia_spec, status_of
from tests.operator.__main__ import Operator

# What is decided.


class AvailableOnlyAfterFailure(Decisions):
    def available(self, discovered: Discovered, result: MoverResult) -> list[dict[str, Any]]:
        return [] if result.succeeded else super().available(discovered, result)


class IdentityEndsAtSecondAt(Decisions):
    def available(self, discovered: Discovered, result: MoverResult) -> list[dict[str, Any]]:
        listed = super().available(discovered, result)
        return [{**one, "identity": "@".join(one["identity"].split("@")[:2])} for one in listed]


class SecretOfSourceWins(Decisions):
    def repository(self, manifest: Manifest, find: FindSource) -> str | None:
        wanted = kopia_spec(manifest).get("sourceIdentity")
        source = find(source_namespace(manifest), wanted["sourceName"]) if wanted else None
        return (kopia_spec(source).get("repository") if source else None) or super().repository(manifest, find)


class CustomHostnameOfSourceLost(Decisions):
    def identity_by_source(self, source: Manifest | None, name: str, namespace: str) -> Identity:
        found = super().identity_by_source(source, name, namespace)
        return Identity(found.username, self.default_hostname(namespace, ""))


class UsernameAloneDefaulted(Decisions):
    def refusal(self, manifest: Manifest, find: FindSource) -> str | None:
        return None if kopia_spec(manifest).get("username") else super().refusal(manifest, find)


class IdentityCachedByName(Decisions):
    def __init__(self, variants: Variants) -> None:
        super().__init__(variants)
        self._known: dict[tuple[str, str, str], Identity] = {}

    def identity(self, manifest: Manifest) -> Identity:
        metadata = manifest["metadata"]
        key = manifest["kind"], metadata["namespace"], metadata["name"]
        return self._known.setdefault(key, super().identity(manifest))


class PvcNameEntersHostname(Decisions):
    def requested_identity(self, destination: Manifest, find: FindSource) -> Identity:
        found = super().requested_identity(destination, find)
        pvc = (kopia_spec(destination).get("sourceIdentity") or {}).get("sourcePVCName")
        explicit = kopia_spec(destination).get("username")
        return Identity(found.username, f"{found.hostname}-{pvc}") if pvc and not explicit else found


class MissingSourceSoughtAtHome(Decisions):
    def requested_identity(self, destination: Manifest, find: FindSource) -> Identity:
        home = destination["metadata"]["namespace"]

        def find_anywhere(namespace: str, name: str) -> Manifest | None:
            return find(namespace, name) or find(home, name)

        return super().requested_identity(destination, find_anywhere)


class LongNamesCut(Decisions):
    def default_username(self, name: str, namespace: str) -> str:
        return super().default_username(name, namespace)[:40].rstrip("-_")


# What the process does.

Env = list[dict[str, Any]]


class ChangedJob(Operator):
    """An operator whose Jobs have another environment."""

    def _job(self, ref: ObjectRef, current: dict[str, Any], job: MoverJob) -> dict[str, Any]:
        made = super()._job(ref, current, job)
        container = made["spec"]["template"]["spec"]["containers"][0]
        container["env"] = self.changed(container["env"], kopia_spec(current), job)
        return made

    def changed(self, env: Env, spec: Mapping[str, Any], job: MoverJob) -> Env:
        raise NotImplementedError


class PasswordPlainInJob(ChangedJob):
    def changed(self, env: Env, spec: Mapping[str, Any], job: MoverJob) -> Env:
        name = "KOPIA_PASSWORD"
        return [{"name": name, "value": job.secret_env[name]} if one["name"] == name else one for one in env]


class RestoreAsOfInWholeSeconds(ChangedJob):
    def changed(self, env: Env, spec: Mapping[str, Any], job: MoverJob) -> Env:
        return [self._cut(one) if one["name"] == "KOPIA_RESTORE_AS_OF" else one for one in env]

    @staticmethod
    def _cut(one: dict[str, Any]) -> dict[str, Any]:
        fraction = re.sub(r"\.\d+", "", one["value"])
        return {**one, "value": datetime.fromisoformat(fraction).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}


class DeletionWhenMentioned(ChangedJob):
    def changed(self, env: Env, spec: Mapping[str, Any], job: MoverJob) -> Env:
        name = "KOPIA_ENABLE_FILE_DELETION"
        rest = [one for one in env if one["name"] != name]
        return [*rest, {"name": name, "value": "true"}] if "enableFileDeletion" in spec else rest


class JobOnce(Operator):
    def reconcile(self, ref: ObjectRef) -> None:
        current = self._api.get(ref)
        if current is None or current["metadata"]["uid"] not in self._done:
            super().reconcile(ref)


class FirstDiscoveryKept(Operator):
    _first: dict[str, Any]

    def _tell(self, ref: ObjectRef, status: Any) -> None:
        self._first = getattr(self, "_first", {})
        current, kopia = self._api.get(ref), status.get("kopia") or {}
        if current is not None and "availableIdentities" in kopia:
            listed = self._first.setdefault(current["metadata"]["uid"], kopia["availableIdentities"])
            status = {**status, "kopia": {**kopia, "availableIdentities": listed}}
        super()._tell(ref, status)


class RequestedIdentityIsItself(Operator):
    def _tell(self, ref: ObjectRef, status: Any) -> None:
        if "requestedIdentity" in (status.get("kopia") or {}):
            status = {**status, "kopia": {**status["kopia"], "requestedIdentity": f"{ref.name}@{ref.namespace}"}}
        super()._tell(ref, status)


class SecretInLog(Operator):
    def _show(self, mind: Any, ref: ObjectRef, current: dict[str, Any]) -> None:
        super()._show(mind, ref, current)
        for secret in self._api.list("Secret", ref.namespace):
            if secret["metadata"]["name"] == kopia_spec(current).get("repository"):
                print(f"{ref}: using repository secret {secret['metadata']['name']}: {secret.get('data')}", flush=True)


class RefusalUntold(Operator):
    def _tell(self, ref: ObjectRef, status: Any) -> None:
        reasons: Sequence[str] = [one["reason"] for one in status.get("conditions") or ()]
        if "Error" in reasons and "latestMoverStatus" not in status:
            print(f"{ref}: {status['conditions']}", flush=True)
        else:
            super()._tell(ref, status)


class FailureToldSuccessful(Operator):
    def _tell(self, ref: ObjectRef, status: Any) -> None:
        if (status.get("latestMoverStatus") or {}).get("result") == "Failed":
            current = self._api.get(ref) or {}
            trigger = (current.get("spec", {}).get("trigger") or {}).get("manual")
            mover = {**status["latestMoverStatus"], "result": "Successful"}
            condition = {**status_of({"status": status})["conditions"][0], "reason": "WaitingForManual", "message": ""}
            status = {**status, "latestMoverStatus": mover, "lastManualSync": trigger, "conditions": [condition]}
        super()._tell(ref, status)


WRONG: dict[str, type[Decisions] | type[Operator]] = {
    "available-only-after-failure": AvailableOnlyAfterFailure,
    "identity-ends-at-second-at": IdentityEndsAtSecondAt,
    "secret-of-source-wins": SecretOfSourceWins,
    "custom-hostname-of-source-lost": CustomHostnameOfSourceLost,
    "username-alone-defaulted": UsernameAloneDefaulted,
    "identity-cached-by-name": IdentityCachedByName,
    "pvc-name-enters-hostname": PvcNameEntersHostname,
    "missing-source-sought-at-home": MissingSourceSoughtAtHome,
    "long-names-cut": LongNamesCut,
    "password-plain-in-job": PasswordPlainInJob,
    "restore-as-of-in-whole-seconds": RestoreAsOfInWholeSeconds,
    "deletion-when-mentioned": DeletionWhenMentioned,
    "job-once": JobOnce,
    "first-discovery-kept": FirstDiscoveryKept,
    "requested-identity-is-itself": RequestedIdentityIsItself,
    "secret-in-log": SecretInLog,
    "refusal-untold": RefusalUntold,
    "failure-told-successful": FailureToldSuccessful,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="tests.attack.operators")
    parser.add_argument("name", choices=sorted(WRONG))
    parser.add_argument("--default-username", default="object-name")
    parser.add_argument("--custom-names", default="validated")
    options = parser.parse_args()
    variants = Variants(DefaultUsername(options.default_username), CustomNames(options.custom_names))
    kind = WRONG[options.name]
    api = Api(Path(os.environ["KUBECONFIG"]))
    if issubclass(kind, Decisions):
        Operator(api, kind(variants)).run()
    else:
        kind(api, Decisions(variants)).run()


if __name__ == "__main__":
    sys.exit(main())
