"""reports/report.json: the account of a run for machines (docs/report.schema.json), and reports/junit.xml for CI."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from xml.etree import ElementTree

from harness.document.ledger import Claim, areas, claims, defects
from harness.document.verdict import ExitStatus, Verdict
from harness.model import VARIANTS
from harness.report.causes import causes
from harness.report.outcome import Outcome
from harness.report.verdicts import by_claim

SCHEMA_VERSION = 2
HARNESS = "volsync-kopia-conformance"


@dataclass(frozen=True)
class RunFacts:
    """What is known of a run beside its outcomes.

    Attributes:
        subject: The name of the subject; ``about`` holds further facts of it.
        kopia_path, kopia_version, kopia_origin: The kopia of the harness, and where it came from.
        store_kind, store_origin: The S3 store.
        harness_version: The version of this suite.
        status: The exit status of the run.
        begin: When the run began; ``seconds`` is how long it took.
        is_complete: Whether every selected scenario ended.
        problem: Why the harness or its surroundings broke, "" where they did not.
        mover: What ran as the mover, and how.
        taken: The variant in question of each contradiction, None for both.
        found_out: What ``auto`` saw of the variants, in words.
        added: The fields that the subject file adds to every object.
        stopped: Why the run ended early, "" where it did not.
        is_proof: Whether the subjects were mutants.
    """

    subject: str
    about: Mapping[str, str]
    kopia_path: str
    kopia_version: str
    kopia_origin: str
    store_kind: str
    store_origin: str
    harness_version: str
    status: ExitStatus
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
        "verdict": facts.status.short,
        "exit_status": int(facts.status),
        "problem": facts.problem,
        "begin": facts.begin.isoformat(timespec="seconds"),
        "seconds": round(facts.seconds, 3),
        "kopia_seconds": round(sum(outcome.kopia_s for outcome in outcomes), 3),
        "proof": facts.is_proof,
        "harness": {"name": HARNESS, "version": facts.harness_version},
        "subject": {"name": facts.subject, **facts.about},
        "sides": {"found_out": list(facts.found_out), **_variants(facts)},
        "kopia": {"path": facts.kopia_path, "version": facts.kopia_version, "origin": facts.kopia_origin},
        "mover": facts.mover,
        "added": list(facts.added),
        "stopped": facts.stopped,
        "storage": {"kind": facts.store_kind, "origin": facts.store_origin},
        "profiles": {profile: _profile(ordered, profile) for profile in _profiles()},
        "claims": [_claim(claims()[claim], verdict, ordered) for claim, verdict in by_claim(ordered).items()],
        "causes": [asdict(cause) for cause in causes(ordered)],
        "errors": [_brief(outcome) for outcome in ordered if outcome.verdict == Verdict.ERROR],
        "divergences": [
            _brief(outcome) for outcome in ordered if outcome.verdict == Verdict.FAIL and outcome.is_judged
        ],
        "findings": [finding for outcome in ordered for finding in _findings(outcome)],
        "contradictions": _contradictions(by_claim(ordered)),
        "scenarios": [outcome.as_facts() for outcome in ordered],
    }


def junit(outcomes: Sequence[Outcome], facts: RunFacts) -> str:
    """The outcomes as JUnit XML: a divergence is a failure, what is unknown an error."""
    ordered = sorted(outcomes, key=lambda outcome: (outcome.scenario, outcome.subject))
    count = {verdict: sum(outcome.verdict == verdict for outcome in ordered) for verdict in Verdict}
    suite = ElementTree.Element(
        "testsuite",
        name=HARNESS,
        tests=str(len(ordered)),
        failures=str(sum(outcome.verdict == Verdict.FAIL and outcome.is_judged for outcome in ordered)),
        errors=str(count[Verdict.ERROR] + bool(facts.problem)),
        skipped=str(count[Verdict.SKIP] + count[Verdict.KNOWN] + count[Verdict.BLOCKED]),
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
        Verdict.FAIL: "failure" if outcome.is_judged else "",
        Verdict.ERROR: "error",
        Verdict.SKIP: "skipped",
        Verdict.KNOWN: "skipped",
        Verdict.BLOCKED: "skipped",
    }.get(outcome.verdict)
    if kind:
        first = (outcome.message.splitlines() or [""])[0]
        ElementTree.SubElement(case, kind, message=_printable(first)).text = _printable(outcome.message)


def _printable(text: str) -> str:
    """XML holds no control characters but tabs and line ends."""
    return "".join(char for char in text if char in "\t\n" or char.isprintable())


def _variants(facts: RunFacts) -> dict[str, Any]:
    documented = {name: [str(variant) for variant in one.variants] for name, one in VARIANTS.items()}
    return {
        name: {"documented": variants, "asked": [facts.taken[name]] if facts.taken.get(name) else variants}
        for name, variants in documented.items()
    }


def _profiles() -> list[str]:
    return list(dict.fromkeys(claim.profile for claim in claims().values()))


def _profile(outcomes: Sequence[Outcome], profile: str) -> dict[str, Any]:
    """``success``: all of it held; ``partial``: something was not asked; else ``failure`` or ``unknown``."""
    verdicts = by_claim(outcomes)
    of_profile = [claim.id for claim in claims().values() if claim.profile == profile and claim.is_judged]
    counts = {
        one.counted_as: sum(verdicts.get(claim) == one for claim in of_profile)
        for one in Verdict
        if one is not Verdict.FINDING
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
        "decided_by": [str(part) for part in claim.decided_by],
        "says": claim.says,
        "verdict": str(verdict),
        "scenarios": [outcome.scenario for outcome in own],
        "seconds": round(sum(outcome.seconds for outcome in own), 3),
        "skips": sorted({outcome.message for outcome in own if outcome.verdict == Verdict.SKIP}),
        "evidence": [outcome.as_facts()["evidence"] for outcome in own if outcome.evidence],
        "findings": [finding for outcome in own for finding in outcome.as_facts()["findings"]],
    }


def _findings(outcome: Outcome) -> list[dict[str, Any]]:
    of = {"claims": list(outcome.claims), "scenario": outcome.scenario}
    return [{**of, **finding} for finding in outcome.as_facts()["findings"]]


def _contradictions(verdicts: Mapping[str, str]) -> list[dict[str, Any]]:
    """The known defects of the document that this run says something about."""
    shown = [
        (defect, {claim: str(verdicts[claim]) for claim in defect["proof"] if claim in verdicts})
        for defect in defects()
    ]
    return [{"title": defect["title"], "kind": defect["kind"], "proof": proof} for defect, proof in shown if proof]


def _brief(outcome: Outcome) -> dict[str, Any]:
    return {"scenario": outcome.scenario, "claims": list(outcome.claims), "message": outcome.message}
