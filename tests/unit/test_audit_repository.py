"""Which repository an audit reads, and with what; what kopia says about a repository is one line."""

import json
import socket
from pathlib import Path

import pytest

from harness.audit.repository import place_of, repository_at, repository_of_url
from harness.errors import HarnessError, UsageError
from harness.kopia import reading
from harness.kopia.reading import Bucket, Configured, Folder
from harness.model import RepositoryAccess
from harness.system.process import REDACT
from tests.unit.audit_world import entry


@pytest.fixture(autouse=True)
def forgotten(monkeypatch):
    """Forget the secrets of a test: the redactor is one for the whole process."""
    monkeypatch.setattr(REDACT, "secrets", set())


ENVIRONMENT = {
    "KOPIA_PASSWORD": "from-the-environment",
    "AWS_ACCESS_KEY_ID": "key",
    "AWS_SECRET_ACCESS_KEY": "secret-of-the-store",
    "KOPIA_S3_ENDPOINT": "minio:9000",
}


def place(repository="", endpoint="", secret="", config="", **environment):
    return place_of(repository, endpoint, secret, config, {**ENVIRONMENT, **environment})


def test_credentials_come_from_the_environment():
    found = place("s3://bucket/apps", AWS_SESSION_TOKEN="token")
    assert isinstance(found, Bucket)
    assert (found.address.bucket, found.address.prefix, found.address.endpoint, found.address.tls) == (
        "bucket",
        "apps/",
        "minio:9000",
        True,
    )
    assert (found.access, found.token) == (
        RepositoryAccess("from-the-environment", "key", "secret-of-the-store"),
        "token",
    )
    assert str(found) == "s3://bucket/apps/ at minio:9000"
    assert REDACT("secret-of-the-store") == "***"


def test_an_endpoint_without_tls_is_given_by_its_scheme():
    assert not place("s3://bucket", "http://other:1").address.tls
    assert place("s3://bucket", "https://other:1").address.tls
    assert place("s3://bucket", "http://other:1").address.endpoint == "other:1"


def test_a_secret_wins_over_the_environment(tmp_path):
    file = tmp_path / "secret.yaml"
    values = {"KOPIA_REPOSITORY": "s3://theirs", "KOPIA_PASSWORD": "of-the-secret"}
    file.write_text(json.dumps({"kind": "Secret", "stringData": values}))
    found = place(secret=str(file))
    assert (found.address.bucket, found.access.password) == ("theirs", "of-the-secret")
    assert place("s3://mine", secret=str(file)).address.bucket == "mine"


def test_a_folder_and_a_configuration_need_only_a_password(tmp_path):
    assert place(f"filesystem://{tmp_path}").path == tmp_path
    assert place(str(tmp_path)).path == tmp_path
    assert isinstance(place(config="some.config"), Configured)


@pytest.mark.parametrize(
    ("repository", "environment", "said"),
    [
        ("", {}, "--repository is empty: write s3://bucket/prefix"),
        ("gs://bucket", {}, "--repository gs://bucket: write s3://bucket/prefix"),
        ("/no/such/folder", {}, "--repository /no/such/folder: write"),
        ("s3://", {}, "--repository s3://: names no bucket"),
        ("s3://bucket", {"AWS_SECRET_ACCESS_KEY": ""}, "AWS_SECRET_ACCESS_KEY is not set; set it, or name a Secret"),
        ("filesystem:///tmp", {"KOPIA_PASSWORD": ""}, "KOPIA_PASSWORD is not set"),
    ],
)
def test_what_is_missing_is_named(repository, environment, said):
    with pytest.raises(UsageError) as raised:
        place(repository, **environment)
    assert said in str(raised.value)


@pytest.mark.parametrize(
    "text", ["[top-secret-value]", "{kind: Secret}", "{kind: Secret, stringData: top-secret-value}"]
)
def test_a_file_that_is_no_secret_is_refused_without_its_values(tmp_path, text):
    (tmp_path / "secret.yaml").write_text(text)
    with pytest.raises(UsageError, match="is no Secret with data or stringData") as raised:
        place(secret=str(tmp_path / "secret.yaml"))
    assert "top-secret-value" not in str(raised.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "{kind: Secret, stringData: {KOPIA_REPOSITORY: 'ENC[AES256_GCM,data:x]'}, sops: {mac: x}}",
            "it is encrypted (SOPS); decrypt it first: sops --decrypt FILE",
        ),
        ("{kind: Secret, data: {KOPIA_PASSWORD: 'ENC[AES256_GCM,data:x]'}}", "it is encrypted (SOPS)"),
        ("{data: 'ENC[AES256_GCM,data:x]', sops: {mac: x}}", "it is encrypted (SOPS)"),
        (
            "{kind: SealedSecret, spec: {encryptedData: {KOPIA_PASSWORD: x}}}",
            "a SealedSecret holds only encrypted values",
        ),
        (
            "{kind: ExternalSecret, spec: {data: []}}",
            "an ExternalSecret holds no values, but says where they are; name",
        ),
        ("{kind: Secret, stringData: {KOPIA_PASSWORD: x}}", "names no repository; give --repository, too: s3://"),
        ("{kind: Secret, stringData: {KOPIA_REPOSITORY: '${URL}'}}", "names ${URL}; give --repository, too: s3://"),
    ],
)
def test_a_secret_without_values_says_what_to_do(tmp_path, text, said):
    file = tmp_path / "secret.yaml"
    file.write_text(text)
    with pytest.raises(UsageError) as raised:
        place(secret=str(file))
    assert str(raised.value).startswith(f"--secret {file}: {said.replace('FILE', str(file))}")


