"""Mutants that decide wrongly on an identity or a repository."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.document import rules
from harness.model import Identity, Manifest, MoverResult
from harness.operator.decisions import Decisions, FindSource
from harness.subject.mutants.registry import mutant
from harness.volsync.defaults import REPOSITORY_SECRET
from harness.volsync.discovery import Discovered
from harness.volsync.fields import Field, without_fields
from harness.volsync.specs import named_source, spec_of

# --- decisions: the default identity


@mutant("pvc-in-hostname", fails="TN_1 TN_4 HN_2 HN_E2 HN_E3 RD_2 SI_2", unrelated="HN_1 UN_E3 VA_1")
class _PvcInHostname(Decisions):
    """The default hostname is namespace-pvc."""

    def default_hostname(self, namespace: str, pvc: str) -> str:
        return rules.sanitise_hostname(f"{namespace}-{pvc}")


@mutant("namespace-left-out", fails="TN_1 TN_9 HN_2 HN_E2 HN_E3 RD_1 SH_E", unrelated="HN_1 CU_E1 VA_1")
class _NamespaceLeftOut(Decisions):
    """The default hostname is the same for every namespace."""

    def default_hostname(self, namespace: str, pvc: str) -> str:
        return "cluster"


@mutant("hostname-not-sanitised", fails="SH_E SH_1 HN_3 HN_4", unrelated="HN_1 HN_2 SU_E")
class _HostnameNotSanitised(Decisions):
    """The default hostname is the namespace as it comes."""

    def default_hostname(self, namespace: str, pvc: str) -> str:
        return namespace


@mutant("name-not-sanitised", fails="SU_E UN_E4 SU_1 UN_4 UN_5", unrelated="UN_E2 HN_E2 SH_E")
class _NameNotSanitised(Decisions):
    """The default username is the name as it comes."""

    def sanitise_username(self, text: str) -> str:
        return text


@mutant("one-username-for-all", fails="TN_2 TN_4 TN_5 SR_3 HN_E3 UN_E3", unrelated="HN_2 CU_E1 VA_1")
class _OneUsername(Decisions):
    """Every default username is the fallback."""

    def default_username(self, name: str, namespace: str) -> str:
        return rules.FALLBACK


@mutant("name-cut", fails="TN_10 UN_E3", unrelated="TN_9 HN_2 UN_E2")
class _NameCut(Decisions):
    """Default usernames are made from the first 20 characters of a name."""

    def default_username(self, name: str, namespace: str) -> str:
        return super().default_username(name[:20], namespace)


@mutant("51-fits", fails="UN_3", unrelated="UN_2 UN_E3 HN_2")
class _FiftyOneFits(Decisions):
    """A combined name of 51 characters still counts as short enough."""

    def fits(self, combined: str) -> bool:
        return len(combined) <= 51


@mutant("50-does-not-fit", fails="UN_2", unrelated="UN_3 UN_E2 HN_2")
class _FiftyDoesNotFit(Decisions):
    """A combined name of exactly 50 characters counts as too long."""

    def fits(self, combined: str) -> bool:
        return len(combined) < 50


@mutant("everything-fits", fails="UN_3 UN_E3", unrelated="UN_2 UN_E2 HN_2")
class _EverythingFits(Decisions):
    """The namespace is added however long the combined name is."""

    def fits(self, combined: str) -> bool:
        return True


@mutant("nothing-fits", fails="UN_2 UN_E2 UN_E4", unrelated="UN_3 UN_E3 HN_2")
class _NothingFits(Decisions):
    """The namespace is never added."""

    def fits(self, combined: str) -> bool:
        return False


@mutant("namespace-first", fails="VR_1", unrelated="HN_2 CU_E1 VA_1")
class _NamespaceFirst(Decisions):
    """The default username is {namespace}-{name} where that fits."""

    def default_username(self, name: str, namespace: str) -> str:
        combined = f"{namespace}-{name}"
        return self.sanitise_username(combined if self.fits(combined) else name)


@mutant("username-cut-at-63", fails="VR_1 TN_10", unrelated="HN_2 TN_9 VA_1")
class _UsernameCutAt63(Decisions):
    """A default username has at most 63 characters, as a label has."""

    def default_username(self, name: str, namespace: str) -> str:
        return super().default_username(name, namespace)[:63]


# --- decisions: custom names


@mutant("at-sign-replaced", fails="VR_2", unrelated="UN_1 HN_1 CU_E1")
class _AtSignReplaced(Decisions):
    """An e-mail address is accepted as username, and recorded as something else."""

    def accepts_custom_name(self, value: str) -> bool:
        return bool(value)

    def custom_username(self, value: str) -> str:
        return value.replace("@", "_at_")


@mutant("custom-username-sanitised", fails="UN_1 UN_E1", unrelated="HN_1 CU_E1 CU_1 TN_1")
class _CustomUsernameSanitised(Decisions):
    """A custom username goes through the rule for generated ones."""

    def custom_username(self, value: str) -> str:
        return rules.sanitise_username(value)


@mutant("custom-username-ignored", fails="UN_1 OV_1 CU_E1 CU_E2 NS_E UN_E1 CU_2 UN_6 TR_3", unrelated="HN_2 TN_1 VA_1")
class _CustomUsernameIgnored(Decisions):
    """The default username is used whatever the object says."""

    def username(self, spec: Mapping[str, Any], name: str, namespace: str) -> str:
        return self.default_username(name, namespace)


@mutant("custom-hostname-ignored", fails="HN_1 HN_E1 OV_1 CU_E1 CU_E2 NS_E CU_2 UN_6", unrelated="HN_2 TN_1 UN_1")
class _CustomHostnameIgnored(Decisions):
    """The namespace is the hostname whatever the object says."""

    def hostname(self, spec: Mapping[str, Any], namespace: str, pvc: str) -> str:
        return self.default_hostname(namespace, pvc)


@mutant("any-name-admitted", fails="VA_1 VA_I", unrelated="VA_V UN_1 HN_2")
class _AnyNameAdmitted(Decisions):
    """Admission holds no custom name against the pattern."""

    def accepts_custom_name(self, value: str) -> bool:
        return True


@mutant("labels-only-admitted", fails="VA_V", unrelated="VA_I HN_2 TN_1")
class _LabelsOnlyAdmitted(Decisions):
    """Admission refuses dots and underscores in custom names."""

    def accepts_custom_name(self, value: str) -> bool:
        return super().accepts_custom_name(value) and not set(value) & set("._")


# --- decisions: destinations


@mutant("half-identity-accepted", fails="RD_3", unrelated="RD_4 RD_2 HN_2")
class _HalfIdentityAccepted(Decisions):
    """A destination with one of username and hostname is served, with a default for the other."""

    def refusal(self, manifest: Manifest, find: FindSource) -> str | None:
        return None


@mutant("explicit-identity-ignored", fails="RD_4 IS_3", unrelated="RD_2 SI_1 HN_2")
class _ExplicitIdentityIgnored(Decisions):
    """A destination's own username and hostname are not looked at."""

    def requested_identity(self, destination: Manifest, find: FindSource) -> Identity:
        if named_source(destination):
            return super().requested_identity(destination, find)
        metadata = destination["metadata"]
        return Identity(
            self.default_username(metadata["name"], metadata["namespace"]),
            self.default_hostname(metadata["namespace"], ""),
        )


