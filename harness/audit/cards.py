"""Arrange the entries of an audit for its page, from its plain values: sections of cards, the worst first."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Any

from harness.audit.anchors import Key, anchors
from harness.audit.audit import Worry
from harness.audit.legend import HAS_OWNER, KEEPS, LOSES, MIXES, NO_OWNER, REACHES, SECTIONS, SHARES, WORDS
from harness.volsync.kinds import SOURCE

LINKS_SHOWN = 5
"""The number of links to cards of one kind: a thousand sources may write one identity."""
NOT_LINKED = (("destination", "destination"), ("source", "collision"))
"""Kinds of cards that an identity does not lead to from a card of the other kind: a collision names its sources."""
WORRIES = frozenset(map(str, Worry))
GOOD = frozenset({"restores", "good", KEEPS})
TO_MEND = frozenset({"nothing-found", "foreign", "other-pvc", "other-history", "refused", "too-few", LOSES})
"""States whose lines for the manifest are shown from the start."""

Entry = Mapping[str, Any]


class Tone(IntEnum):
    """How bad an entry is, the worst first."""

    COUNTS = 0
    WORRY = 1
    NEUTRAL = 2
    GOOD = 3

    @property
    def style(self) -> str:
        """Return the class of the page's look."""
        return ("fail", "error", "skip", "pass")[self]

    @property
    def mark(self) -> str:
        """Return the sign before the name, which tells it without colours."""
        return ("✗", "!", "·", "✓")[self]

    @property
    def meaning(self) -> str:
        """Return what it means."""
        return (
            "a worry that counts (--fail-on)",
            "a worry that does not count, or makes the result unknown",
            "neither good nor bad",
            "good",
        )[self]


@dataclass(frozen=True)
class Card:
    """One entry of the page.

    Attributes:
        kind: Its kind, a key of `legend.SECTIONS`.
        name: What it is called: an object, an identity or the target of a policy.
        state: Its state, a key of `legend.WORDS`.
        worries: What there is to worry about, as ``--fail-on`` names it.
        tone: How bad it is.
        further: The worries that neither the state nor the kind says, with how bad each is.
        entry: Its plain values.
        cluster: Its cluster, if there are several.
        id: Its anchor.
    """

    kind: str
    name: str
    state: str
    worries: Sequence[str]
    tone: Tone
    further: Sequence[tuple[str, Tone]]
    entry: Entry
    cluster: str = ""
    id: str = ""

    @property
    def is_open(self) -> bool:
        """Return True if the lines that help are shown from the start."""
        return self.state in TO_MEND or self.tone is Tone.COUNTS

    @property
    def state_tone(self) -> Tone:
        """Return how bad the state is; a source in a good state may have gaps."""
        return Tone.GOOD if self.state in GOOD else self.tone


@dataclass(frozen=True)
class Section:
    """The cards of one kind, the worst first."""

    kind: str
    id: str
    title: str
    cards: Sequence[Card]
    says: str = ""

    @property
    def counting(self) -> int:
        """Return the number of cards with a worry that counts."""
        return sum(one.tone is Tone.COUNTS for one in self.cards)

    @property
    def words(self) -> Mapping[str, str]:
        """Return the words that its cards use, with their meanings."""
        used = {one.state for one in self.cards} | {word for one in self.cards for word, _ in one.further}
        return {word: meaning for word, meaning in WORDS.items() if word in used}


def sections(audit: Entry) -> list[Section]:
    """Return the sections of a page."""
    against = audit["against"]
    makers: list[tuple[str, str, str, Sequence[Entry], Callable[[Entry], str]]] = [
        ("destination", "destinations", "Destinations", audit["destinations"], lambda one: str(one["outcome"])),
        ("source", "sources", "Sources", audit["sources"], lambda one: str(one["state"])),
        ("collision", "collisions", "Collisions", audit["collisions"], _meeting),
        ("orphan", "orphans", "Orphans", audit["orphans"], lambda one: HAS_OWNER if one["owner"] else NO_OWNER),
    ]
    if audit["policies"]:
        makers.append(("policy", "policies", "Policies beyond one tenant", audit["policies"], lambda one: REACHES))
    if against:
        makers.append(("change", "changes", f"Changes under {against}", audit["changes"],
                       lambda one: KEEPS if one["keeps_history"] else LOSES))  # fmt: skip
    if audit["new_collisions"]:
        title = f"Collisions under {against} only"
        makers.append(("new-collision", "new-collisions", title, audit["new_collisions"], _meeting))
    if not (audit["clusters"] or audit["read"]["files"]):
        # No manifests were asked for: what they hold is not said to be none.
        makers = [maker for maker in makers if maker[0] == "orphan"]
    several, fail_on = len(audit["clusters"]) > 1, frozenset(audit["fail_on"])
    made = [
        Section(kind, anchor, title, [_card(kind, one, state(one), fail_on, several) for one in entries])
        for kind, anchor, title, entries, state in makers
    ]
    ids = iter(anchors([_key(card) for section in made for card in section.cards]))
    found = []
    for one in made:
        cards = [replace(card, id=next(ids)) for card in one.cards]
        found.append(replace(one, cards=sorted(cards, key=lambda card: card.tone), says=SECTIONS[one.kind]))
    return found


