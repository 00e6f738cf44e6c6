"""Stands before a web server as a reverse proxy does, and makes faults that a real server does not have on demand."""

from __future__ import annotations

import http.client
import ssl
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

_OWN = {"host", "connection", "content-length", "transfer-encoding", "origin", "referer"}


class Front:
    """Passes requests on to `target`, unless told to refuse them; `heard` are the paths of all that came."""

    def __init__(self, target: str, *, host: str = "127.0.0.1", tls: Path | None = None) -> None:
        """Take the server's address and, for TLS, the folder of `certificate`."""
        self._target, self._host, self._tls = target, host, tls
        self.heard: list[str] = []
        self.refusal: tuple[int, dict[str, str]] | None = None
        """The status and headers that every request gets for an answer."""
        self.port = 0
        self.back()

    @property
    def url(self) -> str:
        """Where it is reached."""
        return f"{'https' if self._tls else 'http'}://{self._host}:{self.port}"

    def back(self) -> None:
        """Take requests, at the place where it was before."""
        self._server = ThreadingHTTPServer((self._host, self.port), self._handler())
        self._server.daemon_threads = True
        self.port = int(self._server.server_address[1])
        if self._tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self._tls / "server.pem", self._tls / "server.key")
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def gone(self) -> None:
        """Take no more requests."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def __enter__(self) -> Front:
        return self

    def __exit__(self, *_: object) -> None:
        self.gone()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        front = self

        class Handler(BaseHTTPRequestHandler):
            def _any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                front.heard.append(self.path)
                status, headers, content = front._answer(self.command, self.path, dict(self.headers), body)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PUT = do_PATCH = _any  # noqa: N815

            def log_message(self, *_: object) -> None:
                pass

        return Handler

    def _answer(
        self, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        if self.refusal is not None:
            return *self.refusal, b"{}"
        parts = urlsplit(self._target)
        behind = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
        kept = {name: value for name, value in headers.items() if name.lower() not in _OWN}
        behind.request(method, path, body or None, kept | {"Origin": self._target, "Referer": f"{self._target}/"})
        answer = behind.getresponse()
        content = answer.read()
        behind.close()
        told = {name: value for name, value in answer.getheaders() if name.lower() not in _OWN | {"server", "date"}}
        return answer.status, told, content


def certificate(folder: Path) -> Path:
    """Make an authority, `ca.pem`, and its certificate for `localhost` alone; return the folder."""
    key = ["openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    signs = ["-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign"]
    (folder / "ext").write_text("subjectAltName=DNS:localhost\nextendedKeyUsage=serverAuth\n"
                                "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n")  # fmt: skip
    for command in (
        [*key, *signs, "-x509", "-days", "30", "-subj", "/CN=tests", "-keyout", "ca.key", "-out", "ca.pem"],
        [*key, "-subj", "/CN=localhost", "-keyout", "server.key", "-out", "server.csr"],
        ["openssl", "x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
         "-days", "30", "-extfile", "ext", "-out", "server.pem"],
    ):  # fmt: skip
        subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=60)
    return folder
