"""Predict for each destination what it would restore now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from harness.audit.account import counted
from harness.audit.assignment import Assignment
from harness.audit.histories import Histories, History
from harness.audit.nearest import SHOWN, Near, Nearest
from harness.audit.organisation import Declared, in_words
from harness.audit.remedies import reaching
from harness.audit.rules import Asked
from harness.kopia.listing import ListedSnapshot
from harness.volsync.fields import Field
from harness.volsync.jobs import selection_asked
from harness.volsync.kinds import is_destination
from harness.volsync.mover_job import Selection
from harness.volsync.overrides import with_fields
from harness.volsync.specs import destination_spec, source_pvc, spec_of


class Outcome(StrEnum):
    """What a destination would do now."""

    RESTORES = "restores"
    FOREIGN = "foreign"
    OTHER_PVC = "other-pvc"
    OTHER_HISTORY = "other-history"
    NOTHING_FOUND = "nothing-found"
    TOO_FEW = "too-few"
    REFUSED = "refused"
    OPEN = "open"
    ELSEWHERE = "elsewhere"
    NOT_JUDGED = "not-judged"


@dataclass(frozen=True)
class Alternative:
    """A history that a destination does not reach, and the fields of ``spec.kopia`` with which it would.

    Attributes:
        history: The history.
        why: What it has in common with what the destination requests.
        owners: The sources that write it, in words.
        fields: The fields; empty if no manifest reaches the history under this rule.
    """

    history: History
    why: str
    owners: tuple[str, ...]
    fields: dict[str, Any]


@dataclass(frozen=True)
class Prediction:
    """What a destination would restore now.

    Attributes:
        destination: The destination.
        outcome: What would happen.
        why: The reason in one sentence; "" if it restores its own data.
        asked: The requested identity and path, or None.
        selection: Which snapshot is requested, or None.
        history: The history of what is requested, or None.
        snapshot: The snapshot that would be restored, or None.
        owners: The sources that write this identity and path.
        near: Other histories, if nothing is found.
    """

    destination: Declared
    outcome: Outcome
    why: str = ""
    asked: Asked | None = None
    selection: Selection | None = None
    history: History | None = None
    snapshot: ListedSnapshot | None = None
    owners: Sequence[Declared] = ()
    near: Sequence[Alternative] = field(default=())


class Predictor:
    """Predict what the destinations of an assignment would restore.

    Args:
        assignment: The objects under a rule.
        histories: The histories of the repository, or None if they are not known.
        others: The objects under other rules, which may explain why nothing is found; None if that is not asked.
        successive: True if the clusters exist one after another: then one name in two clusters is one tenant.
    """

    def __init__(
        self,
        assignment: Assignment,
        histories: Histories | None,
        others: Sequence[Assignment] | None = None,
        *,
        successive: bool,
    ) -> None:
        self._assignment, self._histories, self._others = assignment, histories, others or ()
        self._successive = successive
        self._clusters = len(assignment.organisation.clusters)
        self._by_pvc: dict[tuple[str, str, str], list[Declared]] = {}
        for source in assignment.sources_here:
            key = source.cluster, source.namespace, source_pvc(source.manifest)
            self._by_pvc.setdefault(key, []).append(source)
        self._nearest = Nearest(histories) if histories and others is not None else None

    def all(self) -> list[Prediction]:
        """Return the prediction for each destination, those with open variables last."""
        organisation = self._assignment.organisation
        opened = [one for one in organisation.open if is_destination(one.ref)]
        return [self.of(one) for one in (*organisation.destinations, *opened)]

    def of(self, one: Declared) -> Prediction:
        """Return the prediction for a destination."""
        if opened := self._assignment.opened(one):
            return Prediction(one, Outcome.OPEN, opened)
        if one in self._assignment.refused:
            return Prediction(one, Outcome.REFUSED, self._assignment.refused[one])
        asked, place = self._assignment.asked[one], self._assignment.place(one)
        if not place.is_audited:
            return Prediction(one, Outcome.ELSEWHERE, f"it restores from {place.key}", asked)
        try:
            selection = selection_asked(one.manifest)
        except ValueError as error:
            return Prediction(one, Outcome.REFUSED, f"the mover refuses it: {error}", asked)
        if self._histories is None:
            return Prediction(one, Outcome.NOT_JUDGED, "no list of snapshots was given", asked, selection)
        return self._judged(one, asked, selection, self._histories)

    def _judged(self, one: Declared, asked: Asked, selection: Selection, histories: Histories) -> Prediction:
        history, here = histories.of(asked), self._assignment.place(one).key
        owners = [owner for owner in self._assignment.owners(asked) if self._assignment.place(owner).key == here]
        if not history.whole:
            plural = "" if history.incomplete == 1 else "s"
            some = f"only {history.incomplete} incomplete snapshot{plural}" if history.incomplete else "no snapshot"
            return Prediction(one, Outcome.NOTHING_FOUND, f"{some} of {asked}", asked, selection, history,
                              owners=owners, near=self._near(one, asked))  # fmt: skip
        choice = history.choose(selection)
        if choice.snapshot is None:
            why = _too_few(history, choice.usable, selection)
            return Prediction(one, Outcome.TOO_FEW, why, asked, selection, history, owners=owners)
        outcome, why = self._doubted(one, asked, owners)
        return Prediction(one, outcome, why, asked, selection, history, choice.snapshot, owners)

    def _doubted(self, one: Declared, asked: Asked, owners: Sequence[Declared]) -> tuple[Outcome, str]:
        """Return whether what is restored is what the destination is meant to restore, and why not."""
        if why := self._foreign(one, owners):
            return Outcome.FOREIGN, why
        if why := self._into_other_pvc(one, owners):
            return Outcome.OTHER_PVC, why
        if why := self._other_history(one, asked):
            return Outcome.OTHER_HISTORY, why
        return Outcome.RESTORES, ""

    def _foreign(self, one: Declared, owners: Sequence[Declared]) -> str:
        """Return why the data may be that of another tenant, or "" if the manifest says whose data it wants."""
        spec = destination_spec(one.manifest)
        if self._successive:
            here = [owner for owner in owners if owner.cluster == one.cluster]
            # Custom names continue the history of an earlier cluster deliberately.
            continues = any(spec_of(owner.manifest).username for owner in here) if here else bool(spec.username)
            owners = here if continues else owners
        namespace, name = (spec.named.namespace, spec.named.name) if spec.named else (one.namespace, one.name)
        strangers = [owner for owner in owners if (owner.namespace, owner.name) != (namespace, name)]
        expected = f"{namespace}/{name}"
        if spec.username:
            strangers = [owner for owner in strangers if owner.namespace != one.namespace]
            expected = expected if spec.named else f"namespace {one.namespace}"
        elif not spec.named:
            # It gets back what was in its own PVC, whatever the source is called.
            strangers = [owner for owner in strangers if not _has_pvc(owner, namespace, spec.pvc)]
        if not strangers and not self._successive and len({owner.cluster for owner in owners}) > 1:
            strangers = [owner for owner in owners if owner.cluster != one.cluster]
            expected = one.cluster
        if not strangers:
            return ""
        who = ", ".join(in_words(owner, self._clusters) for owner in strangers[:3])
        more = f" and {len(strangers) - 3} more" if len(strangers) > 3 else ""
        verb = "also writes" if len(strangers) < len(owners) else "writes"
        return f"{who}{more} {verb} this identity, and the destination expects the data of {expected}"

    def _into_other_pvc(self, one: Declared, owners: Sequence[Declared]) -> str:
        """Return that data of one source goes into the PVC of another source of this namespace; else "".

        The data of another namespace must be asked for by its name, and is not an oversight.
        """
        pvc = destination_spec(one.manifest).pvc
        holder = self._holder(one, pvc)
        if holder is None or not owners or any(owner.namespace != one.namespace for owner in owners):
            return ""
        if any(_has_pvc(owner, one.namespace, pvc) for owner in owners):
            return ""
        return f"it restores the data of {in_words(owners[0], self._clusters)} into the PVC {pvc} of {holder.ref}"

    def _other_history(self, one: Declared, asked: Asked) -> str:
        """Return that the source of this name, or of this PVC, writes something else; "" if it is asked for by name."""
        spec = destination_spec(one.manifest)
        if spec.username or spec.named:
            return ""
        source = self._assignment.organisation.source(one.cluster, one.namespace, one.name)
        if source is None or source not in self._assignment.asked:
            source = self._holder(one, spec.pvc)
        if source is None or asked in self._written_here(source):
            return ""
        return (
            f"it restores a history that {source.ref} does not write: that one writes {self._assignment.asked[source]}"
        )

    def _written_here(self, source: Declared) -> set[Asked]:
        """Return what a source, and the others of its PVC, write."""
        alike = (source.cluster, source.namespace, source_pvc(source.manifest))
        return {self._assignment.asked[one] for one in (source, *self._by_pvc.get(alike, ()))}

    def _holder(self, one: Declared, pvc: str) -> Declared | None:
        """Return the first source beside an object that backs up a PVC, or None."""
        sources = self._by_pvc.get((one.cluster, one.namespace, pvc)) if pvc else None
        return sources[0] if sources else None

    def _near(self, one: Declared, asked: Asked) -> list[Alternative]:
        if self._nearest is None:
            return []
        by_rule: dict[Asked, str] = {}
        for other in self._others:
            if one in other.asked:
                by_rule.setdefault(other.asked[one], other.rule.name)
        near = self._nearest.to(asked, by_rule)
        found = [(one_near.is_same_name, self._alternative(one, one_near)) for one_near in near]
        # Beside a history of the same name that it can reach, a similar name is a coincidence.
        only_same = any(same and other and other.fields for same, other in found)
        return [other for same, other in found if other and (same or not only_same)][:SHOWN]

    def _alternative(self, one: Declared, near: Near) -> Alternative | None:
        """Return a history that may be meant, with the lines that reach it; None if it is surely that of another."""
        owners, fields = (
            self._assignment.owners(near.history.asked),
            reaching(self._assignment, one, near.history.asked),
        )
        why = near.why
        if fields:
            changed = replace(one, manifest=with_fields(one.manifest, fields))
            outcome, problem = self._doubted(changed, near.history.asked, owners)
            if outcome in (Outcome.FOREIGN, Outcome.OTHER_PVC):
                if not near.is_same_name:
                    return None
                fields, why = {}, f"{near.why}; but {problem}"
        names = tuple(in_words(owner, self._clusters) for owner in owners[:3])
        return Alternative(near.history, why, names, fields)


def _has_pvc(source: Declared, namespace: str, pvc: str) -> bool:
    """Return True if a source backs up a PVC."""
    return bool(pvc) and (source.namespace, source_pvc(source.manifest)) == (namespace, pvc)


def _too_few(history: History, usable: int, selection: Selection) -> str:
    number = len(history.whole)
    found = f"{counted(number, 'snapshot')} of {history.asked}"
    if not usable:
        return f"{found}, but none is as old as {Field.RESTORE_AS_OF} {selection.as_of}"
    match = f"{usable} match {Field.RESTORE_AS_OF} and {Field.SHALLOW}"
    return f"{found}, {match}, but {Field.PREVIOUS}: {selection.previous} skips all of them"
