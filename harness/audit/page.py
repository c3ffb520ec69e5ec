"""Render the page of an audit, with the look of the report, from its plain values (docs/audit.schema.json)."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Collection, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from harness.audit.account import in_files
from harness.audit.audit import UNKNOWN
from harness.audit.cards import LINKS_SHOWN, Links, Tone, identity, kind_of, sections
from harness.audit.legend import FILES, WORDS
from harness.audit.upkeep import in_words
from harness.report.page import environment

TEMPLATES = Path(__file__).with_name("templates")
SCRIPT = "audit.js"
"""It has no expression of Jinja: the page takes it as it is."""
FRACTION = re.compile(r"(:\d\d)\.\d+")
GAPS_SHOWN = 5


def render(audit: Mapping[str, Any], written: Collection[str] = ()) -> str:
    """Return the page of an audit. All texts are escaped, and no value is part of the script.

    Args:
        audit: The content of audit.json.
        written: The names of the files with ready manifests that lie beside the page.
    """
    found = sections(audit)
    pages = environment(TEMPLATES)
    return pages.get_template("audit.html.j2").render(
        audit=audit,
        sections=found,
        links=Links([card for section in found for card in section.cards]),
        links_shown=LINKS_SHOWN,
        gaps_shown=GAPS_SHOWN,
        several=len(audit["clusters"]) > 1,
        tones=Tone,
        worries=_worries(audit),
        unclear=_unclear(audit["read"]),
        words=WORDS,
        files={name: says for name, says in FILES.items() if name in written},
        identity=identity,
        kind_of=kind_of,
        in_files=in_files,
        age=lambda seconds: in_words(timedelta(seconds=seconds)),
        second=lambda instant: FRACTION.sub(r"\1", instant),
        script=SCRIPT,
        digest=_digest(pages.get_template(SCRIPT).render()),
    )


def _digest(script: str) -> str:
    """Return the digest by which a content security policy names a script."""
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _worries(audit: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the worries for the table at the top, those that count first."""
    found = []
    for name, number in audit["worries"].items():
        counts = "yes" if name in audit["fail_on"] else "unknown" if name in UNKNOWN else "no"
        # What was not read has no entry of its own.
        place = "read" if name in ("unread", "ambiguous") else f"?state={name}"
        found.append({"name": name, "number": number, "counts": counts, "place": place})
    return sorted(found, key=lambda one: ("yes", "unknown", "no").index(str(one["counts"])))


def _unclear(read: Mapping[str, Any]) -> int:
    """Return how many entries of the list of what was read leave the answers incomplete."""
    return sum(bool(one["matters"]) for one in read["skipped"]) + len(read["ambiguous"]) + len(read["open"])
