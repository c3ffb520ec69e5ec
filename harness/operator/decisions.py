"""Decide as the operator does: identity, repository, path, refusal, and the meaning of a mover's result.

Each decision is one small method without side effects.  ``Decisions`` follows the document.  A mutant overrides one
method.  A prototype of an operator overrides each method that decides in another way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from harness.document import rules
from harness.model import CustomNames, DefaultUsername, Identity, Manifest, MoverResult, ObjectRef, Variants
from harness.volsync import jobs
from harness.volsync.discovery import Discovered
from harness.volsync.fields import Field, kopia_spec, manual_trigger
from harness.volsync.kinds import is_destination_manifest
from harness.volsync.specs import destination_spec, named_source, source_pvc, spec_of
from harness.volsync.variables import REPOSITORY_KEYS

FindSource = Callable[[str, str], Manifest | None]
"""Function that takes the namespace and name of a source and returns the source, or None."""


class Decisions:
    """Decide as the document says; ``variants`` selects a reading where the document contradicts itself."""

    def __init__(self, variants: Variants) -> None:
        self.variants = variants

    def accepts_custom_name(self, value: str) -> bool:
        """Return True if admission accepts a custom name: any under ``as-given``, else one that matches the pattern."""
        return self.variants.custom_names == CustomNames.AS_GIVEN or rules.matches_custom_pattern(value)

    def identity(self, manifest: Manifest) -> Identity:
        """Return the identity of a source, or of a destination that names no source."""
        metadata = manifest["metadata"]
        return Identity(
            self.username(kopia_spec(manifest), metadata["name"], metadata["namespace"]),
            self.hostname(kopia_spec(manifest), metadata["namespace"], source_pvc(manifest)),
        )

    def username(self, spec: Mapping[str, Any], name: str, namespace: str) -> str:
        """Return the custom username, or else the default (section "Username generation logic")."""
        custom = spec.get(Field.USERNAME)
        return self.custom_username(custom) if custom else self.default_username(name, namespace)

    def hostname(self, spec: Mapping[str, Any], namespace: str, pvc: str) -> str:
        """Return the custom hostname, or else the default (section "Hostname generation logic")."""
        custom = spec.get(Field.HOSTNAME)
        return self.custom_hostname(custom) if custom else self.default_hostname(namespace, pvc)

    def custom_username(self, value: str) -> str:
        """Return the custom username unchanged."""
        return value

    def custom_hostname(self, value: str) -> str:
        """Return the custom hostname unchanged."""
        return value

    def default_username(self, name: str, namespace: str) -> str:
        """Return the sanitised name; under ``object-name-namespace`` with the namespace if both are short enough."""
        combined = rules.combined_name(name, namespace)
        adds_namespace = self.variants.default_username == DefaultUsername.OBJECT_NAME_NAMESPACE
        return self.sanitise_username(combined if adds_namespace and self.fits(combined) else name)

    def default_hostname(self, namespace: str, pvc: str) -> str:
        """Return the sanitised namespace; ``pvc`` is never part of it, but an overriding method can use it."""
        return rules.sanitise_hostname(namespace)

    def fits(self, combined: str) -> bool:
        """Return True if name and namespace together are short enough."""
        return rules.fits(combined)

    def sanitise_username(self, text: str) -> str:
        """Return a username sanitised by the documented rule."""
        return rules.sanitise_username(text)

    def begins_sync(self, before: Manifest | None, manifest: Manifest) -> bool:
        """Return True if an applied source or destination begins a sync: it has a new trigger."""
        return manual_trigger(manifest) not in (None, manual_trigger(before))

    def begins_again(self, manifest: Manifest) -> bool:
        """Return True if a source or destination whose sync succeeded gets another Job without a new trigger."""
        return False

    def refusal(self, manifest: Manifest, find: FindSource) -> str | None:
        """Return why an object gets no Job, or None if it gets one.

        A destination is refused with only one of username and hostname, or with a negative number of snapshots. A
        source is refused with a negative number in ``retain``: kopia then deletes even the newest snapshot.

        Args:
            manifest: The source or destination.
            find: Looks up a source.
        """
        spec = kopia_spec(manifest)
        if not is_destination_manifest(manifest):
            kept = {f"{Field.RETAIN}.{period}": number for period, number in (spec.get(Field.RETAIN) or {}).items()}
            return _negative(kept)
        given, missing = Field.USERNAME, Field.HOSTNAME
        if not spec.get(given):
            given, missing = missing, given
        if spec.get(given) and not spec.get(missing):
            return f"spec.kopia.{missing} is missing: give it together with {given}, or give neither"
        return _negative({field.value: spec.get(field, 0) for field in (Field.PREVIOUS, Field.SHALLOW)})

    def requested_identity(self, destination: Manifest, find: FindSource) -> Identity:
        """Return the identity by explicit names, else that of the named source, else that of the destination itself."""
        spec = destination_spec(destination)
        if spec.username or not spec.named:
            return self.identity(destination)
        source = find(spec.named.namespace, spec.named.name)
        return self.identity_by_source(source, spec.named.name, spec.named.namespace)

    def identity_by_source(self, source: Manifest | None, name: str, namespace: str) -> Identity:
        """Return the identity of a source; if the source does not exist, the default identity of its name."""
        if source is not None:
            return self.identity(source)
        return Identity(self.default_username(name, namespace), self.default_hostname(namespace, ""))

    def in_words(self, identity: Identity) -> str:
        """Return an identity in the form in which the status shows it."""
        return str(identity)

    def available(self, discovered: Discovered, result: MoverResult) -> list[dict[str, Any]]:
        """Return the list of identities for the status, whether or not the mover succeeded."""
        return discovered.status()

    def status(self, manifest: Manifest, status: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the status to write after a sync; the argument ``status`` follows the operator's contract."""
        return status

    def repository(self, manifest: Manifest, find: FindSource) -> str | None:
        """Return the name of the repository Secret: that of the object, or else that of the named source."""
        own, named = spec_of(manifest).repository, named_source(manifest)
        if own or not named:
            return own or None
        source = find(named.namespace, named.name)
        return (spec_of(source).repository or None) if source else None

    def missing_key(self, secret: Mapping[str, str]) -> str | None:
        """Return the first key that a repository Secret lacks, or None."""
        return next((key for key in REPOSITORY_KEYS if not secret.get(key)), None)

    def pvc(self, source: Manifest) -> str:
        """Return the name of the PVC that a source backs up now."""
        return source_pvc(source)

    def job_name(self, ref: ObjectRef) -> str:
        """Return the name of the Job of an object: at most 63 characters, and another one for each kind and name."""
        return jobs.job_name(ref)

    def source_path(self, manifest: Manifest, find: FindSource) -> str | None:
        """Return the path override: that of the object, or else that of the named source."""
        named = named_source(manifest)
        if not named:
            return spec_of(manifest).source_path or None
        source = find(named.namespace, named.name)
        return named.path or (spec_of(source).source_path if source else "") or None

    def environment(self, manifest: Manifest, env: Mapping[str, str]) -> Mapping[str, str]:
        """Return the environment of the mover; the argument ``env`` follows the operator's contract."""
        return env

    def complaint(self, problem: str) -> str:
        """Return the message for the user if no Job can be created; "" if the operator reports nothing."""
        return problem

    def succeeded(self, result: MoverResult) -> bool:
        """Return True if the mover of a Job succeeded."""
        return result.succeeded

    def failure_message(self, requested: Identity | None, discovered: Discovered, result: MoverResult) -> str:
        """Return the message about a failed sync.

        If the requested identity has no snapshot, the message names this identity and the available ones.  Otherwise it
        names the exit status.  It always holds the last line of the log.
        """
        last = result.log.strip().splitlines()[-1:] or ["the mover wrote no log"]
        if requested is None or discovered.snapshots_of(requested):
            return f"mover failed with exit status {result.exit_code}: {last[0]}"
        available = ", ".join(str(identity) for identity in discovered.identities) or "none"
        return f"no snapshot found for identity {requested}; available identities: {available}; {last[0]}"


def source_namespace(destination: Manifest) -> str:
    """Return the namespace of the source that a destination names; by default that of the destination."""
    named = named_source(destination)
    return named.namespace if named else str(destination["metadata"]["namespace"])


def _negative(numbers: Mapping[str, Any]) -> str | None:
    """Return why an object is refused because of a negative number of snapshots, or None.

    What is no number is left to the API: it may drop a field that it does not know.
    """
    wrong = [field for field, number in numbers.items() if isinstance(number, int) and number < 0]
    return f"spec.kopia.{wrong[0]} is {numbers[wrong[0]]}: it must be 0 or more" if wrong else None
