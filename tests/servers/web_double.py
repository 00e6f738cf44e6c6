"""A web server that answers as it is told, for faults that a real one does not have on demand."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from http.server import ThreadingHTTPServer

from tests.servers.web_handler import Answer, WebHandler


class WebDouble:
    """Gives the answers one after another, the last one again and again; `heard` are the requests' bodies.

    An answer is a status, headers and a body; a status of 0 ends the connection without one.
    """

    def __init__(self, answers: Iterable[Answer]) -> None:
        self._answers = list(answers)
        self.heard: list[bytes] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        double = self

        class Handler(WebHandler):
            def answer(self, body: bytes) -> Answer:
                double.heard.append(body)
                double.headers.append(dict(self.headers.items()))
                double.paths.append(self.path)
                return double._next()

            do_GET = do_POST = do_PUT = do_PATCH = WebHandler.any  # noqa: N815

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    def _next(self) -> Answer:
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]

    def __enter__(self) -> WebDouble:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)
