"""Select the subject and the variants for each scenario, and the scenarios that a run leaves out.

A scenario with the tag of a variant (``@object-name``, ``@as-given``, …) runs once for each variant that it names. All
other scenarios run once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import pytest

from harness.document.ledger import claims
from harness.errors import Blocked, Divergence
from harness.model import VARIANTS, Contradiction, CustomNames, DefaultUsername, Variants
from harness.scenario.preconditions import BACKUP, BASE
from harness.subject.choose import of_mutant
from harness.subject.mutants import MUTANTS
from harness.subject.subject import Subject
from harness.subject.variants import NEITHER, UNANSWERED
from plugin.options import ALL_PROFILES, OPTIONS, Options
from plugin.tags import tags_of, tags_of_all_rows


@dataclass(frozen=True)
class Case:
    """One run of one scenario, with its subject and variants."""

    subject: Subject
    variants: Variants

    @property
    def id(self) -> str:
        """Return the part of the test name that identifies this case."""
        return f"{self.subject.name},{self.variants}" if self.subject.mutant else str(self.variants)


@dataclass(frozen=True)
class OutOfReach:
    """A scenario of one variant, for a subject that follows none of the variants.

    Attributes:
        subject: The subject.
        root: The claim that the subject breaks by this.
        seen: What was observed.
    """

    subject: Subject
    root: str
    seen: str

    def blocked(self) -> Blocked:
        """Return the exception that reports why the scenario was not reached."""
        expected = "one of the documented variants" if self.root != BACKUP else "a Job for a plain source"
        what = "what the subject makes of a few sources"
        return Blocked(Divergence(what, expected=expected, seen=self.seen, oracle="operator's Job", roots=(self.root,)))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Parametrize a scenario with its cases. Skip it with a reason if it has none."""
    if "case" not in metafunc.fixturenames:
        return
    options = metafunc.config.stash[OPTIONS]
    tags = tags_of_all_rows(metafunc.definition)
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
    """Deselect scenarios that are outside of profile and sample, or that test no claim listed for the mutants."""
    options = config.stash[OPTIONS]
    if options.profile != ALL_PROFILES:
        _keep(config, items, lambda item: _is_in(options.profile, item))
    if options.sample:
        _draw(config, items, *options.sample)
    if not (options.proof or options.subject.mutant):
        return
    _keep(config, items, lambda item: _concerns(options, item))


def _draw(config: pytest.Config, items: list[pytest.Item], parts: int, seed: str) -> None:
    """Keep one part of the scenarios, and the base claims. Seed and name decide the part of a scenario.

    In a proof, keep one part of the mutants with all their scenarios: a mutant may break a claim in one scenario only.
    """

    def is_drawn(name: str) -> bool:
        digest = hashlib.sha256(f"{seed} {name}".encode()).digest()
        return int.from_bytes(digest[:4], "big") % parts == 0

    if config.stash[OPTIONS].proof:
        _keep(config, items, lambda item: is_drawn(_mutant_of(item)))
    else:
        _keep(config, items, lambda item: is_drawn(item.nodeid) or bool(_claims_of(item) & set(BASE)))


def _mutant_of(item: pytest.Item) -> str:
    """Return the name of the mutant that a scenario of a proof runs, or "" for a skipped scenario."""
    case = getattr(getattr(item, "callspec", None), "params", {}).get("case")
    return case.subject.name if isinstance(case, Case) else ""


def _keep(config: pytest.Config, items: list[pytest.Item], wanted: Callable[[pytest.Item], bool]) -> None:
    """Deselect the scenarios that are not wanted. Other tests stay."""
    kept = [item for item in items if "case" not in getattr(item, "fixturenames", ()) or wanted(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept


def _claims_of(item: pytest.Item) -> set[str]:
    return tags_of(item) & claims().keys()


def only_case(request: pytest.FixtureRequest) -> Case:
    """Return the case of a scenario that runs once."""
    options = request.config.stash[OPTIONS]
    tags = tags_of(request.node)
    return next(iter(_cases(options.subject, options, tags)))


def _subjects(options: Options, tags: set[str]) -> list[Subject]:
    if not options.proof:
        return [options.subject]
    return [of_mutant(name) for name, mutant in MUTANTS.items() if tags & (mutant.must_fail | mutant.unrelated)]


def _cases(who: Subject, options: Options, tags: set[str]) -> list[Case]:
    if not _brings(who, tags):
        return []
    asked = [_asked(one, options.variants[name], tags) for name, one in VARIANTS.items()]
    return [Case(who, Variants(DefaultUsername(user), CustomNames(names))) for user, names in product(*asked)]


def _asked(contradiction: Contradiction, taken: str | None, tags: set[str]) -> list[str]:
    """Return the variants of a contradiction to run a scenario under.

    These are the variants that the tags name and that the subject follows. If the tags name none, return one variant.
    """
    allowed = [variant for variant in contradiction.variants if taken in (None, variant)]
    if named := [variant for variant in contradiction.variants if variant in tags]:
        return [str(variant) for variant in named if variant in allowed]
    # A scenario without such a tag also runs if the subject follows no variant. The parts of the reference need some
    # variant.
    return [str(variant) for variant in (allowed or contradiction.variants)[:1]]


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
    return "other variant: the subject does not follow the variant in question"


def _out_of_reach(options: Options, tags: set[str]) -> OutOfReach | None:
    """Return why a scenario of one variant cannot be reached, if the subject follows no variant, else None."""
    for (name, one), seen in zip(VARIANTS.items(), options.probed, strict=False):
        taken = options.variants[name]
        if tags & set(one.variants) and taken in (NEITHER, UNANSWERED):
            return OutOfReach(options.subject, one.claim if taken == NEITHER else BACKUP, seen)
    return None


def _concerns(options: Options, item: pytest.Item) -> bool:
    case = getattr(getattr(item, "callspec", None), "params", {}).get("case")
    who = case.subject if isinstance(case, Case) else None if options.proof else options.subject
    mutant = who.mutant if who else None
    return mutant is not None and bool(tags_of(item) & (mutant.must_fail | mutant.unrelated))


def _is_in(profile: str, item: pytest.Item) -> bool:
    """Return True if a scenario tests a claim of the profile, or a base claim."""
    return any(claims()[claim].profile == profile or claim in BASE for claim in _claims_of(item))
