"""Write docs/spec.md: ``tox -e spec``. A meta test fails if that page is stale."""

from __future__ import annotations

from pathlib import Path

from harness.report.specification import page
from harness.volsync import kinds

PROJECT = Path(__file__).parents[2]
PAGE = PROJECT / "docs" / "spec.md"


def text() -> str:
    """Return the page from the ledger and the features."""
    return page(PROJECT / "features", kinds.SOURCE, kinds.DESTINATION)


def main() -> None:
    """Write docs/spec.md."""
    PAGE.write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main()
