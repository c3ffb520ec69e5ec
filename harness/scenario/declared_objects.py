"""Complete, apply and trigger the objects that a scenario declares."""

from __future__ import annotations

from itertools import count

from harness.errors import AdmissionRefused
from harness.kopia.repository_secrets import RepositorySecrets
from harness.model import Manifest, ObjectRef
from harness.operator.platform import Platform
from harness.volsync.defaults import REPOSITORY_SECRET, Additions, complete, repository_secret, triggered
from harness.volsync.fields import Field, claim_of, kopia_spec, untriggered
from harness.volsync.kinds import SOURCE, source_ref
from harness.volsync.manifests import ref_of
from harness.volsync.specs import named_source, spec_of

PVC = "PersistentVolumeClaim"


class DeclaredObjects:
    """Store manifests, and apply them with the PVCs, Secrets and sources that they need."""

    def __init__(self, platform: Platform, secrets: RepositorySecrets, additions: Additions) -> None:
        """Start without objects. ``additions`` are the fields that the subject file adds to every object."""
        self._platform = platform
        self._secrets = secrets
        self._additions = additions
        self._numbers = count(1)
        self._manifests: dict[ObjectRef, Manifest] = {}
        self._missing_secrets: set[str] = set()
        self._missing_claims: set[ObjectRef] = set()
        self._triggers: dict[ObjectRef, str] = {}
        self._kept_triggers: set[ObjectRef] = set()
        self._taken: set[ObjectRef] = set()
        self._changed: set[ObjectRef] = set()

    def declare(self, manifest: Manifest) -> ObjectRef:
        """Complete a manifest and store it. It is applied at its first sync."""
        whole = complete(manifest, self._additions).manifest
        ref = ref_of(whole)
        if ref.kind == "Secret":
            whole = self._secrets.adopt(whole)
        self._manifests[ref] = whole
        return ref

    def change_to(self, manifest: Manifest) -> ObjectRef:
        """Store a manifest in place of an earlier one, as a change that the subject may refuse."""
        ref = self.declare(manifest)
        self._changed.add(ref)
        return ref

    def take_change(self, ref: ObjectRef) -> bool:
        """Return True if the object was changed after its last sync, and forget that."""
        is_changed = ref in self._changed
        self._changed.discard(ref)
        return is_changed

    def all(self) -> list[ObjectRef]:
        """Return every declared object, in order."""
        return list(self._manifests)

    def of_kind(self, kind: str) -> list[ObjectRef]:
        """Return the declared objects of a kind, in order."""
        return [ref for ref in self._manifests if ref.kind == kind]

    def manifest(self, ref: ObjectRef) -> Manifest:
        """Return the whole manifest of a declared object, as it is applied."""
        return self._manifests[ref]

    def without_secret(self, name: str) -> None:
        """Create no repository Secret of this name in any namespace."""
        self._missing_secrets.add(name)

    def without_claim(self, ref: ObjectRef) -> None:
        """Do not create the PVC of an object."""
        self._missing_claims.add(ref)

    def with_claim(self, ref: ObjectRef) -> None:
        """Create the PVC of an object before its next sync."""
        self._missing_claims.discard(ref)

    def repository_of(self, ref: ObjectRef) -> str:
        """Return the documented repository of an object, or else of the source that it names."""
        manifest = self._manifests[ref]
        named = named_source(manifest)
        source = self._manifests.get(source_ref(named.namespace, named.name), {}) if named else {}
        secret = spec_of(manifest).repository or spec_of(source).repository or REPOSITORY_SECRET
        return self._secrets.repository(ref.namespace, secret)

    def trigger(self, ref: ObjectRef) -> tuple[str, str]:
        """Set a new trigger on an object, or the one to keep, and apply it after all declared sources.

        Returns:
            The trigger, and the refusal of the API or "".
        """
        if ref not in self._kept_triggers:
            self._triggers[ref] = f"sync-{next(self._numbers)}"
        self._kept_triggers.discard(ref)
        trigger = self._triggers[ref]
        self._manifests[ref] = triggered(self._manifests[ref], trigger)
        for source in self.of_kind(SOURCE):
            if source != ref and source not in self._taken:
                self._apply(source)
        return trigger, self._apply(ref)

    def delete(self, ref: ObjectRef, *, keep_trigger: bool = False) -> None:
        """Delete an object. Its next sync creates it again from the same manifest, if wanted with the same trigger."""
        self._platform.delete(ref)
        self._kept_triggers |= {ref} if keep_trigger else set()
        self._manifests[ref] = untriggered(self._manifests[ref])
        self._taken.discard(ref)

    def lost_with(self, ref: ObjectRef) -> dict[str, str]:
        """Return the PVC and the Secret of an applied object if they are gone or are being deleted, each with that."""
        manifest = self._manifests[ref]
        secret = ObjectRef("Secret", ref.namespace, spec_of(manifest).repository or REPOSITORY_SECRET)
        found = {one: self._platform.get(one) for one in (claim_of(manifest), secret)}
        lost = {str(one): "gone" for one, there in found.items() if there is None}
        leaving = [one for one, there in found.items() if there and there["metadata"].get("deletionTimestamp")]
        return lost | {str(one): "being deleted" for one in leaving}

    def change(self, ref: ObjectRef) -> str:
        """Apply a declared object with its old trigger, and return the refusal of the API or ""."""
        self._manifests[ref] = triggered(self._manifests[ref], self._triggers[ref])
        return self._apply(ref)

    def _apply(self, ref: ObjectRef) -> str:
        manifest = self._manifests[ref]
        try:
            for need in complete(manifest, self._additions).needs:
                if need["kind"] != PVC or ref not in self._missing_claims:
                    self._platform.apply(need)
            self._provide_secrets(ref.namespace)
            self._platform.apply(manifest)
        except AdmissionRefused as refusal:
            return str(refusal)
        self._taken.add(ref)
        return ""

    def _provide_secrets(self, namespace: str) -> None:
        """Create each repository Secret that any object names, in one namespace."""
        synced = [manifest for ref, manifest in self._manifests.items() if ref.kind != "Secret"]
        named = {kopia_spec(one).get(Field.REPOSITORY, REPOSITORY_SECRET) for one in synced}
        for name in named - self._missing_secrets:
            documented = self._manifests.get(ObjectRef("Secret", namespace, name))
            values = self._secrets.values(namespace, name)
            self._platform.apply(documented or repository_secret(namespace, name, values))
