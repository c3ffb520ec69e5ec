"""Find sources that write one identity, and tell why they meet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from harness.audit.assignment import Assignment
from harness.audit.histories import Histories
from harness.audit.organisation import Declared
from harness.audit.rules import Asked, Rule
from harness.document import rules
from harness.model import Identity
from harness.volsync.declared import retain_of
from harness.volsync.specs import spec_of


class Reason(StrEnum):
    """Why two sources have one identity."""

    SAME_NAME = "same name in two clusters"
    CUSTOM_NAMES = "custom names"
    CHARACTERS = "dots and other characters that the rule removes"
    LENGTH = "a name that is too long for its namespace to be added"
    NOTHING_LEFT = "names of which the rule leaves nothing"
    RULE = "the rule joins or leaves out parts of the names"


@dataclass(frozen=True)
class Collision:
    """Sources that write one identity.

    Attributes:
        identity: The identity.
        path: The path that all of them write, or "" if their paths differ.
        place: The repository, if it is not the audited one.
        sources: The sources.
        reasons: Why they meet.
        snapshots: The number of snapshots that are at stake, or None if they are not known.
        policies: The different retention policies; each backup replaces that of the other source.
    """

    identity: Identity
    path: str
    place: str
    sources: Sequence[Declared]
    reasons: Sequence[Reason]
    snapshots: int | None
    policies: Sequence[str] = ()

    @property
    def mixes(self) -> bool:
        """Return True if the histories are mixed, because the paths are the same."""
        return bool(self.path)


def collisions(assignment: Assignment, histories: Histories | None, *, successive: bool) -> list[Collision]:
    """Return all collisions, those that mix histories first.

    Args:
        assignment: The objects under a rule.
        histories: The histories of the repository, or None if they are not known.
        successive: True if the clusters exist one after another: then sources of different clusters meet only if
            neither their names nor custom names say that one continues the history of the other.
    """
    groups: dict[tuple[str, Identity], dict[str, list[Declared]]] = {}
    for source in assignment.organisation.sources:
        if source in assignment.asked:
            asked = assignment.asked[source]
            paths = groups.setdefault((assignment.place(source).key, asked.identity), {})
            paths.setdefault(asked.path, []).append(source)
    found = [
        one
        for (place, identity), paths in groups.items()
        for one in _of_group(assignment, histories, place, identity, paths)
    ]
    kept = [one for one in found if not successive or _is_no_move(one)]
    return sorted(kept, key=lambda one: (not one.mixes, one.identity, one.path))


def _is_no_move(one: Collision) -> bool:
    """Return True unless the sources are one tenant in clusters that follow one another."""
    at_one_time = len({source.cluster for source in one.sources}) < len(one.sources)
    return at_one_time or bool(set(one.reasons) - {Reason.SAME_NAME, Reason.CUSTOM_NAMES})


def new_collisions(now: Sequence[Collision], then: Sequence[Collision]) -> list[Collision]:
    """Return the collisions under another rule that mix histories which are apart now."""
    known = [set(one.sources) for one in now if one.mixes]
    return [one for one in then if one.mixes and not any(set(one.sources) <= sources for sources in known)]


def _of_group(
    assignment: Assignment,
    histories: Histories | None,
    place: str,
    identity: Identity,
    paths: dict[str, list[Declared]],
) -> Iterator[Collision]:
    is_audited = all(assignment.place(source).is_audited for of in paths.values() for source in of[:1])
    listed = histories if is_audited else None
    for path, sources in paths.items():
        if len(sources) > 1:
            number = len(listed.of(Asked(identity, path)).listed) if listed else None
            reasons, policies = _reasons(sources, identity, assignment.rule), _policies(sources)
            yield Collision(identity, path, place, sources, reasons, number, policies)
    if len(paths) > 1:
        ends = [sources[0] for sources in paths.values()]
        number = sum(len(history.listed) for history in listed.of_identity(identity)) if listed else None
        yield Collision(identity, "", place, ends, _reasons(ends, identity, assignment.rule), number)


def _reasons(sources: Sequence[Declared], identity: Identity, rule: Rule) -> list[Reason]:
    names = {(one.namespace, one.name) for one in sources}
    found = [Reason.SAME_NAME] if len(names) < len(sources) else []
    if len(names) == 1:
        return found
    specs = [spec_of(one.manifest) for one in sources]
    if any(spec.username or spec.hostname for spec in specs):
        found.append(Reason.CUSTOM_NAMES)
    if rules.FALLBACK in (identity.username, identity.hostname):
        found.append(Reason.NOTHING_LEFT)
    generated = [one for one, spec in zip(sources, specs, strict=True) if not spec.username]
    if any(rules.sanitise_username(one.name) != one.name for one in generated):
        found.append(Reason.CHARACTERS)
    if rule.adds_namespace and any(not rules.fits(rules.combined_name(one.name, one.namespace)) for one in generated):
        found.append(Reason.LENGTH)
    return found or [Reason.RULE]


def _policies(sources: Sequence[Declared]) -> list[str]:
    """Return the different retention policies of sources, if there are several."""
    found = dict.fromkeys(
        ", ".join(f"{period} {number}" for period, number in retain_of(one.manifest).items()) or "kopia's defaults"
        for one in sources
    )
    return list(found) if len(found) > 1 else []
