"""``python -m tests.attack.smoke_operators``: shows for each wrong operator that it differs from the right one.

The API is a dictionary, the mover a list of discovered snapshots: nothing is started.
"""

from __future__ import annotations

import base64
import contextlib
import io
import json
import sys
from collections.abc import Callable
from typing import Any

from harness.model import ObjectRef, Variants
from harness.operator.decisions import Decisions
from harness.volsync.discovery import BEGIN, END
from tests.attack.operators import WRONG
from tests.operator.__main__ import Operator

PASSWORD = "pass-word"
SECRET = {name: base64.b64encode(value.encode()).decode() for name, value in
          {"KOPIA_REPOSITORY": "s3://bucket", "KOPIA_PASSWORD": PASSWORD, "AWS_ACCESS_KEY_ID": "id",
           "AWS_SECRET_ACCESS_KEY": "key"}.items()}  # fmt: skip


class MemoryApi:
    """Holds objects, merges status; the log of the one Pod is ``said``."""

    def __init__(self) -> None:
        self.objects: dict[ObjectRef, dict[str, Any]] = {}
        self.said = ""
        self.uids = 0

    def put(self, kind: str, namespace: str, name: str, **body: Any) -> ObjectRef:
        ref = ObjectRef(kind, namespace, name)
        self.uids += 1
        meta = {"namespace": namespace, "name": name, "uid": str(self.uids), "resourceVersion": "1"}
        self.objects[ref] = {"kind": kind, "apiVersion": "v1", "metadata": meta, **body}
        return ref

    def get(self, ref: ObjectRef) -> dict[str, Any] | None:
        return self.objects.get(ref)

    def list(self, kind: str, namespace: str = "*", fields: object = None) -> list[dict[str, Any]]:
        return [one for ref, one in self.objects.items() if ref.kind == kind and namespace in ("*", ref.namespace)]

    def exists_or_create(self, manifest: dict[str, Any]) -> bool:
        meta = manifest["metadata"]
        self.objects[ObjectRef(manifest["kind"], meta["namespace"], meta["name"])] = dict(manifest)
        return True

    def set_status(self, ref: ObjectRef, status: dict[str, Any]) -> None:
        self.objects[ref]["status"] = _merged(self.objects[ref].get("status") or {}, status)

    def delete(self, ref: ObjectRef) -> None:
        self.objects.pop(ref, None)

    def log(self, ref: ObjectRef, container: str) -> str:
        return self.said


