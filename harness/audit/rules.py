"""Define the rules by which identities are made: both variants of the document, an older form, and rules of a user.

A rule is a ``Decisions``, as the reference operator has one. So the audit decides with the same code as the reference.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from harness.audit.organisation import Declared
from harness.document import rules
from harness.errors import UsageError
from harness.model import CustomNames, DefaultUsername, Identity, Manifest, Variants
from harness.operator.decisions import Decisions, FindSource
from harness.volsync import admission
from harness.volsync.fields import kopia_spec
from harness.volsync.kinds import is_source
from harness.volsync.mover_job import recorded
from harness.volsync.specs import destination_spec, source_pvc
from harness.volsync.variables import DEFAULT_PATH

OLDER = "namespace-pvc"
"""The name of the older rule: name-namespace@namespace-pvc."""

PVC = "pvc"
"""The name of a rule that other operators follow: pvc@namespace."""


@dataclass(frozen=True, order=True)
class Asked:
    """What an object writes or requests: an identity and a path."""

    identity: Identity
    path: str

    def __str__(self) -> str:
        return f"{self.identity}:{self.path}"


@dataclass(frozen=True)
class Rule:
    """A rule for identities.

    Attributes:
        name: The name, as ``--rules`` takes it.
        says: What the rule says, as a clause.
        decisions: The decisions of an operator with this rule.
        file: The file of a user's rule, or "".
        is_of_others: True if no form of the document says this: it is assumed only if it explains more than the others.
    """

    name: str
    says: str
    decisions: Decisions = field(repr=False, compare=False)
    file: str = ""
    is_of_others: bool = False

    def is_admitted(self, one: Declared) -> bool:
        """Return True if the API accepts an object; only then it exists in its cluster."""
        if one.is_stored:
            return True
        return not (one.refusal or admission.refusal_of_names(one.manifest, self.decisions.accepts_custom_name))

    def refusal(self, one: Declared, find: FindSource) -> str:
        """Return why the API or the operator refuses an object, or "" if it is accepted."""
        if one.is_stored:
            return self.decisions.refusal(one.manifest, find) or ""
        return one.refusal or self.refusal_of_fields(one.manifest, find)

    def refusal_of_fields(self, manifest: Manifest, find: FindSource) -> str:
        """Return why custom names or numbers of an object are refused; its schema is not checked."""
        refused = admission.refusal_of_names(manifest, self.decisions.accepts_custom_name)
        return refused or self.decisions.refusal(manifest, find) or ""

    def asked(self, manifest: Manifest, find: FindSource, *, writes: bool) -> Asked:
        """Return the identity and path that a source writes, or that a destination requests."""
        decide = self.decisions
        identity = decide.identity(manifest) if writes else decide.requested_identity(manifest, find)
        return Asked(identity, recorded(decide.source_path(manifest, find) or DEFAULT_PATH))

    def of(self, one: Declared, find: FindSource) -> Asked:
        """Return the identity and path that an object writes or requests."""
        return self.asked(one.manifest, find, writes=is_source(one.ref))

    def accepts(self, identity: Identity) -> bool:
        """Return True if both names of an identity can be given as custom names."""
        names = (identity.username, identity.hostname)
        return all(name and self.decisions.accepts_custom_name(name) for name in names)

    @cached_property
    def adds_namespace(self) -> bool:
        """Return True if the default username contains the namespace."""
        return self.decisions.variants.default_username is DefaultUsername.OBJECT_NAME_NAMESPACE


class OlderDecisions(Decisions):
    """Decide as the document's older examples: the hostname also holds the PVC.

    A destination that names no source has the PVC that it restores into.
    """

    def identity(self, manifest: Manifest) -> Identity:
        """Return the identity, with the PVC of the object in its hostname."""
        metadata, spec = manifest["metadata"], kopia_spec(manifest)
        pvc = source_pvc(manifest) or destination_spec(manifest).pvc
        return Identity(
            self.username(spec, metadata["name"], metadata["namespace"]),
            self.hostname(spec, metadata["namespace"], pvc),
        )

    def default_hostname(self, namespace: str, pvc: str) -> str:
        """Return namespace-pvc, sanitised."""
        return rules.sanitise_hostname(f"{namespace}-{pvc}" if pvc else namespace)

    def requested_identity(self, destination: Manifest, find: FindSource) -> Identity:
        """Return the requested identity; for a source that does not exist, with the PVC that the destination gives."""
        spec = destination_spec(destination)
        if spec.username or not spec.named or find(spec.named.namespace, spec.named.name) is not None:
            return super().requested_identity(destination, find)
        named = spec.named
        return Identity(
            self.default_username(named.name, named.namespace), self.default_hostname(named.namespace, named.pvc)
        )


class PvcDecisions(Decisions):
    """Decide as an operator that names a tenant after its PVC. A destination that names no source has its own PVC."""

    def identity(self, manifest: Manifest) -> Identity:
        """Return the identity, with the PVC of the object as its username."""
        metadata, spec = manifest["metadata"], kopia_spec(manifest)
        pvc = source_pvc(manifest) or destination_spec(manifest).pvc
        return Identity(
            self.username(spec, pvc or metadata["name"], metadata["namespace"]),
            self.hostname(spec, metadata["namespace"], pvc),
        )

    def requested_identity(self, destination: Manifest, find: FindSource) -> Identity:
        """Return the requested identity; for a source that does not exist, with the PVC that the destination gives."""
        spec = destination_spec(destination)
        if spec.username or not spec.named or find(spec.named.namespace, spec.named.name) is not None:
            return super().requested_identity(destination, find)
        named = spec.named
        return self.identity_by_source(None, named.pvc or named.name, named.namespace)


def _of_document(variants: Variants) -> Rule:
    says = f"{variants.default_username.in_words}, the hostname is the namespace; {variants.custom_names.in_words}"
    custom = "" if variants.custom_names is CustomNames.VALIDATED else f",{variants.custom_names}"
    return Rule(f"{variants.default_username}{custom}", says, Decisions(variants))


def _older(custom_names: CustomNames) -> Rule:
    variants = Variants(DefaultUsername.OBJECT_NAME_NAMESPACE, custom_names)
    custom = "" if custom_names is CustomNames.VALIDATED else f",{custom_names}"
    return Rule(
        f"{OLDER}{custom}",
        f"the username is name-namespace, the hostname is namespace-pvc; {custom_names.in_words}",
        OlderDecisions(variants),
    )


_OF_PVC = Rule(
    PVC,
    f"the username is the PVC, the hostname is the namespace; {CustomNames.AS_GIVEN.in_words}",
    PvcDecisions(Variants(custom_names=CustomNames.AS_GIVEN)),
    is_of_others=True,
)
BUILT_IN: Mapping[str, Rule] = {
    **{
        rule.name: rule
        for custom in CustomNames
        for rule in (*(_of_document(Variants(username, custom)) for username in DefaultUsername), _older(custom))
    },
    PVC: _OF_PVC,
}
"""The rules that need no file, by name."""


def alternatives(rule: Rule) -> list[Rule]:
    """Return the built-in rules that make other default names than a rule, with the name of the default only."""
    own = rule.name.partition(",")[0]
    open_to_all = [one for one in BUILT_IN.values() if one.decisions.variants.custom_names is CustomNames.AS_GIVEN]
    found = [replace(one, name=one.name.partition(",")[0]) for one in open_to_all]
    return [one for one in found if one.name != own]


def named(name: str) -> Rule:
    """Return a built-in rule.

    Raises:
        UsageError: There is no rule of this name.
    """
    if name in BUILT_IN:
        return BUILT_IN[name]
    known = ", ".join(BUILT_IN)
    raise UsageError(f"--rules {name}: no such rule, and no file of this name; use auto, one of {known}, or a file")
