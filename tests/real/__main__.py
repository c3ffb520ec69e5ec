"""``python -m tests.real [ARGUMENT...]``: what ``tox -e real`` runs.

The tests that are marked ``beside_others`` run two at a time, because most of them wait for an API or a time limit.
Then the others run one by one. With arguments, pytest gets these, and all tests run one by one.
"""

import subprocess
import sys
from pathlib import Path

from tests.real.conftest import ALONE, BESIDE_OTHERS

PYTEST = (sys.executable, "-m", "pytest", "-v", "--durations=25")
TWO_AT_A_TIME = ("-n", "2", "--dist", "load", "--maxschedchunk", "1")
FOLDER = str(Path(__file__).parent)


def main() -> int:
    """Run the tests, and return the first exit status that is not 0."""
    if sys.argv[1:]:
        return subprocess.run([*PYTEST, *sys.argv[1:]], check=False).returncode
    first = f"{BESIDE_OTHERS} and not {ALONE}"
    beside = subprocess.run([*PYTEST, *TWO_AT_A_TIME, "-m", first, FOLDER], check=False).returncode
    return beside or subprocess.run([*PYTEST, "-m", f"not ({first})", FOLDER], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
