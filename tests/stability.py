"""``python -m tests.stability [RUNS]``: run the suite again and again, and compare the verdicts of all runs.

Each run has another random order and another number of workers.  The verdict of a claim must not depend on either.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from itertools import cycle, islice
from pathlib import Path

PROJECT = Path(__file__).parents[1]
REPORT = PROJECT / "reports" / "report.json"
WORKERS = (1, 2, 4)
RUNS = 10

Verdicts = dict[str, str]


def run(number: int, workers: int) -> tuple[int, Verdicts]:
    """Run the suite once; return its exit status, and the verdict and the findings of each claim."""
    options = ["-n", str(workers), "--dist", "load", "--maxschedchunk", "1", "--max-worker-restart", "0"]
    command = [sys.executable, "-m", "pytest", "-c", "pyproject.toml", "-p", "plugin.options", *options]
    REPORT.unlink(missing_ok=True)
    done = subprocess.run(
        [*command, "--shuffle", str(number)], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    if not REPORT.exists():
        print(done.stdout + done.stderr)
        return done.returncode, {}
    report = json.loads(REPORT.read_text(encoding="utf-8"))
    return done.returncode, {one["id"]: f"{one['verdict']} {_holding(one['findings'])}" for one in report["claims"]}


def differing(runs: list[Verdicts]) -> dict[str, list[str]]:
    """Return the claims whose verdict is not the same in all runs, each with its verdicts in the order of the runs."""
    names = {name for one in runs for name in one}
    found = {name: [one.get(name, "not run") for one in runs] for name in sorted(names)}
    return {name: seen for name, seen in found.items() if len(set(seen)) > 1}


def main(arguments: list[str]) -> int:
    """Compare RUNS runs; return 0 if all have one verdict."""
    number_of_runs = int(arguments[0]) if arguments else RUNS
    runs, statuses = [], []
    for number, workers in enumerate(islice(cycle(WORKERS), number_of_runs), 1):
        begin = time.monotonic()
        status, verdicts = run(number, workers)
        print(
            f"run {number} of {number_of_runs}: order {number}, {workers} workers, {len(verdicts)} claims, "
            f"exit status {status}, {time.monotonic() - begin:.0f} s",
            flush=True,
        )
        runs.append(verdicts)
        statuses.append(status)
    for name, seen in differing(runs).items():
        print(f"{name}: {'; '.join(seen)}")
    same = not differing(runs) and set(statuses) == {0}
    print("one verdict" if same else "NOT one verdict")
    return 0 if same else 1


def _holding(findings: list[dict[str, object]]) -> str:
    return " ".join(sorted({str(finding["holds"]) for finding in findings}))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
