"""A change of the document names the claims that assert the changed place; another layout names none."""

import pytest
import yaml

from harness.cli import drift as command
from harness.document import fingerprints
from harness.document.ledger import read

# A small document in our own words, with each kind of place.
PLACES = {
    "sentence": "The room of a guest is ALWAYS the floor (unless it is “booked”), with at most 12 guests.",
    "pattern": "Badges match ^[a-z0-9][a-z0-9._-]*$ and have ≤ 20 characters",
    "table": "Badges that are taken:\n  anna.b\n  front-desk\nBadges that are refused:\n  -anna\n  anna b",
    "search": 'hotel logs <guest> | grep -E "ROOM_|Taking.*room"',
    "query": "hotel get guest -o json | \\\n jq '.status.rooms[] | {room: .number, nights: .nightCount}'",
    "manifest": "kind: Guest\nmetadata:\n  name: anna\nspec:\n  room:\n    floor: 3  # the third\n    key: 'brass'",
    "command": "Wait for the porter\nsleep 15",
    "name": "The keys are in ROOM_KEY_FRONT\nand --room-key is not for guest create",
}
PROSE = "Guests are welcome at any hour."
DOCUMENT = f"{PROSE}\n\n" + f"\n\n{PROSE}\n\n".join(PLACES.values()) + "\n"
IDS = {kind: f"AA_{number}" for number, kind in enumerate(PLACES, 1)}


ENTRY = {"kind": "rule", "decided_by": "controller", "says": "Something is so."}


def ledger():
    """Give each place a claim of its own, and one claim all of them."""
    printed = {kind: fingerprints.fingerprint(text, kind) for kind, text in PLACES.items()}
    values = {kind: [one] for kind, one in printed.items() if kind != "sentence"}
    found = {IDS[kind]: {**ENTRY, "values": {kind: one}} for kind, one in values.items()}
    found[IDS["sentence"]] = {**ENTRY, "sentences": [printed["sentence"]]}
    found["AA_ALL"] = {**ENTRY, "sentences": [printed["sentence"]], "values": values}
    return ledger_of(**found)


def ledger_of(**claims):
    return read(yaml.safe_dump({"area": {"title": "An area", "harm": "Something happens.", "claims": claims}}))


LEDGER = ledger()


def found(document):
    return {(one.place.kind, one.place.claims, one.line is not None) for one in fingerprints.drifted(LEDGER, document)}


def named(kind, *, changed):
    return {(kind, (IDS[kind], "AA_ALL"), changed)}


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        ("sentence", "ALWAYS", "mostly"),
        ("sentence", "12 guests", "13 guests"),
        ("pattern", "[a-z0-9._-]*$", "[a-z0-9._-]+$"),
        ("pattern", "._-]", ".-]"),
        ("pattern", "≤ 20", "< 20"),
        ("pattern", "20", "21"),
        ("table", "front-desk", "front_desk"),
        ("table", "  anna.b\n", ""),
        ("table", "-anna", "anna-"),
        ("search", "ROOM_|", "ROOM|"),
        ("search", "-E", "-F"),
        ("query", ".nightCount", ".nights"),
        ("query", "rooms[]", "rooms"),
        ("manifest", "floor: 3", "floor: 4"),
        ("manifest", "anna", "Anna"),
        ("manifest", "    key: 'brass'", "    bell: true\n    key: 'brass'"),
        ("command", "sleep 15", "sleep 60"),
        ("name", "ROOM_KEY_FRONT", "ROOM_KEY-FRONT"),
        ("name", "--room-key", "-room-key"),
    ],
)
def test_a_change_names_the_claims_of_its_place(kind, old, new):
    place = PLACES[kind]
    assert old in place
    assert found(DOCUMENT.replace(place, place.replace(old, new, 1))) == named(kind, changed=True)


@pytest.mark.parametrize("kind", PLACES)
def test_a_place_that_is_gone_is_told_from_one_that_changed(kind):
    assert found(DOCUMENT.replace(PLACES[kind], "")) == named(kind, changed=False)


def test_another_place_that_says_nearly_the_same_is_no_remains():
    short = "The room is on the third floor (unless it is booked)."
    long = f"As was said: {short} That is meant."
    alike = ledger_of(
        AA_1={**ENTRY, "sentences": [fingerprints.fingerprint(short)]},
        AA_2={**ENTRY, "sentences": [fingerprints.fingerprint(long)]},
    )
    assert fingerprints.drifted(alike, f"{short}\n{PROSE}\n{long}") == []
    (gone,) = fingerprints.drifted(alike, f"{short}\n{PROSE}")
    assert (gone.place.claims, gone.line) == (("AA_2",), None)


