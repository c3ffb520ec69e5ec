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
from harness.volsync.fields import Field, kopia_spec
from harness.volsync.kinds import is_destination_manifest
from harness.volsync.specs import destination_spec, named_source, source_pvc, spec_of
from harness.volsync.variables import REPOSITORY_KEYS

FindSource = Callable[[str, str], Manifest | None]
"""(namespace, name) -> the source, or None."""


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
        return Identity(
            self.username(kopia_spec(manifest), metadata["name"], metadata["namespace"]),
            self.hostname(kopia_spec(manifest), metadata["namespace"], source_pvc(manifest)),
        )

    def username(self, spec: Mapping[str, Any], name: str, namespace: str) -> str:
        """The custom username, or else the default (section "Username generation logic")."""
        custom = spec.get(Field.USERNAME)
        return self.custom_username(custom) if custom else self.default_username(name, namespace)

    def hostname(self, spec: Mapping[str, Any], namespace: str, pvc: str) -> str:
        """The custom hostname, or else the default (section "Hostname generation logic")."""
        custom = spec.get(Field.HOSTNAME)
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
        if not is_destination_manifest(manifest):
            return None
        spec = kopia_spec(manifest)
        given, missing = Field.USERNAME, Field.HOSTNAME
        if not spec.get(given):
            given, missing = missing, given
        if spec.get(given) and not spec.get(missing):
            return f"spec.kopia.{missing} is missing: give it together with {given}, or give neither"
        return None

    def requested_identity(self, destination: Manifest, find: FindSource) -> Identity:
        """Explicit names first, then the source that it names, then the destination itself."""
        spec = destination_spec(destination)
        if spec.username or not spec.named:
            return self.identity(destination)
        source = find(spec.named.namespace, spec.named.name)
        return self.identity_by_source(source, spec.named.name, spec.named.namespace)

    def identity_by_source(self, source: Manifest | None, name: str, namespace: str) -> Identity:
        """What a source itself uses; for one that does not exist, the default of its name."""
        if source is not None:
            return self.identity(source)
        return Identity(self.default_username(name, namespace), self.default_hostname(namespace, ""))

    def in_words(self, identity: Identity) -> str:
        """An identity as a status shows it."""
        return str(identity)

    def available(self, discovered: Discovered, result: MoverResult) -> list[dict[str, Any]]:
        """The identities that a status lists, however the mover ended."""
        return discovered.status()

    def status(self, manifest: Manifest, status: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the status of an object after a sync, given the one that the operator's contract describes."""
        return status

    def repository(self, manifest: Manifest, find: FindSource) -> str | None:
        """The repository Secret's name: the object's own, else that of the source it names."""
        own, named = spec_of(manifest).repository, named_source(manifest)
        if own or not named:
            return own or None
        source = find(named.namespace, named.name)
        return (spec_of(source).repository or None) if source else None

    def missing_key(self, secret: Mapping[str, str]) -> str | None:
        """Which key a repository Secret lacks."""
        return next((key for key in REPOSITORY_KEYS if not secret.get(key)), None)

    def source_path(self, manifest: Manifest, find: FindSource) -> str | None:
        """The path override, the object's own or that of the source it names."""
        named = named_source(manifest)
        if not named:
            return spec_of(manifest).source_path or None
        source = find(named.namespace, named.name)
        return named.path or (spec_of(source).source_path if source else "") or None

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
    """The namespace of the source that a destination names: the one it gives, else the destination's own."""
    named = named_source(destination)
    return named.namespace if named else str(destination["metadata"]["namespace"])
