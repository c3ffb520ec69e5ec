"""Whether the document still says what the claims were read from.

A claim keeps a fingerprint of its sentence and not the sentence: the number of its letters and
digits, and a hash of them in lower case.  Layout, punctuation and quotation marks do not count, so
the fingerprint is found again however the document was copied.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping

from harness.spec.ledger import Claim

HASH_LENGTH = 16


def plain(text: str) -> str:
    """The letters and digits of a text, in lower case."""
    return re.sub(r"[^a-z0-9]", "", text.lower())


def fingerprint(sentence: str) -> str:
    """``length:hash`` of a sentence."""
    letters = plain(sentence)
    return f"{len(letters)}:{_hash(letters)}"


def drifted(claims: Mapping[str, Claim], document: str) -> list[Claim]:
    """The claims one of whose sentences is changed or gone, in the order of the ledger."""
    wanted = {sentence for claim in claims.values() for sentence in claim.sentences}
    there = found(wanted, document)
    return [claim for claim in claims.values() if not set(claim.sentences) <= there]


def found(fingerprints: Iterable[str], document: str) -> set[str]:
    """Those fingerprints that belong to some stretch of the document."""
    letters = plain(document)
    by_length: dict[int, set[str]] = {}
    for one in fingerprints:
        by_length.setdefault(int(one.split(":")[0]), set()).add(one.split(":")[1])
    return {
        f"{length}:{digest}"
        for length, digests in by_length.items()
        for digest in digests & {_hash(letters[at : at + length]) for at in range(len(letters) - length + 1)}
    }


def _hash(letters: str) -> str:
    return hashlib.sha256(letters.encode()).hexdigest()[:HASH_LENGTH]
