"""Reading the command line asks no subject; what a subject follows is known before its scenarios are collected."""

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

from harness.errors import UsageError
from harness.model import VARIANT_TAGS, VARIANTS
from harness.operator.decisions import Decisions
from harness.subject.variants import NEITHER, Probed
from plugin import options, variants

PROJECT = Path(__file__).parents[2]
ASKED = []


class WithNamespace(Decisions):
    """Follows one variant, whatever it is given, and notes that it was made."""

    def __init__(self, given):
        super().__init__(given)
        ASKED.append(given)

    def default_username(self, name, namespace):
        combined = f"{name}-{namespace}"
        return combined if len(combined) <= 50 else name


def config(tmp_path, **given):
    file = tmp_path / "mine.yaml"
    file.write_text("{name: mine, platform: {kind: simulated, decisions: 'tests.unit.test_options:WithNamespace'}}")
    default = {name.lstrip("-").replace("-", "_"): one.get("default") for name, one in options.COMMAND_LINE.items()}
    read = SimpleNamespace(**{**default, "subject": str(file), "collectonly": False, **given})
    return SimpleNamespace(option=read, stash=pytest.Stash())


def test_parsing_asks_no_subject(tmp_path):
    ASKED.clear()
    found = options.parse(config(tmp_path))
    assert ASKED == []
    assert found.lacks_variants
    assert found.variants == {"default_username": "auto", "custom_names": "auto"}


def test_an_option_wins_over_the_subject_file(tmp_path):
    found = options.parse(config(tmp_path, default_username="object-name", custom_names="as-given"))
    assert not found.lacks_variants
    assert found.variants == {"default_username": "object-name", "custom_names": "as-given"}


def test_what_was_found_out_replaces_auto_alone(tmp_path):
    parsed = options.parse(config(tmp_path, custom_names="as-given"))
    found = parsed.with_variants(Probed("object-name", NEITHER, ("a", "b")))
    assert found.variants == {"default_username": "object-name", "custom_names": "as-given"}
    assert found.probed == ("a", "b")


def test_a_worker_takes_over_plain_values(tmp_path):
    controller, worker, handed = config(tmp_path), config(tmp_path), {}
    for one in (controller, worker):
        one.stash[options.OPTIONS] = options.parse(one)
    found = Probed(*(one.variants[0] for one in VARIANTS.values()), ("seen",))
    controller.stash[options.OPTIONS] = controller.stash[options.OPTIONS].with_variants(found)
    variants.hand_over(controller, handed)
    assert {type(value) for value in handed["variants"].values()} == {str}
    variants.take_over(worker, handed)
    assert worker.stash[options.OPTIONS] == controller.stash[options.OPTIONS]


@pytest.mark.parametrize("collectonly", [True, False])
def test_only_a_list_of_scenarios_is_asked_for_without_a_run(tmp_path, collectonly):
    one = config(tmp_path, collectonly=collectonly)
    one.stash[options.OPTIONS] = options.parse(one)
    variants.pytest_sessionstart(SimpleNamespace(config=one))
    followed = one.stash[options.OPTIONS].variants["default_username"]
    assert followed == ("object-name-namespace" if collectonly else "auto")


def test_a_list_of_scenarios_shows_the_variant_that_is_followed(tmp_path):
    config(tmp_path)
    listed = {}
    for claim in ("UN_2", "TN_2"):
        args = ["--collect-only", "-q", "features", "-m", claim, "--subject", str(tmp_path / "mine.yaml")]
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *args],
            cwd=PROJECT,
            env={**os.environ, "PYTHONPATH": str(PROJECT)},
            capture_output=True,
            text=True,
            timeout=60,
        )
        listed[claim] = [line for line in done.stdout.splitlines() if "::" in line]
        assert listed[claim], done.stdout + done.stderr
    assert not any("not-asked" in line for line in listed["UN_2"])
    assert all("not-asked" in line for line in listed["TN_2"])


@pytest.mark.parametrize("profile", options.PROFILES)
def test_a_profile_runs_its_own_claims_and_the_base_claims(profile):
    one_of_each = {
        "core": "test_the_documented_secret_opens_the_repository_that_it_names",
        "extended": "test_previous_counts_back_from_the_newest_backup",
        "safety": "test_the_last_backup_of_a_source_was_cut_off",
    }
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "features", "--profile", profile]
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=60)
    assert [name for name, title in one_of_each.items() if title in done.stdout] == [profile]
    assert "test_the_operator_answers_a_source" in done.stdout, "a base claim is missing"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"overhead": True, "subject": str(PROJECT / "subjects" / "operator.yaml")}, "--overhead: compares"),
        ({"update_expectations": True}, "--update-expectations: no file is named"),
        ({"sample": "some"}, "--sample some: write the number"),
        ({"profile": "safe"}, "--profile safe: use one of core, extended, safety, all"),
        ({"default_username": "both"}, "--default-username both: use one of object-name, object-name-namespace, auto"),
    ],
)
def test_options_that_do_not_fit_are_named(tmp_path, given, said):
    with pytest.raises(UsageError, match=said):
        options.parse(config(tmp_path, **given))


def test_the_formats_name_the_variants_of_the_model():
    subject = yaml.safe_load((PROJECT / "harness" / "subject" / "subject.schema.yaml").read_text())
    ledger = yaml.safe_load((PROJECT / "harness" / "document" / "claims.schema.yaml").read_text())
    keys = subject["properties"]["sides"]["properties"]
    assert {name: one["enum"] for name, one in keys.items()} == {
        name: [*map(str, one.variants), "auto"] for name, one in VARIANTS.items()
    }
    assert set(find(ledger, "side")["enum"]) == VARIANT_TAGS


def find(tree, key):
    """Return what stands under a key, however deep it lies."""
    if isinstance(tree, dict):
        return tree[key] if key in tree else next(filter(None, (find(one, key) for one in tree.values())), None)
    return None


def test_a_sample_of_a_proof_has_some_mutants_with_all_their_scenarios():
    def by_mutant(*args):
        command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "features", "--proof", *args]
        environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
        done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=60)
        return Counter(re.findall(r"\[(?:.*-)?mutant:([a-z0-9-]+),", done.stdout))

    whole, part = by_mutant(), by_mutant("--sample", "20:a")
    assert 0 < len(part) < len(whole) / 5
    assert part == {name: whole[name] for name in part}
