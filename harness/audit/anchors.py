"""Make the ids of a page's entries from what the entries are, so that a link to one survives the next audit."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence

OTHER = re.compile(r"[^a-z0-9]+")
LONGEST = 100
DIGITS = 8

Key = tuple[str, ...]


def anchors(keys: Sequence[Key]) -> list[str]:
    """Return a unique id for each key, of lower-case letters, digits and hyphens.

    An id does not depend on the position. A digest of the key is added only where the letters are not enough to tell
    it from the others. Equal keys, which redaction may make, are numbered.
    """
    slugs = [_slug(key) for key in keys]
    often = Counter(slugs)
    found, taken, numbers = list[str](), set[str](), Counter[str]()
    for key, slug in zip(keys, slugs, strict=True):
        wanted = slug if often[slug] == 1 and _is_telling(key, slug) else f"{slug}-{_digest(key)}"
        unique = wanted
        while unique in taken:
            numbers[wanted] += 1
            unique = f"{wanted}-{numbers[wanted] + 1}"
        taken.add(unique)
        found.append(unique)
    return found


def _slug(key: Key) -> str:
    return "-".join(filter(None, map(_part, key)))[:LONGEST].strip("-")


def _part(text: str) -> str:
    return OTHER.sub("-", text.lower()).strip("-")


def _is_telling(key: Key, slug: str) -> bool:
    """Return True if something of each part is left."""
    return len(slug) < LONGEST and all(_part(one) for one in key if one)


def _digest(key: Key) -> str:
    return hashlib.sha256("\0".join(key).encode("utf-8", "surrogatepass")).hexdigest()[:DIGITS]
