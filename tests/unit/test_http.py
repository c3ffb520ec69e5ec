"""What the suite asks over HTTP: never through a proxy on this machine, through the one of the environment else."""

import hashlib
import io
import tarfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx2
import pytest

from harness.storage import server as minio
from harness.storage.s3 import S3Store
from harness.system.http import download_client, is_loopback, local_client
from harness.toolchain.download import DownloadFailed, fetch
from harness.toolchain.pins import Archive

LISTING = b"<ListBucketResult><Name>bucket</Name><Contents><Key>a</Key><Size>7</Size></Contents></ListBucketResult>"


class Handler(BaseHTTPRequestHandler):
    """Notes what is asked for, and answers with the body of its server."""

    def do_GET(self):
        self.server.asked.append(self.path)
        if self.path.endswith("/moved"):
            self.send_response(302)
            self.send_header("Location", "/there")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("Content-Length", str(self.server.promised or len(self.server.body)))
        self.end_headers()
        self.wfile.write(self.server.body)
        self.server.after(self.wfile)

    def log_message(self, *args):
        """Say nothing."""


def serve(body=b"ok", promised=0):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.asked, server.body, server.promised, server.after = [], body, promised, lambda file: None
    server.place = f"127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


@pytest.fixture
def proxy(monkeypatch):
    """A proxy that the environment names for everything, as in a company's network."""
    server = serve(b"from the proxy")
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://{server.place}")
        monkeypatch.setenv(name.lower(), f"http://{server.place}")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def server():
    server = serve()
    yield server
    server.shutdown()
    server.server_close()


def test_loopback_goes_through_no_proxy(proxy, server):
    with local_client(5) as client:
        assert client.get(f"http://{server.place}/x").text == "ok"
    with download_client(5, 5) as client:
        assert client.get(f"http://{server.place}/x").text == "ok"
        assert client.get(f"http://localhost:{server.server_address[1]}/x").text == "ok"
    assert proxy.asked == []


def test_a_download_from_elsewhere_goes_through_the_proxy(proxy):
    with download_client(5, 5) as client:
        assert client.get("http://releases.example.test/kopia").text == "from the proxy"
    assert proxy.asked == ["http://releases.example.test/kopia"]


def test_a_store_on_this_machine_is_asked_directly(proxy, server):
    server.body = LISTING
    assert minio.wait_until_ready(server.place, lambda: True, 5)
    store = S3Store(server.place, False, "key", "secret")
    assert store.size_bytes("bucket") == 7
    assert store.objects("bucket") == ["bucket/a\t7"]
    assert proxy.asked == []


def test_the_client_of_an_api_on_this_machine_ignores_proxies(proxy, tmp_path):
    kubernetes_api = pytest.importorskip("harness.kubernetes.api")
    there = serve(b'{"kind": "Namespace", "apiVersion": "v1", "metadata": {"name": "shop"}}')
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(
        "{apiVersion: v1, kind: Config, current-context: c, users: [{name: u, user: {token: t}}],"
        f" clusters: [{{name: c, cluster: {{server: 'http://{there.place}'}}}}],"
        " contexts: [{name: c, context: {cluster: c, user: u}}]}"
    )
    found = kubernetes_api.Api(kubeconfig).get(kubernetes_api.ObjectRef("Namespace", "", "shop"))
    assert found["metadata"]["name"] == "shop"
    assert proxy.asked == []


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("127.0.0.1:9000", True),
        ("localhost:9000", True),
        ("[::1]:9000", True),
        ("https://127.0.0.2/x", True),
        ("s3.example.test:443", False),
        ("http://10.0.0.1", False),
        ("127.0.0.1.example.test", False),
    ],
)
def test_loopback_is_known(url, here):
    assert is_loopback(url) is here


def packed(content=b"binary"):
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as tar:
        member = tarfile.TarInfo("x/kopia")
        member.size = len(content)
        tar.addfile(member, io.BytesIO(content))
    return archive.getvalue()


def test_a_download_follows_a_redirect(server, tmp_path):
    server.body = packed()
    archive = Archive(f"http://{server.place}/moved", hashlib.sha256(server.body).hexdigest(), "x/kopia")
    fetch(archive, tmp_path / "kopia", print)
    assert (tmp_path / "kopia").read_bytes() == b"binary"
    assert server.asked == ["/moved", "/there"]


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://no-such-host.invalid/x", "the name of the host cannot be resolved"),
        ("http://127.0.0.1:1/x", "refused"),
        ("no url at all", "no url at all"),
    ],
)
def test_a_download_that_cannot_begin_says_why_in_one_line(tmp_path, url, said):
    with pytest.raises(DownloadFailed, match=said) as error:
        fetch(Archive(url, "0", "x"), tmp_path / "kopia", print)
    assert "\n" not in str(error.value)


def test_a_download_that_is_cut_off_says_so(server, tmp_path):
    server.promised = 100
    with pytest.raises(DownloadFailed, match="cut off"):
        fetch(Archive(f"http://{server.place}/x", "0", "x"), tmp_path / "kopia", print, stall_s=1)


def trickle(file):
    for _ in range(20):
        file.write(b"x")
        time.sleep(0.1)


@pytest.mark.parametrize(
    ("after", "said"), [(lambda file: time.sleep(2), "timed out"), (trickle, "too slow: [0-9]+ bytes in 0.7 s")]
)
def test_a_download_that_does_not_get_on_is_given_up(server, tmp_path, after, said):
    server.promised, server.after = 100, after
    begin = time.monotonic()
    with pytest.raises(DownloadFailed, match=said):
        fetch(Archive(f"http://{server.place}/x", "0", "x"), tmp_path / "kopia", print, stall_s=0.5, total_s=0.7)
    assert time.monotonic() - begin < 1.8
    assert list(tmp_path.iterdir()) == []


def test_local_servers_that_do_not_listen_are_an_error():
    with local_client(1) as client, pytest.raises(httpx2.HTTPError):
        client.get("http://127.0.0.1:1/x")