def _meeting(one: Entry) -> str:
    return MIXES if one["mixes_histories"] else SHARES


def _card(kind: str, one: Entry, state: str, fail_on: Collection[str], several: bool) -> Card:
    worries = [*_worries(kind, one, state)]
    tones = {worry: Tone.COUNTS if worry in fail_on else Tone.WORRY for worry in worries}
    if tones.get(str(Worry.ORPHAN)) is Tone.WORRY:
        tones[str(Worry.ORPHAN)] = Tone.NEUTRAL
    tone = min(tones.values(), default=Tone.GOOD if state in GOOD else Tone.NEUTRAL)
    further = [(worry, tones[worry]) for worry in worries if worry not in (state, kind) and kind != "collision"]
    cluster = str(one.get("cluster", "")) if several else ""
    return Card(kind, _name(kind, one), state, worries, tone, further, one, cluster)


def _worries(kind: str, one: Entry, state: str) -> Iterable[str]:
    """Yield what there is to worry about in an entry, as `audit.Audit.worries` counts it."""
    if kind in ("destination", "source"):
        yield from [state] if state in WORRIES else []
        yield from [str(Worry.GAP)] if one.get("gaps") else []
        yield from [str(Worry.INCOMPLETE)] if one.get("ends_incomplete") else []
    elif kind == "collision":
        yield str(Worry.COLLISION if one["mixes_histories"] else Worry.SHARED_IDENTITY)
    elif kind == "change":
        yield from [] if one["keeps_history"] else [str(Worry.MISMATCH)]
    else:
        yield str({"orphan": Worry.ORPHAN, "policy": Worry.POLICY, "new-collision": Worry.MISMATCH}[kind])


def identity(one: Entry) -> str:
    """Return an identity and path in words; "" if there is none."""
    if one["username"] is None:
        return ""
    return f"{one['username']}@{one['hostname']}{':' + one['path'] if one['path'] else ''}"


def kind_of(one: Entry) -> str:
    """Return the kind of the card of a source or destination."""
    return "source" if one["kind"] == SOURCE else "destination"


def _name(kind: str, one: Entry) -> str:
    if kind == "policy":
        return str(one["target"])
    return f"{one['namespace']}/{one['name']}" if "namespace" in one else identity(one)


def _key(card: Card) -> Key:
    """Return what an entry is, whatever the others are."""
    one = card.entry
    if card.kind == "policy":
        return card.kind, str(one["target"])
    if "namespace" in one:
        of = kind_of(one) if card.kind == "change" else ""
        return card.kind, of, card.cluster, str(one["namespace"]), str(one["name"])
    return card.kind, str(one.get("place", "")), str(one["username"]), str(one["hostname"]), str(one["path"] or "")


@dataclass(frozen=True)
class Links:
    """Find the cards of an object, and those of an identity in the audited repository."""

    cards: Sequence[Card]
    _of_object: dict[tuple[str, str, str, str], Card] = field(default_factory=dict)
    _of_identity: dict[tuple[str, str, str], list[Card]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Index the cards."""
        for card in self.cards:
            one = card.entry
            if card.kind in ("destination", "source"):
                self._of_object[card.kind, one["cluster"], one["namespace"], one["name"]] = card
            if card.kind in ("destination", "source", "collision", "orphan") and self._is_here(card):
                self._of_identity.setdefault((one["username"], one["hostname"], one["path"]), []).append(card)

    def of_object(self, one: Entry, *kinds: str) -> str:
        """Return the anchor of an object, the first of these kinds that there is; "" if it has no card."""
        keys = ((kind, one["cluster"], one["namespace"], one["name"]) for kind in kinds)
        return next((self._of_object[key].id for key in keys if key in self._of_object), "")

    def of_identity(self, asked: Entry, beside: Card) -> dict[str, list[Card]]:
        """Return the other cards about an identity, by kind.

        Args:
            asked: The identity and path.
            beside: The card that asks.
        """
        found: dict[str, list[Card]] = {}
        if asked["username"] is None or not self._is_here(beside):
            return found
        # A collision of different paths has no path.
        for path in dict.fromkeys((asked["path"], "")):
            for card in self._of_identity.get((asked["username"], asked["hostname"], path), ()):
                if card is not beside and (card.kind, beside.kind) not in NOT_LINKED:
                    found.setdefault(card.kind, []).append(card)
        return found

    @staticmethod
    def _is_here(card: Card) -> bool:
        """Return True if the card is about the audited repository."""
        return card.state != "elsewhere" and not card.entry.get("place") and card.entry.get("username", "") is not None
