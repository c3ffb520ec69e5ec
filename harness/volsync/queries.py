"""What a user asks of the API, as the document writes it: kubectl's output through a real jq and grep."""

from __future__ import annotations

import json
import re
from typing import Any

from harness.errors import HarnessError
from harness.model import Manifest


class QueryFailed(Exception):
    """A documented query cannot be answered by what the API holds; ``str()`` is what jq said."""


def get_json(manifest: Manifest | None) -> str:
    """``kubectl get … -o json``."""
    if manifest is None:
        raise HarnessError("a query for an object that the API does not hold")
    return json.dumps(manifest)


def jq(expression: str, text: str) -> list[Any]:
    """The results of a jq expression; QueryFailed where jq cannot apply it to this text."""
    import jq as real_jq

    try:
        return list(real_jq.compile(expression).input_text(text).all())
    except ValueError as error:
        raise QueryFailed(f"jq {expression!r}: {error}") from None


def jsonpath(path: str, text: str) -> str:
    """``-o jsonpath={.a.b}``, for plain paths: they read the same in jq."""
    match = re.fullmatch(r"\{(\.[\w.]+)\}", path)
    if match is None:
        raise HarnessError(f"jsonpath {path!r} is no plain path")
    (value,) = jq(match[1], text)
    return "" if value is None else str(value)


def grep(pattern: str, text: str) -> list[str]:
    """``grep -E``."""
    return [line for line in text.splitlines() if re.search(pattern, line)]
