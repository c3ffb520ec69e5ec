"""Write docs/spec.md: ``tox -e spec``. A meta test fails if that page is stale."""

from __future__ import annotations

from pathlib import Path

from harness.report.specification import page

PROJECT = Path(__file__).parents[2]
PAGE = PROJECT / "docs" / "spec.md"


def main() -> None:
    """Write docs/spec.md from the ledger and the features."""
    PAGE.write_text(page(PROJECT / "features"), encoding="utf-8")


if __name__ == "__main__":
    main()
