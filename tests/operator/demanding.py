"""Operators that want more of an object than the document shows, or less than a user may expect."""

from collections.abc import Mapping

from harness.model import Manifest, Variants
from harness.operator.decisions import Decisions, FindSource
from harness.volsync.fields import kopia_spec


class WantsCacheCapacity(Decisions):
    """Serves no object that does not say how large its cache may become."""

    def refusal(self, manifest: Manifest, find: FindSource) -> str | None:
        if "cacheCapacity" not in kopia_spec(manifest):
            return "spec.kopia.cacheCapacity is required by the policy of this cluster"
        return super().refusal(manifest, find)


class WantsExistingSource(Decisions):
    """Serves no destination whose source does not exist, and says so."""

    def refusal(self, manifest: Manifest, find: FindSource) -> str | None:
        wanted = kopia_spec(manifest).get("sourceIdentity")
        if wanted:
            namespace = wanted.get("sourceNamespace") or manifest["metadata"]["namespace"]
            if find(namespace, wanted["sourceName"]) is None:
                return f"ReplicationSource {namespace}/{wanted['sourceName']} not found"
        return super().refusal(manifest, find)


class RefusesDeletion(Decisions):
    """Serves no destination that wants the files of its volume deleted, and says so."""

    def refusal(self, manifest: Manifest, find: FindSource) -> str | None:
        if kopia_spec(manifest).get("enableFileDeletion"):
            return "spec.kopia.enableFileDeletion is not permitted by the policy of this cluster"
        return super().refusal(manifest, find)


class RefusesChangedSecret(Decisions):
    """Serves no object whose repository Secret differs from the one of its first sync, and says so."""

    def __init__(self, variants: Variants) -> None:
        super().__init__(variants)
        self._owner = ""
        self._first: dict[str, Mapping[str, str]] = {}

    def repository(self, manifest: Manifest, find: FindSource) -> str | None:
        self._owner = f"{manifest['kind']} {manifest['metadata']['namespace']}/{manifest['metadata']['name']}"
        return super().repository(manifest, find)

    def missing_key(self, secret: Mapping[str, str]) -> str | None:
        is_first = self._first.setdefault(self._owner, dict(secret)) == secret
        return super().missing_key(secret) or (None if is_first else "of its first version")
