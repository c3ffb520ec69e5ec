"""The ledger is checked when it is read, and knows when the document drifts from it."""

import pytest

from harness import drift as command
from harness.spec import drift
from harness.spec.ledger import LedgerError, claims, read

ENTRY = "kind: rule, decided_by: controller, says: 'Something is so.', sentences: ['12:0123456789abcdef']"
LEDGER = f"area:\n  title: An area\n  claims:\n    HN_2: {{{ENTRY}}}\n"


def test_a_claim_is_read():
    claim = read(LEDGER)["HN_2"]
    assert (claim.kind, claim.decided_by, claim.area, claim.is_judged) == ("rule", ("controller",), "area", True)


def test_the_ledger_holds_every_claim_of_the_document():
    assert len([claim for claim in claims().values() if claim.area != "defects"]) == 98
    assert {claim.kind for claim in claims().values()} == {"rule", "example", "kopia", "promise", "advice"}


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("kind: rule", "kind: wish", "wish"),
        ("decided_by: controller", "decided_by: nobody", "nobody"),
        ("HN_2", "hostname", "hostname"),
        ("says: 'Something is so.', ", "", "says"),
        (", sentences: ['12:0123456789abcdef']", "", "sentences"),
        ("12:0123456789abcdef", "12", "12"),
        ("kind: rule", "colour: red, kind: rule", "colour"),
        ("kind: rule", "source: sister-page, kind: rule", "False schema"),
        ("    HN_2", f"    HN_2: {{{ENTRY}}}\n    HN_2", "HN_2 is given twice"),
        (
            "area:\n",
            f"other:\n  title: Other\n  claims:\n    HN_2: {{{ENTRY}}}\narea:\n",
            "HN_2 is in other and in area",
        ),
        ("area:", "area: [", "not YAML"),
    ],
)
def test_a_wrong_ledger_is_named(old, new, named):
    assert old in LEDGER
    with pytest.raises(LedgerError, match=named):
        read(LEDGER.replace(old, new, 1))


SENTENCE = "The hostname is ALWAYS just the namespace (unless it is “customised”)."


def claim_of(sentence):
    return read(LEDGER.replace("12:0123456789abcdef", drift.fingerprint(sentence)))


@pytest.mark.parametrize(
    "document",
    [
        SENTENCE,
        f"Before. {SENTENCE} After.",
        "<p>The  hostname is\nalways just the namespace</p> (unless it is `customised`)",
    ],
)
def test_a_sentence_is_found_in_any_layout(document):
    document = document.replace("<p>", "").replace("</p>", "")
    assert drift.drifted(claim_of(SENTENCE), document) == []


@pytest.mark.parametrize("document", ["", "Something else.", SENTENCE.replace("ALWAYS", "mostly")])
def test_a_sentence_that_changed_or_is_gone_is_named(document):
    assert [claim.id for claim in drift.drifted(claim_of(SENTENCE), document)] == ["HN_2"]


def test_the_command_names_each_claim_that_drifted(tmp_path, capsys):
    copy = tmp_path / "document.txt"
    copy.write_text("another document")
    assert command.main([str(copy)]) == 1
    printed = capsys.readouterr().out
    assert "HN_2: its sentence changed or is gone" in printed
    assert "RP_1" not in printed, "it was not read from the document"


@pytest.mark.parametrize("arguments", [[], ["/no/such/file"], ["a", "b"]])
def test_the_command_wants_one_document(arguments, capsys):
    assert command.main(arguments) == 4
    assert "a copy of the document" in capsys.readouterr().err
