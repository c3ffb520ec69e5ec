"""Turn the reports of pytest into outcomes and verdicts, and settle the exit status of the run."""

from __future__ import annotations

from typing import Any

import pytest

from harness.document.ledger import claims
from harness.document.parts import OF_A_MOVER
from harness.document.verdict import ExitStatus, Verdict
from harness.errors import Blocked, Divergence, HarnessError, NotAsked, OperatorCrashed
from harness.report import causes, expectations, terminal, verdicts
from harness.report.likely_cause import likely_cause
from harness.report.outcome import Outcome
from harness.scenario.preconditions import BACKUP, RESTORE, refused_before_mover
from harness.subject.mutants import MUTANTS
from harness.system.process import REDACT
from harness.volsync import hints
from plugin import evidence, lifecycle
from plugin.crashes import CRASHED
from plugin.options import OPTIONS
from plugin.scenario import TESTBED
from plugin.tags import tags_of

OUTCOMES = pytest.StashKey[list[Outcome]]()
COLLECTION_FAILED = pytest.StashKey[bool]()
CUT_OFF = pytest.StashKey[bool]()
STOPPED = pytest.StashKey[str]()
SESSION = pytest.StashKey[pytest.Session]()
DELTA = pytest.StashKey[expectations.Delta]()
OF_LAST_PHASE = ("kopia_s", "operations", "mover_s", "operator_s", "findings", "story", "syncs")
"""Fields of an outcome that are taken from the last phase of a scenario."""


def pytest_configure(config: pytest.Config) -> None:
    """Begin an empty list of outcomes."""
    config.stash[OUTCOMES] = []
    config.stash[CUT_OFF] = False
    config.pluginmanager.register(_Collector(config), "conformance-collector")


