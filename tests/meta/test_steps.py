"""Guards the steps: each phrase has one meaning, and each step stays thin."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path

import pytest
from pytest_bdd.steps import step_function_context_registry

from tests.meta import gherkin_lint as lint

PROJECT = Path(__file__).parents[2]
STEP_FILES = sorted((PROJECT / "steps").glob("*.py"))
NOUNS = [file for file in STEP_FILES if file.stem not in ("__init__", "types")]
ALL_CODE = [file for folder in ("harness", "plugin", "steps") for file in sorted((PROJECT / folder).rglob("*.py"))]
MAX_STEP_LINES = 8
MAX_MODULE_LINES = 330
NOT_FOR_STEPS = ("subprocess", "yaml", "harness.document", "os", "time")


def step_definitions():
    """(kind of step, module, function, parser) of every step definition, however often it is registered."""
    for file in NOUNS:
        importlib.import_module(f"steps.{file.stem}")
    return {
        (context.type, context.step_func.__module__, context.step_func.__name__, context.parser)
        for context in step_function_context_registry.values()
        if context.step_func.__module__.startswith("steps.")
    }


def matches(definitions, kind, text):
    return {
        (module, function)
        for type_, module, function, parser in definitions
        if type_ == kind and parser.is_matching(text)
    }


def functions(file):
    return [node for node in ast.parse(file.read_text(encoding="utf-8")).body if isinstance(node, ast.FunctionDef)]


def test_every_phrase_has_exactly_one_meaning():
    definitions = step_definitions()
    texts = list(lint.step_texts(PROJECT / "features"))
    assert definitions
    assert texts
    meanings = {(kind, text): matches(definitions, kind, text) for kind, text in texts}
    assert {text: found for text, found in meanings.items() if len(found) != 1} == {}


def test_every_step_is_used():
    definitions = step_definitions()
    texts = list(lint.step_texts(PROJECT / "features"))
    used = set().union(*(matches(definitions, kind, text) for kind, text in texts))
    assert {(module, function) for _, module, function, _ in definitions} - used == set()


@pytest.mark.parametrize("file", NOUNS, ids=lambda file: file.stem)
def test_steps_are_thin(file):
    long = {
        node.name: node.end_lineno - node.lineno + 1
        for node in functions(file)
        if node.end_lineno - node.lineno + 1 > MAX_STEP_LINES
    }
    assert long == {}


@pytest.mark.parametrize("file", STEP_FILES, ids=lambda file: file.stem)
def test_steps_leave_the_work_to_the_harness(file):
    tree = ast.parse(file.read_text(encoding="utf-8"))
    imported = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    imported += [str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert [name for name in imported if name.startswith(NOT_FOR_STEPS)] == []
    stars = [node for node in ast.walk(tree) if isinstance(node, ast.alias) and node.name == "*"]
    assert stars == []


@pytest.mark.parametrize("file", NOUNS, ids=lambda file: file.stem)
def test_steps_neither_branch_nor_skip(file):
    """A skip inside a step reads as passed in a cucumber report; a branch hides a second phrase."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    assert [node.lineno for node in ast.walk(tree) if isinstance(node, ast.If | ast.Try | ast.While)] == []
    assert "pytest.skip" not in file.read_text(encoding="utf-8")
    assert "pytest.xfail" not in file.read_text(encoding="utf-8")


@pytest.mark.parametrize("file", ALL_CODE, ids=lambda file: str(file.relative_to(PROJECT)))
def test_no_bare_assert(file):
    """pytest does not explain an assert outside of test modules: a Divergence says what was expected and seen."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    assert [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Assert)] == []


@pytest.mark.parametrize("file", ALL_CODE, ids=lambda file: str(file.relative_to(PROJECT)))
def test_modules_stay_small(file):
    assert len(file.read_text(encoding="utf-8").splitlines()) <= MAX_MODULE_LINES


def test_no_report_that_workers_would_leave_empty():
    """``--cucumberjson`` writes an empty list where xdist runs the scenarios."""
    for name in ("tox.ini", "pyproject.toml", ".ci/run"):
        assert "cucumberjson" not in (PROJECT / name).read_text(encoding="utf-8"), name


def test_plugins_are_listed():
    import conftest

    listed = {name.removeprefix("steps.") for name in conftest.pytest_plugins}
    assert {file.stem for file in NOUNS} <= listed
