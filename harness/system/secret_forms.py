"""Find secrets in a text in all their forms: as they are, quoted, or in base64, alone or in a longer text.

There are too many ways to quote (JSON, Go, bash, HTML, URLs) to list them all.  But quoting does not change letters and
digits.  So a long run of letters and digits in a secret is searched for, too.
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
"""A shorter secret would be found in most texts by chance."""

MIN_RUN = 16
MIN_BASE64 = 8


@cache
def plain(secret: str) -> tuple[str, ...]:
    """Return the secret, its quoted forms, and its long runs of letters and digits, longest first."""
    if len(secret) < MIN_LENGTH:
        return ()
    found = {secret, *_quoted(secret), *_runs(secret)}
    return tuple(sorted(found, key=len, reverse=True))


@cache
def encoded(secret: str) -> tuple[str, ...]:
    """Return the base64 letters that stand for the secret in the encoding of any longer text, longest first.

    The text before the secret shifts it by 0, 1 or 2 bytes.  Letters that also depend on neighbouring bytes are left
    out, so padding does not matter.  Both alphabets of base64 are used.
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
    """Return True if a text contains one of the secrets in any form."""
    squeezed = "".join(text.split())
    return any(
        any(form in text for form in plain(secret)) or any(form in squeezed for form in encoded(secret))
        for secret in secrets
    )


def hidden(text: str, secrets: Iterable[str]) -> str:
    """Return the text with ``***`` in place of every form of every secret."""
    as_written, in_base64 = _of_all(frozenset(secrets))
    for form in as_written:
        text = text.replace(form, "***")
    squeezed = "".join(text.split()) if len(text) >= MIN_BASE64 else ""
    for form in in_base64:
        if form in squeezed:
            # Programs that write base64 often insert line breaks.
            text = re.sub(r"\s*".join(map(re.escape, form)), "***", text)
    return text


def texts(value: object) -> Iterable[str]:
    """Yield every text in a value of JSON or YAML, with the keys."""
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
    """Return all forms of all secrets, as written and in base64.

    The longest form comes first.  Otherwise the replacement of a part would leave the rest readable.
    """
    as_written = {form for secret in secrets for form in plain(secret)}
    in_base64 = {form for secret in secrets for form in encoded(secret)}
    return sorted(as_written, key=len, reverse=True), sorted(in_base64, key=len, reverse=True)


def _quoted(secret: str) -> set[str]:
    """Return the secret as it appears between the quotes of JSON, HTML, a URL, Python and a shell."""
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
    """Return runs of letters and digits that are too long and too mixed to be a word."""
    runs = re.findall(rf"[A-Za-z0-9]{{{MIN_RUN},}}", secret)
    return [run for run in runs if re.search(r"\d", run) and re.search(r"[A-Za-z]", run)]


def _inner(letters: str, shift: int, size: int) -> str:
    """Return the letters of base64 that depend only on ``size`` bytes after the first ``shift`` bytes."""
    return letters[-(-8 * shift // 6) : 8 * (shift + size) // 6]
