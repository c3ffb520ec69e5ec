"""Run the queries of the document on an object: jq, jsonpath and grep on the output of kubectl."""

from __future__ import annotations

import json
import re
from typing import Any

from harness.errors import HarnessError
from harness.model import Manifest


class QueryFailed(Exception):
    """Signal that a documented query cannot be applied to the object; the message is that of jq."""


def get_json(manifest: Manifest | None) -> str:
    """Return the output of ``kubectl get … -o json``; HarnessError if there is no object."""
    if manifest is None:
        raise HarnessError("a query for an object that the API does not hold")
    return json.dumps(manifest)


def jq(expression: str, text: str) -> list[Any]:
    """Return the results of a jq expression; QueryFailed if jq cannot apply it to the text."""
    import jq as real_jq

    try:
        return list(real_jq.compile(expression).input_text(text).all())
    except ValueError as error:
        raise QueryFailed(f"jq {expression!r}: {error}") from None


def jsonpath(path: str, text: str) -> str:
    """Return the output of ``-o jsonpath={.a.b}``.

    Only plain paths are supported: they have the same meaning in jq.

    Raises:
        HarnessError: The path is not plain.
        QueryFailed: jq cannot apply the path to the text.
    """
    match = re.fullmatch(r"\{(\.[\w.]+)\}", path)
    if match is None:
        raise HarnessError(f"jsonpath {path!r} is no plain path")
    (value,) = jq(match[1], text)
    return "" if value is None else str(value)


def grep(pattern: str, text: str) -> list[str]:
    """Return the lines that ``grep -E`` finds."""
    return [line for line in text.splitlines() if re.search(pattern, line)]
