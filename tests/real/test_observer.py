"""The Observer tells a repository that is not there from one that it cannot read, whichever came first."""

import io
import os
from pathlib import Path

import pytest
from minio import Minio

from harness.errors import Divergence, HarnessError
from harness.kopia.client import KopiaClient
from harness.kopia.observer import Observer
from harness.kopia.templates import RepositoryTemplates
from harness.model import Identity, RepositoryAccess, RepositoryAddress
from harness.storage import server
from harness.storage.credentials import random_credentials
from harness.storage.s3 import S3Store
from harness.toolchain import provision

TENANT = Identity("alice", "wonderland")


@pytest.fixture(params=["0.23.1", "0.22.3"])
def world(request, tmp_path):
    """An Observer, what makes a repository with one snapshot in a bucket, and the address of a bucket."""
    credentials = random_credentials()
    started = server.start(provision.minio(print).path, tmp_path, credentials)
    store = S3Store(started.endpoint, False, credentials.access_key, credentials.secret_key)
    kopia = provision.kopia(request.param, {}, print).path
    access = RepositoryAccess("a-password", credentials.access_key, credentials.secret_key)
    observer = Observer(kopia, tmp_path / "observer", lambda call: None, RepositoryTemplates(tmp_path / "templates"))

    def address(bucket, prefix=""):
        return RepositoryAddress(bucket, prefix, started.endpoint, False)

    def back_up(bucket):
        client = KopiaClient(kopia, tmp_path / bucket, tmp_path / bucket / "cache", access, lambda call: None)
        assert client.create(address(bucket), TENANT).exit_code == 0
        assert client.snapshot(Path(__file__).parent, "/data").exit_code == 0

    for bucket in ("first", "second"):
        store.make_bucket(bucket)
    yield observer, access, address, back_up
    os.kill(started.pid, 9)
    os.waitpid(started.pid, 0)


def test_where_there_is_no_repository_there_is_no_snapshot(world):
    observer, access, address, back_up = world
    assert observer.snapshots(address("second"), access) == (), "before it ever connected"
    back_up("first")
    assert [one.identity for one in observer.snapshots(address("first"), access)] == [TENANT]
    assert observer.snapshots(address("second"), access) == (), "by the configuration of the first"
    assert observer.snapshots(address("second", "app1/"), access) == ()
    back_up("second")
    assert [one.identity for one in observer.snapshots(address("second"), access)] == [TENANT]


def test_a_repository_that_another_password_opens_is_a_divergence_of_who_made_it(world):
    observer, access, address, back_up = world
    wrong = RepositoryAccess("another-password", access.access_key, access.secret_key)
    back_up("first")
    with pytest.raises(Divergence, match="who can open the repository"):
        observer.snapshots(address("first"), wrong)
    back_up("second")
    observer.snapshots(address("first"), access)
    with pytest.raises(Divergence, match="who can open the repository"):
        observer.snapshots(address("second"), wrong)


def test_a_repository_that_it_cannot_read_is_an_error(world):
    observer, access, address, back_up = world
    back_up("first")
    back_up("second")
    observer.snapshots(address("first"), access)
    store = Minio(address("second").endpoint, access.access_key, access.secret_key, secure=False)
    store.put_object("second", "kopia.repository", io.BytesIO(b"broken"), 6)
    with pytest.raises(HarnessError, match="could not list snapshots"):
        observer.snapshots(address("second"), access)
