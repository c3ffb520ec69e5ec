"""The table of right subjects: each can be read, says why it is right, and every switch is used."""

import ast
from datetime import datetime

import pytest

from harness.subject.choose import load
from tests.tolerance import controller, jobs, mover
from tests.tolerance.identity import Identity, default_hostname, default_username
from tests.tolerance.subjects import FOLDER, RIGHT
from tests.tolerance.subjects import subject as file_of


@pytest.mark.parametrize("name", RIGHT)
def test_the_suite_accepts_its_subject_file(tmp_path, name):
    assert load(str(file_of(name, tmp_path))).name == name


def test_every_variant_says_why_it_is_right():
    assert len(RIGHT) >= 16
    assert {entry["kind"] for entry in RIGHT.values()} == {"mover", "operator", "decisions"}
    assert [name for name, entry in RIGHT.items() if not entry["why"]] == []


@pytest.mark.parametrize(
    ("kind", "choices"), [("mover", mover.SWITCHES), ("operator", controller.switches())], ids=["mover", "operator"]
)
def test_every_difference_is_used(kind, choices):
    used = {pair for entry in _of(kind) for pair in entry.get("switches", {}).items() if isinstance(pair[1], str)}
    used |= {pair for entry in _of(kind) for pair in entry.get("sides", {}).items()}
    different = {(name, value) for name, values in choices.items() for value in values[1:]}
    assert different - used == set()


def test_every_style_of_a_job_is_used():
    used = {style for entry in _of("operator") for style in entry.get("switches", {}).get("job_style", ())}
    assert used == set(jobs.STYLES)


def test_they_are_independent_of_the_checks_and_of_the_reference():
    imported = {
        node.module
        for file in FOLDER.glob("*.py")
        if file.name not in ("conftest.py", "test_right_subjects.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(("harness", "steps", "tests"))
    }
    allowed = {
        "harness.model",
        "harness.operator.platform",
        "harness.operator.decisions",
        "harness.volsync.discovery",
        "harness.volsync.fields",
    }
    assert {name for name in imported if not name.startswith("tests.tolerance")} <= allowed


def test_identities_follow_the_document():
    assert default_username("app@service.backup", "dev-test", with_namespace=True) == "appservicebackup-dev-test"
    assert default_username("a" * 41, "b" * 8, with_namespace=True) == "a" * 41 + "-" + "b" * 8
    assert default_username("a" * 41, "b" * 9, with_namespace=True) == "a" * 41
    assert default_username("...", "x", with_namespace=False) == "volsync-default"
    assert default_hostname("a_b.") == "a-b"


def test_discovery_is_read_between_its_marks_only():
    line = '{"userName": "a", "hostName": "b", "startTime": "2026-01-02T03:04:05Z", "endTime": "2026-01-02T03:04:06Z"}'
    log = f"{line}\n{controller.BEGIN}\n{line}\nnoise\n{controller.END}\n{line}"
    (found,) = controller.discovered(log)
    assert found.identity == Identity("a", "b")
    assert found.end == datetime.fromisoformat("2026-01-02T03:04:06+00:00")
    assert controller.discovered("no marks") is None


def test_instants_are_compared_to_the_nanosecond():
    assert mover.instant("2026-01-02T03:04:05.000000001Z") > mover.instant("2026-01-02T05:04:05+02:00")
    assert mover.instant("2026-01-02T03:04:05.5Z") == mover.instant("2026-01-02T03:04:05.500000000+00:00")


def _of(kind):
    return [entry for entry in RIGHT.values() if entry["kind"] == kind]
