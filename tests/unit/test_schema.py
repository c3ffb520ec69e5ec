"""The one reader of files by schema: each message names file, field, value and remedy, in one line."""

import pytest

from harness.errors import AdmissionRefused, UsageError
from harness.system.schema import SchemaFile, misfit, validator
from harness.volsync import objects
from harness.volsync.admission import admit

SCHEMA = """
type: object
additionalProperties: false
properties:
  colour: {enum: [red, green]}
  sizes: {type: array, items: {type: integer}}
  engine:
    type: object
    properties: {kind: {enum: [steam, none]}, coal: {type: number}}
    if: {properties: {kind: {const: none}}}
    then: {properties: {coal: false}}
"""


@pytest.fixture
def kind(tmp_path):
    (tmp_path / "schema.yaml").write_text(SCHEMA)
    return SchemaFile(tmp_path / "schema.yaml", "--train ", "name a file", "write a train", "see the manual")


def read(kind, tmp_path, text, **more):
    file = tmp_path / "train.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return kind.read(file, **more)


def test_a_file_that_fits_is_returned(kind, tmp_path):
    train = {"colour": "red", "sizes": [1, 2], "engine": {"kind": "steam", "coal": 2}}
    assert read(kind, tmp_path, "{colour: red, sizes: [1, 2], engine: {kind: steam, coal: 2}}") == train


def test_json_is_read_too(kind, tmp_path):
    assert read(kind, tmp_path, '{"colour": "green"}') == {"colour": "green"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{colour: blue}", "train.yaml: colour: 'blue' is not one of ['red', 'green']; see the manual"),
        ("{sizes: [1, x]}", "train.yaml: sizes.1: 'x' is not of type 'integer'; see the manual"),
        (
            "{engine: {kind: none, coal: 2}}",
            "train.yaml: engine.coal: does not go with kind none; see the manual",
        ),
        ("{speed: 3}", "('speed' was unexpected); known are colour, sizes, engine; see the manual"),
        ("[]", "train.yaml: top level: [] is not of type 'object'; see the manual"),
        ("", "train.yaml: top level: None is not of type 'object'; see the manual"),
        ("colour: red\nsizes: [}\n", "train.yaml, line 2: not YAML; write a train"),
        (b"colour: \xff", "train.yaml: cannot be read (no UTF-8 text); name a file"),
    ],
)
def test_what_does_not_fit_is_named_in_one_line(kind, tmp_path, text, said):
    with pytest.raises(UsageError) as error:
        read(kind, tmp_path, text)
    assert str(error.value).endswith(said)
    assert "\n" not in str(error.value)


def test_a_file_that_is_not_there_is_named_with_its_option(kind, tmp_path):
    with pytest.raises(UsageError, match=r"--train .*none\.yaml: cannot be read \(No such file or directory\); name a"):
        kind.read(tmp_path / "none.yaml")


def test_an_empty_file_may_stand_for_something(kind, tmp_path):
    assert read(kind, tmp_path, "# nothing\n", empty={"colour": "red"}) == {"colour": "red"}
    assert read(kind, tmp_path, "{colour: green}", empty={"colour": "red"}) == {"colour": "green"}


def test_a_document_in_memory_is_judged_alike(kind):
    assert misfit(validator(kind.schema), {"colour": "red"}) is None
    assert str(misfit(validator(kind.schema), {"colour": "blue"})) == "colour: 'blue' is not one of ['red', 'green']"


def test_admission_does_not_list_what_could_be_there():
    """An API server does not, and a refusal that lists every field would name any field that a scenario asks for."""
    manifest = {**objects.source("orders", "shop"), "colour": "red"}
    with pytest.raises(AdmissionRefused, match="was unexpected") as refused:
        admit(manifest, lambda name: True)
    assert "known are" not in str(refused.value)
