"""The operator's mind: which identity, which repository, which path, what a result means.

Pure, one small method a decision.  ``Decisions`` follows the document; a mutant overrides one
method, and a prototype of one's own overrides whatever it decides in another way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from harness.document import rules
from harness.model import CustomNames, DefaultUsername, Identity, Manifest, MoverResult, Variants
from harness.volsync.discovery import Discovered
from harness.volsync.fields import kopia_spec
from harness.volsync.manifests import REPOSITORY_KEYS

FindSource = Callable[[str, str], Manifest | None]
"""(namespace, name) -> the ReplicationSource, or None."""


class Decisions:
    """Decides as the document says; ``variants`` settles where it contradicts itself."""

    def __init__(self, variants: Variants) -> None:
        self.variants = variants

    def accepts_custom_name(self, value: str) -> bool:
        """Whether admission takes a custom name: any under ``as-given``, else what fits the pattern."""
        return self.variants.custom_names == CustomNames.AS_GIVEN or rules.matches_custom_pattern(value)

    def identity(self, manifest: Manifest) -> Identity:
        """The identity of a source, or of a destination that stands for itself."""
        metadata = manifest["metadata"]
        pvc = str(manifest.get("spec", {}).get("sourcePVC", ""))
        return Identity(
            self.username(kopia_spec(manifest), metadata["name"], metadata["namespace"]),
            self.hostname(kopia_spec(manifest), metadata["namespace"], pvc),
        )

    def username(self, spec: Mapping[str, Any], name: str, namespace: str) -> str:
        """The custom username, or else the default (section "Username generation logic")."""
        custom = spec.get("username")
        return self.custom_username(custom) if custom else self.default_username(name, namespace)

    def hostname(self, spec: Mapping[str, Any], namespace: str, pvc: str) -> str:
        """The custom hostname, or else the default (section "Hostname generation logic")."""
        custom = spec.get("hostname")
        return self.custom_hostname(custom) if custom else self.default_hostname(namespace, pvc)

    def custom_username(self, value: str) -> str:
        """Exactly as given."""
        return value

    def custom_hostname(self, value: str) -> str:
        """Exactly as given."""
        return value

    def default_username(self, name: str, namespace: str) -> str:
        """The sanitised name; under ``object-name-namespace`` with the namespace where that fits."""
        combined = rules.combined_name(name, namespace)
        adds_namespace = self.variants.default_username == DefaultUsername.OBJECT_NAME_NAMESPACE
        return self.sanitise_username(combined if adds_namespace and self.fits(combined) else name)

    def default_hostname(self, namespace: str, pvc: str) -> str:
        """The sanitised namespace; the PVC is known here and never enters it."""
        return rules.sanitise_hostname(namespace)

    def fits(self, combined: str) -> bool:
        """Whether name and namespace together are short enough."""
        return rules.fits(combined)

    def sanitise_username(self, text: str) -> str:
        """The documented rule for generated usernames."""
        return rules.sanitise_username(text)

    def refusal(self, manifest: Manifest, find: FindSource) -> str | None:
        """Return why an object gets no Job, None where it gets one; ``find`` looks other objects up.

        Half an identity of a destination is refused, with what is missing.
        """
        if manifest["kind"] != "ReplicationDestination":
            return None
        spec = kopia_spec(manifest)
        given, missing = ("username", "hostname") if spec.get("username") else ("hostname", "username")
        if spec.get(given) and not spec.get(missing):
            return f"spec.kopia.{missing} is missing: give it together with {given}, or give neither"
        return None

    def requested_identity(self, destination: Manifest, find: FindSource) -> Identity:
        """Explicit names first, then ``sourceIdentity``, then the destination itself."""
        spec = kopia_spec(destination)
        wanted = spec.get("sourceIdentity")
        if spec.get("username") or not wanted:
            return self.identity(destination)
        namespace = source_namespace(destination)
        source = find(namespace, wanted["sourceName"])
        return self.identity_by_source(source, wanted["sourceName"], namespace)

    def identity_by_source(self, source: Manifest | None, name: str, namespace: str) -> Identity:
        """What a source itself uses; for one that does not exist, the default of its name."""
        if source is not None:
            return self.identity(source)
        return Identity(self.default_username(name, namespace), self.default_hostname(namespace, ""))

    def in_words(self, identity: Identity) -> str:
        """An identity as a status shows it."""
        return str(identity)

    def available(self, discovered: Discovered, result: MoverResult) -> list[dict[str, Any]]:
        """``status.kopia.availableIdentities``, however the mover ended."""
        return discovered.status()

    def status(self, manifest: Manifest, status: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the status of an object after a sync, given the one that the operator's contract describes."""
        return status

    def repository(self, manifest: Manifest, find: FindSource) -> str | None:
        """The repository Secret's name: the object's own, else that of the source it names."""
        spec = kopia_spec(manifest)
        if spec.get("repository") or not spec.get("sourceIdentity"):
            return spec.get("repository")
        source = find(source_namespace(manifest), spec["sourceIdentity"]["sourceName"])
        return kopia_spec(source).get("repository") if source else None

    def missing_key(self, secret: Mapping[str, str]) -> str | None:
        """Which key a repository Secret lacks."""
        return next((key for key in REPOSITORY_KEYS if not secret.get(key)), None)

    def source_path(self, manifest: Manifest, find: FindSource) -> str | None:
        """The path override, the object's own or that of the source it names."""
        spec = kopia_spec(manifest)
        wanted = spec.get("sourceIdentity") or {}
        if not wanted:
            return spec.get("sourcePathOverride")
        source = find(source_namespace(manifest), wanted["sourceName"])
        discovered = kopia_spec(source).get("sourcePathOverride") if source else None
        return wanted.get("sourcePathOverride") or discovered

    def environment(self, manifest: Manifest, env: Mapping[str, str]) -> Mapping[str, str]:
        """Return the environment of the mover, given the one that the operator's contract describes."""
        return env

    def complaint(self, problem: str) -> str:
        """Return what the user is told where no Job can be made; "" where the operator says nothing."""
        return problem

    def succeeded(self, result: MoverResult) -> bool:
        """Whether a job did what it was made for."""
        return result.succeeded

    def failure_message(self, requested: Identity | None, discovered: Discovered, result: MoverResult) -> str:
        """What the user is told: the end of the log, or who was asked for and who is there."""
        last = result.log.strip().splitlines()[-1:] or ["the mover ended without a word"]
        if requested is None or discovered.snapshots_of(requested):
            return f"mover failed with exit status {result.exit_code}: {last[0]}"
        available = ", ".join(str(identity) for identity in discovered.identities) or "none"
        return f"no snapshot found for identity {requested}; available identities: {available}; {last[0]}"


def source_namespace(destination: Manifest) -> str:
    """The namespace that a ``sourceIdentity`` means: the one it names, else the destination's own."""
    wanted = kopia_spec(destination)["sourceIdentity"]
    return str(wanted.get("sourceNamespace") or destination["metadata"]["namespace"])
