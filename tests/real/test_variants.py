"""A subject follows one side of each contradiction of the document; one that follows neither has diverged."""

import json

import pytest

from tests.real.conftest import PROJECT

pytestmark = pytest.mark.beside_others

NEITHER = '''
from harness.operator.decisions import Decisions


class Mine(Decisions):
    """The namespace first, and an e-mail address recorded as something else."""

    def default_username(self, name, namespace):
        combined = f"{namespace}-{name}"
        return self.sanitise_username(combined if self.fits(combined) else name)

    def accepts_custom_name(self, value):
        return bool(value)

    def custom_username(self, value):
        return value.replace("@", "_at_")
'''
ASKED = "VR_1 or VR_2 or TN_2 or UN_2 or HN_2 or VA_1 or UN_E1"


@pytest.fixture
def run(suite, tmp_path):
    """Runs a few claims on decisions of the given text."""

    def ask(text, *args):
        (tmp_path / "mine.py").write_text(text)
        file = tmp_path / "subject.yaml"
        file.write_text(json.dumps({"name": "mine", "platform": {"kind": "simulated", "decisions": "mine:Mine"}}))
        path = f"{tmp_path}:{PROJECT}"
        return suite.run("--storage", "process", "-m", ASKED, "--subject", str(file), *args, PYTHONPATH=path)

    return ask


def test_a_subject_that_follows_neither_variant_has_diverged(run):
    ended = run(NEITHER)
    assert ended.status == 1, ended.output
    assert [cause["claims"] for cause in ended.report["causes"]] == [["VR_1"], ["VR_2"]]
    assert {"TN_2", "UN_2"} <= set(ended.report["causes"][0]["blocks"])
    assert {"VA_1", "UN_E1"} <= set(ended.report["causes"][1]["blocks"])
    assert ended.claims["HN_2"] == "pass"
    assert ended.line("observed (operator's Job): user_at_company.com")


@pytest.mark.parametrize("username", ["object-name", "object-name-namespace"])
def test_only_the_variant_that_a_subject_follows_is_asked(run, username):
    text = f'''
from harness.model import Variants
from harness.operator.decisions import Decisions


class Mine(Decisions):
    def __init__(self, variants):
        super().__init__(Variants("{username}", "as-given"))
'''
    ended = run(text)
    assert ended.status == 0, ended.output
    followed, other = ("TN_2", "UN_2") if username == "object-name" else ("UN_2", "TN_2")
    wanted = {"VR_1": "pass", "VR_2": "pass", followed: "pass", other: "skip", "UN_E1": "pass", "VA_1": "skip"}
    assert {claim: ended.claims[claim] for claim in wanted} == wanted
