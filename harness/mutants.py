"""Deliberately wrong subjects: each breaks one decision or one step, and must be caught.

For each the claims that must fail are written down here, before anything is run, beside a few
that have nothing to do with the fault and must still hold.  ``tox -e proof`` runs them all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from harness.kopia import KopiaClient, snapshots_in
from harness.model import Identity, Manifest, MoverJob, MoverResult, RepositoryAddress, SnapshotRecord
from harness.mover.reference import ReferenceMover
from harness.platform.base import kopia_spec
from harness.platform.decisions import Decisions, FindSource
from harness.platform.discovery import Discovered
from harness.spec import rules


@dataclass(frozen=True)
class Mutant:
    """One fault: what it does wrong, the claims it must fail, and claims it must not touch."""

    name: str
    says: str
    must_fail: frozenset[str]
    unrelated: frozenset[str]
    decisions: type[Decisions] = Decisions
    mover: type[ReferenceMover] = ReferenceMover


MUTANTS: dict[str, Mutant] = {}

_T = TypeVar("_T", type[Decisions], type[ReferenceMover])


def _mutant(name: str, *, fails: str, unrelated: str) -> Callable[[_T], _T]:
    """Registers a subclass as a mutant; its docstring says what it does wrong."""

    def register(broken: _T) -> _T:
        part = {"decisions": broken} if issubclass(broken, Decisions) else {"mover": broken}
        says = str(broken.__doc__)
        MUTANTS[name] = Mutant(name, says, frozenset(fails.split()), frozenset(unrelated.split()), **part)  # type: ignore[arg-type]
        return broken

    return register


# --- decisions: the default identity


@_mutant("pvc-in-hostname", fails="TN_1 TN_4 HN_2 HN_E2 HN_E3 RD_2", unrelated="HN_1 UN_E3 VA_1")
class _PvcInHostname(Decisions):
    """The default hostname is namespace-pvc."""

    def default_hostname(self, namespace: str, pvc: str) -> str:
        return rules.sanitise_hostname(f"{namespace}-{pvc}")


@_mutant("namespace-left-out", fails="TN_1 TN_9 HN_2 HN_E2 HN_E3 RD_1 SH_E", unrelated="HN_1 CU_E1 VA_1")
class _NamespaceLeftOut(Decisions):
    """The default hostname is the same for every namespace."""

    def default_hostname(self, namespace: str, pvc: str) -> str:
        return "cluster"


@_mutant("hostname-not-sanitised", fails="SH_E", unrelated="HN_1 HN_2 SU_E")
class _HostnameNotSanitised(Decisions):
    """The default hostname is the namespace as it comes."""

    def default_hostname(self, namespace: str, pvc: str) -> str:
        return namespace


@_mutant("name-not-sanitised", fails="SU_E UN_E4", unrelated="UN_E2 HN_E2 SH_E")
class _NameNotSanitised(Decisions):
    """The default username is the name as it comes."""

    def sanitise_username(self, text: str) -> str:
        return text


@_mutant("one-username-for-all", fails="TN_2 TN_4 TN_5 SR_3 HN_E3 UN_E3", unrelated="HN_2 CU_E1 VA_1")
class _OneUsername(Decisions):
    """Every default username is the fallback."""

    def default_username(self, name: str, namespace: str) -> str:
        return rules.FALLBACK


@_mutant("51-fits", fails="UN_3", unrelated="UN_2 UN_E3 HN_2")
class _FiftyOneFits(Decisions):
    """A combined name of 51 characters still counts as short enough."""

    def fits(self, combined: str) -> bool:
        return len(combined) <= 51


@_mutant("50-does-not-fit", fails="UN_2", unrelated="UN_3 UN_E2 HN_2")
class _FiftyDoesNotFit(Decisions):
    """A combined name of exactly 50 characters counts as too long."""

    def fits(self, combined: str) -> bool:
        return len(combined) < 50


@_mutant("everything-fits", fails="UN_3 UN_E3", unrelated="UN_2 UN_E2 HN_2")
class _EverythingFits(Decisions):
    """The namespace is added however long the combined name is."""

    def fits(self, combined: str) -> bool:
        return True


@_mutant("nothing-fits", fails="UN_2 UN_E2 UN_E4", unrelated="UN_3 UN_E3 HN_2")
class _NothingFits(Decisions):
    """The namespace is never added."""

    def fits(self, combined: str) -> bool:
        return False


# --- decisions: custom names


@_mutant("custom-username-sanitised", fails="UN_1 UN_E1", unrelated="HN_1 CU_E1 CU_1 TN_1")
class _CustomUsernameSanitised(Decisions):
    """A custom username goes through the rule for generated ones."""

    def custom_username(self, value: str) -> str:
        return rules.sanitise_username(value)


@_mutant("custom-username-ignored", fails="UN_1 OV_1 CU_E1 CU_E2 NS_E UN_E1", unrelated="HN_2 TN_1 VA_1")
class _CustomUsernameIgnored(Decisions):
    """The default username is used whatever the object says."""

    def username(self, spec: Mapping[str, Any], name: str, namespace: str) -> str:
        return self.default_username(name, namespace)


@_mutant("custom-hostname-ignored", fails="HN_1 HN_E1 OV_1 CU_E1 CU_E2 NS_E", unrelated="HN_2 TN_1 UN_1")
class _CustomHostnameIgnored(Decisions):
    """The namespace is the hostname whatever the object says."""

    def hostname(self, spec: Mapping[str, Any], namespace: str, pvc: str) -> str:
        return self.default_hostname(namespace, pvc)


@_mutant("any-name-admitted", fails="VA_1 VA_I", unrelated="VA_V UN_1 HN_2")
class _AnyNameAdmitted(Decisions):
    """Admission holds no custom name against the pattern."""

    def accepts_custom_name(self, value: str) -> bool:
        return True


@_mutant("labels-only-admitted", fails="VA_V", unrelated="VA_I HN_2 TN_1")
class _LabelsOnlyAdmitted(Decisions):
    """Admission refuses dots and underscores in custom names."""

    def accepts_custom_name(self, value: str) -> bool:
        return super().accepts_custom_name(value) and not set(value) & set("._")


# --- decisions: destinations


@_mutant("half-identity-accepted", fails="RD_3", unrelated="RD_4 RD_2 HN_2")
class _HalfIdentityAccepted(Decisions):
    """A destination with one of username and hostname is served, with a default for the other."""

    def refusal(self, destination: Manifest) -> str | None:
        return None


@_mutant("explicit-identity-ignored", fails="RD_4", unrelated="RD_2 SI_1 HN_2")
class _ExplicitIdentityIgnored(Decisions):
    """A destination's own username and hostname are not looked at."""

    def requested_identity(self, destination: Manifest, find: FindSource) -> Identity:
        if kopia_spec(destination).get("sourceIdentity"):
            return super().requested_identity(destination, find)
        metadata = destination["metadata"]
        return Identity(
            self.default_username(metadata["name"], metadata["namespace"]),
            self.default_hostname(metadata["namespace"], ""),
        )


