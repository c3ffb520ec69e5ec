"""Exit statuses and verdicts, as a user sees them."""

from pathlib import Path

import pytest

ONE = ("-k", "kopia_takes_an_identity_when_it_creates", "--storage", "process")


def test_conformant(suite):
    ended = suite.run(*ONE)
    assert ended.status == 0, ended.output
    assert ended.line("verdict: conformant")
    assert ended.claims == {"OV_2": "pass"}
    assert ended.report["kopia"]["version"] == "0.23.1"
    assert ended.report["kopia"]["origin"]
    suite.assert_clean(0)


def test_diverges(suite):
    ended = suite.run("--storage", "process", "-m", "HN_E2", "--subject", "mutant:pvc-in-hostname")
    assert ended.status == 1, ended.output
    assert ended.claims == {"HN_E2": "fail"}
    assert ended.line("expected", "app-backup@prod")
    assert ended.line("prod-app-data")
    assert "Traceback" not in ended.output
    suite.assert_clean(0)


def test_a_mutant_runs_only_what_concerns_it(suite):
    ended = suite.run("--storage", "process", "--subject", "mutant:any-name-admitted")
    assert {"VA_1", "VA_I", "VA_V", "UN_1", "HN_2"} <= set(ended.claims)
    assert {"TN_1", "SR_2", "RD_4"} & set(ended.claims) == set()
    assert ended.status == 1


def test_nothing_selected(suite):
    assert suite.run("-k", "nothing_of_the_kind").status == 5
    suite.assert_clean(0)


def test_first_divergence_ends_the_run_on_request(suite):
    ended = suite.run("--storage", "process", "-x", "-n", "2", "--subject", "mutant:any-name-admitted")
    assert ended.status == 1, ended.output
    suite.assert_clean(0)


def test_the_other_side_is_skipped_with_its_reason(suite):
    ended = suite.run("--storage", "process", "-rs", "-m", "HN_E2", "--default-username", "object-name-namespace")
    assert ended.status == 5, "a gate must not turn green where nothing was asked"
    assert ended.claims == {"HN_E2": "skip"}
    assert ended.line("verdict: nothing was tested")
    assert ended.line("other variant")


@pytest.fixture
def wrapped(tmp_path):
    """Writes a kopia that misbehaves around the real one; returns its path."""
    from harness.toolchain import provision

    kopia = provision.kopia(None, {}, print).path

    def write(body):
        wrapper = tmp_path / "kopia"
        wrapper.write_text(f"#!/bin/bash\nkopia={kopia}\n{body}\n")
        wrapper.chmod(0o755)
        return wrapper

    return write


WITHOUT_FLAGS = """
args=()
for word in "$@"; do case "$word" in --override-username=*|--override-hostname=*) ;; *) args+=("$word");; esac; done
"""
DEAF_AT_OPENING = WITHOUT_FLAGS + 'if [ "$1" = repository ]; then exec $kopia "${args[@]}"; fi; exec $kopia "$@"'
DEAF_AT_SNAPSHOTS = WITHOUT_FLAGS + 'if [ "$1" = snapshot ]; then exec $kopia "${args[@]}"; fi; exec $kopia "$@"'


@pytest.mark.parametrize(
    ("body", "claims"),
    [
        (DEAF_AT_OPENING, {"OV_2": "fail", "OV_3": "fail", "OV_4": "pass"}),
        (DEAF_AT_SNAPSHOTS, {"OV_2": "pass", "OV_3": "pass", "OV_4": "fail"}),
    ],
)
def test_claims_about_kopia_fail_on_a_kopia_that_breaks_them(suite, wrapped, body, claims):
    ended = suite.run("--storage", "process", "-m", "OV_2 or OV_3 or OV_4", "--kopia", str(wrapped(body)))
    assert ended.claims == claims, ended.output
    assert ended.status == 1


def test_a_kopia_that_breaks_under_the_observer_is_no_verdict(suite, wrapped):
    body = 'if [ "$*" = "snapshot list --json --all" ]; then echo "{"; exit 0; fi; exec $kopia "$@"'
    ended = suite.run("--storage", "process", "-m", "HN_E2", "--kopia", str(wrapped(body)))
    assert ended.status == 3, ended.output
    assert ended.claims == {"HN_E2": "error"}
    assert ended.line("expected JSON")


def test_another_version_than_asked_for(suite, wrapped):
    ended = suite.run("--kopia", "0.22.3", KOPIA_BIN=str(wrapped('exec $kopia "$@"')))
    assert ended.status == 4
    assert ended.line("0.23.1", "0.22.3", "KOPIA_BIN")


def test_no_secret_is_seen_anywhere(suite):
    """Neither in a process list, nor in what is printed, nor in the report."""
    process = suite.start("--storage", "process", "-m", "HN_E3 or IS_4", "--subject", "mutant:message-names-nobody")
    secrets = suite.wait_for(lambda: _secrets_of(suite.folder()))
    seen = set()
    while process.poll() is None:
        seen.update(_command_lines())
    output = process.communicate()[0]
    report = (suite.project / "reports" / "report.json").read_text()
    assert process.returncode == 1
    assert any("repository" in line for line in seen)
    for secret in secrets:
        assert secret not in output
        assert secret not in report
        assert [line for line in seen if secret in line] == []


def _secrets_of(folder):
    """The store's secret and a repository's password, from the environments of the processes that have them."""
    found = {}
    for environ in Path("/proc").glob("[0-9]*/environ"):
        try:
            pairs = [pair.partition("=")[::2] for pair in environ.read_text(errors="replace").split("\0")]
        except OSError:
            continue
        if folder and dict(pairs).get("HOME", "").startswith(str(folder)):
            found |= {name: value for name, value in pairs if name in ("MINIO_ROOT_PASSWORD", "KOPIA_PASSWORD")}
    return list(found.values()) if len(found) == 2 else []


def _command_lines():
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            yield file.read_text(errors="replace").replace("\0", " ")
        except OSError:
            continue
