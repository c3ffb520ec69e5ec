"""Serve the logs of containers by HTTPS, as a kubelet does for the API server."""

from __future__ import annotations

import ssl
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from harness.system.background import BackgroundThread

LOG_PATH = "/containerLogs/"


class LogServer:
    """Serve logs of containers to the API server; the server listens on 127.0.0.1."""

    def __init__(self, certificates: Path) -> None:
        """Start the server with the certificate of the API server."""
        self._logs: dict[str, str] = {}
        logs = self._logs

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                text = logs.get(self.path.split("?")[0].removeprefix(LOG_PATH))
                body = (text or "").encode()
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