@_mutant("destination-in-hostname", fails="RD_1 RD_2", unrelated="HN_2 SI_1 RD_4")
class _DestinationInHostname(Decisions):
    """A destination that stands for itself asks for a username of its own making."""

    def requested_identity(self, destination: Manifest, find: FindSource) -> Identity:
        identity = super().requested_identity(destination, find)
        spec = kopia_spec(destination)
        if spec.get("username") or spec.get("sourceIdentity"):
            return identity
        return Identity(f"{identity.username}-dst", identity.hostname)


@_mutant("source-custom-identity-ignored", fails="SI_4 CU_E1 CU_E2", unrelated="SI_1 RD_4 HN_1")
class _SourceCustomIdentityIgnored(Decisions):
    """sourceIdentity generates the default identity, whatever the source itself uses."""

    def identity_by_source(self, source: Manifest | None, name: str, namespace: str) -> Identity:
        return super().identity_by_source(None, name, namespace)


@_mutant("source-in-wrong-namespace", fails="SI_1 SI_4", unrelated="RD_2 RD_4 HN_2")
class _SourceInWrongNamespace(Decisions):
    """sourceIdentity looks for the source in the destination's namespace."""

    def requested_identity(self, destination: Manifest, find: FindSource) -> Identity:
        wanted = kopia_spec(destination).get("sourceIdentity")
        if not wanted:
            return super().requested_identity(destination, find)
        namespace = destination["metadata"]["namespace"]
        return self.identity_by_source(find(namespace, wanted["sourceName"]), wanted["sourceName"], namespace)


