"""List the claims whose places in the document changed or are gone: ``tox -e drift -- FILE``.

``tox -e drift -- --mutate FILE`` helps to edit the ledger. It lists the words of the document that no claim covers:
a change of one of these words is not detected.
"""

from __future__ import annotations

import sys
from pathlib import Path

from harness.document.fingerprints import Drift, drifted, places, unnoticed
from harness.document.ledger import areas, claims
from harness.document.verdict import ExitStatus

USAGE = "usage: tox -e drift -- [--mutate] FILE (FILE: a copy of the document as plain text)"
MUTATE = "--mutate"


def main(arguments: list[str]) -> int:
    """Compare a copy of the document with the ledger, or list uncovered words with ``--mutate``.

    Returns:
        0 if no place drifted, 1 if a place changed or is gone, 4 if the document cannot be read.
    """
    files = [one for one in arguments if one != MUTATE]
    if len(files) != 1 or len(arguments) > 2 or files[0].startswith("-"):
        print(USAGE, file=sys.stderr)
        return ExitStatus.WRONG_USE
    try:
        document = Path(files[0]).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        print(f"{files[0]}: cannot be read as text ({error}); give the path of a copy of the document", file=sys.stderr)
        return ExitStatus.WRONG_USE
    return (_compare if MUTATE not in arguments else _mutate)(files[0], document)


def _compare(file: str, document: str) -> int:
    found = drifted(claims(), document)
    for drift in found:
        print(_described(file, drift))
    gone = sum(drift.line is None for drift in found)
    print(
        f"{len(places(claims()))} places of the document are asserted by claims: "
        f"{len(found) - gone} changed, {gone} gone"
    )
    return ExitStatus.DIVERGES if found else ExitStatus.CONFORMANT


def _described(file: str, drift: Drift) -> str:
    asserted = [claims()[one] for one in drift.place.claims]
    section = " / ".join(dict.fromkeys(areas()[claim.area] for claim in asserted))
    what = f"a {drift.place.kind} of section {section!r} " + (
        f"changed (begins near {file}:{drift.line})" if drift.line is not None else f"is gone from {file}"
    )
    return "\n".join([what, *(f"  {claim.id}: {claim.says}" for claim in asserted)])


def _mutate(file: str, document: str) -> int:
    if drifted(claims(), document):
        return _compare(file, document)
    lines = document.splitlines()
    free = unnoticed(claims(), document)
    whole = {number for number, words in free.items() if words == lines[number - 1].split()}
    for number, words in free.items():
        print(f"{file}:{number}: {'the line' if number in whole else 'only'}: {' '.join(words)}")
    print(f"no claim covers {len(whole)} lines, and some words of {len(free) - len(whole)} more lines")
    return ExitStatus.CONFORMANT


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
