"""Features and ledger have to fit before anything is started."""

import pytest

from harness.document.ledger import LedgerError, claims
from plugin.options import check_tags


def write(folder, tags):
    (folder / "one.feature").write_text("Feature: F\n  " + "\n  ".join(f"@{tag} @object-name" for tag in tags) + "\n")


def test_every_claim_has_its_tag(tmp_path):
    write(tmp_path, claims())
    check_tags(tmp_path)


def test_an_unknown_tag_is_named(tmp_path):
    write(tmp_path, [*claims(), "HN_99"])
    with pytest.raises(LedgerError, match="HN_99"):
        check_tags(tmp_path)


def test_a_claim_without_a_scenario_is_named(tmp_path):
    write(tmp_path, [claim for claim in claims() if claim != "HN_2"])
    with pytest.raises(LedgerError, match="HN_2"):
        check_tags(tmp_path)
