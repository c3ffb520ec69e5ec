"""Run the search of docs/search.md: its options, its one test, its output and its exit status."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from harness.document import parts
from harness.document.verdict import ExitStatus
from harness.errors import HarnessError
from harness.model import VARIANTS, CustomNames, DefaultUsername, Variants
from harness.operator.decisions import Decisions
from harness.scenario.testbed import LiveTestbed
from harness.scenario.world import World
from harness.search.found import Part
from harness.system.process import REDACT
from plugin import lifecycle
from plugin.namespaces import names_for
from plugin.options import OPTIONS, Options

MODULE = Path("features", "test_search.py")
"""The module of the search. It is collected only if it is named: no other run is to search."""

STATUS = pytest.StashKey[ExitStatus]()
IS_SEARCH = pytest.StashKey[bool]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of a search."""
    group = parser.getgroup("search", "search (tox -e search)")
    group.addoption("--search-s", type=float, default=60.0, metavar="SECONDS", help="how long to search on real kopia")
    group.addoption("--search-seed", type=int, metavar="N", help="draw the same examples again")
    group.addoption(
        "--search-examples", type=int, default=10_000, metavar="N", help="how many examples the operator alone is asked"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Store whether this run is a search."""
    module = config.rootpath / MODULE
    config.stash[IS_SEARCH] = any(Path(one.partition("::")[0]).absolute() == module for one in map(str, config.args))


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave the module of the search out of every other run."""
    is_module = collection_path == config.rootpath / MODULE
    return True if is_module and not config.stash[IS_SEARCH] else None


@pytest.fixture
def search(request: pytest.FixtureRequest) -> Callable[[], None]:
    """Return a function that runs the search."""
    return _Search(request.config).run


class _Search:
    """A search on the subject of this run."""

    def __init__(self, config: pytest.Config) -> None:
        # Imported late, because only a search needs it.
        from harness.search import run

        self._config = config
        self._options: Options = config.stash[OPTIONS]
        self._numbers = count(1)
        option = config.option
        number = option.search_seed if option.search_seed is not None else secrets.randbelow(1_000_000)
        self._limits = run.Settings(number, option.search_examples, option.search_s)

    def run(self) -> None:
        """Run both parts, print what they found, and fail the test if anything diverges."""
        from harness.search import gherkin, run

        self._config.stash[STATUS] = ExitStatus.UNKNOWN
        seed = f"--search-seed {self._limits.seed}"
        subject = self._options.subject
        self._say(f"\nsearch on {subject.name}: {seed} --search-s {self._limits.seconds:g}")
        parts = [self._pure()]
        if not parts[0].divergence:
            try:
                parts.append(run.real(self._world, self._limits, self._say))
            except HarnessError as error:
                words = f"verdict of the search on {subject.name}: UNKNOWN: {REDACT(str(error))} ({seed})"
                pytest.fail(words, pytrace=False)
        for part in parts:
            shown = [*([part.divergence] if part.divergence else ()), *part.findings.values()]
            for found, actions in shown:
                word = "finding" if found.is_finding else "DIVERGES"
                self._say(f"\n{word}: {found.in_words}")
                self._say(gherkin.scenario(found, actions, f"The search found it: {found.check.value}"))
        statuses = [part.status for part in parts]
        status = max(statuses, key=(ExitStatus.CONFORMANT, ExitStatus.UNKNOWN, ExitStatus.DIVERGES).index)
        self._config.stash[STATUS] = status
        self._say("")
        for part in parts:
            self._say(f"search: {part.in_words}")
        verdict = {ExitStatus.CONFORMANT: "nothing diverges", ExitStatus.DIVERGES: "DIVERGES"}
        words = verdict.get(status, "UNKNOWN: no action was judged")
        self._say(f"verdict of the search on {subject.name}: {words} ({seed})")
        if status is not ExitStatus.CONFORMANT:
            pytest.fail(words, pytrace=False)

    def _pure(self) -> Part:
        from harness.search import run

        subject = self._options.subject
        if subject.kubernetes is not None:
            return Part(run.PURE, skipped="the operator is a process")
        only_mover = subject.mutant is not None and subject.decisions is Decisions
        if parts.Part.CONTROLLER not in subject.brings or only_mover:
            return Part(run.PURE, skipped="the operator is that of the reference")
        return run.pure(subject, self._variants(), self._limits, self._say)

    def _variants(self) -> Variants:
        """Return the variants of the subject; where it follows none or each, the first one."""
        chosen = {name: self._options.variants[name] for name in VARIANTS}
        first = {name: next((one for one in VARIANTS[name].variants if one == chosen[name]), None) for name in VARIANTS}
        return Variants(
            DefaultUsername(first["default_username"] or DefaultUsername.OBJECT_NAME),
            CustomNames(first["custom_names"] or CustomNames.VALIDATED),
        )

    @contextmanager
    def _world(self) -> Iterator[LiveTestbed]:
        context = self._config.stash[lifecycle.CONTEXT]
        name = f"search-{next(self._numbers)}"
        with names_for(context, name, literal=True) as rename:
            world = World(context, self._options.subject, self._variants(), name, rename)
            bed = LiveTestbed(world)
            # The harness copies an empty repository: kopia takes longer to create one than for any other call.
            world.administrator.provide_repository()
            try:
                yield bed
            finally:
                bed.close()
                context.discard(world.folder)

    def _say(self, text: str) -> None:
        reporter = self._config.pluginmanager.getplugin("terminalreporter")
        capture = self._config.pluginmanager.getplugin("capturemanager")
        if reporter is not None and capture is not None:
            with capture.global_and_fixture_disabled():
                for line in text.split("\n"):
                    reporter.write_line(REDACT(line))
                reporter.flush()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> Any:
    """Set the exit status of a search, after the cleanup of the run."""
    result = yield
    run = session.config.stash.get(lifecycle.RUN, None)
    if session.config.stash.get(IS_SEARCH, False) and run is not None:
        if run.problem or run.interrupted:
            return result
        session.exitstatus = session.config.stash.get(STATUS, ExitStatus.UNKNOWN)
    return result