def _merged(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    both = {**old, **new}
    return {
        key: _merged(old.get(key) or {}, value) if isinstance(value, dict) else value for key, value in both.items()
    }


class World:
    """One operator with its API; ``sync`` plays a Job and returns what can be seen."""

    def __init__(self, name: str | None) -> None:
        self.api = MemoryApi()
        kind: Any = WRONG[name] if name else Decisions
        made = (
            Operator(self.api, kind(Variants()))
            if issubclass(kind, Decisions)
            else kind(self.api, Decisions(Variants()))  # type: ignore[arg-type]
        )
        self.operator = made
        for namespace in ("prod", "other"):
            for secret in ("repo", "repo2"):
                self.api.put("Secret", namespace, secret, data=dict(SECRET))
            self.api.put("PersistentVolumeClaim", namespace, "data")

    def source(self, name: str = "app", namespace: str = "prod", **kopia: Any) -> ObjectRef:
        spec = {"sourcePVC": "data", "trigger": {"manual": "1"}, "kopia": {"repository": "repo", **kopia}}
        return self.api.put("ReplicationSource", namespace, name, spec=spec)

    def destination(self, name: str = "app", namespace: str = "prod", **kopia: Any) -> ObjectRef:
        kopia = {"repository": "repo", "destinationPVC": "data", **kopia}
        spec = {"trigger": {"manual": "1"}, "kopia": kopia}
        return self.api.put("ReplicationDestination", namespace, name, spec=spec)

    def sync(self, ref: ObjectRef, *identities: tuple[str, str], failed: bool = False) -> dict[str, Any]:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            self.operator.reconcile(ref)
            jobs = self.api.list("Job", ref.namespace)
            env = jobs[0]["spec"]["template"]["spec"]["containers"][0]["env"] if jobs else []
            self._run(identities, failed)
            self.operator.reconcile(ref)
        return {"env": env, "status": self.api.objects[ref].get("status") or {}, "printed": printed.getvalue()}

    def _run(self, identities: tuple[tuple[str, str], ...], failed: bool) -> None:
        lines = [json.dumps({"userName": user, "hostName": host, "endTime": "2024-01-01T00:00:00Z"})
                 for user, host in identities]  # fmt: skip
        self.api.said = "\n".join([BEGIN, *lines, END])
        for one in self.api.list("Job"):
            one["status"] = {"conditions": [{"type": "Failed" if failed else "Complete", "status": "True"}]}
            name, namespace = one["metadata"]["name"], one["metadata"]["namespace"]
            self.api.put("Pod", namespace, f"{name}-x")
            self.api.objects[ObjectRef("Pod", namespace, f"{name}-x")]["metadata"]["labels"] = {"job-name": name}


def value(seen: dict[str, Any], name: str) -> Any:
    """Return a variable of the Job: its value, or the Secret it comes from."""
    found = [one for one in seen["env"] if one["name"] == name]
    return (found[0].get("value") or found[0]["valueFrom"]["secretKeyRef"]["name"]) if found else None


def identity(seen: dict[str, Any]) -> str:
    return f"{value(seen, 'KOPIA_OVERRIDE_USERNAME')}@{value(seen, 'KOPIA_OVERRIDE_HOSTNAME')}"


def kopia(seen: dict[str, Any]) -> Any:
    return seen["status"].get("kopia") or {}


def by_name(world: World, namespace: str = "prod", **more: Any) -> dict[str, Any]:
    wanted = {"sourceName": "app", "sourceNamespace": namespace, **more}
    return world.sync(world.destination("restore", "other", repository="repo2", sourceIdentity=wanted))


def rename(world: World) -> str:
    ref = world.source()
    world.sync(ref)
    world.api.objects[ref]["spec"]["kopia"]["username"] = "renamed"
    world.api.objects[ref]["spec"]["trigger"] = {"manual": "2"}
    return identity(world.sync(ref))


def twice(world: World) -> Any:
    ref = world.destination()
    world.sync(ref, ("app", "prod"))
    world.api.objects[ref]["spec"]["trigger"] = {"manual": "2"}
    seen = world.sync(ref, ("app", "prod"), ("new", "prod"))
    return bool(seen["env"]), [one["identity"] for one in kopia(seen)["availableIdentities"]]


def of_source(world: World) -> str:
    world.source(username="u", hostname="h")
    return identity(by_name(world))


def of_missing(world: World) -> str:
    world.source(namespace="other", username="u", hostname="h")
    return identity(by_name(world))


def secret_chosen(world: World) -> Any:
    world.source()
    return value(by_name(world), "KOPIA_PASSWORD")


def listed(world: World) -> Any:
    seen = world.sync(world.destination(), ("app", "prod"), ("user@company.com", "prod"))
    return [one["identity"] for one in kopia(seen)["availableIdentities"]]


PROBES: dict[str, Callable[[World], Any]] = {
    "available-only-after-failure": listed,
    "identity-ends-at-second-at": listed,
    "secret-of-source-wins": secret_chosen,
    "custom-hostname-of-source-lost": of_source,
    "username-alone-defaulted": lambda w: identity(w.sync(w.destination(username="u"))),
    "identity-cached-by-name": rename,
    "pvc-name-enters-hostname": lambda w: identity(by_name(w, sourcePVCName="data")),
    "missing-source-sought-at-home": of_missing,
    "long-names-cut": lambda w: identity(w.sync(w.source("n" * 47))),
    "password-plain-in-job": lambda w: value(w.sync(w.source()), "KOPIA_PASSWORD"),
    "restore-as-of-in-whole-seconds": lambda w: value(
        w.sync(w.destination(restoreAsOf="2024-01-01T02:00:00.7+02:00")), "KOPIA_RESTORE_AS_OF"
    ),
    "deletion-when-mentioned": lambda w: value(
        w.sync(w.destination(enableFileDeletion=False)), "KOPIA_ENABLE_FILE_DELETION"
    ),
    "job-once": twice,
    "first-discovery-kept": twice,
    "requested-identity-is-itself": lambda w: kopia(by_name(w))["requestedIdentity"],
    "secret-in-log": lambda w: SECRET["KOPIA_PASSWORD"] in w.sync(w.source())["printed"],
    "refusal-untold": lambda w: bool(w.sync(w.destination(username="u"))["status"]),
    "failure-told-successful": lambda w: w.sync(w.source(), failed=True)["status"]["latestMoverStatus"]["result"],
}


def main() -> int:
    """Compare; return 1 where one does not differ."""
    same = 0
    for name in WRONG:
        right, wrong = PROBES[name](World(None)), PROBES[name](World(name))
        same += right == wrong
        print(f"{'SAME   ' if right == wrong else 'differs'} {name}: right {right!r}, wrong {wrong!r}")
    return 1 if same else 0


if __name__ == "__main__":
    sys.exit(main())
