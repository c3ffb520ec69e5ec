"""Collect the facts of one scenario for the report, for its failure message and for the failure bundle."""

from __future__ import annotations

import hashlib
import re
import shlex
from collections.abc import Sequence
from typing import Any

import pytest

from harness.document.ledger import claims
from harness.document.parts import Part
from harness.document.verdict import Verdict
from harness.errors import Blocked, Divergence
from harness.report.outcome import Evidence, Outcome, SyncRecord
from harness.scenario import failure_bundle
from harness.scenario.preconditions import decided
from harness.scenario.record import account
from harness.scenario.saved import About
from harness.scenario.sync import Sync
from harness.subject.subject import Subject
from harness.system.process import REDACT
from harness.system.version import version
from plugin import lifecycle
from plugin.cases import Case
from plugin.options import OPTIONS
from plugin.scenario import TESTBED
from plugin.story import STORY

COMMANDS_SHOWN = 12
REPORTS = "reports"
EXAMPLE = "_pytest_bdd_example"
"""The parameter in which pytest-bdd stores the row of an outline."""


def facts(item: pytest.Item, call: pytest.CallInfo[None], verdict: Verdict, message: str) -> dict[str, Any]:
    """Return the facts of one phase of a scenario for the report, as plain values without secrets."""
    case = getattr(item, "funcargs", {}).get("case")
    bed = item.stash.get(TESTBED, None)
    error = call.excinfo.value if call.excinfo and isinstance(call.excinfo.value, Exception) else None
    outcome = Outcome(
        scenario=item.nodeid,
        claims=_asked(item, case, verdict),
        subject=_subject(item, case).name,
        sides=str(case.variants) if isinstance(case, Case) else "",
        verdict=verdict,
        message=message,
        seconds=0.0,
        kopia_s=sum(one.seconds for one in bed.world.calls) if bed else 0.0,
        operations=len(bed.mover_seconds) if bed else 0,
        mover_s=sum(bed.mover_seconds) if bed else 0.0,
        operator_s=bed.operator_seconds if bed else 0.0,
        findings=tuple(bed.findings) if bed else (),
        story=item.stash.get(STORY, None),
        evidence=_evidence(error, _subject(item, case)),
        commands=_last_commands(item) if verdict in (Verdict.FAIL, Verdict.ERROR) else (),
        syncs=tuple(_sync_record(sync, ids) for sync, ids in account(bed.seen())) if bed else (),
    ).as_facts()
    # Redact here, because these values leave the process.
    return dict(REDACT.values(outcome))


def _asked(item: pytest.Item, case: Any, verdict: Verdict) -> tuple[str, ...]:
    """Return the claims of a scenario that the subject decides, or all claims if the scenario was left out."""
    tags = claims_of(item)
    if verdict is Verdict.SKIP and not isinstance(case, Case):
        return tags
    return tuple(tag for tag in tags if _subject(item, case).decides(tag))


def _subject(item: pytest.Item, case: Any) -> Subject:
    """Return the subject of the case, or of the run if the scenario was left out or not reached."""
    return case.subject if isinstance(case, Case) else item.config.stash[OPTIONS].subject


def _last_commands(item: pytest.Item) -> tuple[str, ...]:
    bed = item.stash.get(TESTBED, None)
    return tuple(command(call.args) for call in (bed.world.calls if bed else [])[-COMMANDS_SHOWN:])


def command(args: Sequence[str]) -> str:
    """Return a kopia call as a shell command."""
    return shlex.join(["kopia", *args[1:]])


def _evidence(error: Exception | None, subject: Subject) -> Evidence | None:
    divergence = error.divergence if isinstance(error, Blocked) else error
    if not isinstance(divergence, Divergence):
        return None
    texts = (str(divergence.expected), str(divergence.seen), divergence.oracle, divergence.detail)
    others = {oracle: str(seen) for oracle, seen in divergence.others.items()}
    part = _deciding(divergence.part, subject.brings)
    # Convert Part to str, because execnet cannot serialize subclasses of str.
    about = (divergence.cause, str(part), decided(divergence.roots, subject.decides))
    return Evidence(divergence.what, *texts, others, *about)


