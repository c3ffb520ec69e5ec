"""What an audit never shows, and what it says of Secrets that it cannot use."""

import io
import json
import re

import pytest

from harness.audit import rule_file
from harness.audit.organisation import repository_of
from harness.audit.reading import ManifestReader
from harness.audit.repository import place_of, repository_of_url
from harness.errors import UsageError
from harness.system.process import REDACT
from harness.volsync.secret_values import secrets_in, values_in
from tests.unit.audit_world import secret


@pytest.fixture(autouse=True)
def forgotten(monkeypatch):
    """Forget the secrets of a test: the redactor is one for the whole process."""
    monkeypatch.setattr(REDACT, "secrets", set())


def read(text):
    reader = ManifestReader()
    reader.read("home", ["-"], io.BytesIO(text.encode()))
    return reader


def at(url="s3://bucket", **values):
    return repository_of(secret(KOPIA_REPOSITORY=url, **values).manifest)


def test_every_value_of_a_repository_secret_whose_key_looks_secret_is_hidden():
    values = {
        "KOPIA_REPOSITORY": "webdav://backup:of-the-url@nas/x",
        "KOPIA_PASSWORD": "one",
        "AZURE_STORAGE_SAS_TOKEN": "two",
        "B2_APPLICATION_KEY": "three",
        "B2_APPLICATION_KEY_ID": "no-secret",
        "GOOGLE_APPLICATION_CREDENTIALS": "four",
        "SFTP_KEY_FILE": "/no/secret",
        "webdav-password": "five",
        "KOPIA_S3_ENDPOINT": "http://k:of-the-endpoint@minio",
        "USE_TOKEN": "true",
        "MONKEY": "no-secret",
    }
    assert secrets_in(values) == ["one", "two", "three", "four", "five", "of-the-url", "of-the-endpoint"]
    assert secrets_in({"API_KEY": "of-an-app"}) == []


def test_the_password_of_a_url_is_neither_kept_nor_shown():
    assert at("webdav://backup:hunter2secret@nas/k").url == "webdav://backup:***@nas/k"
    assert repository_of_url("webdav://backup:hunter2secret@nas/k").url == "webdav://backup:***@nas/k"
    assert REDACT("hunter2secret") == "***"
    with pytest.raises(UsageError) as raised:
        place_of("webdav://backup:pw@nas/k", "", "", "", {})
    assert "webdav://backup:***@nas/k: write" in str(raised.value)
    environment = {"KOPIA_PASSWORD": "p", "AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "s"}
    with pytest.raises(UsageError) as raised:
        place_of("s3://AKIA:se/cr+et@s3.example/bucket", "", "", "", environment)
    assert "s3://AKIA:***@s3.example/bucket: an S3 URL has no user" in str(raised.value)
    assert "se/cr+et" not in str(raised.value)


@pytest.mark.parametrize("value", ["!Sup3rS3cret", "*Sup3rS3cret", "@Sup3rS3cret", "a: Sup3rS3cret", "'Sup3rS3cret"])
def test_a_value_that_is_no_yaml_is_not_quoted(value):
    text = (
        f"apiVersion: v1\nkind: Secret\nmetadata: {{name: k, namespace: media}}\nstringData:\n  KOPIA_PASSWORD: {value}"
    )
    ((where, why),) = [(one.where, one.why) for one in read(text).account.skipped]
    assert (where, "Sup3r" in why) == ("standard input", False)
    assert why.endswith(": not YAML (quote values that begin with ! or *); correct it")


@pytest.mark.parametrize("value", ["2024-13-45", "!Sup3rS3cret", "[" * 3000])
def test_a_file_with_a_value_that_is_no_yaml_is_one_line_without_it(tmp_path, value):
    file = tmp_path / "secret.yaml"
    file.write_text(f"kind: Secret\nstringData:\n  KOPIA_PASSWORD: {value}\n")
    with pytest.raises(UsageError, match="YAML; write the manifest of one Secret") as raised:
        place_of("", "", str(file), "", {})
    assert value not in str(raised.value)


def test_a_rule_or_secret_of_a_few_lines_that_stand_for_many_values_is_refused(tmp_path):
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{number}: &a{number} [{', '.join([f'*a{number - 1}'] * 9)}]" for number in range(1, 12)]
    file = tmp_path / "bomb.yaml"
    file.write_text("\n".join(lines))
    said = f"{file}: line 7: more than 2000000 values, with aliases written out; write a smaller"
    with pytest.raises(UsageError, match=re.escape(f"--rules {said}")):
        rule_file.read(str(file))
    with pytest.raises(UsageError, match=re.escape(f"--secret {said}")):
        place_of("", "", str(file), "", {})


@pytest.mark.parametrize("part", ["data", "stringData"])
def test_a_secret_with_a_list_is_said_in_words(part):
    text = json.dumps({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "k", "namespace": "n"}, part: ["x"]})
    (skipped,) = read(text).account.skipped
    assert skipped.why == f"Secret k: cannot be decoded: {part} is no mapping"
    with pytest.raises(ValueError, match="is no mapping"):
        values_in({part: "x"})


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        (at(KOPIA_S3_ENDPOINT="minio.example"), at(KOPIA_S3_ENDPOINT="https://MinIO.example:443/"), True),
        (at(KOPIA_S3_ENDPOINT="minio.example"), at(KOPIA_S3_ENDPOINT="minio.example:9000"), False),
        (at(KOPIA_S3_ENDPOINT="m", KOPIA_S3_DISABLE_TLS="true"), repository_of_url("s3://bucket", "http://m:80"), True),
        (at("S3://bucket/app/"), at("s3://bucket/app"), True),
        (at("filesystem:///a/../repo"), at("filesystem:///repo/"), True),
        (at("filesystem:///a"), at("filesystem:///repo/"), False),
    ],
)
def test_two_names_of_one_repository_are_one(one, two, same):
    assert one.is_at(two) == two.is_at(one) == same
