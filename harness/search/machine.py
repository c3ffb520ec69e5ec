"""Draw sequences of actions with Hypothesis. Import this module late: only a search needs Hypothesis."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from harness.errors import HarnessError
from harness.search.actions import (
    CLAIMS,
    HOSTNAMES,
    LAB,
    NAMESPACES,
    PATHS,
    REPOSITORIES,
    RETAINED,
    TENANTS,
    USERNAMES,
    Action,
    BackUp,
    By,
    Delete,
    Restore,
    Source,
    Tenant,
    UseRepository,
)

EXAMPLES_A_MACHINE = 20
"""Examples of the pure part that share one API: each is asked in the surroundings that the earlier ones left."""

SPARE = 1.2
"""How many more machines are begun than the examples need: Hypothesis cuts some short."""

PURE_ACTIONS = (1, 3)
"""The least and the greatest number of actions of an example of the pure part."""

REAL_STEPS = 6
"""The number of backups and restores of an example of the real part, after a backup of each source."""

PLAIN = 12
"""How many times as likely a source without any field is as one with a certain field."""


class Enough(Exception):
    """End a search, because it has found something or its time is up."""


def _variants(tenant: Tenant) -> list[Source]:
    """Return the sources that one tenant may write: plain ones, and those with one or two fields."""
    customs = [(user, host) for user in ("", *USERNAMES) for host in ("", *HOSTNAMES)]
    return [
        *[Source(tenant)] * PLAIN,
        *(Source(tenant, username=user, hostname=host) for user, host in customs),
        *(Source(tenant, username=USERNAMES[1], hostname=HOSTNAMES[1], path=path) for path in PATHS),
        *(Source(tenant, path=path) for path in PATHS),
        *(Source(tenant, claim=claim) for claim in CLAIMS),
        *(Source(tenant, latest=latest) for latest in RETAINED),
    ]


SECRETS = tuple(UseRepository(namespace, one) for namespace in NAMESPACES for one in REPOSITORIES)
SOURCES = tuple(BackUp(source) for tenant in TENANTS for source in _variants(tenant))
DELETIONS = tuple(Delete(tenant) for tenant in TENANTS)
DESTINATIONS = tuple(
    Restore(by, tenant, where)
    for tenant in TENANTS
    for by, where in ((By.OWN_NAME, ""), (By.EXPLICIT, ""), (By.NAMED_SOURCE, LAB), (By.NAMED_SOURCE, NAMESPACES[2]))
)


REAL_TENANTS = tuple(tenant for tenant in TENANTS if tenant.namespace in NAMESPACES[:2])
"""Few namespaces, so that sources often share one: an action with real kopia takes long."""


def _is_alike(one: Tenant, other: Tenant) -> bool:
    return other != one and other.namespace.startswith(one.namespace) and other.name.startswith(one.name)


CASTS = tuple(
    cast
    for cast in combinations(sorted(REAL_TENANTS), 3)
    if any(_is_alike(one, other) for one in cast for other in cast)
)
"""Three sources each, of which one begins like another. The shorter names come first, so the others are newer."""

_ANY = TENANTS[0]
REAL_VARIANTS = (
    *[Source(_ANY)] * 5,
    *(Source(_ANY, latest=latest) for latest in (1, 1, 2)),
    *(Source(_ANY, path=path) for path in PATHS),
    *(Source(_ANY, USERNAMES[1], HOSTNAMES[1], path) for path in ("", *PATHS)),
    *(Source(_ANY, username=name) for name in USERNAMES[:2]),
    Source(_ANY, hostname=HOSTNAMES[0]),
    Source(_ANY, claim=CLAIMS[0]),
)
"""Sources of the real part. Their tenant is replaced."""


def draw_pure(begin: Callable[[], Callable[[Sequence[Action]], None]], examples: int, number: int) -> None:
    """Draw examples for the pure part, and run each.

    Args:
        begin: Begins with an empty API, and returns a function that runs one example there, after earlier ones. That
            function raises Enough to end the search.
        examples: The number of examples.
        number: The seed.
    """
    source, target = st.sampled_from(SOURCES), st.sampled_from((*DESTINATIONS, *SECRETS, *DELETIONS))
    least, most = PURE_ACTIONS

    class Machine(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.run = begin()

        @rule(actions=st.lists(source | source | target, min_size=least, max_size=most))
        def example(self, actions: list[Action]) -> None:
            self.run(actions)

    _run(Machine, 2 + round(examples * SPARE / EXAMPLES_A_MACHINE), EXAMPLES_A_MACHINE, number, lambda: True)


def draw_real(begin: Callable[[], Any], is_over: Callable[[], bool], examples: int, number: int) -> None:
    """Draw examples for the real part. Each action is run when it is drawn.

    Args:
        begin: Begins an example: returns an object with ``do(action)``, ``backed_up()`` and ``close()``. ``do`` raises
            Enough to end the search.
        is_over: Returns True when the time is up. From then on, nothing is run.
        examples: The greatest number of examples.
        number: The seed.
    """
    wanted = st.sampled_from(REAL_VARIANTS)
    begun: list[int] = []

    class Machine(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            begun.append(len(begun))
            # The first example of Hypothesis repeats its simplest action. It would cost much and show little.
            self.example = None if is_over() or len(begun) == 1 else begin()
            self.cast: list[Tenant] = []
            self.written: dict[Tenant, Source] = {}

        @initialize(
            cast=st.sampled_from(CASTS),
            variants=st.tuples(wanted, wanted, wanted),
        )
        def choose(self, cast: tuple[Tenant, ...], variants: tuple[Source, ...]) -> None:
            self.cast = list(cast)
            for tenant, variant in zip(cast, variants, strict=True):
                self._do(BackUp(replace(variant, tenant=tenant)))

        @rule(
            index=st.integers(0, 2),
            variant=wanted,
            repository=st.sampled_from(("", "", "", *REPOSITORIES)),
            is_new=st.sampled_from((False, False, False, True)),
        )
        def back_up(self, index: int, variant: Source, repository: str, is_new: bool) -> None:
            if is_new:
                self._do(Delete(self.cast[index]))
            if repository:
                self._do(UseRepository(self.cast[index].namespace, repository))
            self._do(BackUp(replace(variant, tenant=self.cast[index])))

        @rule(index=st.integers(0, 2))
        def back_up_again(self, index: int) -> None:
            tenant = self.cast[index]
            self._do(BackUp(self.written.get(tenant, Source(tenant))))

        @precondition(lambda self: self.example is not None and self.example.backed_up())
        @rule(index=st.sampled_from((0, 0, 1, 2)), by=st.sampled_from(By), previous=st.sampled_from((0, 0, 1)))
        def restore(self, index: int, by: By, previous: int) -> None:
            tenants = self.example.backed_up() if self.example else self.cast
            self._do(Restore(by, tenants[index % len(tenants)], previous=previous))

        @precondition(lambda self: self.example is not None and self.example.backed_up())
        @rule(index=st.integers(0, 2), by=st.sampled_from((By.OWN_NAME, By.NAMED_SOURCE)))
        def restore_any(self, index: int, by: By) -> None:
            self._do(Restore(by, self.cast[index]))

        def teardown(self) -> None:
            if self.example is not None:
                self.example.close()

        def _do(self, action: Action) -> None:
            if isinstance(action, BackUp):
                self.written[action.source.tenant] = action.source
            if self.example is not None and not is_over():
                self.example.do(action)

    _run(Machine, examples, REAL_STEPS, number, is_over)


def _run(
    machine: type[RuleBasedStateMachine], examples: int, steps: int, number: int, is_over: Callable[[], bool]
) -> None:
    seed(number)(machine)
    options = settings(
        max_examples=examples,
        stateful_step_count=steps,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
        print_blob=False,
        verbosity=Verbosity.quiet,
        report_multiple_bugs=False,
    )
    try:
        run_state_machine_as_test(machine, settings=options)
    except Enough:
        return
    except Flaky as flaky:
        # Hypothesis repeats a sequence that ended a search. Nothing is run then, which it calls flaky.
        if not is_over():
            raise HarnessError(f"the search ended by an error that is not repeated: {flaky}") from None
