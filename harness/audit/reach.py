"""Find policies of a repository that govern the histories of more than one tenant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.audit.assignment import Assignment
from harness.audit.histories import Histories, History
from harness.kopia.policies import Policies, Policy


@dataclass(frozen=True)
class Reach:
    """A policy that reaches beyond one tenant.

    Attributes:
        policy: The policy.
        tenants: The namespaces of the sources whose histories it governs, in words.
        unowned: The number of histories without a source that it governs.
        snapshots: The number of all snapshots that it governs.
    """

    policy: Policy
    tenants: Sequence[str]
    unowned: int
    snapshots: int


def reaching_beyond(assignment: Assignment, histories: Histories, policies: Policies) -> list[Reach]:
    """Return the policies for a hostname, or a user at it, that govern the histories of several tenants.

    The global policy is for all by intention. A policy for one path governs one history.
    """
    by_host: dict[str, list[History]] = {}
    for history in histories.by_asked.values():
        by_host.setdefault(history.asked.identity.hostname, []).append(history)
    found = []
    for policy in policies.all:
        if policy.is_global or policy.path or not policy.keep:
            continue
        governed = [
            one for one in by_host.get(policy.hostname, ()) if policy.username in ("", one.asked.identity.username)
        ]
        reach = _reach(assignment, policy, governed)
        if len(reach.tenants) + bool(reach.unowned) > 1:
            found.append(reach)
    return found


def _reach(assignment: Assignment, policy: Policy, governed: Sequence[History]) -> Reach:
    several = len(assignment.organisation.clusters) > 1
    tenants: dict[str, None] = {}
    unowned = 0
    for history in governed:
        owners = assignment.owners(history.asked)
        unowned += not owners
        tenants |= dict.fromkeys(f"{one.namespace} of {one.cluster}" if several else one.namespace for one in owners)
    return Reach(policy, sorted(tenants), unowned, sum(len(one.listed) for one in governed))
