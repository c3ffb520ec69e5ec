"""The CustomResourceDefinitions of the operator in this folder, as strict as a variant wants them."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]
NAME = r"^[a-zA-Z0-9][a-zA-Z0-9._-]*[a-zA-Z0-9]$|^[a-zA-Z0-9]$"
TEXT: Schema = {"type": "string"}
FLAG: Schema = {"type": "boolean"}
COUNT: Schema = {"type": "integer", "format": "int32", "minimum": 0}
INSTANT: Schema = {"type": "string", "format": "date-time"}
ANYTHING: Schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
BOTH_OR_NEITHER = {
    "rule": "(has(self.username) && self.username != '') == (has(self.hostname) && self.hostname != '')",
    "message": "either provide both username and hostname, or neither (for automatic identity)",
}


def crds(
    *,
    validated: bool = True,
    pair_by_schema: bool = False,
    repository_required: bool = False,
    structural: bool = False,
    copy_method: str = "",
) -> list[Schema]:
    """Return both definitions.

    Args:
        validated: custom names have to match the documented pattern.
        pair_by_schema: half an identity of a destination is refused by the schema.
        repository_required: a destination has to name its repository.
        structural: the status has a schema, which drops what it does not know.
        copy_method: the API server sets this copyMethod where none is given.
    """
    name = {**TEXT, "pattern": NAME, "minLength": 1, "maxLength": 253} if validated else {**TEXT, "maxLength": 253}
    default = {"default": copy_method} if copy_method else {}
    common = {
        "repository": TEXT,
        "username": name,
        "hostname": name,
        "copyMethod": {**TEXT, "enum": ["Direct", "None", "Clone", "Snapshot"], **default},
        "additionalArgs": {"type": "array", "items": TEXT},
        "cacheCapacity": {"x-kubernetes-int-or-string": True},
        "cacheStorageClassName": TEXT,
        "moverSecurityContext": ANYTHING,
        "storageClassName": TEXT,
        "volumeSnapshotClassName": TEXT,
    }
    retain = dict.fromkeys(("hourly", "daily", "weekly", "monthly", "yearly", "latest"), COUNT)
    source = {
        **common,
        "sourcePathOverride": {**TEXT, "pattern": "^/.*"},
        "retain": {"type": "object", "properties": retain},
        "compression": TEXT,
        "parallelism": COUNT,
        "actions": ANYTHING,
    }
    named = {"sourceName": TEXT, "sourceNamespace": TEXT, "sourcePVCName": TEXT, "sourcePathOverride": TEXT}
    destination = {
        **common,
        "destinationPVC": TEXT,
        "sourceIdentity": {"type": "object", "required": ["sourceName"], "properties": named},
        "restoreAsOf": INSTANT,
        "previous": COUNT,
        "shallow": COUNT,
        "enableFileDeletion": FLAG,
        "accessModes": {"type": "array", "items": TEXT},
        "capacity": {"x-kubernetes-int-or-string": True},
    }
    of_source: Schema = {"type": "object", "properties": source}
    of_destination: Schema = {"type": "object", "properties": destination}
    if repository_required:
        of_destination["required"] = ["repository"]
    if pair_by_schema:
        of_destination["x-kubernetes-validations"] = [BOTH_OR_NEITHER]
    return [
        _crd("ReplicationSource", {"sourcePVC": TEXT, "kopia": of_source}, structural),
        _crd("ReplicationDestination", {"kopia": of_destination}, structural),
    ]


def _crd(kind: str, spec: Schema, structural: bool) -> Schema:
    trigger = {"type": "object", "properties": {"manual": TEXT, "schedule": TEXT}}
    properties = {
        "spec": {"type": "object", "properties": {"trigger": trigger, "paused": FLAG, **spec}},
        "status": _status() if structural else ANYTHING,
    }
    version = {
        "name": "v1alpha1",
        "served": True,
        "storage": True,
        "subresources": {"status": {}},
        "schema": {"openAPIV3Schema": {"type": "object", "properties": properties}},
    }
    singular = kind.lower()
    names = {"kind": kind, "listKind": f"{kind}List", "plural": f"{singular}s", "singular": singular}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{singular}s.volsync.backube"},
        "spec": {"group": "volsync.backube", "scope": "Namespaced", "names": names, "versions": [version]},
    }


def _status() -> Schema:
    condition = {
        "type": "object",
        "required": ["type", "status", "reason", "message", "lastTransitionTime"],
        "properties": {
            **dict.fromkeys(("type", "status", "reason", "message"), TEXT),
            "lastTransitionTime": INSTANT,
            "observedGeneration": {"type": "integer", "format": "int64"},
        },
    }
    identity = {"identity": TEXT, "snapshotCount": COUNT, "latestSnapshot": INSTANT}
    kopia = {
        "requestedIdentity": TEXT,
        "snapshotsFound": COUNT,
        "availableIdentities": {"type": "array", "items": {"type": "object", "properties": identity}},
    }
    return {
        "type": "object",
        "properties": {
            "conditions": {"type": "array", "items": condition},
            "lastManualSync": TEXT,
            "lastSyncTime": INSTANT,
            "lastSyncDuration": TEXT,
            "lastFailedSync": TEXT,
            "lastFailedJob": TEXT,
            "nextSyncTime": INSTANT,
            "latestMoverStatus": {"type": "object", "properties": {"result": TEXT, "logs": TEXT}},
            "kopia": {"type": "object", "properties": kopia},
        },
    }
