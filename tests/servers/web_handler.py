"""How the stand-ins for web servers speak HTTP."""

from __future__ import annotations

import json
from abc import abstractmethod
from http.server import BaseHTTPRequestHandler

LARGEST = 8_000_000
"""Bytes of a request that are read."""
Answer = tuple[int, dict[str, str], object]
"""A status, headers and a body; a status of 0 ends the connection without an answer."""


class WebHandler(BaseHTTPRequestHandler):
    """Reads a request whole and sends its answer; half a request is not acted on.

    A stand-in names the methods that it takes: `do_GET = do_POST = WebHandler.any`.
    """

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each answer waits 40 ms

    @abstractmethod
    def answer(self, body: bytes) -> Answer:
        """Return the answer to the request."""

    def any(self) -> None:
        """Answer a request."""
        length = min(int(self.headers.get("Content-Length") or 0), LARGEST)
        body = self.rfile.read(length)
        if len(body) < length:
            return
        status, headers, answer = self.answer(body)
        if not status:
            self.close_connection = True
            return
        packed = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(packed))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(packed)

    def log_message(self, *_: object) -> None:
        """Write nothing."""
