"""``tox -e spec``: writes docs/spec.md.  The unit tests say where it is stale."""

from __future__ import annotations

from pathlib import Path

from harness.report.specification import page

PROJECT = Path(__file__).parents[2]
PAGE = PROJECT / "docs" / "spec.md"


def main() -> None:
    """Writes the page."""
    PAGE.write_text(page(PROJECT / "features"), encoding="utf-8")


if __name__ == "__main__":
    main()
