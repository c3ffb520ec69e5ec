"""The search on real kopia: it finds wrong variants by itself, and what it prints is a scenario that shows the same."""

import json
import re
import shutil

import pytest

SEARCH = ("features/test_search.py", "--storage", "process", "--search-seed", "2")
BOUNDED = ("--search-s", "60")
FEATURE = "Feature: What the search found\n\n  Rule: It was found by the search\n\n"


@pytest.fixture
def copy(suite, tmp_path):
    """A copy of the project, to paste a scenario into."""
    target = tmp_path / "project"
    left_out = shutil.ignore_patterns(".git", ".tox", ".venv", "reports", "__pycache__", ".*_cache", "tools")
    shutil.copytree(suite.project, target, ignore=left_out)
    suite.project = target
    return target


def printed(output):
    """Return the scenario below the line of the divergence."""
    found = re.search(r"^DIVERGES: .*\n((?:@.*\n)(?:Scenario: .*\n)(?: .*\n)+)", output, re.MULTILINE)
    assert found, output
    return found[1]


def assert_pasted(suite, project, scenario, mutant):
    """Paste a scenario into a feature: it fails on the mutant, and passes on the reference."""
    indented = "".join(f"    {line}\n" for line in scenario.splitlines())
    (project / "features" / "found.feature").write_text(FEATURE + indented, encoding="utf-8")
    only = ("--storage", "process", "-k", "the_search_found_it")
    on_mutant = suite.run(*only, "--subject", f"mutant:{mutant}")
    assert on_mutant.status == 1, f"{scenario}\n{on_mutant.output}"
    on_reference = suite.run(*only)
    assert on_reference.status == 0, f"{scenario}\n{on_reference.output}"
    assert on_reference.line("1 passed")


@pytest.mark.parametrize("mutant", ["newest-of-anybody", "prefix-ignored", "explicit-identity-ignored"])
def test_a_wrong_variant_is_found_and_its_scenario_shows_it(suite, copy, mutant):
    ended = suite.run(*SEARCH, *BOUNDED, "--subject", f"mutant:{mutant}")
    assert ended.status == 1, ended.output
    assert ended.line("verdict of the search", "DIVERGES", "--search-seed 2")
    assert_pasted(suite, copy, printed(ended.output), mutant)
    suite.assert_clean()


def test_nothing_is_found_on_the_reference_but_the_names_that_meet(suite):
    ended = suite.run(*SEARCH, "--search-s", "15", "--search-examples", "1000")
    assert ended.status == 0, ended.output
    assert ended.line("finding:", "orders.eu", "orderseu")
    assert ended.line("the operator alone:", "no divergence")
    assert ended.line("with mover, kopia and store:", "no divergence")
    suite.assert_clean()


@pytest.mark.parametrize(
    ("script", "words"),
    [("exec sleep 100", "the search was ended"), ("echo no >&2; exit 1", "UNKNOWN")],
    ids=["hangs", "fails"],
)
def test_a_mover_that_backs_nothing_up_leaves_the_verdict_open(suite, tmp_path, script, words):
    mover = {"kind": "command", "command": ["bash", "-c", script], "timeout_s": 2}
    file = tmp_path / "subject.yaml"
    file.write_text(json.dumps({"name": "mine", "mover": mover}))
    ended = suite.run(*SEARCH, "--search-s", "6", "--subject", str(file))
    assert ended.status == 3, ended.output
    assert ended.line(words)


def test_no_other_run_collects_the_search(suite):
    ended = suite.run("--collect-only", "-q")
    assert "test_search" not in ended.output
    assert "hypothesis" not in ended.output.partition("plugins:")[2].partition("\n")[2]
