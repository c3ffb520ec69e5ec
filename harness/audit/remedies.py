"""Write manifests that reach a history. Each one is checked under the same rule before it is returned."""

from __future__ import annotations

from itertools import chain, count
from typing import Any

from harness.audit.assignment import Assignment
from harness.audit.organisation import Declared, Organisation
from harness.audit.rules import Asked
from harness.model import Manifest
from harness.operator.decisions import FindSource
from harness.volsync import overrides
from harness.volsync.admission import MAX_SUBDOMAIN_LENGTH
from harness.volsync.kinds import is_source
from harness.volsync.specs import destination_spec, source_pvc, source_spec

RESTORED = "restore"


def reaching(assignment: Assignment, one: Declared, wanted: Asked, *, by_source: bool = True) -> dict[str, Any]:
    """Return the fields of ``spec.kopia`` with which an object reaches a history; empty if none do.

    Args:
        assignment: The rule under which the object is read.
        one: The source or destination.
        wanted: The identity and path to reach.
        by_source: True if a destination may name the source that writes the history.
    """
    find, decide = assignment.finder(one.cluster), assignment.rule.decisions
    for fields in _tries(assignment, one, wanted, by_source=by_source):
        changed = overrides.with_fields(one.manifest, fields)
        same_secret = decide.repository(changed, find) == decide.repository(one.manifest, find)
        if same_secret and _reaches(assignment, changed, find, wanted, writes=is_source(one.ref)):
            return fields
    return {}


class FreeNames:
    """Give names to new destinations: no destination of the manifests has them, and none is given twice."""

    def __init__(self, organisation: Organisation) -> None:
        everyone = (*organisation.destinations, *organisation.open)
        self._taken = {(one.cluster, one.namespace, one.name) for one in everyone}

    def beside(self, owner: Declared) -> str:
        """Return a free name in the cluster and namespace of an object, like its own name."""
        for suffix in chain([RESTORED], (f"{RESTORED}-{number}" for number in count(2))):
            ending = f"-{suffix}"
            name = f"{owner.name[: MAX_SUBDOMAIN_LENGTH - len(ending)].rstrip('-.')}{ending}"
            if (owner.cluster, owner.namespace, name) not in self._taken:
                break
        self._taken.add((owner.cluster, owner.namespace, name))
        return name


def restoring(assignment: Assignment, owner: Declared, wanted: Asked, names: FreeNames) -> dict[str, Any]:
    """Return a destination that restores a history into the PVC of its likely owner; empty if none can.

    Args:
        assignment: The rule under which the destination is read.
        owner: The object that gives namespace, name, PVC and Secret.
        wanted: The identity and path to restore.
        names: The names that are free.
    """
    pvc = source_pvc(owner.manifest) if is_source(owner.ref) else destination_spec(owner.manifest).pvc
    repository = assignment.secret_name(owner) or source_spec(owner.manifest).repository
    find, name = assignment.finder(owner.cluster), names.beside(owner)
    for fields in _asking(wanted, owner.name):
        manifest = overrides.destination(owner.namespace, name, fields, repository or "repository", pvc or owner.name)
        if _reaches(assignment, manifest, find, wanted, writes=False):
            return manifest
    return {}


def _tries(assignment: Assignment, one: Declared, wanted: Asked, *, by_source: bool) -> list[dict[str, Any]]:
    if is_source(one.ref):
        return [overrides.keeping(wanted.identity, wanted.path, always_path=always) for always in (False, True)]
    owners = assignment.owners(wanted)
    # If several sources write the history, the name of one of them would promise too much.
    names_it = by_source and len(owners) == 1 and owners[0].cluster == one.cluster
    named = destination_spec(one.manifest).named
    asking = _asking(wanted, named.name if named else one.name)
    naming = overrides.naming(owners[0].ref) if names_it else {}
    # Custom names that stand in the manifest win, so they are corrected, too.
    custom = overrides.custom_names(wanted.identity) if destination_spec(one.manifest).username else {}
    return [*([{**custom, **naming}] if naming else []), *asking]


def _asking(wanted: Asked, name: str) -> list[dict[str, Any]]:
    return [overrides.asking(wanted.identity, wanted.path, name, always_path=always) for always in (False, True)]


def _reaches(assignment: Assignment, changed: Manifest, find: FindSource, wanted: Asked, *, writes: bool) -> bool:
    rule = assignment.rule
    return not rule.refusal_of_fields(changed, find) and rule.asked(changed, find, writes=writes) == wanted
