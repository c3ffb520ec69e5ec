"""Build reports/report.json (schema: docs/report.schema.json) and reports/junit.xml."""

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
    """Facts about a run, apart from the outcomes of its scenarios.

    Attributes:
        subject: The name of the subject.
        about: Further facts about the subject, such as its version.
        kopia_path: The path of the kopia binary.
        kopia_version: The version that the binary reports.
        kopia_origin: How the binary was obtained (named, cached, downloaded, built).
        store_kind: ``container``, ``process`` or ``external``.
        store_origin: A description of the S3 store.
        harness_version: The version of this suite.
        status: The exit status of the run.
        begin: The time when the run began.
        seconds: The duration of the run.
        provisioning_s: The part of it before the first scenario: downloads, builds and the start of servers.
        is_complete: True if every selected scenario ended.
        problem: The error of the harness or its surroundings, or "".
        mover: A description of the mover and of how it was run.
        taken: For each contradiction, the variant that was tested, or None for both.
        found_out: For each contradiction, what ``auto`` observed.
        added: The fields that the subject file adds to every object.
        stopped: The reason why the run ended early, or "".
        is_proof: True if the subjects were mutants (``--proof``).
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
    provisioning_s: float
    is_complete: bool
    problem: str = ""
    mover: str = ""
    taken: Mapping[str, str | None] = field(default_factory=dict)
    found_out: Sequence[str] = ()
    added: Sequence[str] = ()
    stopped: str = ""
    is_proof: bool = False


def build(outcomes: Sequence[Outcome], facts: RunFacts) -> dict[str, Any]:
    """Return the report as plain values. The order of the outcomes does not matter."""
    ordered = sorted(outcomes, key=lambda outcome: (outcome.scenario, outcome.subject))
    return {
        "schema": SCHEMA_VERSION,
        "complete": facts.is_complete,
        "verdict": facts.status.short,
        "exit_status": int(facts.status),
        "problem": facts.problem,
        "begin": facts.begin.isoformat(timespec="seconds"),
        "seconds": round(facts.seconds, 3),
        "provisioning_seconds": round(facts.provisioning_s, 3),
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
    """Return the outcomes as JUnit XML. A divergence is a failure; an unknown verdict is an error."""
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
    """Return the text without the control characters that XML does not allow."""
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
    """Return the counts and the result of one profile.

    The result is ``success`` if all claims held, ``partial`` if some did not run or were skipped or blocked, and
    otherwise ``failure`` or ``unknown``.
    """
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
    """Return the known defects of the document for which this run has a verdict, with these verdicts."""
    shown = [
        (defect, {claim: str(verdicts[claim]) for claim in defect["proof"] if claim in verdicts})
        for defect in defects()
    ]
    return [{"title": defect["title"], "kind": defect["kind"], "proof": proof} for defect, proof in shown if proof]


def _brief(outcome: Outcome) -> dict[str, Any]:
    return {"scenario": outcome.scenario, "claims": list(outcome.claims), "message": outcome.message}
