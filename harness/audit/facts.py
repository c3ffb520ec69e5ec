"""Write an audit as plain values: the content of audit.json (docs/audit.schema.json)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from harness.audit.audit import Audit, Worry
from harness.audit.collisions import Collision
from harness.audit.comparison import Change
from harness.audit.histories import History
from harness.audit.organisation import Declared, as_facts
from harness.audit.orphans import Orphan
from harness.audit.prediction import Alternative, Prediction
from harness.audit.reach import Reach
from harness.audit.rules import Asked
from harness.audit.upkeep import Upkeep
from harness.document.verdict import ExitStatus
from harness.kopia.listing import ListedSnapshot
from harness.report.json_report import HARNESS
from harness.system import yaml_io
from harness.system.process import REDACT
from harness.volsync import overrides

SCHEMA_VERSION = 1
VERDICTS: Mapping[ExitStatus, str] = {
    ExitStatus.CONFORMANT: "nothing to worry about",
    ExitStatus.DIVERGES: "worries",
    ExitStatus.UNKNOWN: "unknown",
}
NO_MANIFESTS = "no manifests"
"""The verdict if only the repository was listed."""


def facts(audit: Audit, fail_on: Collection[Worry], harness_version: str) -> dict[str, Any]:
    """Return an audit as plain values, without secrets."""
    question, status = audit.question, audit.status(fail_on)
    now, histories = question.clock.now, audit.histories
    worries = Counter(audit.worries())
    found = {
        "schema": SCHEMA_VERSION,
        "harness": {"name": HARNESS, "version": harness_version},
        "now": _instant(now),
        "verdict": VERDICTS[status] if question.organisation.clusters or status else NO_MANIFESTS,
        "exit_status": int(status),
        "worries": {str(one): worries[one] for one in Worry if worries[one]},
        "fail_on": sorted(map(str, fail_on)),
        "rule": {
            "name": audit.rule.name,
            "says": audit.rule.says,
            "file": audit.rule.file,
            "as_good": [one.name for one in audit.as_good],
        },
        "rules": [
            {"name": one.rule.name, "identities": one.identities, "snapshots": one.snapshots} for one in audit.explained
        ],
        "against": question.against.name if question.against else None,
        "repository": {
            "origin": question.origin,
            "url": question.audited.url if question.audited else "",
            "identities": len(histories.by_identity) if histories else None,
            "snapshots": histories.snapshots if histories else None,
        },
        "clusters": list(question.organisation.clusters),
        "judged": list(question.judged),
        "destinations": [_destination(one, now) for one in audit.predictions],
        "sources": [_source(one, now) for one in audit.sources],
        "collisions": [_collision(one) for one in audit.collisions],
        "orphans": [_orphan(one, now) for one in audit.orphans],
        "policies": None if question.policies is None else [_reach(one) for one in audit.reaches],
        "changes": [_change(one) for one in audit.changes],
        "new_collisions": [_collision(one) for one in audit.new_collisions],
        "read": _read(audit),
    }
    return {key: redacted(value) for key, value in found.items()}


def redacted(value: Any) -> Any:
    """Redact every text in a value. Keys stay: they are names of this project, which a weak password may equal."""
    if isinstance(value, dict):
        return {key: redacted(inner) for key, inner in value.items()}
    return [redacted(inner) for inner in value] if isinstance(value, list) else REDACT.values(value)


def _destination(one: Prediction, now: datetime) -> dict[str, Any]:
    selection = one.selection
    return {
        **as_facts(one.destination),
        "outcome": str(one.outcome),
        "why": one.why,
        **_asked(one.asked),
        "as_of": selection.as_of if selection else "",
        "previous": selection.previous if selection else 0,
        "shallow": selection.shallow if selection else 0,
        "snapshot": _snapshot(one.snapshot, now),
        "snapshots": len(one.history.whole) if one.history else None,
        "incomplete": one.history.incomplete if one.history else None,
        "owners": [as_facts(owner) for owner in one.owners],
        "near": [_near(near, now) for near in one.near],
    }


def _near(one: Alternative, now: datetime) -> dict[str, Any]:
    manifest = overrides.as_lines(one.fields) if one.fields else ""
    return {**_history(one.history, now), "why": one.why, "owners": list(one.owners), "manifest": manifest}


def _source(one: Upkeep, now: datetime) -> dict[str, Any]:
    history = one.history
    return {
        **as_facts(one.source),
        "state": str(one.state),
        "why": one.why,
        **_asked(one.asked),
        "schedule": one.schedule,
        "missed_runs": one.missed,
        "newest": _snapshot(history.newest, now) if history else None,
        "snapshots": len(history.whole) if history else None,
        "incomplete": history.incomplete if history else None,
        "ends_incomplete": one.ends_incomplete,
        "gaps": list(one.gaps),
        "kept": len(one.left) if history else None,
        "expires": len(history.listed) - len(one.left) if history else None,
        "oldest_kept": _instant(one.left[-1].record.start) if one.left else None,
    }


def _collision(one: Collision) -> dict[str, Any]:
    return {
        "username": one.identity.username,
        "hostname": one.identity.hostname,
        "path": one.path,
        "mixes_histories": one.mixes,
        "place": one.place,
        "reasons": [str(reason) for reason in one.reasons],
        "snapshots": one.snapshots,
        "policies": list(one.policies),
        "sources": [as_facts(source) for source in one.sources],
    }


def _orphan(one: Orphan, now: datetime) -> dict[str, Any]:
    return {
        **_history(one.history, now),
        "owner": as_facts(one.owner) if one.owner else None,
        "why": one.why,
        "requested_by": [as_facts(destination) for destination in one.requested_by],
        "manifest": yaml_io.dump_all([one.manifest]) if one.manifest else "",
        "continue": overrides.as_lines(dict(one.continues)) if one.continues else "",
        "reserve": one.reserve,
    }


def _reach(one: Reach) -> dict[str, Any]:
    return {
        "target": str(one.policy),
        "keep": dict(one.policy.keep),
        "tenants": list(one.tenants),
        "unowned": one.unowned,
        "snapshots": one.snapshots,
    }


def _change(one: Change) -> dict[str, Any]:
    return {
        "kind": one.one.ref.kind,
        **as_facts(one.one),
        "before": _asked(one.before),
        "after": _asked(one.after),
        "snapshots": one.snapshots,
        "keeps_history": one.is_kept,
        "why": one.why,
        "override": yaml_io.dump_all([one.override]) if one.override else "",
        "follows_source": one.follows_source,
    }


def _read(audit: Audit) -> dict[str, Any]:
    account, organisation = audit.question.account, audit.question.organisation
    return {
        "files": account.files,
        "other_files": account.other_files,
        "objects": account.objects,
        "used": dict(sorted(account.used.items())),
        "passed_over": dict(sorted(account.passed_over.items())),
        "skipped": [{"where": one.where, "why": one.why, "matters": one.matters} for one in audit.skipped()],
        "declared_again": [_again(*pair) for pair in organisation.again],
        "ambiguous": [{"kind": one.ref.kind, **as_facts(one)} for one in organisation.unclear],
        "open": [
            {**as_facts(one), "fields": {field: list(names) for field, names in one.variables.items()}}
            for one in organisation.open
        ],
    }


def _again(first: Declared, second: Declared) -> dict[str, str]:
    return {"object": str(first.ref), "ignored": first.where, "used": second.where}


def _asked(asked: Asked | None) -> dict[str, Any]:
    if asked is None:
        return {"username": None, "hostname": None, "path": None}
    return {"username": asked.identity.username, "hostname": asked.identity.hostname, "path": asked.path}


def _history(one: History, now: datetime) -> dict[str, Any]:
    return {
        **_asked(one.asked),
        "snapshots": len(one.whole),
        "incomplete": one.incomplete,
        "newest": _snapshot(one.newest, now),
    }


def _snapshot(one: ListedSnapshot | None, now: datetime) -> dict[str, Any] | None:
    if one is None:
        return None
    return {
        "id": one.record.id,
        "start": _instant(one.record.start),
        "end": _instant(one.record.end),
        "age_seconds": int((now - one.record.end).total_seconds()),
        "size_bytes": one.size_bytes,
        "complete": not one.record.incomplete,
        "failed_files": one.failed_files,
    }


def _instant(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")
