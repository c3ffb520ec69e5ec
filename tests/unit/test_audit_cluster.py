"""What an audit reads from a live cluster, with a client that stands in for its API."""

import json
from pathlib import Path

import pytest

from harness.audit import cluster
from harness.audit.reading import ManifestReader
from harness.cli.audit import main
from harness.errors import HarnessError
from harness.kubernetes.api import Api
from harness.volsync.kinds import DESTINATION, SOURCE
from tests.unit.audit_world import NOW, destination, entry, secret, source

FORBIDDEN = 'secrets "r" is forbidden: User "auditor" cannot get resource "secrets" in the namespace "shop" (403)'


class Stub:
    """The API of a cluster: objects by kind, and for Secrets an error or an object."""

    def __init__(self, objects, secrets):
        self.objects, self.secrets = objects, secrets

    def list(self, kind):
        found = self.objects[kind]
        if isinstance(found, Exception):
            raise found
        # An API leaves the kind of the items of a list out.
        return [{"metadata": one.manifest["metadata"], "spec": one.manifest["spec"]} for one in found]

    def get(self, ref):
        found = self.secrets.get(f"{ref.namespace}/{ref.name}")
        if isinstance(found, Exception):
            raise found
        return found.manifest if found else None


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Audit a cluster; return the exit status, audit.json and the output."""

    def start(objects, secrets):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(cluster, "_api", lambda kubeconfig: Stub(objects, secrets))
        Path("list.json").write_text(json.dumps([entry("orders", at=1)]))
        arguments = ["--kubeconfig", "config", "--snapshots", "list.json", "--now", NOW.isoformat(), "--out", "out"]
        status = main(arguments)
        output = capsys.readouterr()
        return status, json.loads(Path("out/audit.json").read_text()) if status < 2 else {}, output

    return start


def objects(*secrets):
    declared = [source("orders"), *(source("orders", name) for name in secrets)]
    return {SOURCE: declared, DESTINATION: [destination("orders")]}


def test_secrets_that_may_not_be_read_are_one_line_and_the_rest_goes_on(run):
    refused = {f"{namespace}/r": HarnessError(FORBIDDEN) for namespace in ("shop", "office")}
    status, report, output = run(objects("office"), {**refused})
    assert [one["outcome"] for one in report["destinations"]] == ["restores"]
    (skipped,) = report["read"]["skipped"]
    assert skipped["why"].startswith("2 of 2 repository Secrets cannot be read, such as office/r (secrets")
    assert skipped["why"].endswith("allow the verb get on these Secrets to know")
    assert (status, skipped["matters"], output.out.count("cannot be read")) == (1, False, 1)
    assert report["worries"] == {"never": 1}, "office has no snapshot; that it cannot be read is no worry"


def test_a_secret_that_does_not_exist_or_may_be_read_is_no_line(run):
    found = secret(KOPIA_REPOSITORY="s3://bucket", KOPIA_PASSWORD="a-password-of-a-cluster")
    for secrets in ({}, {"shop/r": found}):
        status, report, _ = run(objects(), secrets)
        assert (status, report["read"]["skipped"]) == (0, [])
    assert report["read"]["used"] == {"ReplicationDestination": 1, "ReplicationSource": 1, "Secret": 1}


def test_what_an_api_has_it_accepts(run):
    """A custom name that the documented pattern forbids is refused in a file, and exists in a cluster."""
    custom = {"username": "orders@home", "hostname": "-shop"}
    declared = {SOURCE: [source("orders", **custom)], DESTINATION: [destination("copy", sourceName="orders")]}
    status, report, _ = run(declared, {})
    assert (status, report["destinations"][0]["username"]) == (1, "orders@home")
    assert report["worries"] == {"never": 1, "nothing-found": 1, "orphan": 1}


def test_sources_that_may_not_be_listed_are_one_line_and_unknown(run):
    refused = HarnessError("the Kubernetes API: replicationsources.volsync.backube is forbidden (403)")
    status, _, output = run({**objects(), SOURCE: refused}, {})
    assert (status, output.err) == (3, f"audit: unknown: {refused}\n")


def test_an_api_that_cannot_be_reached_is_unknown(tmp_path):
    server = {"clusters": [{"name": "c", "cluster": {"server": "http://127.0.0.1:1"}}],
              "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}], "current-context": "c",
              "users": [{"name": "u", "user": {}}]}  # fmt: skip
    (tmp_path / "config").write_text(json.dumps(server))
    with pytest.raises(HarnessError, match="the Kubernetes API does not answer") as raised:
        cluster.read(str(tmp_path / "config"), ManifestReader())
    assert type(raised.value) is HarnessError
    assert isinstance(cluster._api(str(tmp_path / "config")), Api)
