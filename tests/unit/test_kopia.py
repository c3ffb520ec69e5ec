"""What kopia prints is checked where it enters."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from harness.errors import HarnessError
from harness.kopia import client
from harness.kopia.client import KopiaClient
from harness.model import Identity, RepositoryAccess, RepositoryAddress
from harness.system.process import Completed

ENTRY = {
    "id": "abc",
    "source": {"host": "a:b", "userName": "c@d", "path": "/data"},
    "startTime": "2024-01-20T10:00:00.123456789Z",
    "endTime": "2024-01-20T10:00:01Z",
    "rootEntry": {"obj": "k1"},
}


def printed(text, exit_code=0):
    return Completed(("/x/kopia", "snapshot", "list"), exit_code, text, "", 0.1)


def test_a_snapshot_keeps_its_fields_apart():
    (record,) = client.snapshots_in(printed(json.dumps([ENTRY])))
    assert record.identity == Identity("c@d", "a:b")
    assert record.start == datetime(2024, 1, 20, 10, 0, 0, 123456, tzinfo=UTC)
    assert (record.path, record.root) == ("/data", "k1")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("no JSON", "expected JSON"),
        ("{}", "expected a list"),
        ("[1]", "expected an object"),
        (json.dumps([{**ENTRY, "source": None}]), "field source"),
        (json.dumps([{**ENTRY, "source": {**ENTRY["source"], "userName": 1}}]), "field userName"),
        (json.dumps([{**ENTRY, "endTime": "soon"}]), "field endTime"),
    ],
)
def test_other_output_is_named(text, named):
    with pytest.raises(HarnessError, match=named):
        client.snapshots_in(printed(text))


def test_a_failed_call_is_no_empty_list():
    with pytest.raises(HarnessError):
        client.snapshots_in(printed("[]", exit_code=1))


def test_command_line_reads_as_typed():
    assert client.command_line(printed("")) == "kopia snapshot list"


LIKE = {
    "storage": {"type": "s3", "config": {"bucket": "one", "endpoint": "127.0.0.1:9000", "doNotUseTLS": True}},
    "caching": {"cacheDirectory": "cache", "maxCacheSize": 5},
    "username": "observer",
}


def a_client(folder):
    access = RepositoryAccess("password", "key", "secret")
    return KopiaClient(Path("kopia"), folder, folder / "cache", access, lambda call: None)


def test_a_configuration_opens_another_repository_of_the_store(tmp_path):
    other = a_client(tmp_path / "other")
    other.configure(LIKE, RepositoryAddress("two", "app1/", "127.0.0.1:9000", False), Identity("alice", "site"))
    noted = other.configuration()
    assert noted["storage"]["config"] == {**LIKE["storage"]["config"], "bucket": "two", "prefix": "app1/"}
    assert noted["caching"] == {"cacheDirectory": str(tmp_path / "other" / "cache"), "maxCacheSize": 5}
    assert (noted["username"], noted["hostname"]) == ("alice", "site"), "not who connected first"
    assert (tmp_path / "other" / "repository.config").stat().st_mode & 0o077 == 0, "it holds the key of the store"


@pytest.mark.parametrize("text", ["", "[]", '{"storage": 7}', '{"storage": {"config": []}}'])
def test_a_configuration_that_is_none_is_named(tmp_path, text):
    (tmp_path / "repository.config").write_text(text)
    with pytest.raises(HarnessError, match=r"repository\.config"):
        a_client(tmp_path).configuration()
