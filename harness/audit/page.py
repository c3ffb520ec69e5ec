"""Render the page of an audit, with the look of the report, from its plain values (docs/audit.schema.json)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from harness.audit.reading import in_files
from harness.audit.terminal import GOOD_OUTCOMES, GOOD_STATES
from harness.audit.upkeep import in_words
from harness.report.page import environment

TEMPLATES = Path(__file__).with_name("templates")
KINDS = ("destination", "source", "collision", "orphan", "policy", "change", "new-collision")
OTHER_STATES = ("mixed", "shared", "beyond", "with owner", "without owner", "kept", "lost")


def render(audit: Mapping[str, Any]) -> str:
    """Return the page of an audit. All texts are escaped."""
    outcomes = [one["outcome"] for one in audit["destinations"]]
    states = [one["state"] for one in audit["sources"]]
    return (
        environment(TEMPLATES)
        .get_template("audit.html.j2")
        .render(
            audit=audit,
            kinds=KINDS,
            states=sorted({*outcomes, *states, *OTHER_STATES}),
            good={*GOOD_OUTCOMES, *GOOD_STATES},
            in_files=in_files,
            age=lambda seconds: in_words(timedelta(seconds=seconds)),
        )
    )
