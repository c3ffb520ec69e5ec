"""Search the files of a finished report for secrets, as a last check before anybody reads them."""

from __future__ import annotations

import html
import json
from collections.abc import Collection, Iterator
from pathlib import Path

from harness.system import secret_forms


def remove_leaks(folder: Path, secrets: Collection[str]) -> list[str]:
    """Remove every file below ``folder`` that contains a secret, and return the names of these files."""
    files = [file for file in sorted(folder.rglob("*")) if file.is_file()]
    leaks = [file for file in files if any(secret_forms.shows(text, secrets) for text in _texts(file))]
    for file in leaks:
        file.unlink()
    return [str(file.relative_to(folder)) for file in leaks]


def _texts(file: Path) -> Iterator[str]:
    """Yield the text of the file as stored, and decoded as a JSON, HTML or XML reader shows it."""
    text = file.read_text(encoding="utf-8", errors="replace")
    yield text
    if file.suffix == ".json":
        try:
            yield from secret_forms.texts(json.loads(text))
        except (ValueError, RecursionError):
            # A worker was killed while it wrote the file. The stored text was searched.
            return
    if file.suffix in (".html", ".xml"):
        yield html.unescape(text)
