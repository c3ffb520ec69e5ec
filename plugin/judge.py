"""Judge saved records again with the steps of their scenarios, without kopia, store, container or API.

``tox -e judge -- BUNDLE ...`` takes failure bundles, their ``record.json``, or folders of bundles. A maintainer can
edit a check and see its verdict on the same record. The plugins of a run are not loaded.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from harness.document.ledger import LedgerError, claims
from harness.document.verdict import ExitStatus, Verdict
from harness.errors import Blocked, Divergence, NotAsked, UsageError
from harness.model import Finding
from harness.report import verdicts
from harness.report.outcome import Outcome
from harness.scenario.saved import FILE, SavedJournal, SavedRecord, load
from harness.scenario.testbed import Testbed
from plugin.evidence import EXAMPLE, command, explained
from plugin.tags import tag_lines

PROJECT = Path(__file__).parents[1]
USAGE = "usage: tox -e judge -- BUNDLE ...   (a failure bundle, its record.json, or a folder of bundles)"
STEPS = sorted(
    f"steps.{file.stem}" for file in (PROJECT / "steps").glob("*.py") if file.stem not in ("__init__", "types")
)
ENDED = (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED)
HEADINGS = {
    Verdict.PASS: "HOLDS",
    Verdict.FAIL: "DIVERGES",
    Verdict.BLOCKED: "NOT REACHED",
    Verdict.SKIP: "SKIPPED",
    Verdict.ERROR: "UNKNOWN",
}


@dataclass(frozen=True)
class Judgement:
    """The verdict on a saved record by the checks of this checkout."""

    record: SavedRecord
    verdict: Verdict
    message: str
    findings: tuple[Finding, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """Return the judgement as an outcome, with the fields that the exit status depends on."""
        about = self.record.about
        known = tuple(claim for claim in about.claims if claim in claims())
        return Outcome(about.scenario, known, about.subject, about.sides, self.verdict, self.message, 0.0, 0.0)

    @property
    def lines(self) -> list[str]:
        """Return the lines of the judgement for a terminal."""
        about = self.record.about
        changed = "" if about.verdict == self.verdict else f" (the run said: {about.verdict})"
        return [
            f"{HEADINGS[self.verdict]}{changed}: {about.scenario} [{about.subject}, {about.sides}]",
            *self.message.splitlines(),
            *(f"  {finding.in_words}" for finding in self.findings),
        ]


class Judge:
    """Run scenarios on saved records, as a pytest plugin, and collect the judgements."""

    def __init__(self, records: Sequence[SavedRecord]) -> None:
        self._records = records
        self.judgements: list[Judgement] = []
        self.collected = ""

    @pytest.fixture
    def case(self, request: pytest.FixtureRequest) -> SavedRecord:
        """Return the saved record that is judged."""
        return request.param  # type: ignore[no-any-return]

    @pytest.fixture
    def testbed(self, case: SavedRecord) -> Testbed:
        """Return the testbed for the steps. The results of all acts come from the record."""
        return Testbed(SavedJournal(case), None)

    def pytest_configure(self, config: pytest.Config) -> None:
        """Register the tags of the features."""
        for line in tag_lines():
            config.addinivalue_line("markers", line)

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Parametrize a scenario with all its records, for all rows of an outline."""
        if "case" in metafunc.fixturenames:
            known = [one for one in self._records if _base(one.about.scenario) == metafunc.definition.nodeid]
            metafunc.parametrize("case", known, ids=[str(number) for number in range(len(known))], indirect=True)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Deselect each test whose record is of another row of its outline."""
        items[:] = [item for item in items if isinstance(_case(item), SavedRecord) and _example(item) == _row(item)]

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Record why the features cannot be collected."""
        if report.failed:
            self.collected = str(report.longrepr)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
        """Judge the record by the exception that its steps raised."""
        report = yield
        if call.when == "call" or call.excinfo:
            error = call.excinfo.value if call.excinfo else None
            bed = getattr(item, "funcargs", {}).get("testbed")
            verdict, message = judged(_case(item), error)
            self.judgements.append(Judgement(_case(item), verdict, message, tuple(bed.findings) if bed else ()))
        return report


