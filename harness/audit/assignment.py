"""Assign to every object of an organisation what it writes or requests under one rule, and find owners by that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.audit.organisation import Declared, Organisation, Repository
from harness.audit.rules import Asked, Rule
from harness.model import Identity, Manifest
from harness.operator.decisions import FindSource
from harness.volsync.declared import as_written
from harness.volsync.fields import Field
from harness.volsync.specs import named_source

ANYWHERE = ""
"""The place of objects whose repository is not known: they count as users of the audited one."""


@dataclass(frozen=True)
class Place:
    """The repository of an object.

    Attributes:
        key: The same for all objects of one repository.
        is_audited: False if it is known to be another repository than the audited one.
    """

    key: str
    is_audited: bool = True


class Assignment:
    """Hold what each object writes or requests under a rule.

    Attributes:
        organisation: The objects.
        rule: The rule.
        audited: The repository that is audited, or None if it has no address.
        asked: The identity and path of each object that is accepted.
        refused: Why each other object is refused.
    """

    def __init__(self, organisation: Organisation, rule: Rule, audited: Repository | None = None) -> None:
        self.organisation, self.rule, self.audited = organisation, rule, audited
        self.asked: dict[Declared, Asked] = {}
        self.refused: dict[Declared, str] = {}
        self._places: dict[Declared, Place] = {}
        self._owners: dict[Asked, list[Declared]] = {}
        self._of_identity: dict[Identity, list[Declared]] = {}
        self._absent = {one for one in organisation.sources if not rule.is_admitted(one)}
        self._known: list[tuple[Repository, Place]] = []
        for one in (*organisation.sources, *organisation.destinations):
            find = self.finder(one.cluster)
            refused = rule.refusal(one, find)
            if not refused and rule.decisions.repository(one.manifest, find) is None:
                refused = f"spec.kopia.{Field.REPOSITORY} is missing: the operator creates no Job"
            if refused:
                self.refused[one] = refused
            else:
                self.asked[one] = rule.of(one, find)
        for source in self.sources_here:
            self._owners.setdefault(self.asked[source], []).append(source)
            self._of_identity.setdefault(self.asked[source].identity, []).append(source)

    @property
    def sources_here(self) -> list[Declared]:
        """Return the accepted sources that back up into the audited repository."""
        found = self.organisation.sources
        return [one for one in found if one in self.asked and self.place(one).is_audited]

    def owners(self, asked: Asked) -> Sequence[Declared]:
        """Return the sources that write an identity and path into the audited repository."""
        return self._owners.get(asked, ())

    def owners_of(self, identity: Identity) -> Sequence[Declared]:
        """Return the sources that write an identity, with whatever path."""
        return self._of_identity.get(identity, ())

    def finder(self, cluster: str) -> FindSource:
        """Return the function that finds the manifest of a source in a cluster; one that is refused does not exist."""

        def find(namespace: str, name: str) -> Manifest | None:
            found = self.organisation.source(cluster, namespace, name)
            return found.manifest if found and found not in self._absent else None

        return find

    def secret_name(self, one: Declared) -> str | None:
        """Return the name of the repository Secret of an object."""
        return self.rule.decisions.repository(one.manifest, self.finder(one.cluster))

    def place(self, one: Declared) -> Place:
        """Return the repository of an object."""
        if one not in self._places:
            found = self.organisation.repository(one.cluster, one.namespace, self.secret_name(one))
            self._places[one] = Place(ANYWHERE) if found is None else self._place_of(found)
        return self._places[one]

    def opened(self, one: Declared) -> str:
        """Return which variables are open, in an object or in the source that it names; "" if there are none."""
        found = [name for names in one.variables.values() for name in names]
        wanted = named_source(one.manifest)
        source = self.organisation.source(one.cluster, wanted.namespace, wanted.name) if wanted else None
        if source is not None:
            found += [name for names in source.variables.values() for name in names]
        names = as_written(dict.fromkeys(found))
        return f"the manifests leave {names} open; give the built manifests" if names else ""

    def _place_of(self, repository: Repository) -> Place:
        if self.audited is not None and repository.is_at(self.audited):
            return Place(ANYWHERE)
        for known, place in self._known:
            if repository.is_at(known):
                return place
        place = Place(f"repository {len(self._known) + 1}: {repository.url}", self.audited is None)
        self._known.append((repository, place))
        return place


def named_repositories(organisation: Organisation, rule: Rule) -> list[Repository]:
    """Return the different repositories that the Secrets of accepted objects name."""
    trial = Assignment(organisation, rule)
    found: list[Repository] = []
    for one in trial.asked:
        repository = organisation.repository(one.cluster, one.namespace, trial.secret_name(one))
        if repository and not any(repository.is_at(known) for known in found):
            found.append(repository)
    return found


def as_secrets_name_it(audited: Repository | None, named: Sequence[Repository]) -> Repository | None:
    """Return the audited repository as the Secrets name it.

    Args:
        audited: The repository, or None if it is not known; then it is that of all Secrets, if they have one.
        named: The repositories that the Secrets name.
    """
    if audited is None:
        return named[0] if len(named) == 1 else None
    if any(one.is_at(audited) for one in named):
        return audited
    alike = [one for one in named if one.is_like(audited)]
    return alike[0] if len(alike) == 1 else audited


def doubt(assignment: Assignment, named: Sequence[Repository]) -> str:
    """Return why the audited repository may not be that of the objects, and what to do; "" if it is.

    Args:
        assignment: The objects under a rule.
        named: The repositories that the Secrets name.
    """
    audited, urls = assignment.audited, ", ".join(dict.fromkeys(one.url for one in named))
    if audited is None:
        which = f"the Secrets name {len(named)} repositories ({urls}), and which of them was listed is not known"
        return f"{which}; give its URL by --repository" if len(named) > 1 else ""
    if sum(one.is_at(audited) for one in named) > 1:
        return f"the Secrets name {audited.url} at several endpoints; give that of the list by --endpoint"
    if assignment.asked and not any(assignment.place(one).is_audited for one in assignment.asked):
        remedy = "check URL and endpoint, or give a saved list (--snapshots) without --repository"
        return f"no source or destination uses {audited.url}: their Secrets name {urls}; {remedy}"
    return ""


def contradicted(assignment: Assignment) -> list[Declared]:
    """Return the destinations for which the operator says that it requested another identity than the rule makes."""
    return [one for one, asked in assignment.asked.items() if one.told not in ("", str(asked.identity))]


def confirmed(assignment: Assignment) -> list[Declared]:
    """Return the destinations for which the operator says that it requested what the rule makes."""
    return [one for one, asked in assignment.asked.items() if one.told == str(asked.identity)]


def unknown_secrets(assignment: Assignment) -> list[str]:
    """Return the repository Secrets of accepted objects whose repository is not known, as namespace/name."""
    organisation, found = assignment.organisation, dict[str, None]()
    for one in assignment.asked:
        secret = assignment.secret_name(one)
        # Of a live cluster, it was said already that its Secrets cannot be read.
        if not one.is_stored and organisation.repository(one.cluster, one.namespace, secret) is None:
            found.setdefault(f"{one.namespace}/{secret}")
    return list(found)
