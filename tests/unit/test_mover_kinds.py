"""A kind of mover is one class and one registration: it is read, checked, and run like those of the suite."""

import inspect
import json
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pytest
import yaml
from jsonschema import Draft202012Validator

from harness.document.parts import EVERY_PART, NOT_OF_A_SUBJECT, OF_A_MOVER
from harness.errors import HarnessError, UsageError
from harness.kubernetes.settings import PodsSpec
from harness.model import MoverJob, MoverResult, ObjectRef
from harness.mover.command import CommandSpec
from harness.mover.image import ImageSpec
from harness.mover.reference import ReferenceMover
from harness.subject import choose, file
from harness.subject.movers import MOVERS, ClusterKind, CommandKind, ImageKind, MoverKind, ReferenceKind, mover_kind

JOB = MoverJob(ObjectRef("ReplicationSource", "shop", "orders"), ("backup",), {}, {}, {})


@dataclass
class EchoMover:
    """Its own work: says what it is told."""

    words: str
    watched: bool = False

    def run(self, job):
        return MoverResult(0, f"{self.words}: {' '.join(job.args)}")


@pytest.fixture
def echo():
    @mover_kind("echo")
    @dataclass(frozen=True)
    class EchoKind(MoverKind):
        """A toy."""

        words: str
        schema: ClassVar = {"required": ["words"], "properties": {"words": {"type": "string", "minLength": 1}}}

        @classmethod
        def parse(cls, fields, folder, platform, limits):
            return cls(fields["words"])

        def make(self, kopia, scratch, record, cluster):
            return EchoMover(self.words)

        def in_words(self, kopia):
            return f"an echo of {self.words}; its kopia: none"

        def own_kopia(self, kopia, folder):
            return None

    yield EchoKind
    del MOVERS["echo"]


def load(tmp_path, mover, **more):
    path = tmp_path / "mine.yaml"
    path.write_text(json.dumps({"name": "mine", "mover": mover, **more}))
    return choose.load(str(path))


def test_a_new_kind_is_read_and_run(tmp_path, echo):
    found = load(tmp_path, {"kind": "echo", "words": "hello"})
    assert found.mover_kind == echo("hello")
    assert found.brings == NOT_OF_A_SUBJECT | OF_A_MOVER
    assert found.mover(Path("kopia"), tmp_path, print).run(JOB) == MoverResult(0, "hello: backup")
    assert not found.mover_kind.is_reference
    assert len(inspect.getsource(echo).splitlines()) <= 50
    assert (found.mover_kind.pods, found.mover_kind.keeps_owners) == (None, True)


@pytest.mark.parametrize(
    ("mover", "said"),
    [
        ({"kind": "echo"}, "mover: 'words' is a required property"),
        ({"kind": "echo", "words": 7}, "mover.words: 7 is not of type 'string'"),
        ({"kind": "echo", "words": "x", "image": "y"}, "mover.image: does not go with kind echo"),
        ({"kind": "command", "command": ["sh"], "words": "x"}, "mover.words: does not go with kind command"),
        ({"kind": "echo", "words": "x", "colour": "red"}, "('colour' was unexpected)"),
        ({"kind": "magic"}, "mover.kind: 'magic' is not one of ['reference', 'command', 'image', 'cluster', 'echo']"),
    ],
)
def test_the_fields_of_a_new_kind_are_checked(tmp_path, echo, mover, said):
    with pytest.raises(UsageError) as error:
        load(tmp_path, mover)
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_a_kind_that_is_not_registered_is_unknown(tmp_path):
    with pytest.raises(UsageError, match="'echo' is not one of"):
        load(tmp_path, {"kind": "echo", "words": "hello"})


def test_one_word_names_one_kind(echo):
    with pytest.raises(ValueError, match="echo is EchoKind already"):
        mover_kind("echo")(echo)


@pytest.mark.parametrize(
    ("mover", "said"),
    [
        ({"kind": "command"}, "mover: 'command' is a required property"),
        ({"kind": "command", "image": "x"}, "mover: 'command' is a required property"),
        ({"command": ["sh"]}, "mover: 'kind' is a required property"),
        ({"kind": "reference", "timeout_s": 3}, "mover.timeout_s: does not go with kind reference"),
        ({"kind": "image", "image": "x", "timeout_s": 0}, "mover.timeout_s: 0 is less than or equal to"),
        ({"kind": "image", "image": "x", "helper": "y", "colour": "red"}, "mover.helper: does not go"),
        ({"kind": "command", "command": ["sh"], "path": ["no/such"]}, "mover.path: "),
    ],
)
def test_the_kinds_of_the_suite_keep_their_messages(tmp_path, mover, said):
    with pytest.raises(UsageError) as error:
        load(tmp_path, mover)
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("platform", "said"),
    [
        ({"kind": "simulated", "crds": ["."]}, "platform.crds: does not go with kind simulated"),
        (
            {"kind": "kubernetes", "command": ["sh"], "crds": ["."], "decisions": "a:B"},
            "platform.decisions: does not go",
        ),
        ({"kind": "kubernetes", "decisions": "a:B"}, "platform: 'command' is a required property"),
        ({"kind": "simulated", "colour": "red"}, "platform: Additional properties are not allowed ('colour' was"),
    ],
)
def test_the_kinds_of_platform_keep_their_messages(tmp_path, platform, said):
    with pytest.raises(UsageError) as error:
        load(tmp_path, {"kind": "reference"}, platform=platform)
    assert said in str(error.value)


def test_the_document_of_the_format_has_every_kind():
    document = yaml.safe_load(file.FORM.schema.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(document)
    named = document["properties"]["mover"]["properties"]["kind"]["enum"]
    assert named == list(document["$defs"]["mover"]) == list(MOVERS)
    assert document == file.schema()


def test_what_a_kind_says_of_itself(tmp_path):
    kopia = Path("/opt/kopia")
    command, image = CommandKind(CommandSpec(("/bin/sh",), isolation="environment")), ImageKind(ImageSpec("x:1"))
    assert ReferenceKind().in_words(kopia) == "the reference's own; its kopia: /opt/kopia"
    assert command.in_words(kopia).startswith("/bin/sh, through DATA_DIR and KOPIA_CACHE_DIR (asked for); its kopia: ")
    assert (ReferenceKind().is_reference, command.is_reference, image.is_reference) == (True, False, False)
    assert (image.uses_containers, command.uses_containers) == (True, False)
    assert (image.keeps_owners, ImageKind(ImageSpec("x:1", user="7")).keeps_owners) == (True, False)
    assert ReferenceKind().own_kopia(kopia, tmp_path) == kopia
    assert isinstance(ReferenceKind().make(kopia, tmp_path, print, None), ReferenceMover)


def test_a_file_without_a_mover_runs_the_references(tmp_path):
    found = load(tmp_path, {"kind": "reference"})
    assert found.mover_kind == ReferenceKind()
    assert found.brings == EVERY_PART


def test_pods_need_the_connection_to_their_cluster(tmp_path):
    pods = ClusterKind(PodsSpec("busybox", 3.0), "/mine.yaml")
    assert pods.pods == PodsSpec("busybox", 3.0)
    assert pods.in_words(Path("kopia")) == "the pods on the cluster of /mine.yaml; its kopia: what they bring"
    with pytest.raises(HarnessError, match="no connection to a cluster"):
        pods.make(Path("kopia"), tmp_path, print, None)
