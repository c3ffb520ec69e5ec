"""A plugin of pytest that keeps the record of every scenario of a run, also of one that holds.

The saved records in ``tests/unit/records`` are made by it:
``KEEP_RECORDS=FOLDER python -m pytest -c pyproject.toml -p plugin.options -p tests.keep_records -m ...``
"""

import os
from pathlib import Path

import pytest

from harness.document.verdict import Verdict
from harness.scenario import failure_bundle
from plugin import evidence
from plugin.scenario import TESTBED


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item, call):
    bed = item.stash.get(TESTBED, None)
    # Before the report is made: a failure bundle makes calls of its own.
    calls = tuple(bed.world.calls) if bed else ()
    report = yield
    if call.when == "call" and bed is not None:
        facts = report.conformance
        folder = Path(os.environ["KEEP_RECORDS"])
        folder.mkdir(parents=True, exist_ok=True)
        about = evidence.about(item, Verdict(facts["verdict"]), facts["message"])
        file = folder / f"{len(list(folder.iterdir())):03}-{'-'.join(about.claims)}-{facts['verdict']}.json"
        failure_bundle.write_record(file, bed, about, calls[-1:])
    return report
