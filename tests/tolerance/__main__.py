"""``python -m tests.tolerance [ARGUMENT...]``: the second half of ``tox -e proof``, the right subjects.

What is given to ``tox -e proof`` chooses mutants; then this has nothing to do.
"""

import sys

import pytest

from tests.tolerance.subjects import FOLDER

TWO_AT_A_TIME = ("-n", "2", "--dist", "load", "--maxschedchunk", "1")


def main() -> int:
    """Run every right subject, unless only some mutants were asked for."""
    if sys.argv[1:]:
        print("right subjects: not run, since only some mutants were asked for")
        return 0
    return int(pytest.main(["-v", *TWO_AT_A_TIME, str(FOLDER)]))


if __name__ == "__main__":
    sys.exit(main())
