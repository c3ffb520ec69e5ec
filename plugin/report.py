"""Write the report files of a run, and print its last lines: the table, the subject and the verdict."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from harness.document.verdict import ExitStatus
from harness.kopia.hints import HINTS_FOLDER
from harness.report import json_report, page, secret_check, terminal
from harness.report.outcome import Outcome
from harness.scenario.context import WorkerContext
from harness.system.process import REDACT
from harness.system.version import version
from harness.volsync import kinds
from plugin import evidence, lifecycle
from plugin.options import OPTIONS
from plugin.search import IS_SEARCH
from plugin.verdicts import CUT_OFF, DELTA, OUTCOMES, STOPPED, predictions


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Write the report, search it for secrets, and print the last lines of the run."""
    run = config.stash.get(lifecycle.RUN, None)
    context = config.stash.get(lifecycle.CONTEXT, None)
    if run is None or context is None or config.stash.get(IS_SEARCH, False):
        return
    outcomes = config.stash[OUTCOMES]
    options = config.stash[OPTIONS]
    session = terminalreporter._session
    status = ExitStatus(int(session.exitstatus)) if session else ExitStatus.UNKNOWN
    facts = _run_facts(config, run, context, status)
    file = config.rootpath / evidence.REPORTS / "report.json"
    _write_report(file.parent, outcomes, facts)
    if leaks := secret_check.remove_leaks(file.parent, REDACT.secrets):
        run.problem = f"a password or key was in reports/{', reports/'.join(leaks)}; these files were removed"
        facts = replace(facts, status=ExitStatus.UNKNOWN, problem=run.problem, is_complete=False)
        _write_report(file.parent, (), facts)
        secret_check.remove_leaks(file.parent, REDACT.secrets)
        run.say(f"ERROR: {run.problem}")
        if session:
            session.exitstatus = facts.status
    terminalreporter.section("conformance")
    for line in terminal.delta(config.stash[DELTA], str(options.expectations)) if DELTA in config.stash else ():
        terminalreporter.write_line(REDACT(line))
    if options.sample:
        parts, seed = options.sample
        of_what = (
            "mutant in {}, selected with the seed {}"
            if options.proof
            else ("scenario in {}, selected with the seed {}, and the base claims")
        )
        terminalreporter.write_line(f"sample: one {of_what.format(parts, seed)}")
    for line in terminal.lines(outcomes, facts, predictions()):
        terminalreporter.write_line(REDACT(line))
    workers = int(config.getoption("numprocesses", None) or 1)
    testing_s = run.elapsed_s - run.first_s
    counts = not options.subject.mover_kind.is_reference and STOPPED not in config.stash
    of_mover = terminal.of_mover(outcomes, testing_s, workers, run.first_s) if counts else ""
    for line in filter(None, [config.stash.get(STOPPED, ""), of_mover, run.overhead, *_kept(context)]):
        terminalreporter.write_line(line)
    terminalreporter.write_line(f"report: {file.with_name('index.html')} (for machines: report.json, junit.xml)")


def _write_report(folder: Path, outcomes: Sequence[Outcome], facts: json_report.RunFacts) -> None:
    """Write report.json, index.html and junit.xml."""
    folder.mkdir(exist_ok=True)
    report = REDACT.values(json_report.build(outcomes, facts))
    (folder / "report.json").write_text(json.dumps(report, indent=1), encoding="utf-8")
    shown = page.render(report, kinds.SOURCE, kinds.DESTINATION)
    (folder / "index.html").write_text(shown, encoding="utf-8")
    redacted = [Outcome.of_facts(REDACT.values(outcome.as_facts())) for outcome in outcomes]
    (folder / "junit.xml").write_text(json_report.junit(redacted, facts), encoding="utf-8")


def _run_facts(
    config: pytest.Config, run: lifecycle.Run, context: WorkerContext, status: ExitStatus
) -> json_report.RunFacts:
    options = config.stash[OPTIONS]
    return json_report.RunFacts(
        subject=options.subject.name,
        about=options.subject.about,
        kopia_path=str(context.kopia.path),
        kopia_version=context.kopia.version,
        kopia_origin=context.kopia.origin,
        store_kind=context.store.kind,
        store_origin=context.store.origin,
        harness_version=version(),
        status=status,
        begin=run.begin_at,
        seconds=run.ended_s,
        provisioning_s=run.first_s or run.ended_s,
        is_complete=not (run.interrupted or run.problem or config.stash[CUT_OFF] or STOPPED in config.stash),
        problem=REDACT(run.problem),
        mover=run.mover,
        taken=options.variants,
        found_out=options.probed,
        added=options.subject.additions.in_words(),
        stopped=config.stash.get(STOPPED, ""),
        is_proof=options.proof,
    )


def _kept(context: WorkerContext) -> list[str]:
    if not context.keep:
        return []
    return [
        f"kept: {context.store.origin} at {context.store.endpoint}",
        f"  open the repository of a scenario: sh {context.folder / HINTS_FOLDER}/SCENARIO.sh",
        f"  remove it: {context.store.ends_with}; rm -rf {context.folder}",
    ]
