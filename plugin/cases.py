"""Which subject and which sides each scenario runs with, and which scenarios a run leaves out.

A scenario that carries the tag of a side (``@object-name``, ``@as-given``, …) runs under that
side, once for each side it names; all others run once.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TypeVar

import pytest

from harness.document.ledger import Claim, LedgerError, claims
from harness.errors import Blocked, Divergence
from harness.model import CustomNames, DefaultUsername, Sides
from harness.scenario.preconditions import BACKUP, BASE
from harness.subject import subject
from harness.subject.mutants import MUTANTS
from harness.subject.subject import Subject
from harness.subject.variants import NEITHER, UNANSWERED
from plugin.options import CUSTOM_NAMES, DEFAULT_USERNAMES, OPTIONS, Options

_Side = TypeVar("_Side", DefaultUsername, CustomNames)


@dataclass(frozen=True)
class Case:
    """One run of one scenario: who is tested, and under which sides."""

    subject: Subject
    sides: Sides

    @property
    def id(self) -> str:
        """How the case reads in the name of a test."""
        return f"{self.subject.name},{self.sides}" if self.subject.mutant else str(self.sides)


@dataclass(frozen=True)
class OutOfReach:
    """A scenario of one side, for a subject that takes none: ``root`` is the claim that is broken by that."""

    subject: Subject
    root: str
    seen: str

    def blocked(self) -> Blocked:
        """Return why the scenario is not reached."""
        expected = "one of the documented variants" if self.root != BACKUP else "a Job for a plain source"
        what = "what the subject makes of a few sources"
        return Blocked(Divergence(what, expected=expected, seen=self.seen, oracle="operator's Job", roots=(self.root,)))


def pytest_configure(config: pytest.Config) -> None:
    """Registers the tags: every claim and every side; any other tag is an error of the suite."""
    for line in tag_lines():
        config.addinivalue_line("markers", line)


def tag_lines() -> list[str]:
    """Return every tag of the features as pytest declares a marker."""
    sides = (*DEFAULT_USERNAMES, *CUSTOM_NAMES)
    of_sides = [f"{side}: the scenario holds where the subject takes this side" for side in sides]
    return [*(f"{claim.id}: {claim.says}" for claim in _known_claims()), *of_sides]


def _known_claims() -> list[Claim]:
    try:
        return list(claims().values())
    except LedgerError:
        # The options say so, in one line, before anything else is done.
        return []


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Gives a scenario its cases; a scenario that has none is skipped with the reason."""
    if "case" not in metafunc.fixturenames:
        return
    options = metafunc.config.stash[OPTIONS]
    tags = {mark.name for mark in metafunc.definition.iter_markers()}
    if not tags & claims().keys():
        raise pytest.Collector.CollectError(f"the scenario {metafunc.definition.name} carries the tag of no claim")
    cases = [case for who in _subjects(options, tags) for case in _cases(who, options, tags)]
    reason = "" if cases else _reason(options, tags)
    out_of_reach = _out_of_reach(options, tags)
    if out_of_reach and _brings(options.subject, tags):
        metafunc.parametrize("case", [pytest.param(out_of_reach, id="not-reached")], indirect=True)
    elif reason:
        skipped = pytest.param(None, marks=pytest.mark.skip(reason=reason), id="not-asked")
        metafunc.parametrize("case", [skipped], indirect=True)
    elif len(cases) > 1 or options.proof:
        metafunc.parametrize("case", cases, ids=[case.id for case in cases], indirect=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out what says nothing about a mutant: claims neither named for it nor declared unrelated."""
    options = config.stash[OPTIONS]
    if options.sample:
        _draw(config, items, *options.sample)
    if not (options.proof or options.subject.mutant):
        return
    kept = [item for item in items if "case" not in getattr(item, "fixturenames", ()) or _concerns(options, item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept


def _draw(config: pytest.Config, items: list[pytest.Item], parts: int, seed: str) -> None:
    """Leaves out all but one part of the scenarios; which part a scenario is in follows from seed and name."""

    def is_drawn(item: pytest.Item) -> bool:
        digest = hashlib.sha256(f"{seed} {item.nodeid}".encode()).digest()
        return int.from_bytes(digest[:4], "big") % parts == 0

    bases = set(BASE)
    kept = [item for item in items if is_drawn(item) or bases & {mark.name for mark in item.iter_markers()}]
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept


def only_case(request: pytest.FixtureRequest) -> Case:
    """The case of a scenario that runs once."""
    options = request.config.stash[OPTIONS]
    tags = {mark.name for mark in request.node.iter_markers()}
    return next(iter(_cases(options.subject, options, tags)))


def _subjects(options: Options, tags: set[str]) -> list[Subject]:
    if not options.proof:
        return [options.subject]
    return [subject.of_mutant(name) for name, mutant in MUTANTS.items() if tags & (mutant.must_fail | mutant.unrelated)]


def _cases(who: Subject, options: Options, tags: set[str]) -> list[Case]:
    usernames = _sides(options.default_username, DEFAULT_USERNAMES, tags)
    names = _sides(options.custom_names, CUSTOM_NAMES, tags)
    return [Case(who, Sides(username, name)) for username in usernames for name in names] if _brings(who, tags) else []


def _sides(taken: str | None, all_sides: tuple[_Side, ...], tags: set[str]) -> list[_Side]:
    """The sides to run under: those that the tags name and the subject takes; one where no tag names any."""
    allowed = [side for side in all_sides if taken in (None, side)]
    named = [side for side in all_sides if side in tags]
    # What no side decides is asked of a subject that takes neither, too: the reference parts need some side.
    return [side for side in named if side in allowed] if named else (allowed or list(all_sides))[:1]


def _brings(who: Subject, tags: set[str]) -> bool:
    return any(who.decides(claim) for claim in tags & claims().keys()) and not _lacking(who, tags)


def _lacking(who: Subject, tags: set[str]) -> list[str]:
    return sorted({need for claim in tags & claims().keys() for need in claims()[claim].needs} & who.lacks)


def _reason(options: Options, tags: set[str]) -> str:
    if lacking := _lacking(options.subject, tags):
        return f"{options.subject.name} declares that it lacks {', '.join(lacking)}"
    if not _brings(options.subject, tags):
        return f"decided by a part that {options.subject.name} does not bring"
    if options.proof:
        return ""
    return "other side: the subject does not take the side in question"


def _out_of_reach(options: Options, tags: set[str]) -> OutOfReach | None:
    """What keeps a scenario of one side from being asked, where the subject was seen to take no side."""
    contradictions = (
        (DEFAULT_USERNAMES, options.default_username, "VR_1"),
        (CUSTOM_NAMES, options.custom_names, "VR_2"),
    )
    for (sides, taken, claim), seen in zip(contradictions, options.probed, strict=False):
        if tags & set(sides) and taken in (NEITHER, UNANSWERED):
            return OutOfReach(options.subject, claim if taken == NEITHER else BACKUP, seen)
    return None


def _concerns(options: Options, item: pytest.Item) -> bool:
    if options.proof:
        return isinstance(getattr(getattr(item, "callspec", None), "params", {}).get("case"), Case)
    mutant = options.subject.mutant
    tags = {mark.name for mark in item.iter_markers()}
    return mutant is not None and bool(tags & (mutant.must_fail | mutant.unrelated))