def _deciding(part: str, brings: frozenset[Part]) -> str:
    """Return the part at fault: a mover of the harness does what the Job says, so the controller that made the Job."""
    is_of_harness = Part.MOVER not in brings and Part.CONTROLLER in brings
    return Part.CONTROLLER if part == Part.MOVER and is_of_harness else part


def _sync_record(sync: Sync, snapshots: tuple[str, ...]) -> SyncRecord:
    asked = sync.asked_for
    username, hostname = (asked.username, asked.hostname) if asked else ("", "")
    return SyncRecord(str(sync.ref), username, hostname, sync.ending.value, snapshots)


def explain(item: pytest.Item, error: Divergence | Blocked) -> str:
    """Explain a divergence of a test: its claims, the evidence, the last command, and how to repeat it."""
    return explained(claims_of(item), error, _last_commands(item), options_of(item.config), item.nodeid)


def explained(
    asked: Sequence[str], error: Divergence | Blocked, commands: Sequence[str], options: str, scenario: str
) -> str:
    """Explain a divergence.

    Args:
        asked: The claims that the scenario tests.
        error: The raised verdict.
        commands: The last kopia calls.
        options: The options of the run.
        scenario: The node id of the scenario.
    """
    said = [f"{claim}: {claims()[claim].says}" for claim in asked if claim in claims()]
    last = [f"last command: {one}" for one in commands[-1:]]
    again = " ".join(filter(None, [options, shlex.quote(scenario)]))
    return "\n".join([*said, str(error), *last, f"repeat: tox -e conformance -- {again}"])


def claims_of(item: pytest.Item) -> tuple[str, ...]:
    """Return the claims in the tags of a scenario."""
    return tuple(mark.name for mark in item.iter_markers() if mark.name in claims())


def about(item: pytest.Item, verdict: Verdict, message: str) -> About:
    """Return the description of this scenario and run for its saved record."""
    case = getattr(item, "funcargs", {}).get("case")
    example = getattr(getattr(item, "callspec", None), "params", {}).get(EXAMPLE, {})
    return About(
        scenario=item.nodeid,
        example=dict(example),
        subject=_subject(item, case).name,
        sides=str(case.variants) if isinstance(case, Case) else "",
        options=options_of(item.config),
        verdict=str(verdict),
        message=message,
        claims=claims_of(item),
    )


def keep_failure_bundle(item: pytest.Item, verdict: Verdict, message: str, error: Divergence) -> None:
    """Write the failure bundle of a scenario before its cleanup, except in a proof, where mutants fail on purpose."""
    bed = item.stash.get(TESTBED, None)
    if bed is None or item.config.stash[OPTIONS].proof:
        return
    # The hash keeps names apart that differ only in special characters, because workers write at the same time.
    readable = re.sub(r"[^A-Za-z0-9.-]+", "-", item.name).strip("-")[:110]
    distinct = hashlib.sha256(item.nodeid.encode()).hexdigest()[:6]
    folder = item.config.rootpath / REPORTS / "failures" / f"{readable}-{distinct}"
    context = item.config.stash[lifecycle.CONTEXT]
    versions = {
        "harness": version(),
        "kopia": context.kopia.version,
        "storage": context.store.origin,
        "seed": None,
        "random": "contents and credentials are new in every run; nothing else is drawn by chance",
    }
    failure_bundle.write(folder, bed, about(item, verdict, message), versions, error.trees)


def options_of(config: pytest.Config) -> str:
    """Return the options of this run that affect the result of a scenario, to repeat it."""
    defaults = {
        "subject": "reference",
        "default_username": None,
        "custom_names": None,
        "kopia": None,
        "storage": "auto",
    }
    given = {name: getattr(config.option, name) for name in defaults}
    return " ".join(
        f"--{name.replace('_', '-')} {shlex.quote(value)}" for name, value in given.items() if value != defaults[name]
    )