def test_a_place_that_changed_is_told_by_its_line():
    (changed,) = fingerprints.drifted(LEDGER, DOCUMENT.replace("floor: 3", "floor: 4"))
    assert changed.line is not None
    assert DOCUMENT.splitlines()[changed.line - 1] == "kind: Guest"


@pytest.mark.parametrize(
    "document",
    [
        DOCUMENT,
        DOCUMENT.replace(PROSE, "Guests are asked to ring."),
        DOCUMENT.replace(PROSE, ""),
        f"Something before.\n{DOCUMENT}Something after.",
        DOCUMENT.replace("\n", "\r\n"),
        DOCUMENT.replace("\n", " "),
        DOCUMENT.replace("  ", ""),
        DOCUMENT.replace(" ", "\n"),
        DOCUMENT.replace(" ", "\u00a0"),
        DOCUMENT.replace("\\\n", ""),
        DOCUMENT.replace("'", "’").replace("“", '"').replace("”", '"'),
        DOCUMENT.replace("'", "`").replace('"', "“"),
        DOCUMENT.replace("--room-key", "–room-key"),
        DOCUMENT.replace("  anna.b", "• anna.b").replace("  front-desk", "2. front-desk"),
        DOCUMENT.replace("  anna.b", "- anna.b").replace(PROSE, "—"),
    ],
)
def test_another_layout_is_no_change(document):
    assert found(document) == set()


def test_each_word_that_is_said_to_be_noticed_is():
    free = fingerprints.unnoticed(LEDGER, DOCUMENT)
    at = 0
    for number, line in enumerate(DOCUMENT.splitlines(keepends=True), 1):
        for word in set(line.split()):
            begin = at + line.index(word)
            changed = f"{DOCUMENT[:begin]}other{DOCUMENT[begin + len(word) :]}"
            assert bool(found(changed)) == (word not in free.get(number, [])), (number, word)
        at += len(line)
    lines = DOCUMENT.splitlines()
    assert {lines[number - 1] for number in free} == {PROSE}


def test_a_place_that_is_there_twice_notices_no_change_of_one():
    free = fingerprints.unnoticed(LEDGER, f"{DOCUMENT}{PLACES['command']}")
    assert sum(words == ["sleep", "15"] for words in free.values()) == 2


@pytest.fixture
def copy(tmp_path, monkeypatch):
    monkeypatch.setattr(command, "claims", lambda: LEDGER)
    monkeypatch.setattr(command, "areas", lambda: {"area": "An area"})
    return tmp_path / "document.txt"


def test_the_command_names_places_and_claims(copy, capsys):
    copy.write_text(DOCUMENT.replace("sleep 15", "sleep 60").replace(PLACES["query"], ""))
    assert command.main([str(copy)]) == 1
    printed = capsys.readouterr().out
    line = DOCUMENT.splitlines().index("Wait for the porter") - PLACES["query"].count("\n") + 1
    assert f"a command of section 'An area' changed (begins near {copy}:{line})" in printed
    assert f"a query of section 'An area' is gone from {copy}" in printed
    assert f"  {IDS['command']}: Something is so.\n  AA_ALL: Something is so." in printed
    assert IDS["table"] not in printed
    assert "8 places of the document are asserted by claims: 1 changed, 1 gone" in printed


def test_the_command_is_content_with_the_document(copy, capsys):
    copy.write_text(DOCUMENT)
    assert command.main([str(copy)]) == 0
    assert "0 changed, 0 gone" in capsys.readouterr().out


def test_the_command_lists_what_no_claim_notices(copy, capsys):
    copy.write_text(DOCUMENT)
    assert command.main(["--mutate", str(copy)]) == 0
    printed = capsys.readouterr().out
    assert f"{copy}:1: the line: {PROSE}" in printed
    assert "no claim covers 8 lines, and some words of 0 more lines" in printed
    copy.write_text(DOCUMENT.replace("sleep 15", "sleep 60"))
    assert command.main(["--mutate", str(copy)]) == 1, "the document itself has drifted"


@pytest.mark.parametrize("arguments", [[], ["/no/such/file"], ["a", "b"], ["--mutate"], ["--mutate", "--mutate", "a"]])
def test_the_command_wants_one_document(arguments, capsys):
    assert command.main(arguments) == 4
    assert "a copy of the document" in capsys.readouterr().err


def test_the_ledger_asserts_no_place_of_another_document(tmp_path, capsys):
    other = tmp_path / "other.txt"
    other.write_text("another document")
    assert command.main([str(other)]) == 1
    printed = capsys.readouterr().out
    assert "HN_2" in printed
    assert "RP_1" not in printed, "it was not read from the document"