def judged(record: SavedRecord, error: BaseException | None) -> tuple[Verdict, str]:
    """Return the verdict on a record, and its message as in the run."""
    if error is None:
        return Verdict.PASS, ""
    if isinstance(error, NotAsked):
        return Verdict.SKIP, str(error)
    if not isinstance(error, Divergence | Blocked):
        return Verdict.ERROR, f"verdict unknown: {error}"
    about, commands = record.about, [command(call.args) for call in record.calls]
    message = explained(about.claims, error, commands, about.options, about.scenario)
    return Verdict.BLOCKED if isinstance(error, Blocked) else Verdict.FAIL, message


def records_in(path: Path) -> list[SavedRecord]:
    """Read the records of a bundle, a file, or a folder of bundles.

    Raises:
        UsageError: There is no record, or one cannot be read.
    """
    if not path.is_dir():
        return [load(path)]
    files = sorted(path.rglob(FILE))
    if not files:
        raise UsageError(f"{path}: holds no {FILE}, so it is neither a failure bundle nor a folder of them")
    return [load(file) for file in files]


def judge(records: Sequence[SavedRecord]) -> list[Judgement]:
    """Judge records with the features, steps and checks of this checkout.

    Raises:
        UsageError: This checkout does not have the scenario of a record, or its features cannot be read.
    """
    plugin = Judge(records)
    modules = sorted({_module(one.about.scenario) for one in records})
    options = ["-c", str(PROJECT / "pyproject.toml"), "--rootdir", str(PROJECT), "--noconftest", "-p", "no:terminal"]
    options += [word for name in ("plugin.world", *STEPS) for word in ("-p", name)]
    status = pytest.main([*options, *map(str, modules)], plugins=[plugin])
    if plugin.collected:
        raise UsageError(f"the features of this checkout cannot be read: {plugin.collected.splitlines()[-1]}")
    if status not in ENDED:
        raise UsageError(f"the steps of this checkout cannot be run (pytest ended with {int(status)})")
    seen = [id(one.record) for one in plugin.judgements]
    for one in records:
        if id(one) not in seen:
            raise UsageError(f"this checkout has no scenario {one.about.scenario}")
    return plugin.judgements


def main(arguments: Sequence[str]) -> int:
    """Judge the bundles in the arguments, print the judgements, and return the exit status of the suite."""
    if not arguments:
        print(USAGE, file=sys.stderr)
        return ExitStatus.WRONG_USE
    try:
        claims()
        judgements = judge([record for path in arguments for record in records_in(Path(path))])
    except (UsageError, LedgerError) as error:
        print(f"ERROR: {error}", file=sys.stderr)
        return ExitStatus.WRONG_USE
    for one in judgements:
        print("\n".join(one.lines), end="\n\n")
    status = verdicts.exit_status([one.outcome for one in judgements])
    print(f"verdict: {status.in_words}")
    return status


def _module(scenario: str) -> Path:
    """Return the module of a scenario. A record may come from anywhere: only modules below features/ are imported."""
    name = scenario.partition("::")[0]
    module = next((one for one in (PROJECT / "features").rglob("*.py") if str(one.relative_to(PROJECT)) == name), None)
    if module is None:
        raise UsageError(f"this checkout has no module {name!r} in features/, which a record names")
    return module


def _base(scenario: str) -> str:
    return scenario.partition("[")[0]


def _case(item: pytest.Item) -> Any:
    return getattr(getattr(item, "callspec", None), "params", {}).get("case")


def _example(item: pytest.Item) -> dict[str, str]:
    return dict(getattr(getattr(item, "callspec", None), "params", {}).get(EXAMPLE, {}))


def _row(item: pytest.Item) -> dict[str, str]:
    return dict(_case(item).about.example)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