@pytest.mark.parametrize("host", ["minio.storage.svc", "minio.storage.svc.cluster.local.", "MINIO.x.cluster.local"])
def test_an_endpoint_inside_the_cluster_needs_another_one(tmp_path, monkeypatch, host):
    def unknown(name, port):
        asked.append(name)
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    asked = []
    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    values = {"KOPIA_REPOSITORY": "s3://theirs", "KOPIA_S3_ENDPOINT": f"http://{host}:9000"}
    (tmp_path / "secret.yaml").write_text(json.dumps({"kind": "Secret", "stringData": values}))
    secret = str(tmp_path / "secret.yaml")
    with pytest.raises(UsageError) as raised:
        place(secret=secret)
    said = f"--secret {secret}: the endpoint {host}:9000 exists only inside the cluster; give --endpoint with"
    assert str(raised.value).startswith(said)
    with pytest.raises(UsageError, match=r"KOPIA_S3_ENDPOINT: the endpoint minio\.svc exists only inside"):
        place("s3://bucket", KOPIA_S3_ENDPOINT="minio.svc")
    assert asked == [host.lower(), "minio.svc"]
    assert place(secret=secret, endpoint="minio.example").address.endpoint == "minio.example"
    assert place("s3://bucket", KOPIA_S3_ENDPOINT="svc.example:9000").address
    monkeypatch.setattr(socket, "getaddrinfo", lambda name, port: [name])
    assert place(secret=secret).address.endpoint == f"{host}:9000", "a resolver that knows the cluster"


def test_a_place_is_compared_with_those_of_secrets():
    assert repository_at(place("s3://bucket/apps")).is_at(repository_of_url("s3://bucket/apps"))
    assert not repository_at(place("s3://bucket/apps")).is_at(repository_of_url("s3://bucket"))
    assert repository_at(place("filesystem:///tmp")).is_at(repository_of_url("filesystem:///tmp/"))


@pytest.fixture
def kopia(tmp_path):
    """Return a function that makes a kopia that prints something and ends with an exit status."""

    def make(status, out="", err=""):
        program = tmp_path / "kopia"
        (tmp_path / "out").write_text(out)
        (tmp_path / "err").write_text(err)
        lists_policies = '[ "$1" = policy ] && echo [] && exit'
        ends = f"cat {tmp_path}/out; cat {tmp_path}/err >&2; exit {status}"
        program.write_text(f"#!/bin/sh\n{lists_policies}\n{ends}\n")
        program.chmod(0o755)
        return program

    return make


def listed(kopia, tmp_path, what=None):
    access = RepositoryAccess("a-password", "key", "a-key-of-a-store")
    place = what or Folder(Path("/x"), access)
    return reading.contents(kopia, place, tmp_path / "client", lambda line: None).snapshots


def test_the_list_of_kopia_is_read(kopia, tmp_path):
    (found,) = listed(kopia(0, json.dumps([entry("orders")])), tmp_path)
    assert found.record.identity.username == "orders"


@pytest.mark.parametrize(
    ("err", "error", "said"),
    [
        ("x: invalid repository password", UsageError, "the password does not open this repository"),
        ("repository not initialized in the provided storage", UsageError, "no kopia repository there"),
        ("stat /x: no such file or directory", UsageError, "no kopia repository there"),
        ("PutBlob: Access Denied.", UsageError, "no permission to read it (PutBlob: Access Denied.)"),
        ("unsupported format\nof another version", HarnessError, "kopia cannot read it: of another version"),
        ("", HarnessError, "kopia cannot read it: it said nothing"),
    ],
)
def test_what_kopia_says_is_one_line(kopia, tmp_path, err, error, said):
    with pytest.raises(error) as raised:
        listed(kopia(1, err=err), tmp_path)
    assert type(raised.value) is error
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_configuration_is_copied_as_read_only_and_its_stored_password_is_used(kopia, tmp_path):
    noted = {"storage": {"type": "s3", "config": {"bucket": "b", "secretAccessKey": "key-of-the-config"}}}
    file = tmp_path / "repository.config"
    file.write_text(json.dumps(noted))
    unnamed = Configured(file, RepositoryAccess("", "", ""))
    with pytest.raises(UsageError, match="kopia stored no password beside it"):
        listed(kopia(0, "[]"), tmp_path, unnamed)
    (tmp_path / "repository.config.kopia-password").write_text("c3RvcmVkLXBhc3N3b3Jk")
    assert listed(kopia(0, "[]"), tmp_path, unnamed) == []
    copied = json.loads((tmp_path / "client" / "repository.config").read_text())
    assert (copied["readonly"], copied["storage"], copied["username"]) == (True, noted["storage"], "observer")
    assert json.loads(file.read_text()) == noted
    assert (REDACT("stored-password"), REDACT("key-of-the-config")) == ("***", "***")
    assert (tmp_path / "client" / "repository.config").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("text", ["", "[]", "[" * 10_000, '{"storage": 3}', '{"apiServer": {}}'])
def test_another_file_is_no_configuration(kopia, tmp_path, text):
    (tmp_path / "x").write_text(text)
    with pytest.raises(UsageError, match="no configuration of kopia with a storage"):
        listed(kopia(0, "[]"), tmp_path, Configured(tmp_path / "x", RepositoryAccess("p", "", "")))