class _Collector:
    """Collect the outcomes of all scenarios in the main process. It stores the config, which its hooks do not get."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._partial: dict[str, dict[str, Any]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add one phase. The outcome is complete after the teardown, or when the worker dies."""
        facts = getattr(report, "conformance", None)
        if facts is None:
            if report.failed and "features/" in report.nodeid:
                self._config.stash[OUTCOMES].append(_lost(report))
                self._config.stash[CUT_OFF] = True
            return
        # Change a copy: on a worker, xdist sends the original together with the report.
        known = self._partial.setdefault(report.nodeid, dict(facts))
        known["verdict"] = verdicts.of_phases(known["verdict"], facts["verdict"])
        known["message"] = known["message"] or facts["message"]
        known["seconds"] += report.duration
        known.update({key: facts[key] for key in OF_LAST_PHASE})
        known["commands"] = known["commands"] or facts["commands"]
        known["evidence"] = known["evidence"] or facts["evidence"]
        if report.when == "teardown":
            outcome = Outcome.of_facts(self._partial.pop(report.nodeid))
            self._config.stash[OUTCOMES].append(outcome)
            self._stop_without_base(outcome)
            if self._config.option.verbose > 0:
                self._print_gherkin(outcome)

    def _stop_without_base(self, outcome: Outcome) -> None:
        """End the run if a plain backup or restore of the subject fails, because every other claim depends on it."""
        options = self._config.stash[OPTIONS]
        broken = outcome.verdict in (Verdict.FAIL, Verdict.BLOCKED) and {BACKUP, RESTORE} & set(outcome.claims)
        if not broken or options.proof or options.subject.mutant or self._config.option.keep_going:
            return
        what = "backup" if BACKUP in outcome.claims else "restore"
        reason = f"a plain {what} does not succeed (use --keep-going to continue)"
        said = (outcome.evidence.seen, outcome.evidence.detail) if outcome.evidence else ("", "")
        self._config.stash[STOPPED] = likely_cause("\n".join(said), reason, hints.OF_OBJECTS)
        workers = self._config.pluginmanager.getplugin("dsession")
        (workers or self._config.stash[SESSION]).shouldstop = reason
        if workers:
            # Otherwise the workers would first run their queued scenarios, which fail for the same reason.
            self._config.stash[lifecycle.RUN].kill_workers()
            # Otherwise xdist would report the workers as crashed.
            workers.terminal = None
            self._config.pluginmanager.unregister(name="terminaldistreporter")

    def pytest_handlecrashitem(self, report: pytest.TestReport) -> None:
        """Report a scenario as skipped if its worker was ended because the run ended early."""
        if STOPPED in self._config.stash:
            report.outcome, report.longrepr = "skipped", (report.nodeid, 0, "Skipped: the run ended early")

    @pytest.hookimpl(tryfirst=True)
    def pytest_terminal_summary(self) -> None:
        """Suppress the crash summary of xdist for workers that were ended because the run ended early."""
        workers = self._config.pluginmanager.getplugin("dsession")
        if workers and STOPPED in self._config.stash:
            workers._summary_report = None

    def _print_gherkin(self, outcome: Outcome) -> None:
        """Print a scenario as Gherkin, with a mark for each step (``-v``)."""
        reporter = self._config.pluginmanager.getplugin("terminalreporter")
        for line in terminal.gherkin(outcome) if reporter else ():
            reporter.write_line(line)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Record a collection error: the verdict is unknown, because the error is in the suite."""
        if report.failed:
            self._config.stash[COLLECTION_FAILED] = True


def pytest_sessionstart(session: pytest.Session) -> None:
    """Store the session, so that the run can be stopped."""
    session.config.stash[SESSION] = session


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """Attach the verdict and the evidence of a scenario to the report of each of its phases."""
    report = yield
    if "case" not in getattr(item, "fixturenames", ()):
        return report
    why_not = _why_not_asked(item, call)
    if why_not:
        report.outcome, report.longrepr = "skipped", (str(item.path), 0, f"Skipped: {REDACT(why_not)}")
    verdict, message = _judge(item, call, report)
    if report.failed:
        # A traceback and captured output may contain secrets.
        report.longrepr = message or REDACT(str(report.longrepr))
        report.sections = [(title, REDACT(text)) for title, text in report.sections]
    report.conformance = evidence.facts(item, call, verdict, message or (report.longrepr if report.failed else ""))
    return report


def pytest_report_teststatus(report: pytest.TestReport, config: pytest.Config) -> tuple[str, str, str] | None:
    """Return the letter of a scenario: E unknown, b blocked, F diverging; in a proof k for a caught mutant."""
    verdict = getattr(report, "conformance", {}).get("verdict")
    if verdict == Verdict.ERROR:
        return "error", "E", "ERROR (verdict unknown)"
    if verdict == Verdict.BLOCKED:
        return "blocked", "b", "BLOCKED"
    if verdict == Verdict.FAIL:
        return ("killed", "k", "KILLED") if config.stash[OPTIONS].proof else ("failed", "F", "DIVERGES")
    return None


@pytest.hookimpl(wrapper=True, tryfirst=False)
def pytest_sessionfinish(session: pytest.Session) -> Any:
    """Settle the verdicts and the exit status after the cleanup."""
    result = yield
    run = session.config.stash.get(lifecycle.RUN, None)
    if run is not None:
        outcomes = session.config.stash[OUTCOMES]
        session.config.stash[OUTCOMES] = causes.resolved(outcomes)
        _count_as_blocked(session.config)
        _apply_expectations(session.config)
        session.exitstatus = _exit_status(session, run)
        workers = session.config.pluginmanager.getplugin("dsession")
        if session.shouldfail or session.shouldstop or getattr(workers, "shouldstop", False):
            session.config.stash[CUT_OFF] = True
    return result


def _count_as_blocked(config: pytest.Config) -> None:
    """List no scenario as diverging that the table counts as blocked, because a root claim of its check diverges."""
    reporter = config.pluginmanager.getplugin("terminalreporter")
    if reporter is None:
        return
    blocked = {one.scenario for one in config.stash[OUTCOMES] if one.verdict == Verdict.BLOCKED}
    failed = reporter.stats.get("failed", [])
    reporter.stats.setdefault("blocked", []).extend(one for one in failed if one.nodeid in blocked)
    failed[:] = [one for one in failed if one.nodeid not in blocked]


def _apply_expectations(config: pytest.Config) -> None:
    """Mark listed divergences as known, store the difference from the list, and update the file if requested."""
    options, context = config.stash[OPTIONS], config.stash.get(lifecycle.CONTEXT, None)
    if options.expectations is None or context is None:
        return
    file, kopia = options.expectations, context.kopia.version
    listed = expectations.load(file) if file.exists() else ()
    found = config.stash[OUTCOMES]
    outcomes = expectations.applied(listed, found, kopia)
    seen = expectations.delta(listed, outcomes, kopia)
    if options.update_expectations and (seen.new or seen.fixed):
        file.write_text(expectations.updated(file, seen), encoding="utf-8")
        listed = expectations.load(file)
        outcomes = expectations.applied(listed, outcomes, kopia)
    config.stash[OUTCOMES] = outcomes
    config.stash[DELTA] = seen


def _judge(item: pytest.Item, call: pytest.CallInfo[None], report: pytest.TestReport) -> tuple[Verdict, str]:
    if report.skipped:
        return Verdict.SKIP, str(report.longrepr[2] if isinstance(report.longrepr, tuple) else "").removeprefix(
            "Skipped: "
        )
    if call.excinfo is None:
        return Verdict.PASS, ""
    error = call.excinfo.value
    if isinstance(error, OperatorCrashed):
        item.stash[CRASHED] = item.stash.get(CRASHED, 0) + 1
        if item.stash[CRASHED] > 1:
            error = error.as_divergence()
    if not isinstance(error, Divergence | Blocked):
        return Verdict.ERROR, f"verdict unknown: {REDACT(str(error))}" if isinstance(
            error, HarnessError | OSError
        ) else ""
    problem = _broken_surroundings(item)
    if problem:
        return Verdict.ERROR, f"verdict unknown: {REDACT(problem)}\n(observed before that: {REDACT(str(error))})"
    message = REDACT(evidence.explain(item, error))
    verdict = Verdict.BLOCKED if isinstance(error, Blocked) else Verdict.FAIL
    evidence.keep_failure_bundle(item, verdict, message, error.divergence if isinstance(error, Blocked) else error)
    return verdict, message


def _why_not_asked(item: pytest.Item, call: pytest.CallInfo[None]) -> str:
    """Return why a scenario could not ask the subject, or that no mover ran for a claim that only a mover decides."""
    if call.excinfo is not None:
        return str(call.excinfo.value) if isinstance(call.excinfo.value, NotAsked) else ""
    deciding = {part for tag in tags_of(item) & claims().keys() for part in claims()[tag].decided_by}
    testbed = item.stash.get(TESTBED, None)
    if call.when != "call" or testbed is None or not deciding <= OF_A_MOVER:
        return ""
    said = refused_before_mover(testbed.seen())
    return (
        f"a mover decides this, and none ran, because the API or the operator refuses the object: {said}"
        if said
        else ""
    )


def _broken_surroundings(item: pytest.Item) -> str:
    testbed = item.stash.get(TESTBED, None)
    try:
        if testbed is not None:
            testbed.check_surroundings()
    except HarnessError as problem:
        return str(problem)
    return ""


def _lost(report: pytest.TestReport) -> Outcome:
    message = f"verdict unknown: {report.longreprtext.splitlines()[0] if report.longreprtext else 'the worker died'}"
    return Outcome(report.nodeid, (), "", "", Verdict.ERROR, message, report.duration, 0.0)


def _exit_status(session: pytest.Session, run: lifecycle.Run) -> int:
    before = int(session.exitstatus)
    if run.interrupted:
        return ExitStatus.INTERRUPTED
    if run.problem or before == ExitStatus.UNKNOWN or session.config.stash.get(COLLECTION_FAILED, False):
        return ExitStatus.UNKNOWN
    if before in (ExitStatus.WRONG_USE, ExitStatus.NOTHING):
        return before
    outcomes = session.config.stash[OUTCOMES]
    if before and not {Verdict.FAIL, Verdict.ERROR, Verdict.KNOWN, Verdict.BLOCKED} & {one.verdict for one in outcomes}:
        return ExitStatus.UNKNOWN
    if session.config.stash[OPTIONS].proof:
        return verdicts.exit_status_of_proof(outcomes, predictions())
    return verdicts.exit_status(outcomes) or _status_of_fixed(session.config)


def predictions() -> dict[str, verdicts.Prediction]:
    """Return the prediction for each mutant, by its name."""
    return {name: verdicts.Prediction(mutant.must_fail, mutant.unrelated) for name, mutant in MUTANTS.items()}


def _status_of_fixed(config: pytest.Config) -> int:
    """Return DIVERGES if a listed divergence is fixed: the run fails until its entry is removed."""
    seen = config.stash.get(DELTA, None)
    stale = seen is not None and seen.fixed and not config.stash[OPTIONS].update_expectations
    return ExitStatus.DIVERGES if stale else ExitStatus.CONFORMANT
