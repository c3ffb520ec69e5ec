"""``tox -e drift -- FILE``: names the claims whose sentence changed in a copy of the document, or is gone."""

from __future__ import annotations

import sys
from pathlib import Path

from harness.report.verdicts import CONFORMANT, DIVERGES, WRONG_USE
from harness.spec.drift import drifted
from harness.spec.ledger import areas, claims


def main(arguments: list[str]) -> int:
    """Prints a line a claim; returns 0 where none drifted, 1 where one did, 4 where there is no document."""
    if len(arguments) != 1:
        print("usage: tox -e drift -- FILE (a copy of the document as text or HTML without its tags)", file=sys.stderr)
        return WRONG_USE
    try:
        document = Path(arguments[0]).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        print(f"{arguments[0]}: cannot be read as text ({error}); name a copy of the document", file=sys.stderr)
        return WRONG_USE
    found = drifted(claims(), document)
    for claim in found:
        print(f"{claim.id}: its sentence changed or is gone (section {areas()[claim.area]!r}); read as: {claim.says}")
    asked = [claim for claim in claims().values() if claim.sentences]
    print(f"{len(asked)} claims were read from the document, {len(found)} of them drifted")
    return DIVERGES if found else CONFORMANT


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
