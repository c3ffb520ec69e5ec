"""docs/spec.md says what the claims and the features say."""

from harness.cli import spec
from harness.report.specification import page


def test_the_readable_specification_is_fresh():
    text = spec.PAGE.read_text(encoding="utf-8")
    assert text == page(spec.PROJECT / "features"), "docs/spec.md is stale: run tox -e spec and look at it"
