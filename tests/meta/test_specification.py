"""docs/spec.md says what the claims and the features say."""

from harness import specification
from harness.report.specification import page


def test_the_readable_specification_is_fresh():
    text = specification.PAGE.read_text(encoding="utf-8")
    assert text == page(specification.PROJECT / "features"), "docs/spec.md is stale: run tox -e spec and look at it"
