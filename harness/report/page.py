"""Render reports/index.html: one self-contained page with the claims in the order of the document."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from harness.document.ledger import areas, defects
from harness.document.verdict import Verdict
from harness.report.terminal import MARKS

TEMPLATES = Path(__file__).with_name("templates")
ROW_PX = 40


def environment(*folders: Path) -> Environment:
    """Return the environment of pages with the look of the report; ``folders`` have further templates."""
    loader = FileSystemLoader([*folders, TEMPLATES])
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)


def render(report: Mapping[str, Any], kind_of_sources: str, kind_of_destinations: str) -> str:
    """Return the page of a report (docs/report.schema.json). All texts of the report are escaped.

    Args:
        report: The content of report.json.
        kind_of_sources: The kind of the objects that back up.
        kind_of_destinations: The kind of the objects that restore.
    """
    return (
        environment()
        .get_template("page.html.j2")
        .render(
            report=report,
            words={verdict.value: verdict.in_words for verdict in Verdict},
            marks=MARKS,
            areas=_areas(report),
            defects=defects(),
            scenarios_of=_scenarios_of(report),
            kind_of_sources=kind_of_sources,
            kind_of_destinations=kind_of_destinations,
            shares=partial(shares, kind_of_sources=kind_of_sources),
        )
    )


def shares(scenario: Mapping[str, Any], kind_of_sources: str) -> dict[str, Any] | None:
    """Return the boxes and lines of a picture of sources that share an identity.

    Sources are on the left. Identities, with the number of their snapshots, are on the right. The unit is pixels.

    Returns:
        The data for the template, or None if all sources of the scenario have different identities.
    """
    prefix = f"{kind_of_sources} "
    backups = [sync for sync in scenario["syncs"] if sync["object"].startswith(prefix) and sync["username"]]
    owners: dict[str, str] = {sync["object"]: f"{sync['username']}@{sync['hostname']}" for sync in backups}
    identities = list(dict.fromkeys(owners.values()))
    if len(identities) == len(owners):
        return None
    at = {identity: 4 + ROW_PX * row for row, identity in enumerate(identities)}
    snapshots = {identity: sum(owners[sync["object"]] == identity for sync in backups) for identity in identities}
    return {
        "height": 4 + ROW_PX * max(len(owners), len(identities)),
        "sources": [
            {"name": source.removeprefix(prefix), "y": 4 + ROW_PX * row, "to": at[identity] + 15}
            for row, (source, identity) in enumerate(owners.items())
        ],
        "identities": [{"name": one, "y": at[one], "snapshots": f"{snapshots[one]} snapshots"} for one in identities],
    }


def _areas(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = [
        {"key": key, "title": title, "claims": [claim for claim in report["claims"] if claim["area"] == key]}
        for key, title in areas().items()
    ]
    return [area for area in found if area["claims"]]


def _scenarios_of(report: Mapping[str, Any]) -> dict[str, list[Mapping[str, Any]]]:
    return {
        claim["id"]: [scenario for scenario in report["scenarios"] if claim["id"] in scenario["claims"]]
        for claim in report["claims"]
    }
