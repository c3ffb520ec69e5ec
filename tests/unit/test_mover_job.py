"""A Job is made from an object and read back as typed values: neither side spells a variable of its own."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from harness.model import Identity, MoverJob, ObjectRef, RepositoryAccess, RepositoryAddress
from harness.mover.reference import ReferenceMover
from harness.volsync import log_lines, mover_job, objects
from harness.volsync.jobs import job_for
from harness.volsync.kinds import destination_ref, source_ref
from harness.volsync.mover_job import Selection
from harness.volsync.variables import Key, Variable, repository_values, with_variable, without_variable

WHO = Identity("desk@shop", "h_1")
ACCESS = RepositoryAccess("p", "a", "s")


def backup(path=None, **fields):
    manifest = objects.source("orders", "shop", fields)
    secret = repository_values("s3://bucket/some/where/", ACCESS, "127.0.0.1:9000", tls=False)
    return job_for(manifest, source_ref("shop", "orders"), WHO, path, secret, Path("/v"), Path("/c"))


def restore(**fields):
    manifest = objects.destination("back", "lab", fields)
    return job_for(manifest, destination_ref("lab", "back"), WHO, None, {}, Path("/v"), Path("/c"))


def test_a_backup_there_and_back():
    job = backup("/srv/data", additionalArgs="--description=two words\n--tags=a:b", **{"retain.yearly": "0"})
    assert mover_job.is_backup(job)
    assert not mover_job.is_restore(job)
    assert mover_job.identity_of(job) == WHO
    assert mover_job.source_path(job) == "/srv/data"
    assert mover_job.additional_arguments(job) == ["--description=two words", "--tags=a:b"]
    assert mover_job.retention_of(job) == {"yearly": "0"}
    assert mover_job.data_dir_of(job) == "/data"
    assert mover_job.cache_dir_of(job) == "/cache"
    assert not mover_job.discovers(job)


def test_a_restore_there_and_back():
    job = restore(restoreAsOf="2024-01-20T12:00:00+02:00", previous="0", shallow="3", enableFileDeletion="true")
    assert mover_job.is_restore(job)
    assert mover_job.selection_of(job) == Selection("2024-01-20T12:00:00+02:00", 0, 3)
    assert mover_job.selection_of(job).limit == datetime(2024, 1, 20, 10, tzinfo=UTC)
    assert mover_job.deletes_files(job)
    assert mover_job.discovers(job)
    assert mover_job.data_dir_of(job) == "/restore/data"


def test_what_an_object_leaves_out_is_left_out_of_its_job():
    job = restore()
    assert mover_job.selection_of(job) == Selection()
    assert Selection().limit is None
    assert not mover_job.deletes_files(job)
    assert mover_job.additional_arguments(job) == []
    assert mover_job.source_path(job) == "/data"
    assert Variable.PREVIOUS not in job.env
    assert mover_job.retention_of(backup()) == {}


def test_numbers_of_snapshots_to_keep_are_whole_and_not_negative():
    assert mover_job.not_to_keep(backup()) == ""
    assert mover_job.not_to_keep(backup(**{"retain.daily": "0", "retain.latest": "12"})) == ""
    assert "KOPIA_RETAIN_LATEST is '-1'" in mover_job.not_to_keep(
        backup(**{"retain.daily": "7", "retain.latest": "-1"})
    )


def test_the_retention_of_a_job_is_replaced_as_a_whole():
    env = backup(**{"retain.daily": "7", "retain.latest": "3"}).env
    assert mover_job.retention_in(mover_job.with_retention(env, {"weekly": "2"})) == {"weekly": "2"}
    assert mover_job.with_retention(env, mover_job.retention_in(env)) == env


def test_variables_are_plain_text():
    """Whatever writes a Job down, such as YAML or execnet, takes no subclass of ``str``."""
    for job in (backup("/srv", additionalArgs="-x"), restore(previous="1", enableFileDeletion="true")):
        assert {type(name) for name in (*job.env, *job.secret_env, *job.args)} == {str}
    assert {type(name) for name in with_variable({}, Variable.PREVIOUS, "1")} == {str}


def test_a_repository_there_and_back():
    job = backup()
    assert mover_job.missing_key(job) == ""
    assert mover_job.access_of(job) == ACCESS
    assert mover_job.address_of(job) == RepositoryAddress("bucket", "some/where/", "127.0.0.1:9000", tls=False)


@pytest.mark.parametrize(
    ("changes", "address"),
    [
        ({Key.ENDPOINT: "https://store:1", Key.DISABLE_TLS: "false"}, ("bucket", "some/where/", "store:1", True)),
        ({Key.REPOSITORY: "s3://plain"}, ("plain", "", "127.0.0.1:9000", False)),
        ({Key.REPOSITORY: "s3://bucket/team#1"}, ("bucket", "team#1/", "127.0.0.1:9000", False)),
        ({Key.REPOSITORY: "s3://bucket/t?x=1"}, ("bucket", "t?x=1/", "127.0.0.1:9000", False)),
        ({Key.REPOSITORY: "s3://bucket/some\n"}, ("bucket", "some/", "127.0.0.1:9000", False)),
        ({Key.BUCKET: "other"}, ("other", "some/where/", "127.0.0.1:9000", False)),
        ({Key.ENDPOINT: "", Key.OTHER_ENDPOINT: "aws:1"}, ("bucket", "some/where/", "aws:1", False)),
    ],
)
def test_where_a_repository_lies(changes, address):
    job = backup()
    assert mover_job.address_of(replace(job, secret_env={**job.secret_env, **changes})) == RepositoryAddress(*address)


@pytest.mark.parametrize("url", ["gs://company-backups", "company-backups", "S4://x"])
def test_a_repository_of_another_kind_of_store_is_refused(url):
    job = backup()
    with pytest.raises(ValueError, match="supports s3 only"):
        mover_job.address_of(replace(job, secret_env=with_variable(job.secret_env, Key.REPOSITORY, url)))


def test_an_empty_path_is_the_default():
    job = backup("/srv")
    assert mover_job.source_path(replace(job, env=with_variable(job.env, Variable.SOURCE_PATH, ""))) == "/data"


@pytest.mark.parametrize("key", [Key.REPOSITORY, Key.PASSWORD, Key.ACCESS_KEY, Key.SECRET_KEY])
def test_a_missing_key_is_named(key):
    job = backup()
    assert mover_job.missing_key(replace(job, secret_env=without_variable(job.secret_env, key))) == key
    assert mover_job.missing_key(replace(job, secret_env=with_variable(job.secret_env, key, ""))) == key
    assert mover_job.missing_key(replace(job, secret_env=with_variable(job.secret_env, key, " \t"))) == key


def test_half_an_identity_is_seen():
    job = backup()
    assert mover_job.names_identity(job)
    half = replace(job, env=without_variable(job.env, Variable.HOSTNAME))
    assert not mover_job.names_identity(half)
    assert not mover_job.names_identity(replace(job, env=with_variable(job.env, Variable.USERNAME, "")))
    assert mover_job.identity_of(half) == Identity("desk@shop", "")


@pytest.mark.parametrize("variable", [Variable.USERNAME, Variable.HOSTNAME])
def test_the_reference_mover_fails_a_job_without_an_identity(variable, tmp_path):
    """What an operator leaves out of its Job is never an error of the suite."""
    job = backup()
    mover = ReferenceMover(tmp_path / "kopia", tmp_path, lambda call: None)
    result = mover.run(replace(job, env=without_variable(job.env, variable)))
    assert result.exit_code == 1
    assert "names no identity" in result.log


def test_the_log_announces_both_parts():
    lines = log_lines.announcement(WHO)
    for part in ("desk@shop", "h_1"):
        assert sum(line.endswith(part) for line in lines) == 2


@pytest.mark.parametrize(
    ("kind", "name", "pod"),
    [
        ("ReplicationSource", "orders", "volsync-src-orders"),
        ("ReplicationDestination", "Or.ders_1", "volsync-dst-or-ders-1"),
        ("ReplicationSource", "x" * 80, "volsync-src-" + "x" * 51),
    ],
)
def test_the_name_of_a_pod(kind, name, pod):
    assert mover_job.pod_name(ObjectRef(kind, "shop", name)) == pod


def test_folders_outside_of_a_container_are_named():
    env = mover_job.environment_outside(MoverJob(source_ref("a", "b"), ("backup",), {}, {}, {}), "/here", "/cached")
    job = MoverJob(source_ref("a", "b"), ("backup",), env, {}, {})
    assert (mover_job.data_dir_of(job), mover_job.cache_dir_of(job)) == ("/here", "/cached")
    assert mover_job.source_path(job) == "/data"