@_mutant("source-repository-ignored", fails="SI_1", unrelated="RD_2 RD_4 HN_2")
class _SourceRepositoryIgnored(Decisions):
    """The repository of the source is not used where the destination names none."""

    def repository(self, manifest: Manifest, find: FindSource) -> str | None:
        return kopia_spec(manifest).get("repository")


@_mutant("message-names-nobody", fails="IS_4", unrelated="IS_6 RD_2 HN_2")
class _MessageNamesNobody(Decisions):
    """A failed restore says that it failed, and nothing else."""

    def failure_message(self, requested: Identity | None, discovered: Discovered, result: MoverResult) -> str:
        return "the restore failed"


# --- steps of the mover


@_mutant("newest-of-anybody", fails="IS_4 IS_6 SR_3", unrelated="HN_2 TN_1 OV_5")
class _NewestOfAnybody(ReferenceMover):
    """A restore takes the newest snapshot of the repository, whoever it belongs to."""

    def own(self, client: KopiaClient, records: Sequence[SnapshotRecord], job: MoverJob) -> Sequence[SnapshotRecord]:
        return records


@_mutant("list-without-source", fails="IS_4 IS_6 SR_3", unrelated="HN_2 TN_1 OV_5")
class _ListWithoutSource(ReferenceMover):
    """A restore asks kopia for a list without naming a source, and is answered with everybody's."""

    def own(self, client: KopiaClient, records: Sequence[SnapshotRecord], job: MoverJob) -> Sequence[SnapshotRecord]:
        return snapshots_in(client.list_snapshots())


@_mutant("identity-not-at-connect", fails="OV_5 CU_1 HN_2 TN_5", unrelated="VA_1 RD_3 OV_3")
class _IdentityNotAtConnect(ReferenceMover):
    """The overrides are not given when the repository is opened, so kopia uses its own defaults."""

    def client_identity(self, job: MoverJob) -> Identity | None:
        return None


@_mutant("host-lower-cased", fails="HN_1 OV_5", unrelated="HN_2 UN_1 TN_1")
class _HostLowerCased(ReferenceMover):
    """The hostname is turned to lower case on its way to kopia."""

    def identity(self, job: MoverJob) -> Identity:
        identity = super().identity(job)
        return Identity(identity.username, identity.hostname.lower())


@_mutant("username-cut-at-the-at-sign", fails="CU_1 UN_E1", unrelated="HN_2 CU_E1 TN_1")
class _UsernameCut(ReferenceMover):
    """An e-mail-shaped username loses what follows the @."""

    def identity(self, job: MoverJob) -> Identity:
        identity = super().identity(job)
        return Identity(identity.username.split("@")[0], identity.hostname)


@_mutant("prefix-ignored", fails="SR_5", unrelated="SR_3 HN_2 TN_1")
class _PrefixIgnored(ReferenceMover):
    """The path prefix of the repository is dropped."""

    def address(self, job: MoverJob) -> RepositoryAddress:
        address = super().address(job)
        return RepositoryAddress(address.bucket, "", address.endpoint, address.tls)


@_mutant("repository-per-tenant", fails="SR_2", unrelated="VA_1 RD_3 OV_3")
class _RepositoryPerTenant(ReferenceMover):
    """Every hostname gets a prefix, and so a repository, of its own."""

    def address(self, job: MoverJob) -> RepositoryAddress:
        address = super().address(job)
        return RepositoryAddress(address.bucket, f"{self.identity(job).hostname}/", address.endpoint, address.tls)


@_mutant("empty-restore-succeeds", fails="IS_4 IS_6", unrelated="SR_3 HN_2 RD_2")
class _EmptyRestoreSucceeds(ReferenceMover):
    """A restore that finds nothing leaves the volume empty and reports success."""

    def nothing_found(self, job: MoverJob, history: Sequence[SnapshotRecord]) -> None:
        return None
