"""How the store starts, what it falls back to, and what it refuses."""

from __future__ import annotations

import io
import json
import os
import socket
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from minio import Minio

from harness.errors import HarnessError
from harness.storage import server
from harness.storage.buckets import Buckets
from harness.storage.credentials import random_credentials
from harness.storage.s3 import S3Store
from harness.toolchain import provision

ONE = ("-m", "HN_E2", "-n", "2")


def test_a_container_serves_the_run_on_loopback_only(suite, has_engine):
    process = suite.start("-n", "2")
    folder = suite.under_way()
    listed = subprocess.run(
        ["docker", "ps", "--format", "{{.Names}} {{.Ports}}", "--filter", f"name={folder.name}"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    process.terminate()
    output, _ = process.communicate(timeout=30)
    assert len(listed) == 1, "one container a run, whatever the number of workers"
    assert "127.0.0.1:" in listed[0]
    assert "0.0.0.0" not in listed[0]
    assert "MinIO in a container" in output
    suite.assert_clean()


def test_the_report_says_what_was_used(suite, has_engine):
    ended = suite.run(*ONE)
    assert ended.report["storage"]["kind"] == "container"
    assert ended.line("MinIO in a container")


def test_without_an_engine_minio_runs_as_a_process(suite):
    ended = suite.run(*ONE, DOCKER_HOST="unix:///no/such/socket")
    assert ended.status == 0, ended.output
    assert ended.line("no container engine answers", "running MinIO as a process instead")
    assert ended.line("subject reference; MinIO as a process")
    assert ended.report["storage"]["kind"] == "process"
    suite.assert_clean(0)


def test_a_container_asked_for_without_an_engine_is_an_error(suite):
    ended = suite.run(*ONE, "--storage", "container", DOCKER_HOST="unix:///no/such/socket")
    assert ended.status == 3
    assert ended.line("--storage container", "no container engine answers", "--storage process")
    assert "Traceback" not in ended.output
    suite.assert_clean(0)


class OldEngine(BaseHTTPRequestHandler):
    """Answers as an engine from long ago does."""

    def do_GET(self):
        body = json.dumps({"ApiVersion": "1.24", "MinAPIVersion": "1.12", "Version": "1.12.0"}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


def test_an_engine_that_is_too_old_is_not_used(suite):
    engine = HTTPServer(("127.0.0.1", 0), OldEngine)
    threading.Thread(target=engine.serve_forever, daemon=True).start()
    ended = suite.run(*ONE, DOCKER_HOST=f"tcp://127.0.0.1:{engine.server_address[1]}")
    engine.shutdown()
    engine.server_close()
    assert ended.status == 0, ended.output
    assert ended.line("too old", "1.24", "1.40", "running MinIO as a process instead")


def test_an_image_that_is_not_there_is_named(suite, has_engine):
    ended = suite.run(*ONE, "--minio-image", "127.0.0.1:1/minio:nowhere")
    assert ended.status == 3
    assert ended.line("127.0.0.1:1/minio:nowhere")
    assert "Traceback" not in ended.output
    suite.assert_clean()


def test_a_port_that_is_taken_is_left_to_its_owner(tmp_path):
    with socket.socket() as owner:
        owner.bind(("127.0.0.1", 0))
        owner.listen()
        taken = owner.getsockname()[1]
        ports = iter([taken, server.free_port()])
        started = server.start(provision.minio(print).path, tmp_path, random_credentials(), lambda: next(ports))
    try:
        assert started.endpoint != f"127.0.0.1:{taken}"
    finally:
        os.kill(started.pid, 9)
        os.waitpid(started.pid, 0)


def test_ports_that_are_all_taken_are_an_error(tmp_path):
    with socket.socket() as owner:
        owner.bind(("127.0.0.1", 0))
        owner.listen()
        taken = owner.getsockname()[1]
        with pytest.raises(HarnessError, match="no free port"):
            server.start(provision.minio(print).path, tmp_path, random_credentials(), lambda: taken)


@pytest.fixture
def endpoint(tmp_path):
    """A MinIO of somebody else, with a bucket of theirs."""
    credentials = random_credentials()
    started = server.start(provision.minio(print).path, tmp_path, credentials)
    client = Minio(started.endpoint, credentials.access_key, credentials.secret_key, secure=False)
    client.make_bucket("theirs")
    yield started.endpoint, credentials, client
    os.kill(started.pid, 9)
    os.waitpid(started.pid, 0)


def keys(credentials):
    return {"AWS_ACCESS_KEY_ID": credentials.access_key, "AWS_SECRET_ACCESS_KEY": credentials.secret_key}


def test_an_endpoint_keeps_what_was_there_and_nothing_else(suite, endpoint):
    address, credentials, client = endpoint
    ended = suite.run("-m", "HN_E2 or SR_5", "-n", "2", "--storage", f"s3://{address}?tls=no", **keys(credentials))
    assert ended.status == 0, ended.output
    assert ended.report["storage"]["kind"] == "external"
    assert credentials.secret_key not in ended.output
    assert [bucket.name for bucket in client.list_buckets()] == ["theirs"]


def test_a_bucket_that_only_a_subject_creates_is_removed(endpoint, tmp_path):
    address, credentials, client = endpoint
    buckets = Buckets(S3Store(address, False, credentials.access_key, credentials.secret_key), tmp_path)
    buckets.expect("own.missing")
    buckets.expect("never-created.missing")
    client.make_bucket("own.missing")
    client.put_object("own.missing", "team/kopia.repository", io.BytesIO(b"x"), 1)
    buckets.remove_all()
    assert [bucket.name for bucket in client.list_buckets()] == ["theirs"]


def test_an_interrupted_run_removes_its_buckets(suite, endpoint):
    address, credentials, client = endpoint
    process = suite.start("-n", "2", "--storage", f"s3://{address}?tls=no", **keys(credentials))
    suite.under_way()
    assert len(list(client.list_buckets())) > 1
    process.terminate()
    process.communicate(timeout=30)
    assert process.returncode == 2
    assert [bucket.name for bucket in client.list_buckets()] == ["theirs"]
    suite.assert_clean()


def test_wrong_credentials_are_wrong_use(suite, endpoint):
    address, credentials, _ = endpoint
    wrong = {**keys(credentials), "AWS_SECRET_ACCESS_KEY": "not-the-secret"}
    ended = suite.run(*ONE, "--storage", f"s3://{address}?tls=no", **wrong)
    assert ended.status == 4
    assert ended.line("refuses the credentials", "AWS_SECRET_ACCESS_KEY")
    assert "not-the-secret" not in ended.output
    assert "Traceback" not in ended.output
    suite.assert_clean(0)


def test_an_endpoint_that_does_not_answer_is_an_error(suite):
    ended = suite.run(*ONE, "--storage", "s3://127.0.0.1:1?tls=no", AWS_ACCESS_KEY_ID="a", AWS_SECRET_ACCESS_KEY="bbbb")
    assert ended.status == 3
    assert ended.line("no S3 store answers at 127.0.0.1:1")
    assert "Traceback" not in ended.output


def test_a_bucket_that_exists_is_left_alone(suite, endpoint):
    address, credentials, client = endpoint
    client.make_bucket("mine-main-1-company-backups")
    storage = f"s3://{address}?tls=no&bucket-prefix=mine"
    ended = suite.run("-m", "HN_E2", "--storage", storage, **keys(credentials))
    assert ended.status == 3, ended.output
    assert ended.line("mine-main-1-company-backups", "exists", "bucket-prefix")
    assert ended.claims == {"HN_E2": "error"}
    assert "mine-main-1-company-backups" in [bucket.name for bucket in client.list_buckets()]


def test_a_store_that_dies_is_no_verdict(suite):
    process = suite.start("--storage", "process", "-x")
    folder = suite.under_way()
    for entry in suite.leftovers():
        if " server" in entry.replace("\0", " ") or "\0server\0" in entry:
            os.kill(int(entry.split()[0]), 9)
    output, _ = process.communicate(timeout=120)
    assert process.returncode == 3, output
    assert "does not answer" in output
    assert not folder.exists()
