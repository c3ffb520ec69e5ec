"""Operators that want more of an object than the document shows, or less than a user may expect."""

from harness.model import Manifest
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
