"""The rules of the document for identities, as pure functions.

The reference subject uses them. No step imports them: expected values are literals in the features, so the reference
cannot confirm its own mistakes. Lengths are numbers of characters.
"""

from __future__ import annotations

import re

FALLBACK = "volsync-default"
MAX_COMBINED_LENGTH = 50
CUSTOM_NAME_PATTERN = "^[a-zA-Z0-9][a-zA-Z0-9._-]*[a-zA-Z0-9]$|^[a-zA-Z0-9]$"


def sanitise_username(text: str) -> str:
    """Keep letters, digits, ``-`` and ``_``, trim ``-`` and ``_``, and return FALLBACK if nothing is left.

    Source: section "Character sanitization rules", username.
    """
    return re.sub(r"[^a-zA-Z0-9_-]", "", text).strip("-_") or FALLBACK


def sanitise_hostname(text: str) -> str:
    """Replace ``_`` by ``-``, keep letters, digits, ``.`` and ``-``, trim, and return FALLBACK if nothing is left.

    Source: section "Character sanitization rules", hostname.
    """
    return re.sub(r"[^a-zA-Z0-9.-]", "", text.replace("_", "-")).strip("-.") or FALLBACK


def combined_name(name: str, namespace: str) -> str:
    """Return name-namespace, which is the default username in the variant ``object-name-namespace``."""
    return f"{name}-{namespace}"


def fits(combined: str) -> bool:
    """Return True if a combined name is short enough to be used (section "Username generation logic")."""
    return len(combined) <= MAX_COMBINED_LENGTH


def matches_custom_pattern(text: str) -> bool:
    """Return True if a custom username or hostname matches the pattern (section "Character Validation Patterns").

    A trailing newline does not match, as in the regular expressions of the API server.
    """
    return re.fullmatch(r"[a-zA-Z0-9]([a-zA-Z0-9._-]*[a-zA-Z0-9])?", text) is not None
