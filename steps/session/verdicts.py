"""Turns what pytest reports into verdicts, the table, the report, and the exit status."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import pytest

from harness.equipment import Equipment
from harness.errors import Divergence, HarnessError
from harness.findings import Finding
from harness.process import REDACT
from harness.report import summary, verdicts
from harness.report.verdicts import Outcome
from harness.repositories import HINTS_FOLDER
from harness.spec.ledger import claims
from steps.session import lifecycle
from steps.session.cases import Case
from steps.session.options import OPTIONS
from steps.session.scenario import CALLS, TESTBED

OUTCOMES = pytest.StashKey[list[Outcome]]()
COLLECTION_FAILED = pytest.StashKey[bool]()
REPORT = "reports/report.json"


def pytest_configure(config: pytest.Config) -> None:
    """Begins the account of this run."""
    config.stash[OUTCOMES] = []
    config.pluginmanager.register(_Collector(config), "conformance-collector")


class _Collector:
    """Collects outcomes in the controller: its hooks are given no config."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._partial: dict[str, dict[str, Any]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Adds one phase; the outcome is complete with the teardown, or where a worker died."""
        facts = getattr(report, "conformance", None)
        if facts is None:
            if report.failed and "features/" in report.nodeid:
                self._config.stash[OUTCOMES].append(_lost(report))
            return
        known = self._partial.setdefault(report.nodeid, facts)
        known["verdict"] = verdicts.of_phases(known["verdict"], facts["verdict"])
        known["message"] = known["message"] or facts["message"]
        known["seconds"] += report.duration
        known["kopia_s"] = facts["kopia_s"]
        known["findings"] = facts["findings"]
        if report.when == "teardown":
            self._config.stash[OUTCOMES].append(_outcome(self._partial.pop(report.nodeid)))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A feature that cannot be read is an error of the suite, not of the subject."""
        if report.failed:
            self._config.stash[COLLECTION_FAILED] = True


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """Only a Divergence is a verdict against the subject; anything else that is raised is unknown."""
    report = yield
    case = getattr(item, "funcargs", {}).get("case")
    if "case" not in getattr(item, "fixturenames", ()):
        return report
    verdict, message = _judge(item, call, report)
    bed = item.stash.get(TESTBED, None)
    if message:
        report.longrepr = message
    report.conformance = {
        "scenario": item.nodeid,
        "claims": [mark.name for mark in item.iter_markers() if mark.name in claims()],
        "subject": case.subject.name if isinstance(case, Case) else "",
        "sides": str(case.sides) if isinstance(case, Case) else "",
        "verdict": verdict,
        "findings": [asdict(finding) for finding in bed.findings] if bed else [],
        "message": message or (REDACT(str(report.longrepr)) if report.failed else ""),
        "seconds": 0.0,
        "kopia_s": sum(one.seconds for one in item.stash.get(CALLS, [])),
    }
    return report


def pytest_report_teststatus(report: pytest.TestReport, config: pytest.Config) -> tuple[str, str, str] | None:
    """Errors and divergences are told apart while the run goes on; in a proof, a divergence is a kill."""
    verdict = getattr(report, "conformance", {}).get("verdict")
    if verdict == "error":
        return "error", "E", "ERROR (verdict unknown)"
    if verdict == "fail":
        return ("killed", "k", "KILLED") if config.stash[OPTIONS].proof else ("failed", "F", "DIVERGES")
    return None


@pytest.hookimpl(wrapper=True, tryfirst=False)
def pytest_sessionfinish(session: pytest.Session) -> Any:
    """Settles the exit status, after everything is cleaned up."""
    result = yield
    run = session.config.stash.get(lifecycle.RUN, None)
    if run is not None:
        session.exitstatus = _exit_status(session, run)
    return result


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Prints the table and writes the report."""
    run = config.stash.get(lifecycle.RUN, None)
    equipment = config.stash.get(lifecycle.EQUIPMENT, None)
    if run is None or equipment is None:
        return
    outcomes = config.stash[OUTCOMES]
    options = config.stash[OPTIONS]
    file = config.rootpath / REPORT
    file.parent.mkdir(exist_ok=True)
    status = int(terminalreporter._session.exitstatus) if terminalreporter._session else 3
    file.write_text(
        json.dumps(summary.as_json(outcomes, equipment, options.subject, status), indent=1), encoding="utf-8"
    )
    terminalreporter.section("conformance")
    for line in summary.lines(
        outcomes, equipment, options.subject.name, options.proof, status, run.ended_s, options.probed
    ):
        terminalreporter.write_line(REDACT(line))
    for line in filter(None, [run.overhead, *_kept(equipment)]):
        terminalreporter.write_line(line)
    terminalreporter.write_line(f"report: {file}")


def _kept(equipment: Equipment) -> list[str]:
    if not equipment.keep:
        return []
    return [
        f"kept: {equipment.store.origin} at {equipment.store.endpoint}",
        f"  look into a scenario's repository: sh {equipment.folder / HINTS_FOLDER}/SCENARIO.sh",
        f"  end it: {equipment.store.ends_with}; rm -rf {equipment.folder}",
    ]


def _judge(item: pytest.Item, call: pytest.CallInfo[None], report: pytest.TestReport) -> tuple[verdicts.Verdict, str]:
    if report.skipped:
        return "skip", ""
    if call.excinfo is None:
        return "pass", ""
    error = call.excinfo.value
    if not isinstance(error, Divergence):
        return "error", f"verdict unknown: {REDACT(str(error))}" if isinstance(error, HarnessError | OSError) else ""
    sick = _surroundings(item)
    if sick:
        return "error", f"verdict unknown: {REDACT(sick)}\n(seen before that: {REDACT(str(error))})"
    return "fail", REDACT(_explain(item, error))


def _surroundings(item: pytest.Item) -> str:
    testbed = item.stash.get(TESTBED, None)
    try:
        if testbed is not None:
            testbed.check_surroundings()
    except HarnessError as problem:
        return str(problem)
    return ""


def _explain(item: pytest.Item, error: Divergence) -> str:
    said = [f"{mark.name}: {claims()[mark.name].says}" for mark in item.iter_markers() if mark.name in claims()]
    return "\n".join([*said, str(error), f"repeat: tox -e conformance --{_subject_option(item)} '{item.nodeid}'"])


def _subject_option(item: pytest.Item) -> str:
    wanted = item.config.option.subject
    return "" if wanted == "reference" else f" --subject {wanted}"


def _outcome(facts: dict[str, Any]) -> Outcome:
    findings = tuple(Finding(**finding) for finding in facts["findings"])
    return Outcome(**{**facts, "claims": tuple(facts["claims"]), "findings": findings})


def _lost(report: pytest.TestReport) -> Outcome:
    message = f"verdict unknown: {report.longreprtext.splitlines()[0] if report.longreprtext else 'the worker died'}"
    return Outcome(report.nodeid, (), "", "", "error", message, report.duration, 0.0)


def _exit_status(session: pytest.Session, run: lifecycle.Run) -> int:
    before = int(session.exitstatus)
    if run.interrupted:
        return verdicts.INTERRUPTED
    if run.problem or before == verdicts.UNKNOWN or session.config.stash.get(COLLECTION_FAILED, False):
        return verdicts.UNKNOWN
    if before in (verdicts.WRONG_USE, verdicts.NOTHING):
        return before
    outcomes = session.config.stash[OUTCOMES]
    status = verdicts.exit_status(outcomes, session.config.stash[OPTIONS].proof)
    return verdicts.UNKNOWN if before and not any(one.verdict in ("fail", "error") for one in outcomes) else status
