"""Serve the logs of containers by HTTPS, as a kubelet does for the API server."""

from __future__ import annotations

import ssl
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl

from harness.system.background import BackgroundThread

LOG_PATH = "/containerLogs/"


def part_of(text: str, query: str) -> bytes:
    """Return the part of a log that a request asks for: ``tailLines`` first, then ``limitBytes``, as a kubelet does."""
    options = {name: int(value) for name, value in parse_qsl(query) if value.isascii() and value.isdecimal()}
    lines = text.splitlines(keepends=True)
    last = options.get("tailLines", len(lines))
    body = "".join(lines[len(lines) - last :] if last < len(lines) else lines).encode()
    return body[: options.get("limitBytes", len(body))]


class LogServer:
    """Serve logs of containers to the API server; the server listens on 127.0.0.1."""

    def __init__(self, certificates: Path) -> None:
        """Start the server with the certificate of the API server."""
        self._logs: dict[str, str] = {}
        logs = self._logs

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path, _, query = self.path.partition("?")
                text = logs.get(path.removeprefix(LOG_PATH))
                body = part_of(text or "", query)
                self.send_response(404 if text is None else 200)
                self.send_header("Content-Type", "text/plain")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Discard the log line of a request."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificates / "apiserver.crt", certificates / "apiserver.key")
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread = BackgroundThread("kubelet-logs", self._server.serve_forever)

    @property
    def port(self) -> int:
        """Return the port on which the server listens."""
        return int(self._server.server_address[1])

    def serve(self, namespace: str, pod: str, container: str, log: str) -> None:
        """Serve ``log`` for this container from now on; HarnessError if the server has ended."""
        self._thread.check()
        self._logs[f"{namespace}/{pod}/{container}"] = log
