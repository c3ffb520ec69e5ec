"""Find the identities that are most like a given one.

Each identity is indexed by its words. A query compares only a few candidates that share its rarest words, so the time
does not grow with the number of identities times the number of queries.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from harness.audit.histories import Histories, History
from harness.audit.rules import Asked
from harness.model import Identity

CANDIDATES = 40
"""The number of identities that a query looks at."""
COMPARED = 6
"""The number of them that it compares exactly."""
SHOWN = 3
"""The number of histories that a query returns."""
LEAST_LIKENESS = 0.55
SHARED_PART = 0.15
"""What the same username or hostname adds to the likeness."""


class Alike:
    """Find similar identities in a set of them."""

    def __init__(self, identities: Iterable[Identity]) -> None:
        self._by_word: dict[str, list[Identity]] = {}
        self._by_letters: dict[str, list[Identity]] = {}
        for identity in identities:
            self._by_letters.setdefault(_letters(identity), []).append(identity)
            for word in _words(identity):
                self._by_word.setdefault(word, []).append(identity)

    def to(self, identity: Identity) -> list[Identity]:
        """Return similar identities, the most similar one first, without the identity itself.

        Those of the same name come before all others: a wrong or forgotten namespace is the most likely error.
        """
        candidates = dict.fromkeys(self._by_letters.get(_letters(identity), ())[:CANDIDATES])
        for word in sorted(_words(identity), key=lambda word: (len(self._by_word.get(word, ())), word)):
            room = max(CANDIDATES - len(candidates), 0)
            candidates |= dict.fromkeys(self._by_word.get(word, ())[:room])
        matcher = SequenceMatcher(a="", b=str(identity), autojunk=False)

        def rated(likeness: Callable[[], float], among: Iterable[Identity]) -> list[Identity]:
            found = []
            for one in among:
                matcher.set_seq1(str(one))
                rate = likeness()
                shares = one.hostname == identity.hostname or one.username == identity.username
                # Only the name of the namespace is missing or wrong: nothing is more likely.
                fits = rate >= LEAST_LIKENESS or one.username == identity.username
                if fits and one != identity:
                    found.append((not is_same_name(one, identity), -rate - SHARED_PART * shares, one))
            return [one for *_, one in sorted(found)]

        # The exact likeness costs ten times as much as its upper bound.
        return rated(matcher.ratio, rated(matcher.quick_ratio, candidates)[:COMPARED])


@dataclass(frozen=True)
class Near:
    """A history that is like the one that was looked for.

    Attributes:
        history: The history.
        why: What they have in common.
        is_same_name: False if their names are only similar.
    """

    history: History
    why: str
    is_same_name: bool = True


class Nearest:
    """Find similar histories of a repository."""

    def __init__(self, histories: Histories) -> None:
        self._histories = histories
        self._alike = Alike(histories.by_identity)

    def to(self, asked: Asked, by_rule: Mapping[Asked, str]) -> Sequence[Near]:
        """Return the nearest histories, the best first.

        Args:
            asked: What was looked for.
            by_rule: What the same object would ask for under other rules, with the names of these rules.
        """
        found: dict[Asked, Near] = {}

        def note(histories: Iterable[History], why: str, *, is_same_name: bool = True) -> None:
            for history in histories:
                if history.whole and history.asked != asked:
                    found.setdefault(history.asked, Near(history, why, is_same_name))

        note(self._histories.of_identity(asked.identity), "the same identity with another path")
        for other, rule in by_rule.items():
            note([self._histories.of(other)], f"what the rule {rule} makes of it")
        for identity in self._alike.to(asked.identity):
            same = is_same_name(identity, asked.identity)
            note(self._histories.of_identity(identity), likeness(identity, asked.identity), is_same_name=same)
        return list(found.values())


def is_same_name(found: Identity, wanted: Identity) -> bool:
    """Return True if two identities differ only in the hostname, or in what is no letter or digit."""
    return found.username == wanted.username or _letters(found) == _letters(wanted)


def likeness(found: Identity, wanted: Identity) -> str:
    """Return what two identities have in common, in words."""
    if found.username == wanted.username:
        return "the same username at another hostname"
    if _letters(found) == _letters(wanted):
        return "the same letters and digits"
    if found.hostname == wanted.hostname:
        return "the same hostname and a similar username"
    return "a similar identity"


def _letters(identity: Identity) -> str:
    return re.sub(r"[^a-z0-9]", "", f"{identity.username}{identity.hostname}".lower())


def _words(identity: Identity) -> set[str]:
    return {word for word in re.split(r"[^a-z0-9]+", f"{identity.username} {identity.hostname}".lower()) if word}
