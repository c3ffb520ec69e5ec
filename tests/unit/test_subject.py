"""Subject files are checked where they enter."""

from pathlib import Path

import pytest

from harness.document.parts import NOT_OF_A_SUBJECT
from harness.errors import Blocked, UsageError
from harness.model import Variants
from harness.operator.decisions import Decisions
from harness.operator.guarded import guarded
from harness.subject import choose, movers
from harness.volsync import objects
from harness.volsync.defaults import Additions, complete


def load(tmp_path, text):
    file = tmp_path / "mine.yaml"
    file.write_text(text)
    return choose.load(str(file))


def test_a_file_names_sides_and_who_it_is(tmp_path):
    found = load(tmp_path, "{name: mine, project: p, sides: {default_username: object-name}}")
    assert (found.name, found.variants, found.about) == (
        "mine",
        {"default_username": "object-name", "custom_names": "auto"},
        {"project": "p"},
    )


class OldArguments(Decisions):
    """Decisions as they were written for an older version of the suite."""

    def refusal(self, destination):
        return None


class Raising(Decisions):
    """Decisions with a mistake."""

    def default_hostname(self, namespace, pvc):
        return {}[namespace]


def test_decisions_that_raise_have_diverged(tmp_path):
    text = "{name: mine, platform: {kind: simulated, decisions: 'tests.unit.test_subject:Raising'}}"
    decisions = guarded(load(tmp_path, text).decisions, Variants())
    with pytest.raises(Blocked) as error:
        decisions.identity(objects.source("orders", "shop"))
    assert error.value.divergence.roots == ("BA_3",)
    assert error.value.divergence.part == "controller"
    assert "it raises KeyError: 'shop' (" in error.value.divergence.seen
    assert "test_subject.py, line" in error.value.divergence.seen


def test_decisions_of_ones_own_bring_the_controller_alone(tmp_path):
    text = "{name: mine, platform: {kind: simulated, decisions: 'harness.operator.decisions:Decisions'}}"
    assert "mover" not in load(tmp_path, text).brings
    assert "controller" in load(tmp_path, text).brings


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("{name: mine, colour: red}", ["colour"]),
        ("{}", ["name"]),
        ("{name: 7}", ["name", "7"]),
        ("{name: mine, sides: {default_username: both}}", ["sides.default_username", "both"]),
        ("{name: mine, mover: {kind: magic}}", ["mover.kind", "reference"]),
        ("{name: mine, platform: {kind: simulated, decisions: 'no.such:Thing'}}", ["decisions", "no.such"]),
        ("{name: mine, platform: {kind: simulated, decisions: 'pathlib:Path'}}", ["decisions", "subclass"]),
        (
            "{name: mine, platform: {kind: simulated, decisions: 'tests.unit.test_subject:OldArguments'}}",
            ["platform.decisions", "refusal(self, destination)", "('manifest', 'find')"],
        ),
        ("{name: mine, mover: {kind: cluster}}", ["mover.kind", "cluster", "kubernetes"]),
        (
            "{name: mine, platform: {kind: kubernetes, command: [sh], crds: ['.']}, mover: {kind: cluster}}",
            ["platform.api", "auto", "kubeconfig"],
        ),
        ("{name: mine, platform: {kind: kubernetes, api: mine.yaml}}", ["platform.command", "missing"]),
        ("{name: mine, platform: {kind: kubernetes}}", ["platform", "command"]),
        (
            "{name: mine, platform: {kind: kubernetes, api: mine.yaml}, mover: {kind: cluster, image: x}}",
            ["mover.image", "does not go with kind cluster"],
        ),
        ("name: [", ["line", "not YAML"]),
        ("just text", ["top level"]),
    ],
)
def test_bad_file_ends_in_one_line(tmp_path, text, named):
    with pytest.raises(UsageError) as error:
        load(tmp_path, text)
    assert "\n" not in str(error.value)
    assert [word for word in ["mine.yaml", *named] if word not in str(error.value)] == []


def test_on_a_cluster_the_operator_may_run_already(tmp_path):
    text = "{name: mine, platform: {kind: kubernetes, api: mine.yaml}, mover: {kind: cluster, timeout_s: 7}}"
    found = load(tmp_path, text)
    assert found.kubernetes.command == ()
    assert (found.mover_kind.pods.helper, found.mover_kind.pods.timeout_s) == (movers.HELPER_IMAGE, 7.0)
    assert {"admission", "controller", "mover"} <= found.brings


@pytest.mark.parametrize("request_", ["/no/such/file", "mutant:nobody"])
def test_unknown_subject_says_what_there_is(request_):
    with pytest.raises(UsageError, match="mutant"):
        choose.load(request_)


@pytest.mark.parametrize(
    ("name", "brings"),
    [
        ("mover-command", {"mover", "kopia"}),
        ("mover-image", {"mover", "kopia"}),
        ("operator", {"admission", "controller"}),
    ],
)
def test_the_examples_can_be_read(name, brings):
    file = Path(__file__).parents[2] / "subjects" / f"{name}.yaml"
    assert choose.load(str(file)).brings == NOT_OF_A_SUBJECT | brings


def test_fields_for_every_object_are_read_and_those_of_scenarios_refused(tmp_path):
    found = load(tmp_path, "name: mine\nobjects: {source: {copyMethod: Snapshot}, claim: {storageClassName: fast}}\n")
    assert found.additions.in_words() == ["source: copyMethod: Snapshot", "claim: storageClassName: fast"]
    with pytest.raises(UsageError, match=r"objects\.destination\.username: decides whose data"):
        load(tmp_path, "name: mine\nobjects: {destination: {username: me}}\n")


def test_what_a_subject_file_adds_never_replaces_what_is_given():
    added = Additions(source={"copyMethod": "Snapshot"}, destination={"copyMethod": "Snapshot"}, claim={"x": 1})
    whole = complete(objects.source("orders", "shop"), added)
    assert whole.manifest["spec"]["kopia"]["copyMethod"] == "Snapshot"
    assert whole.needs[-1]["spec"]["x"] == 1
    given = complete(objects.destination("back", "lab", {"copyMethod": "Direct"}), added)
    assert given.manifest["spec"]["kopia"]["copyMethod"] == "Direct"
    assert complete(objects.source("orders", "shop")).manifest["spec"]["kopia"]["copyMethod"] == "Direct"
