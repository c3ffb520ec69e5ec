"""reports/report.json: the account of a run for machines (docs/report.schema.json), and reports/junit.xml for CI."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from xml.etree import ElementTree

from harness.equipment import Equipment
from harness.report.causes import causes
from harness.report.outcome import Outcome
from harness.report.verdicts import COLUMNS, by_claim
from harness.spec.ledger import Claim, areas, claims, defects
from harness.subject import Subject

SCHEMA_VERSION = 2
HARNESS = "volsync-kopia-conformance"
VERDICTS = {0: "conformant", 1: "diverges", 2: "interrupted", 3: "unknown", 4: "wrong use", 5: "nothing selected"}
COUNTED = {
    "pass": "held",
    "fail": "diverged",
    "blocked": "blocked",
    "known": "known",
    "error": "unknown",
    "skip": "skipped",
    "finding": "findings",
}
CONTRADICTIONS: Mapping[str, tuple[str, str]] = {
    "default_username": ("object-name", "object-name-namespace"),
    "custom_names": ("validated", "as-given"),
}


@dataclass(frozen=True)
class RunFacts:
    """What is known of a run beside its outcomes.

    ``taken`` maps a contradiction to the side in question, None for both; ``found_out`` says in
    words what ``auto`` saw, ``mover`` what ran as the mover, and how, and ``added`` the fields that the
    subject file adds to every object.  ``stopped`` is why the run ended early, "" where it did
    not.  ``problem`` is why the harness or its surroundings broke, "" otherwise.
    """

    subject: Subject
    equipment: Equipment
    harness_version: str
    status: int
    begin: datetime
    seconds: float
    is_complete: bool
    problem: str = ""
    mover: str = ""
    taken: Mapping[str, str | None] = field(default_factory=dict)
    found_out: Sequence[str] = ()
    added: Sequence[str] = ()
    stopped: str = ""
    is_proof: bool = False


def build(outcomes: Sequence[Outcome], facts: RunFacts) -> dict[str, Any]:
    """The whole report as plain values; the same for the same outcomes, whatever order they came in."""
    ordered = sorted(outcomes, key=lambda outcome: (outcome.scenario, outcome.subject))
    return {
        "schema": SCHEMA_VERSION,
        "complete": facts.is_complete,
        "verdict": VERDICTS[facts.status],
        "exit_status": facts.status,
        "problem": facts.problem,
        "begin": facts.begin.isoformat(timespec="seconds"),
        "seconds": round(facts.seconds, 3),
        "kopia_seconds": round(sum(outcome.kopia_s for outcome in outcomes), 3),
        "proof": facts.is_proof,
        "harness": {"name": HARNESS, "version": facts.harness_version},
        "subject": {"name": facts.subject.name, **facts.subject.about},
        "sides": {"found_out": list(facts.found_out), **_sides(facts)},
        "kopia": _tool(facts.equipment),
        "mover": facts.mover,
        "added": list(facts.added),
        "stopped": facts.stopped,
        "storage": {"kind": facts.equipment.store.kind, "origin": facts.equipment.store.origin},
        "profiles": {profile: _profile(ordered, profile) for profile in _profiles()},
        "claims": [_claim(claims()[claim], verdict, ordered) for claim, verdict in by_claim(ordered).items()],
        "causes": [asdict(cause) for cause in causes(ordered)],
        "errors": [_brief(outcome) for outcome in ordered if outcome.verdict == "error"],
        "divergences": [_brief(outcome) for outcome in ordered if outcome.verdict == "fail" and outcome.is_judged],
        "findings": [finding for outcome in ordered for finding in _findings(outcome)],
        "contradictions": _contradictions(by_claim(ordered)),
        "scenarios": [outcome.as_facts() for outcome in ordered],
    }


def junit(outcomes: Sequence[Outcome], facts: RunFacts) -> str:
    """The outcomes as JUnit XML: a divergence is a failure, what is unknown an error."""
    ordered = sorted(outcomes, key=lambda outcome: (outcome.scenario, outcome.subject))
    count = {verdict: sum(outcome.verdict == verdict for outcome in ordered) for verdict in COLUMNS}
    suite = ElementTree.Element(
        "testsuite",
        name=HARNESS,
        tests=str(len(ordered)),
        failures=str(sum(outcome.verdict == "fail" and outcome.is_judged for outcome in ordered)),
        errors=str(count["error"] + bool(facts.problem)),
        skipped=str(count["skip"] + count["known"] + count["blocked"]),
        time=f"{facts.seconds:.3f}",
        timestamp=facts.begin.isoformat(timespec="seconds"),
    )
    for outcome in ordered:
        _test_case(suite, outcome)
    if facts.problem:
        case = ElementTree.SubElement(suite, "testcase", classname=HARNESS, name="the run itself", time="0")
        ElementTree.SubElement(case, "error", message=facts.problem)
    ElementTree.indent(suite)
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True)


def _test_case(suite: ElementTree.Element, outcome: Outcome) -> None:
    title = outcome.story.title if outcome.story else outcome.scenario
    case = ElementTree.SubElement(
        suite,
        "testcase",
        classname=outcome.story.file if outcome.story else HARNESS,
        name=f"{' '.join(outcome.claims)} {title} [{outcome.sides}]".strip(),
        time=f"{outcome.seconds:.3f}",
    )
    kind = {
        "fail": "failure" if outcome.is_judged else "",
        "error": "error",
        "skip": "skipped",
        "known": "skipped",
        "blocked": "skipped",
    }.get(outcome.verdict)
    if kind:
        first = (outcome.message.splitlines() or [""])[0]
        ElementTree.SubElement(case, kind, message=_printable(first)).text = _printable(outcome.message)


def _printable(text: str) -> str:
    """XML holds no control characters but tabs and line ends."""
    return "".join(char for char in text if char in "\t\n" or char.isprintable())


def _tool(equipment: Equipment) -> dict[str, str]:
    return {"path": str(equipment.kopia.path), "version": equipment.kopia.version, "origin": equipment.kopia.origin}


def _sides(facts: RunFacts) -> dict[str, Any]:
    return {
        name: {"documented": list(sides), "asked": [facts.taken[name]] if facts.taken.get(name) else list(sides)}
        for name, sides in CONTRADICTIONS.items()
    }


def _profiles() -> list[str]:
    return list(dict.fromkeys(claim.profile for claim in claims().values()))


def _profile(outcomes: Sequence[Outcome], profile: str) -> dict[str, Any]:
    """``success``: all of it held; ``partial``: something was not asked; else ``failure`` or ``unknown``."""
    verdicts = by_claim(outcomes)
    of_profile = [claim.id for claim in claims().values() if claim.profile == profile and claim.is_judged]
    counts = {
        COUNTED[one]: sum(verdicts.get(claim) == one for claim in of_profile) for one in COLUMNS if one != "finding"
    }
    counts["not_run"] = sum(claim not in verdicts for claim in of_profile)
    result = "success" if counts["held"] == len(of_profile) else "partial"
    result = "failure" if counts["diverged"] or counts["known"] else result
    return {"result": "unknown" if counts["unknown"] else result, "claims": len(of_profile), **counts}


def _claim(claim: Claim, verdict: str, outcomes: Sequence[Outcome]) -> dict[str, Any]:
    own = [outcome for outcome in outcomes if claim.id in outcome.claims]
    return {
        "id": claim.id,
        "area": claim.area,
        "section": areas()[claim.area],
        "profile": claim.profile,
        "kind": claim.kind,
        "decided_by": list(claim.decided_by),
        "says": claim.says,
        "verdict": verdict,
        "scenarios": [outcome.scenario for outcome in own],
        "seconds": round(sum(outcome.seconds for outcome in own), 3),
        "skips": sorted({outcome.message for outcome in own if outcome.verdict == "skip"}),
        "evidence": [outcome.as_facts()["evidence"] for outcome in own if outcome.evidence],
        "findings": [finding for outcome in own for finding in outcome.as_facts()["findings"]],
    }


def _findings(outcome: Outcome) -> list[dict[str, Any]]:
    of = {"claims": list(outcome.claims), "scenario": outcome.scenario}
    return [{**of, **finding} for finding in outcome.as_facts()["findings"]]


def _contradictions(verdicts: Mapping[str, str]) -> list[dict[str, Any]]:
    """The known defects of the document that this run says something about."""
    shown = [
        (defect, {claim: verdicts[claim] for claim in defect["proof"] if claim in verdicts}) for defect in defects()
    ]
    return [{"title": defect["title"], "kind": defect["kind"], "proof": proof} for defect, proof in shown if proof]


def _brief(outcome: Outcome) -> dict[str, Any]:
    return {"scenario": outcome.scenario, "claims": list(outcome.claims), "message": outcome.message}
