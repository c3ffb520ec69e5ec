"""The tolerance proof: subjects that keep every promise, each in its own way, pass the suite.

Each runs the base claims and a part of all other scenarios, drawn by its name; with
``VOLSYNC_CONFORMANCE_WHOLE=1`` it runs the whole suite.
"""

import os

import pytest

from tests.real.test_operators import BY_WORKERS
from tests.tolerance.subjects import RIGHT, subject

PARTS = 20


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_subject_passes(suite, tmp_path, name):
    sample = () if os.environ.get("VOLSYNC_CONFORMANCE_WHOLE") else ("--sample", f"{PARTS}:{name}")
    ended = suite.run(*BY_WORKERS, *sample, "--subject", str(subject(name, tmp_path)))
    wrong = {claim: verdict for claim, verdict in ended.claims.items() if verdict not in ("pass", "skip", "finding")}
    assert wrong == {}, ended.output
    assert ended.status == 0, ended.output
    assert "pass" in ended.claims.values(), ended.output


@pytest.mark.parametrize(
    ("name", "claim"),
    [("operator-terse", "DI_6"), ("operator-clones-first", "LO_21"), ("operator-late-and-retrying", "DI_6")],
)
def test_an_operator_that_replaces_the_job_of_its_retry_passes(suite, tmp_path, name, claim):
    """It retries a failed sync at once, and replaces that Job: at the next trigger, a second later, or at its end."""
    file = subject(name, tmp_path)
    ended = suite.run(*BY_WORKERS, "-m", claim, "--subject", str(file))
    assert ended.claims[claim] == "pass", ended.output
    assert ended.status == 0, ended.output
