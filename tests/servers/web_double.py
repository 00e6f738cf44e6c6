"""A web server that answers as it is told, for faults that a real one does not have on demand."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class WebDouble:
    """Gives the answers one after another, the last one again and again; `heard` are the requests' bodies.

    An answer is a status, headers and a body; a status of 0 ends the connection without one.
    """

    def __init__(self, answers: Iterable[tuple[int, dict[str, str], object]]) -> None:
        self._answers = list(answers)
        self.heard: list[bytes] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        double = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def _any(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length)
                if len(body) < length:
                    return
                double.heard.append(body)
                double.headers.append(dict(self.headers.items()))
                double.paths.append(self.path)
                status, headers, answer = double._next()
                if not status:
                    self.close_connection = True
                    return
                packed = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(packed))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(packed)

            do_GET = do_POST = do_PUT = do_PATCH = _any  # noqa: N815

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    def _next(self) -> tuple[int, dict[str, str], object]:
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]

    def __enter__(self) -> WebDouble:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)
