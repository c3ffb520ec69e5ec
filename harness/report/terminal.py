"""Format the end of a run for the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harness.document.ledger import claims
from harness.document.verdict import ExitStatus, Verdict
from harness.report.causes import CHARGED, Also, Cause, accounts, causes
from harness.report.expectations import Delta
from harness.report.json_report import RunFacts
from harness.report.outcome import Outcome
from harness.report.verdicts import MutantResult, Prediction, by_area, by_claim, by_mutant

LONGEST_TEXT = 400
LEAST_TIME_S = 1.0
"""A share of less time than this says nothing about the suite."""
MOST_IDS = 8
"""The number of claims that are named for one reason; report.json has all."""
MARKS = {"passed": "✓", "failed": "✗", "not run": "·"}


def lines(outcomes: Sequence[Outcome], facts: RunFacts, predictions: Mapping[str, Prediction]) -> list[str]:
    """Return the last lines of a run: the table, the subject, the time and the verdict.

    Args:
        outcomes: The outcomes of all scenarios.
        facts: Facts about the run.
        predictions: The prediction for each mutant, by its name. Only a proof uses them.
    """
    table = _mutant_table(outcomes, predictions) if facts.is_proof else _area_table(outcomes)
    subject = "every mutant" if facts.is_proof else facts.subject
    kopia_s = sum(outcome.kopia_s for outcome in outcomes)
    number = sum(not outcome.scenario.endswith(CHARGED) for outcome in outcomes)
    return [
        *table,
        *([f"variants detected: {'; '.join(dict.fromkeys(facts.found_out))}"] if facts.found_out else []),
        f"subject {subject}; {facts.store_origin}; kopia {facts.kopia_version}",
        f"{number} scenarios in {facts.seconds - facts.provisioning_s:.1f} s after {facts.provisioning_s:.1f} s of "
        f"provisioning; {kopia_s:.1f} s inside kopia, summed over the workers",
        f"verdict: {_verdict(facts)}",
    ]


def delta(seen: Delta, file: str) -> list[str]:
    """Return the difference from the list of known divergences, new divergences first."""
    new = [f"  {' '.join(one.claims)} {one.story.title if one.story else one.scenario}" for one in seen.new]
    return [
        f"compared with {file}: {len(new)} new, {len(seen.fixed)} fixed, {len(seen.unchanged)} unchanged",
        *(["new divergences:", *new] if new else []),
        *(
            ["fixed; remove these entries from the list:", *(f"  {entry}" for entry in seen.fixed)]
            if seen.fixed
            else []
        ),
        *(["known divergences:", *(f"  {entry}" for entry in seen.unchanged)] if seen.unchanged else []),
    ]


def _area_table(outcomes: Sequence[Outcome]) -> list[str]:
    rows = by_area(outcomes)
    head = _row("area of the document", [verdict.counted_as for verdict in Verdict])
    counts = [[row.held, row.diverged, row.blocked, row.known, row.unknown, row.skipped, row.findings] for row in rows]
    total = [sum(column) for column in zip(*counts, strict=True)] or [0] * 7
    body = [_row(row.title, numbers) for row, numbers in zip(rows, counts, strict=True)]
    return [*_causes(outcomes), head, *body, _row("claims", total), *_findings(outcomes), *_skips(outcomes)]


def _causes(outcomes: Sequence[Outcome]) -> list[str]:
    """Return the causes of divergences: for each the harm, the evidence, and the blocked claims."""
    found = causes(outcomes)
    if not found:
        return []
    return [f"{len(found)} cause{'s' if len(found) > 1 else ''} of divergence:", *(
        line for number, cause in enumerate(found, 1) for line in _cause(number, cause)
    ), ""]  # fmt: skip


def _cause(number: int, cause: Cause) -> list[str]:
    lines = [f"{number:>3}. {_line(cause.cause)} ({' '.join(cause.claims)})", f"     harm: {cause.harm}"]
    if cause.evidence:
        lines.append(f"     checked: {_line(cause.evidence.what)}")
        lines.append(f"     expected: {_line(cause.evidence.expected)}")
        lines += [f"     observed ({oracle}): {_line(seen)}" for oracle, seen in accounts(cause.evidence).items()]
        lines += [f"     decided by: {cause.evidence.part}"] if cause.evidence.part else []
    lines.append(f"     scenario: {cause.scenarios[0]}")
    others = len(cause.scenarios) - 1
    lines += [f"     and {others} more scenario{'s' if others > 1 else ''}"] if others else []
    lines += [f"     {one.claim}: {_line(_told(one))}" for one in cause.also]
    lines += [f"     blocked by it: {' '.join(cause.blocks)}"] if cause.blocks else []
    return lines


def _told(also: Also) -> str:
    evidence = also.evidence
    seen = f"expected {evidence.expected}, observed {evidence.seen}" if evidence else "see the report"
    return f"{seen} ({also.scenario.rpartition('::')[2]})"


def _line(text: str) -> str:
    """Join the lines of a text, and cut it after LONGEST_TEXT characters."""
    whole = " / ".join(line.strip() for line in text.splitlines() if line.strip())
    return whole if len(whole) <= LONGEST_TEXT else f"{whole[:LONGEST_TEXT]}…"


def _row(title: str, numbers: Sequence[object]) -> str:
    held, diverged, blocked, known, unknown, skipped, findings = numbers
    return f"{title:<56}{held:>6}{diverged:>10}{blocked:>9}{known:>7}{unknown:>9}{skipped:>9}{findings:>10}"


def _findings(outcomes: Sequence[Outcome]) -> list[str]:
    found = [(outcome, finding) for outcome in outcomes for finding in outcome.findings if not finding.holds]
    order = list(claims())
    found.sort(key=lambda pair: (min(map(order.index, pair[0].claims), default=0), pair[1].question))
    lines = [f"  {' '.join(outcome.claims)} {finding.in_words}" for outcome, finding in found]
    return ["findings:", *dict.fromkeys(lines)] if lines else []


def _skips(outcomes: Sequence[Outcome]) -> list[str]:
    """Return the reasons for which claims were skipped, each with its claims, the most frequent reason first."""
    of_reason: dict[str, list[str]] = {}
    for claim, verdict in by_claim(outcomes).items():
        if verdict is Verdict.SKIP:
            first, *others = dict.fromkeys(_line(outcome.message) for outcome in outcomes if claim in outcome.claims)
            of_reason.setdefault(f"{first} (and {len(others)} more)" if others else first, []).append(claim)
    most_first = sorted(of_reason.items(), key=lambda pair: -len(pair[1]))
    return ["skipped:", *(f"  {_some(ids)}: {reason}" for reason, ids in most_first)] if most_first else []


def _some(ids: Sequence[str]) -> str:
    more = len(ids) - MOST_IDS
    return " ".join(ids[:MOST_IDS]) + (f" and {more} more" if more > 0 else "")


def _mutant_table(outcomes: Sequence[Outcome], predictions: Mapping[str, Prediction]) -> list[str]:
    return [
        f"{'mutant':<40}outcome",
        *(f"{row.name:<39} {_mutant_in_words(row)}" for row in by_mutant(outcomes, predictions)),
    ]


def _mutant_in_words(row: MutantResult) -> str:
    parts = [f"killed by {' '.join(row.killed_by)}"] if row.killed_by else []
    parts += [f"SURVIVED {' '.join(row.survived)}"] if row.survived else []
    parts += [f"UNRELATED BUT FAILED {' '.join(row.collateral)}"] if row.collateral else []
    parts += [f"UNKNOWN {' '.join(row.unknown)}"] if row.unknown else []
    return "; ".join(parts) or "not run"


def _verdict(facts: RunFacts) -> str:
    if facts.is_proof and facts.status is ExitStatus.CONFORMANT:
        return "every mutant was caught"
    if facts.is_proof and facts.status is ExitStatus.DIVERGES:
        return "A MUTANT SURVIVED, or a claim failed that the mutant must not break"
    return facts.status.in_words


def of_mover(outcomes: Sequence[Outcome], seconds: float, workers: int, provisioning_s: float) -> str:
    """Return one line about the time of a mover that is not the reference, and the time that the suite added.

    The time in which an operator on a Kubernetes API answers does not count as added by the suite.

    Args:
        outcomes: The outcomes of all scenarios.
        seconds: The time from the first scenario to the end of clean-up.
        workers: The number of pytest workers.
        provisioning_s: The time before the first scenario, which is reported separately.

    Returns:
        The line, or "" if the mover ran no operation.
    """
    operations, inside_s = sum(one.operations for one in outcomes), sum(one.mover_s for one in outcomes)
    if not operations:
        return ""
    operator_s = sum(one.operator_s for one in outcomes)
    if inside_s + operator_s < LEAST_TIME_S:
        return f"{operations} operations of the mover, {inside_s:.1f} s inside it"
    added = (seconds * workers - inside_s - operator_s) / (inside_s + operator_s)
    above = (seconds * workers - inside_s) / inside_s
    of_operator = f"the operator answered in {operator_s:.1f} s; " if operator_s else ""
    of_both = f" ({above:.0%} above the mover alone)" if operator_s else ""
    return (
        f"{operations} operations of the mover, {inside_s:.1f} s inside it, {inside_s / operations:.2f} s each; "
        f"{of_operator}on {workers} workers the suite added {added:.0%}{of_both}; "
        f"before that {provisioning_s:.1f} s of provisioning"
    )


def gherkin(outcome: Outcome) -> list[str]:
    """Return a scenario as Gherkin, with a mark for the result of each step."""
    if outcome.story is None:
        return []
    lines = [f"  {' '.join(f'@{claim}' for claim in outcome.claims)} [{outcome.sides}]", f"  {outcome.story.title}"]
    for step in outcome.story.steps:
        lines.append(f"    {MARKS[step.outcome]} {step.keyword} {step.text}")
        lines += [f"        | {' | '.join(row)} |" for row in step.table]
    return lines
