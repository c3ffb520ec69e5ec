"""docs/spec.md says what the claims and the features say."""

from harness.cli import spec


def test_the_readable_specification_is_fresh():
    assert spec.PAGE.read_text(encoding="utf-8") == spec.text(), "docs/spec.md is stale: run tox -e spec and look at it"
