"""The one table of limits: complete, documented, and overridden by a subject file where it concerns the subject."""

import ast
import re
from dataclasses import asdict, fields, replace
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from harness.errors import UsageError
from harness.kubernetes.api_access import ApiAccess
from harness.kubernetes.connection import Cluster
from harness.subject import choose
from harness.system import limits
from harness.system.limits import DEFAULT_LIMITS, SubjectLimits, SuiteLimits

PROJECT = Path(__file__).parents[2]
NAMES = [field.name for field in fields(SubjectLimits)]


def load(tmp_path, text):
    file = tmp_path / "mine.yaml"
    file.write_text(f"name: mine\n{text}\n")
    return choose.load(str(file))


def test_the_schema_of_a_subject_file_has_the_same_names():
    schema = yaml.safe_load((PROJECT / "harness/subject/subject.schema.yaml").read_text())
    assert list(schema["properties"]["limits"]["properties"]) == NAMES


def test_the_documentation_has_the_same_names_and_values():
    text = (PROJECT / "docs/subjects.md").read_text()
    rows = dict(re.findall(r"^\| `(\w+)` \| ([\d.]+) \|", text, re.MULTILINE))
    assert {name: float(value) for name, value in rows.items()} == asdict(DEFAULT_LIMITS)


@pytest.mark.parametrize("table", [SubjectLimits, SuiteLimits])
def test_each_limit_has_a_unit_and_a_line_of_what_it_limits(table):
    body = next(
        node.body
        for node in ast.parse(Path(limits.__file__).read_text()).body
        if isinstance(node, ast.ClassDef) and node.name == table.__name__
    )
    named = [node.target.id for node in body if isinstance(node, ast.AnnAssign)]
    assert named == [field.name for field in fields(table)]
    pairs = [(node, after) for node, after in pairwise([*body, None]) if isinstance(node, ast.AnnAssign)]
    assert [node.target.id for node, after in pairs if not isinstance(after, ast.Expr)] == []
    counts = {"operator_crashes", "ports", "manifest_files", "manifest_documents", "manifest_nodes", "manifest_depth"}
    assert [name for name in named if not name.endswith(("_s", "_bytes")) and name not in counts] == []


def test_a_file_without_limits_has_the_defaults(tmp_path):
    assert load(tmp_path, "").limits == DEFAULT_LIMITS


def test_a_file_overrides_what_it_names(tmp_path):
    found = load(tmp_path, "limits: {answer_s: 30, mover_log_bytes: 1000}").limits
    assert found == replace(DEFAULT_LIMITS, answer_s=30, mover_log_bytes=1000)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("limits: {anwser_s: 30}", ["limits", "anwser_s", *NAMES]),
        ("limits: {answer_s: 0}", ["limits.answer_s", "0"]),
        ("limits: {answer_s: soon}", ["limits.answer_s", "soon"]),
        ("limits: {mover_log_bytes: 1.5}", ["limits.mover_log_bytes", "1.5"]),
        ("limits: {build_s: 5}", ["limits", "build_s"]),
    ],
)
def test_a_wrong_limit_is_named_in_one_line(tmp_path, text, named):
    with pytest.raises(UsageError) as error:
        load(tmp_path, text)
    assert [word for word in named if word not in str(error.value)] == []
    assert "\n" not in str(error.value)


MOVERS = {
    "command": "mover: {kind: command, command: [sh]%s}",
    "image": "mover: {kind: image, image: x%s}",
    "cluster": "platform: {kind: kubernetes, api: mine.yaml}\nmover: {kind: cluster%s}",
}


@pytest.mark.parametrize("kind", MOVERS)
def test_a_mover_takes_its_own_time_limit_before_that_of_the_table(tmp_path, kind):
    def spec(more, table):
        found = load(tmp_path, f"{MOVERS[kind] % more}\n{table}")
        return found.mover_kind.spec

    assert spec("", "").timeout_s == DEFAULT_LIMITS.mover_s
    assert spec("", "limits: {mover_s: 7}").timeout_s == 7
    assert spec(", timeout_s: 9", "limits: {mover_s: 7}").timeout_s == 9


def test_limits_reach_a_worker_as_plain_values(tmp_path):
    own = load(tmp_path, "limits: {answer_s: 30}\nplatform: {kind: kubernetes, api: mine.yaml}\nmover: {kind: cluster}")
    there = ApiAccess("kubeconfig", "", "", "", "", "", limits=own.kubernetes.limits)
    assert ApiAccess.from_dict(asdict(there)) == there
    assert there.limits.answer_s == 30


@pytest.mark.parametrize(
    ("answer_s", "silent_s", "left_s"), [(12, 0, 12), (12, 5, 7), (12, 11, 4), (30, 0, 30), (30, 11, 19), (3, 2, 3)]
)
def test_an_operator_that_was_silent_has_the_rest_of_its_time(answer_s, silent_s, left_s):
    cluster = object.__new__(Cluster)
    own = replace(DEFAULT_LIMITS, answer_s=answer_s)
    cluster.facts = ApiAccess("", "", "", "", "", "", silent_s=silent_s, limits=own)
    assert cluster.answer_limit_s == left_s
    assert cluster.answer_timeout_s == answer_s


def test_a_limit_is_a_number_and_a_count_is_whole(tmp_path):
    with pytest.raises(UsageError, match=r"limits\.answer_s: is not a number"):
        load(tmp_path, "limits: {answer_s: .nan}")
    found = load(tmp_path, "limits: {operator_crashes: 10.0}").limits.operator_crashes
    assert (found, type(found)) == (10, int)
