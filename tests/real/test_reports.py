"""What a run leaves for people and machines: the failure bundle, and what the GitHub Action tells a job."""

import os
import re
import shutil
import subprocess

import pytest

from tests.real.conftest import PROJECT

DIVERGING = ("-m", "HN_E2", "--subject", "mutant:pvc-in-hostname", "--storage", "process")


@pytest.fixture
def bundle(suite):
    ended = suite.run(*DIVERGING)
    assert ended.status == 1, ended.output
    (folder,) = (PROJECT / "reports" / "failures").iterdir()
    return folder


def test_a_failure_bundle_holds_what_a_reader_needs(bundle):
    names = {str(path.relative_to(bundle)) for path in bundle.rglob("*")}
    sync = "sync-1-ReplicationSource-prod-app-backup"
    assert {"manifests.yaml", "snapshots.json", "buckets.txt", "versions.json", "message.txt", "repeat.sh"} <= names
    assert {f"{sync}/{name}" for name in ("job.json", "mover.log", "volume-seen.txt")} <= names
    assert '"hostname": "prod-app-data"' in (bundle / "snapshots.json").read_text()
    assert "KOPIA_OVERRIDE_HOSTNAME" in (bundle / sync / "job.json").read_text()
    assert "snapshot create" in (bundle / sync / "mover.log").read_text()
    assert "kopia.repository" in (bundle / "buckets.txt").read_text()
    assert "0.23.1" in (bundle / "versions.json").read_text()


def test_a_failure_bundle_shows_a_volume_as_expected_and_as_seen(suite):
    ended = suite.run("-m", "SR_3", "--subject", "mutant:newest-of-anybody", "--storage", "process")
    (folder,) = (PROJECT / "reports" / "failures").iterdir()
    expected, seen = ((folder / f"volume-{which}.txt").read_text() for which in ("expected", "seen"))
    assert ended.status == 1, ended.output
    assert expected != seen
    assert "owner.txt\tfile 0644" in expected


def test_a_failure_bundle_holds_no_secret(bundle):
    for path in bundle.rglob("*"):
        if path.is_file():
            text = path.read_text(errors="replace")
            assert not re.search(r"KOPIA_PASSWORD[\"']?: (?![\"']?\*\*\*)", text), path
            assert not re.search(r"AWS_SECRET_ACCESS_KEY[\"']?: (?![\"']?\*\*\*)", text), path


def test_a_failure_bundle_repeats_just_its_scenario_and_fails_in_the_same_way(suite, bundle, tmp_path):
    message = (bundle / "message.txt").read_text()
    kept = shutil.copytree(bundle, tmp_path / "bundle")
    tox = shutil.which("tox") or "tox"
    # The run that it starts replaces the reports, this script included.
    done = subprocess.run(
        [bundle / "repeat.sh"], env=suite.environment(TOX=tox), capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "1 scenarios in" in done.stdout
    assert "observed (repository): prod-app-data" in done.stdout or "prod-app-data" in done.stdout
    assert message.splitlines()[0] in done.stdout
    assert (kept / "repeat.sh").exists()


@pytest.fixture
def step(suite, tmp_path):
    """Runs the shell of the action's step, as GitHub would."""

    def run(**inputs):
        env = suite.environment(
            GITHUB_ACTION_PATH=str(PROJECT),
            GITHUB_WORKSPACE=str(tmp_path),
            GITHUB_OUTPUT=str(tmp_path / "output"),
            GITHUB_STEP_SUMMARY=str(tmp_path / "summary"),
            RUNNER_TEMP=os.environ.get("TMPDIR", "/tmp"),
            **{f"INPUT_{name.upper()}": value for name, value in inputs.items()},
        )
        script = PROJECT / "action" / "run.sh"
        done = subprocess.run(["bash", script], env=env, capture_output=True, text=True, check=False)
        outputs = (tmp_path / "output").read_text() if (tmp_path / "output").exists() else ""
        return done, dict(line.split("=", 1) for line in outputs.splitlines())

    return run


def test_the_action_passes_a_verdict_on(step, tmp_path):
    done, outputs = step(args='-m "OV_2 or VA_V" --storage process')
    assert done.returncode == 0, done.stdout + done.stderr
    assert outputs == {"verdict": "conformant", "exit-status": "0", "report": str(PROJECT / "reports")}
    assert "✅ Conformance: conformant" in (tmp_path / "summary").read_text()


def test_the_action_annotates_a_divergence(step, tmp_path):
    done, outputs = step(subject="mutant:any-name-admitted", args="-m VA_1 --storage process")
    assert (done.returncode, outputs["verdict"]) == (1, "diverges"), done.stdout
    assert "::error title=VA_1 diverges::" in done.stdout
    assert "### Causes of divergence: " in (tmp_path / "summary").read_text()


def test_the_action_is_never_green_where_the_verdict_is_unknown(step, tmp_path):
    done, outputs = step(args="--storage s3://127.0.0.1:1?tls=no")
    assert (done.returncode, outputs["verdict"]) == (4, "wrong use"), done.stdout
    assert "✅" not in (tmp_path / "summary").read_text()


def test_the_action_refuses_what_it_cannot_read(step):
    done, outputs = step(args='-m "OV_2')
    assert (done.returncode, outputs) == (4, {})
    assert "a quote is not closed" in done.stdout


def test_the_action_takes_arguments_as_data(step, tmp_path):
    done, _ = step(args=f'-k "$(touch {tmp_path}/run)" --storage process')
    assert done.returncode in (4, 5), done.stdout
    assert not (tmp_path / "run").exists()
