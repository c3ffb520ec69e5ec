"""Mutants that request another identity than the destination or its named source specifies."""

from __future__ import annotations

from harness.document import rules
from harness.model import Identity, Manifest
from harness.operator.decisions import Decisions, FindSource
from harness.subject.mutants.registry import mutant
from harness.volsync.specs import named_source, spec_of


@mutant("names-of-destinations-lower-cased", fails="IS_3 RD_4", unrelated="UN_1 HN_1 RD_2")
class _NamesOfDestinationsLowerCased(Decisions):
    """The custom names of a destination are turned to lower case, those of a source are not."""

    def requested_identity(self, destination: Manifest, find: FindSource) -> Identity:
        identity = super().requested_identity(destination, find)
        explicit = bool(spec_of(destination).username)
        return Identity(identity.username.lower(), identity.hostname.lower()) if explicit else identity


@mutant("names-of-destinations-sanitised", fails="IS_3 RD_4", unrelated="UN_1 HN_1 RD_2")
class _NamesOfDestinationsSanitised(Decisions):
    """The custom names of a destination go through the rules for generated ones."""

    def requested_identity(self, destination: Manifest, find: FindSource) -> Identity:
        identity = super().requested_identity(destination, find)
        if not spec_of(destination).username:
            return identity
        return Identity(rules.sanitise_username(identity.username), rules.sanitise_hostname(identity.hostname))


@mutant("names-of-the-source-sanitised", fails="SI_4", unrelated="SI_1 RD_4 UN_1 HN_1")
class _NamesOfTheSourceSanitised(Decisions):
    """A destination that names a source puts the names that the source gives through the rules for generated ones."""

    def identity_by_source(self, source: Manifest | None, name: str, namespace: str) -> Identity:
        identity = super().identity_by_source(source, name, namespace)
        return Identity(rules.sanitise_username(identity.username), rules.sanitise_hostname(identity.hostname))


@mutant("namespace-of-the-source-is-default", fails="SI_1", unrelated="SI_4 RD_4 RD_2")
class _NamespaceOfTheSourceIsDefault(Decisions):
    """A destination that names a source without its namespace names one of the namespace default."""

    def requested_identity(self, destination: Manifest, find: FindSource) -> Identity:
        named = named_source(destination)
        if not named or named.namespace != destination["metadata"]["namespace"]:
            return super().requested_identity(destination, find)
        return self.identity_by_source(find("default", named.name), named.name, "default")


@mutant("half-an-identity-beside-a-source", fails="RD_3", unrelated="RD_4 RD_5 SI_1")
class _HalfIdentityBesideASource(Decisions):
    """A destination that names a source may give a username alone, which is not looked at."""

    def refusal(self, manifest: Manifest, find: FindSource) -> str | None:
        return None if named_source(manifest) else super().refusal(manifest, find)


@mutant("repository-of-the-source-wins", fails="SI_1", unrelated="RD_2 RD_4 SR_6")
class _RepositoryOfTheSourceWins(Decisions):
    """The Secret that the named source names is used, even where the destination names another."""

    def repository(self, manifest: Manifest, find: FindSource) -> str | None:
        named = named_source(manifest)
        source = find(named.namespace, named.name) if named else None
        return super().repository(source or manifest, find)


@mutant("gone-source-is-the-destination", fails="SI_7", unrelated="SI_1 SI_4 RD_2")
class _GoneSourceIsTheDestination(Decisions):
    """Where the named source does not exist, a destination stands for itself."""

    def requested_identity(self, destination: Manifest, find: FindSource) -> Identity:
        named = named_source(destination)
        if named and find(named.namespace, named.name) is None:
            return self.identity(destination)
        return super().requested_identity(destination, find)


@mutant("gone-source-sought-at-home", fails="SI_7", unrelated="SI_1 SI_4 RD_2")
class _GoneSourceSoughtAtHome(Decisions):
    """Where the named source does not exist, the one of its name in the destination's namespace is taken."""

    def requested_identity(self, destination: Manifest, find: FindSource) -> Identity:
        def found(namespace: str, name: str) -> Manifest | None:
            return find(namespace, name) or find(destination["metadata"]["namespace"], name)

        return super().requested_identity(destination, found)


@mutant("gone-source-by-prefix", fails="SI_7", unrelated="SI_1 SI_4 RD_2")
class _GoneSourceByPrefix(Decisions):
    """Where the named source does not exist, one whose name only begins so is taken."""

    def requested_identity(self, destination: Manifest, find: FindSource) -> Identity:
        def found(namespace: str, name: str) -> Manifest | None:
            return find(namespace, name) or find(namespace, f"{name}s")

        return super().requested_identity(destination, found)