@mutant("destination-in-hostname", fails="RD_1 RD_2", unrelated="HN_2 SI_1 RD_4")
class _DestinationInHostname(Decisions):
    """A destination that stands for itself asks for a username of its own making."""

    def requested_identity(self, destination: Manifest, find: FindSource) -> Identity:
        identity = super().requested_identity(destination, find)
        if spec_of(destination).username or named_source(destination):
            return identity
        return Identity(f"{identity.username}-dst", identity.hostname)


@mutant("source-custom-identity-ignored", fails="SI_4", unrelated="SI_1 RD_4 HN_1")
class _SourceCustomIdentityIgnored(Decisions):
    """A destination that names a source asks for its default identity, whatever the source itself uses."""

    def identity_by_source(self, source: Manifest | None, name: str, namespace: str) -> Identity:
        return super().identity_by_source(None, name, namespace)


@mutant("source-in-wrong-namespace", fails="SI_1", unrelated="RD_2 RD_4 HN_2")
class _SourceInWrongNamespace(Decisions):
    """A source that a destination names is looked for in the destination's namespace."""

    def requested_identity(self, destination: Manifest, find: FindSource) -> Identity:
        named = named_source(destination)
        if not named:
            return super().requested_identity(destination, find)
        namespace = destination["metadata"]["namespace"]
        return self.identity_by_source(find(namespace, named.name), named.name, namespace)


@mutant("source-repository-ignored", fails="SI_1", unrelated="RD_2 RD_4 HN_2")
class _SourceRepositoryIgnored(Decisions):
    """Where the destination names no repository a default one is used, whatever the source uses."""

    def repository(self, manifest: Manifest, find: FindSource) -> str | None:
        return spec_of(manifest).repository or REPOSITORY_SECRET


@mutant("message-names-nobody", fails="IS_4", unrelated="IS_6 RD_2 HN_2")
class _MessageNamesNobody(Decisions):
    """A failed restore says that it failed, and nothing else."""

    def failure_message(self, requested: Identity | None, discovered: Discovered, result: MoverResult) -> str:
        return "the restore failed"


@mutant("one-custom-name-is-not-enough", fails="UN_6 UN_1 HN_1 TR_3", unrelated="CU_E1 NS_E HN_2")
class _OneCustomNameIsNotEnough(Decisions):
    """Custom names count only where both are given."""

    def identity(self, manifest: Manifest) -> Identity:
        spec, metadata = spec_of(manifest), manifest["metadata"]
        if spec.username and spec.hostname:
            return super().identity(manifest)
        return Identity(
            self.default_username(metadata["name"], metadata["namespace"]),
            self.default_hostname(metadata["namespace"], ""),
        )


@mutant("source-before-explicit-names", fails="RD_5", unrelated="RD_4 SI_1 RD_2")
class _SourceBeforeExplicitNames(Decisions):
    """A destination that gives names and names a source is served by that source."""

    def requested_identity(self, destination: Manifest, find: FindSource) -> Identity:
        if not named_source(destination):
            return super().requested_identity(destination, find)
        return super().requested_identity(without_fields(destination, Field.USERNAME, Field.HOSTNAME), find)


@mutant("named-pvc-in-hostname", fails="SI_3", unrelated="SI_1 SI_2 RD_4")
class _NamedPvcInHostname(Decisions):
    """The PersistentVolumeClaim that a destination names with a source enters the hostname that is asked for."""

    def requested_identity(self, destination: Manifest, find: FindSource) -> Identity:
        identity = super().requested_identity(destination, find)
        named = named_source(destination)
        return Identity(identity.username, f"{identity.hostname}-{named.pvc}") if named and named.pvc else identity


@mutant("path-not-discovered", fails="RP_8", unrelated="SI_1 RP_6 HN_2")
class _PathNotDiscovered(Decisions):
    """The path of a source is not looked up for the destination that names it."""

    def source_path(self, manifest: Manifest, find: FindSource) -> str | None:
        return spec_of(manifest).source_path or None
