"""The forms in which a secret can be read in a text: as it is, quoted, or in base64, alone or within something longer.

Quoting changes what is not a letter or a digit, in more ways than can be listed (JSON, Go, bash, HTML, URLs); a secret
that has a long run of letters and digits is therefore looked for by that run, too.
"""

from __future__ import annotations

import base64
import html
import json
import re
import urllib.parse
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

MIN_LENGTH = 4
"""A shorter secret would be found in any text."""

MIN_RUN = 16
MIN_BASE64 = 8


@cache
def plain(secret: str) -> tuple[str, ...]:
    """Return the secret as it is written out, longest form first."""
    if len(secret) < MIN_LENGTH:
        return ()
    found = {secret, *_quoted(secret), *_runs(secret)}
    return tuple(sorted(found, key=len, reverse=True))


@cache
def encoded(secret: str) -> tuple[str, ...]:
    """Return what base64 of any text with the secret in it holds, longest first.

    A text before the secret shifts it by 0, 1 or 2 bytes; the letters that also depend on what is beside it are left
    out, so padding plays no part.  Both alphabets.
    """
    found = {
        letters
        for text in (secret, *_runs(secret))
        for shift in range(3)
        for encode in (base64.b64encode, base64.urlsafe_b64encode)
        if len(letters := _inner(encode(bytes(shift) + text.encode()).decode(), shift, len(text.encode())))
        >= MIN_BASE64
    }
    return tuple(sorted(found, key=len, reverse=True))


def shows(text: str, secrets: Iterable[str]) -> bool:
    """Whether one of the secrets can be read in a text."""
    squeezed = "".join(text.split())
    return any(
        any(form in text for form in plain(secret)) or any(form in squeezed for form in encoded(secret))
        for secret in secrets
    )


def hidden(text: str, secrets: Iterable[str]) -> str:
    """The text with ``***`` in place of every form of every secret."""
    as_written, in_base64 = _of_all(frozenset(secrets))
    for form in as_written:
        text = text.replace(form, "***")
    squeezed = "".join(text.split()) if len(text) >= MIN_BASE64 else ""
    for form in in_base64:
        if form in squeezed:
            # What writes base64 often breaks its lines.
            text = re.sub(r"\s*".join(map(re.escape, form)), "***", text)
    return text


def texts(value: object) -> Iterable[str]:
    """Every text within a value as JSON and YAML have them, keys included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from (*texts(key), *texts(inner))
    elif isinstance(value, list | tuple | set | frozenset):
        for inner in value:
            yield from texts(inner)


@cache
def _of_all(secrets: frozenset[str]) -> tuple[Sequence[str], Sequence[str]]:
    """Every form of every secret: as written, and in base64; longest first, or a part would hide the rest."""
    as_written = {form for secret in secrets for form in plain(secret)}
    in_base64 = {form for secret in secrets for form in encoded(secret)}
    return sorted(as_written, key=len, reverse=True), sorted(in_base64, key=len, reverse=True)


def _quoted(secret: str) -> set[str]:
    """The secret without its quotes, as JSON, HTML, a URL, Python and a shell write it."""
    return {
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        html.escape(secret),
        urllib.parse.quote(secret),
        urllib.parse.quote_plus(secret),
        repr(secret)[1:-1],
        secret.replace("'", "'\\''"),
        secret.replace("'", "'\"'\"'"),
        secret.replace("'", "''"),
        re.sub(r"([^\w@%+=:,./-])", r"\\\1", secret),
    }


def _runs(secret: str) -> list[str]:
    """Long runs of letters and digits that no word of any language is."""
    runs = re.findall(rf"[A-Za-z0-9]{{{MIN_RUN},}}", secret)
    return [run for run in runs if re.search(r"\d", run) and re.search(r"[A-Za-z]", run)]


def _inner(letters: str, shift: int, size: int) -> str:
    """The letters of base64 that depend on nothing but ``size`` bytes after ``shift`` others."""
    return letters[-(-8 * shift // 6) : 8 * (shift + size) // 6]
