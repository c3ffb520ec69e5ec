"""The document's rules for identities, as pure functions.

They serve the reference and the search for counterexamples; no step imports them, so the
reference cannot agree with itself.  Lengths count characters.
"""

from __future__ import annotations

import re

FALLBACK = "volsync-default"
MAX_COMBINED_LENGTH = 50
CUSTOM_NAME_PATTERN = "^[a-zA-Z0-9][a-zA-Z0-9._-]*[a-zA-Z0-9]$|^[a-zA-Z0-9]$"


def sanitise_username(text: str) -> str:
    """Keeps letters, digits, ``-`` and ``_``; trims ``-`` and ``_``; falls back when empty.

    Source: section "Character sanitization rules", username.
    """
    return re.sub(r"[^a-zA-Z0-9_-]", "", text).strip("-_") or FALLBACK


def sanitise_hostname(text: str) -> str:
    """Turns ``_`` into ``-``, keeps letters, digits, ``.`` and ``-``; trims; falls back when empty.

    Source: section "Character sanitization rules", hostname.
    """
    return re.sub(r"[^a-zA-Z0-9.-]", "", text.replace("_", "-")).strip("-.") or FALLBACK


def combined_name(name: str, namespace: str) -> str:
    """The name with its namespace, as one side of the document uses it for default usernames."""
    return f"{name}-{namespace}"


def fits(combined: str) -> bool:
    """Whether a combined name is short enough to be used (section "Username generation logic")."""
    return len(combined) <= MAX_COMBINED_LENGTH


def matches_custom_pattern(text: str) -> bool:
    """Whether the API accepts a custom username or hostname (section "Character Validation Patterns").

    A trailing newline is no match, as in the API server's regular expressions.
    """
    return re.fullmatch(r"[a-zA-Z0-9]([a-zA-Z0-9._-]*[a-zA-Z0-9])?", text) is not None
