"""The ledger is checked when it is read."""

import pytest

from harness.document.harms import Harm
from harness.document.ledger import SCHEMA, LedgerError, claims, harm_of, read
from harness.document.parts import Part
from harness.system import yaml_io
from plugin.options import PROFILES

ENTRY = "kind: rule, decided_by: controller, says: 'Something is so.', sentences: ['12:0123456789abcdef:0123456789']"
LEDGER = f"area:\n  title: An area\n  harm: Something happens.\n  claims:\n    HN_2: {{{ENTRY}}}\n"


def test_a_claim_is_read():
    claim = read(LEDGER)["HN_2"]
    assert (claim.kind, claim.decided_by, claim.area, claim.is_judged) == ("rule", ("controller",), "area", True)


def test_the_ledger_holds_every_claim_of_the_document():
    assert len([claim for claim in claims().values() if claim.profile != "safety" and claim.area != "defects"]) == 111
    assert {claim.kind for claim in claims().values()} == {"rule", "example", "kopia", "promise", "advice"}


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("kind: rule", "kind: wish", "wish"),
        ("decided_by: controller", "decided_by: nobody", "nobody"),
        ("HN_2", "hostname", "hostname"),
        ("says: 'Something is so.', ", "", "says"),
        (", sentences: ['12:0123456789abcdef:0123456789']", "", "sentences"),
        ("12:0123456789abcdef:0123456789", "12", "12"),
        (
            "sentences: ['12:0123456789abcdef:0123456789']",
            "values: {colour: ['12:0123456789abcdef:0123456789']}",
            "colour",
        ),
        ("kind: rule", "colour: red, kind: rule", "colour"),
        ("kind: rule", "source: sister-page, kind: rule", "sentences: does not go with kind rule"),
        ("    HN_2", f"    HN_2: {{{ENTRY}}}\n    HN_2", "duplicate key HN_2"),
        (
            "area:\n",
            f"other:\n  title: Other\n  harm: Something happens.\n  claims:\n    HN_2: {{{ENTRY}}}\narea:\n",
            "HN_2 is defined in two areas: other and area",
        ),
        ("area:", "area: [", "not YAML"),
    ],
)
def test_a_wrong_ledger_is_named(old, new, named):
    assert old in LEDGER
    with pytest.raises(LedgerError, match=named):
        read(LEDGER.replace(old, new, 1))


def test_the_format_names_the_parts_of_the_enum():
    schema = yaml_io.load(SCHEMA.read_text(encoding="utf-8"))
    pattern = schema["additionalProperties"]["properties"]["claims"]["additionalProperties"]["properties"]["decided_by"]
    words = pattern["pattern"].removeprefix("^(").partition(")")[0].split("|")
    assert words == [str(part) for part in Part]
    assert {type(part) for claim in claims().values() for part in claim.decided_by} == {Part}


SAFE = f"kind: rule, decided_by: mover, says: 'Something is so.', source: common-sense, harm: '{'x' * 10}'"
SAFETY = (
    "area:\n  title: An area\n  profile: safety\n  kind_of_harm: data lost\n  harm: Something happens.\n"
    f"  claims:\n    LO_1: {{{SAFE}}}\n"
)


def test_a_safety_claim_names_its_harm():
    claim = read(SAFETY)["LO_1"]
    assert (claim.profile, claim.kind_of_harm, claim.harm) == ("safety", Harm.DATA_LOST, "x" * 10)
    assert harm_of("LO_1") == claims()["LO_1"].harm != harm_of("HN_2")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("  kind_of_harm: data lost\n", ""),
        ("data lost", "data loss"),
        (", harm: 'xxxxxxxxxx'", ""),
        ("source: common-sense", "source: sister-page"),
        ("  profile: safety\n", ""),
    ],
)
def test_a_safety_claim_without_its_harm_is_refused(old, new):
    assert old in SAFETY
    with pytest.raises(LedgerError):
        read(SAFETY.replace(old, new))


def test_the_harm_of_a_claim_replaces_that_of_its_area():
    assert read(LEDGER.replace(ENTRY, f"{ENTRY}, harm: 'A tenant loses data.'"))["HN_2"].harm == "A tenant loses data."
    assert claims()["SR_3"].harm == harm_of("SR_3") != harm_of("SR_2")
    assert not claims()["SI_1"].harm
    assert harm_of("SI_1") == harm_of("SI_4")


def test_a_harm_that_fills_more_than_a_line_is_refused():
    with pytest.raises(LedgerError):
        read(LEDGER.replace(ENTRY, f"{ENTRY}, harm: '{'x' * 131}'"))


def test_the_format_names_the_kinds_of_harm():
    section = yaml_io.load(SCHEMA.read_text(encoding="utf-8"))["additionalProperties"]["properties"]
    assert section["kind_of_harm"]["enum"] == [str(harm) for harm in Harm]
    assert section["profile"]["enum"] == list(PROFILES)
