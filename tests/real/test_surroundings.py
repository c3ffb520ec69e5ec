"""A full disk and broken inputs: one line, the right status, nothing half-made."""

import os
import shutil
import subprocess

import pytest


@pytest.fixture
def small_disk(suite, tmp_path):
    """A TMPDIR of 64 MiB."""
    folder = tmp_path / "small"
    folder.mkdir()
    if (
        os.geteuid() != 0
        or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "none", folder], check=False).returncode
    ):
        pytest.skip("needs to mount a tmpfs")
    suite.tmp = folder
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def test_a_disk_that_is_full_is_no_verdict(suite, small_disk, has_engine):
    (small_disk / "ballast").write_bytes(b"\0" * (30 << 20))
    ended = suite.run("-m", "SR_2")
    assert ended.status == 3, ended.output
    assert ended.claims == {"SR_2": "error"}
    assert ended.line("verdict unknown", "full")
    assert "Traceback" not in ended.output
    suite.assert_clean()


def test_a_disk_that_is_full_at_the_start_is_said_in_one_line(suite, small_disk):
    free = shutil.disk_usage(small_disk).free
    (small_disk / "ballast").write_bytes(b"\0" * (free - 4096))
    ended = suite.run("-m", "HN_E2", "--storage", "process")
    assert ended.status == 3, ended.output
    assert "Traceback" not in ended.output
    assert ended.line("verdict unknown", str(small_disk))
    suite.assert_clean()


@pytest.fixture
def copy(suite, tmp_path):
    """A copy of the project, to be broken."""
    target = tmp_path / "project"
    left_out = shutil.ignore_patterns(".git", ".tox", ".venv", "reports", "__pycache__", ".*_cache", "tools")
    shutil.copytree(suite.project, target, ignore=left_out)
    suite.project = target
    return target


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("kind: ReplicationSource", "kind: [", ["hostname-2-namespace.yaml, line", "not YAML"]),
        (
            "kind: ReplicationSource",
            "kind: Replica",
            ["hostname-2-namespace.yaml", "kind", "Replica", "ReplicationSource"],
        ),
        ("name: app-backup", "name: App_Backup", ["hostname-2-namespace.yaml", "metadata.name", "App_Backup"]),
    ],
)
def test_a_broken_manifest_is_wrong_use(suite, copy, old, new, named):
    file = copy / "fixtures" / "manifests" / "hostname-2-namespace.yaml"
    file.write_text(file.read_text().replace(old, new))
    ended = suite.run("-m", "HN_E2", "--storage", "process")
    assert ended.status == 4, ended.output
    ended.line(*named)
    assert "Traceback" not in ended.output
    suite.assert_clean(0)


@pytest.mark.parametrize("workers", [(), ("-n", "2")])
def test_a_feature_that_cannot_be_read_is_an_error_of_the_suite(suite, copy, workers):
    file = copy / "features" / "identity" / "hostname.feature"
    file.write_text(file.read_text().replace("Then it is recorded", "Then is it recorded"))
    ended = suite.run("-m", "HN_E2", "--storage", "process", *workers)
    assert ended.status == 3, ended.output
    suite.assert_clean(0)
    file.write_text("Feature: broken\n  Scenario: one\n    When nothing happens\n")
    ended = suite.run("--storage", "process", *workers)
    assert ended.status == 3, ended.output
    suite.assert_clean(0)


def test_an_unknown_tag_is_an_error_of_the_suite(suite, copy):
    file = copy / "features" / "identity" / "hostname.feature"
    file.write_text(file.read_text().replace("@HN_E2", "@HN_E22"))
    ended = suite.run("-n", "2", "--storage", "process")
    assert ended.status == 3, ended.output
    assert ended.line("HN_E22")
    suite.assert_clean(0)


def test_a_broken_subject_file_is_wrong_use(suite, tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text("{name: mine, colour: red}")
    ended = suite.run("--subject", str(file), "--storage", "process")
    assert ended.status == 4
    assert ended.line("mine.yaml", "colour", "docs/subjects.md")
    suite.assert_clean(0)
