"""Compare the ledger with a copy of the document.

A claim has fingerprints of the places of the document that it asserts. The ledger does not contain their text.
There are two kinds of places:

* a sentence: its letters and digits in lower case; punctuation does not count;
* a value (a pattern, a table, a search, a query, a manifest, a command): every character counts.

Line breaks, bullets and the form of quotation marks and dashes do not count in either kind. So a fingerprint matches
any copy of the document, whatever its layout.

A fingerprint is ``length:hash:parts``. ``parts`` holds short hashes of up to six equal parts of the text. They tell a
place that changed (some parts are still together) from a place that is gone.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from harness.document.ledger import Claim

HASH_LENGTH = 16
PART_HASH_LENGTH = 5
MOST_PARTS = 6
SHORTEST_PART = 6
SENTENCE = "sentence"

# Layout: the number of a list item, a bullet, a line of dashes, or the backslash at the end of a wrapped command.
LAYOUT = re.compile(r"^[ \t]*\d{1,2}[.)](?!\S)|(?<!\S)[-–—*•·\\]+(?!\S)", re.MULTILINE)
NO_CONTENT = re.compile("[\\s'\"`‘’‚‛“”„‟«»\u00ad\u200b\u2060\ufeff]")
# Word processors replace two or three hyphens by one dash.
DASHES = {"–": "--", "—": "---"}


@dataclass(frozen=True)
class Place:
    """A place of the document: its kind, its fingerprint, and the ids of the claims that assert it."""

    kind: str
    fingerprint: str
    claims: tuple[str, ...]

    @property
    def length(self) -> int:
        """The number of characters that count."""
        return int(self.fingerprint.split(":")[0])

    @property
    def digest(self) -> str:
        """The hash of the characters that count."""
        return self.fingerprint.split(":")[1]

    @property
    def parts(self) -> list[str]:
        """The hashes of its parts."""
        joined = self.fingerprint.split(":")[2]
        return [joined[at : at + PART_HASH_LENGTH] for at in range(0, len(joined), PART_HASH_LENGTH)]


@dataclass(frozen=True)
class Drift:
    """A place that the document no longer contains unchanged.

    Attributes:
        place: The place.
        line: The line where the changed place begins, or None if the place is gone.
    """

    place: Place
    line: int | None


@dataclass(frozen=True)
class Reading:
    """The characters of a document that count for a kind of place, with the offset of each in the document."""

    document: str
    text: str
    offsets: Sequence[int]

    def line(self, at: int) -> int:
        """Return the number of the line with a character, counted from 1."""
        return self.document.count("\n", 0, self.offsets[at]) + 1

    def span(self, at: int, length: int) -> tuple[int, int]:
        """Return the start and end offset in the document of a part of the text."""
        return self.offsets[at], self.offsets[at + length - 1] + 1


class Copy:
    """A copy of the document, read once for each kind of place."""

    def __init__(self, document: str) -> None:
        self.document = document

    def reading(self, kind: str) -> Reading:
        """Return the characters that count for a kind of place."""
        return self._sentences if kind == SENTENCE else self._values

    @cached_property
    def _sentences(self) -> Reading:
        return _reading(self.document, _letter)

    @cached_property
    def _values(self) -> Reading:
        return _reading(self.document, _character)


def fingerprint(text: str, kind: str = SENTENCE) -> str:
    """Return the fingerprint of a place."""
    counted = Copy(text).reading(kind).text
    size, number = _parts(len(counted))
    parts = (_hash(counted[at * size : (at + 1) * size])[:PART_HASH_LENGTH] for at in range(number))
    return f"{len(counted)}:{_hash(counted)}:{''.join(parts)}"


def places(claims: Mapping[str, Claim]) -> list[Place]:
    """Return all places that claims assert, without duplicates, in the order of the ledger."""
    asserted: dict[tuple[str, str], list[str]] = {}
    for claim in claims.values():
        for place in (*((SENTENCE, one) for one in claim.sentences), *claim.values):
            asserted.setdefault(place, []).append(claim.id)
    return [Place(*place, tuple(ids)) for place, ids in asserted.items()]


def drifted(claims: Mapping[str, Claim], document: str) -> list[Drift]:
    """Return the places that changed or are gone, in the order of the ledger."""
    copy = Copy(document)
    wanted = places(claims)
    there = _found(wanted, copy)
    return [Drift(place, _remains(place, copy, there)) for place in wanted if place not in there]


def unnoticed(claims: Mapping[str, Claim], document: str) -> dict[int, list[str]]:
    """Return the words that no claim covers, by the number of their line: a change of such a word is no drift.

    A place that occurs twice covers no word, because the other occurrence still matches after a change.
    """
    copy = Copy(document)
    spans = [
        copy.reading(place.kind).span(where[0], place.length)
        for place, where in _found(places(claims), copy).items()
        if len(where) == 1
    ]
    words: dict[int, list[str]] = {}
    for line, word, begin, end in _words(document):
        if not any(begin < last and first < end for first, last in spans):
            words.setdefault(line, []).append(word)
    return words


def _found(wanted: Iterable[Place], copy: Copy) -> dict[Place, list[int]]:
    """Return the places that the document contains, with the offsets of each in the reading of its kind."""
    sought: dict[tuple[bool, int], dict[str, list[Place]]] = {}
    for place in wanted:
        alike = sought.setdefault((place.kind == SENTENCE, place.length), {})
        alike.setdefault(place.digest, []).append(place)
    found: dict[Place, list[int]] = {}
    for (_, length), by_digest in sought.items():
        kind = next(iter(by_digest.values()))[0].kind
        for at, digest in _windows(copy.reading(kind).text, length):
            for place in by_digest.get(digest, ()):
                found.setdefault(place, []).append(at)
    return found


def _remains(place: Place, copy: Copy, there: Mapping[Place, Sequence[int]]) -> int | None:
    """Return the line where a changed place begins, or None if the place is gone.

    A place is changed if at least half of its parts are still close together. Text inside an unchanged place does not
    count, because places do not overlap.
    """
    reading = copy.reading(place.kind)
    size, number = _parts(place.length)
    hits = [
        (at, part)
        for at, part in _hits(place, reading.text)
        if not any(
            begin <= at <= begin + other.length - size
            for other, begins in there.items()
            if copy.reading(other.kind) is reading
            for begin in begins
        )
    ]
    together = [
        [hit for hit in hits if abs((hit[0] - hit[1] * size) - (at - part * size)) <= place.length // 4]
        for at, part in hits
    ]
    best = max(together, key=lambda near: len({part for _, part in near}), default=[])
    enough = 2 * len({part for _, part in best}) >= number
    return reading.line(best[0][0]) if best and enough else None


def _hits(place: Place, text: str) -> Iterator[tuple[int, int]]:
    """Yield the offset and the number of each part of a place that the text contains."""
    size, _ = _parts(place.length)
    parts = {part: at for at, part in enumerate(place.parts)}
    for at, digest in _windows(text, size):
        if digest[:PART_HASH_LENGTH] in parts:
            yield at, parts[digest[:PART_HASH_LENGTH]]


def _parts(length: int) -> tuple[int, int]:
    """Return the length and the number of the parts of a text."""
    number = max(1, min(MOST_PARTS, length // SHORTEST_PART))
    return length // number, number


def _windows(text: str, length: int) -> Iterator[tuple[int, str]]:
    for at in range(len(text) - length + 1):
        yield at, _hash(text[at : at + length])


def _reading(document: str, counted: Callable[[str], str]) -> Reading:
    text: list[str] = []
    offsets: list[int] = []
    for at, character in enumerate(LAYOUT.sub(lambda found: " " * len(found[0]), document)):
        kept = counted(character)
        text.append(kept)
        offsets.extend([at] * len(kept))
    return Reading(document, "".join(text), offsets)


def _letter(character: str) -> str:
    lower = character.lower()
    return lower if lower.isascii() and lower.isalnum() else ""


def _character(character: str) -> str:
    return "" if NO_CONTENT.match(character) else DASHES.get(character, character)


def _words(document: str) -> Iterator[tuple[int, str, int, int]]:
    at = 0
    for number, line in enumerate(document.splitlines(keepends=True), 1):
        for word in re.finditer(r"\S+", line):
            yield number, word[0], at + word.start(), at + word.end()
        at += len(line)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:HASH_LENGTH]
