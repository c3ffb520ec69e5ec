"""Explain the words of an audit: the one place from which the page takes them (docs/audit.md has more)."""

from __future__ import annotations

from collections.abc import Mapping

MIXES, SHARES = "mixes histories", "shares an identity"
HAS_OWNER, NO_OWNER = "likely owner", "no likely owner"
REACHES = "reaches several tenants"
KEEPS, LOSES = "keeps its history", "loses its history"

WORDS: Mapping[str, str] = {
    "restores": "It would restore a snapshot of its own source.",
    "nothing-found": "There is no whole snapshot of the requested identity and path.",
    "too-few": "There are snapshots, but the instant or the number that it requests leaves none of them.",
    "foreign": "The snapshot is, or may be, that of another tenant: a source that the manifest does not name writes "
    "this identity.",
    "other-pvc": "It would write the data of one source into the PVC that another source of its namespace backs up.",
    "other-history": "The source of its name, or of its PVC, does not write the history that it would restore.",
    "refused": "The API, the operator or the mover refuses the object.",
    "open": "A variable has no value, so nothing can be said about the object.",
    "elsewhere": "Its Secret names another repository.",
    "not-judged": "No list of snapshots was given, so nothing can be said about it.",
    "good": "The newest snapshot is as young as the schedule promises.",
    "stale": "Two scheduled runs, or the hours of --stale-after, have passed since the newest snapshot.",
    "never": "There is no whole snapshot.",
    "gap": "A run was due in a period that retention covers, and the period has no snapshot.",
    "incomplete": "The newest snapshot lacks files.",
    "collision": "Several sources write one identity and path.",
    MIXES: "Several sources write one identity and path, so their histories are mixed.",
    "shared-identity": "Several sources write one identity with different paths.",
    SHARES: "Several sources write one identity with different paths: the histories stay apart.",
    "orphan": "No source of the manifests writes this identity and path.",
    HAS_OWNER: "No source writes it. The entry says why it may belong to the owner that is named.",
    NO_OWNER: "No source writes it, and none is similar.",
    "policy": "A retention policy governs the histories of several tenants.",
    REACHES: "The policy governs the histories of several namespaces, or of one and of histories without a source.",
    "mismatch": "Under the other rule, an object loses its history, or sources mix theirs.",
    KEEPS: "Under the other rule it reaches the same history, or it has none to lose.",
    LOSES: "Under the other rule it does not reach its history, or reaches that of another tenant.",
    "ambiguous": "Several manifests declare one object differently: which one counts in the cluster is not known.",
    "unread": "Something that may matter could not be read, or is in doubt.",
}
"""What each outcome, state and worry means."""

SECTIONS: Mapping[str, str] = {
    "destination": "Which snapshot each destination would restore now.",
    "source": "How the history of each source is kept.",
    "collision": "Sources that write one identity.",
    "orphan": "Identities and paths in the repository that no source writes.",
    "policy": "Retention policies for a hostname, or a user at it, that govern the histories of several namespaces.",
    "change": "Objects that request or write something else under the other rule.",
    "new-collision": "Sources whose histories are mixed only under the other rule.",
}
"""What each kind of entry is."""

FILES: Mapping[str, str] = {
    "restores.yaml": "destinations that restore orphans with a likely owner; those that must be checked first are "
    "comments",
    "overrides.yaml": "patches for the objects that would lose their history under the other rule",
}
"""What the files are that may lie beside the page."""
