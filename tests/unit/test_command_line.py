"""Wrong use ends in one line and with 4, before anything is started."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]


def pytest_run(*args, **env):
    return subprocess.run(
        [sys.executable, "-m", "pytest", *args],
        cwd=PROJECT,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("args", "named"),
    [
        (["--subject", "nobody.yaml"], ["--subject nobody.yaml", "reference"]),
        (["--subject", "mutant:nobody"], ["mutant:nobody", "pvc-in-hostname"]),
        (["--default-username", "both"], ["--default-username both", "object-name-namespace"]),
        (["--custom-names", "any"], ["--custom-names any", "as-given"]),
        (["--storage", "tape"], ["--storage tape", "container"]),
        (["--storage", "s3://"], ["--storage s3://", "host"]),
        (["--kopia", "9.9.9"], ["--kopia 9.9.9", "0.23.1"]),
        (["--kopia", "/bin/true"], ["--kopia /bin/true", "not a kopia"]),
        (["--kopia", "/no/such/kopia"], ["/no/such/kopia", "not an executable"]),
        (["-n", "2", "--kopia", "9.9.9"], ["--kopia 9.9.9"]),
        (["-m", "HN_99"], ["HN_99"]),
        (["--sample", "²:x"], ["--sample ²:x", "3:20261125"]),
    ],
)
def test_wrong_value_ends_in_one_line(args, named):
    done = pytest_run("features", *args)
    said = (done.stderr + done.stdout).strip()
    assert done.returncode == 4, said
    assert "Traceback" not in said
    assert [word for word in named if word not in said] == []
    assert len([line for line in said.splitlines() if line.startswith("ERROR")]) == 1


def test_help_explains_each_option_in_a_group_of_its_own():
    text = pytest_run("--help").stdout
    group = text[text.index("conformance:") :]
    for option in (
        "--subject",
        "--default-username",
        "--custom-names",
        "--kopia",
        "--storage",
        "--minio-image",
        "--keep",
    ):
        assert option in group
