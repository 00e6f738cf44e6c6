"""What the stand-ins of hosted systems have alike: a server on the loopback, faults on demand, an end in mid-work."""

from __future__ import annotations

import json
import re
import socket
import sys
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import HTTP
from html import unescape
from http.server import ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.servers.web_handler import Answer, WebHandler

Json = dict[str, Any]
START = 1_790_000_000.0
"""The second at which a stand-in's clock begins."""

_KEPT = "href|src|alt|title|style|class|width|height|dir|target"
_FOREIGN = re.compile(rf"""(?i)\s(?!(?:{_KEPT})\s*=)[a-z][\w-]*\s*=\s*("[^"]*"|'[^']*')""")
"""An attribute that plain markup has no use for."""


class Refusal(Exception):  # noqa: N818  it is an answer, not a fault
    """An answer that is no success."""

    def __init__(self, status: int, body: Any, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(str(status))
        self.status, self.body, self.headers = status, body, dict(headers or {})


@dataclass(frozen=True, slots=True)
class File:
    """A file of a form."""

    name: str
    kind: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asked for."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Message
    body: bytes

    def one(self, name: str, default: str = "") -> str:
        """Return the last value of a parameter."""
        return self.query.get(name, [default])[-1]

    @property
    def kind(self) -> str:
        """The content type without its parameters; empty if there is none."""
        return str(self.headers.get("Content-Type", "")).partition(";")[0].strip().lower()

    def form(self) -> list[tuple[str, str | File]]:
        """Return the fields of a form with parts (RFC 7578), in their order."""
        head = f"Content-Type: {self.headers.get('Content-Type')}\r\n\r\n"
        whole = message_from_bytes(head.encode() + self.body, _class=EmailMessage, policy=HTTP)
        return [_field(part) for part in whole.iter_parts()]


def _field(part: Message) -> tuple[str, str | File]:
    name, content = str(part.get_param("name", header="content-disposition")), part.get_payload(decode=True)
    assert isinstance(content, bytes)
    file = part.get_filename()
    return name, content.decode() if file is None else File(str(file), part.get_content_type(), content)


Route = tuple[str, str, Callable[..., Answer]]
"""A method, a pattern of paths, and what answers: it takes the request and the groups of the pattern as numbers."""


class HostedDouble(ABC):
    """Serves one account until it is closed; `heard` are the requests so far, `answered` their statuses."""

    def __init__(self) -> None:
        self.now = START
        """The clock, which each change moves on, and tests."""
        self.tick = 1.0
        """The seconds that a change moves it."""
        self.heard: list[tuple[str, str]] = []
        self.answered: list[int] = []
        self.lock = threading.RLock()
        self._faults: list[tuple[str, str, Answer]] = []
        self._meanwhile: list[tuple[str, str, Callable[[], object]]] = []
        self._connections: set[socket.socket] = set()
        self._number = 0
        self._serve(0)

    @property
    def host(self) -> str:
        """Where it is reached."""
        return f"http://127.0.0.1:{self._port}"

    def _serve(self, port: int) -> None:
        self._server = _Server(("127.0.0.1", port), _handler(self))
        self._port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the server."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def restart(self) -> None:
        """End it in the middle of whatever it does and start it again; what it has taken, it keeps."""
        with self.lock:
            for connection in list(self._connections):
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        self.close()
        self._serve(self._port)

    def fault(
        self, method: str, path: str, status: int, headers: Mapping[str, str] | None = None, body: object = None
    ) -> None:
        """Answer the next such request with a status; 0 ends the connection unheard, -1 after the work is done."""
        self._faults.append((method, path, (status, dict(headers or {}), {} if body is None else body)))

    def meanwhile(self, method: str, path: str, work: Callable[[], object]) -> None:
        """Do something just before the next such request is answered."""
        self._meanwhile.append((method, path, work))

    def number(self) -> int:
        """Return a number that nothing has yet."""
        self._number += 1
        return self._number

    def passes(self) -> float:
        """Let the time of one change go by, and return what time it is."""
        self.now = round(self.now + self.tick, 3)
        return self.now

    def stamp(self, digits: int = 0) -> str:
        """Return the present moment (RFC 3339)."""
        return stamp(self.now, digits)

    @abstractmethod
    def routes(self) -> list[Route]:
        """Return what it answers."""

    @abstractmethod
    def admit(self, request: Request) -> None:
        """Refuse who may not ask, or asks too often."""

    @abstractmethod
    def nothing(self, request: Request, *, known: bool) -> Refusal:
        """Return the answer where no path matches, or, of a known path, no method."""

    def limits(self, request: Request) -> Mapping[str, str]:
        """Return the headers that say how often it may still be asked."""
        return {}

    def answer(self, request: Request) -> Answer:
        """Return status, headers and body; a status of 0 ends the connection without an answer."""
        with self.lock:
            self.heard.append((request.method, request.path))
            for one in [one for one in self._meanwhile if one[0] == request.method and one[1] in request.path]:
                self._meanwhile.remove(one)
                one[2]()
            fault = next((one for one in self._faults if one[0] == request.method and one[1] in request.path), None)
            if fault:
                self._faults.remove(fault)
                if fault[2][0] >= 0:
                    return fault[2]
            try:
                self.admit(request)
                status, headers, body = self._work(request)
            except Refusal as refusal:
                status, headers, body = refusal.status, refusal.headers, refusal.body
            kind = {} if isinstance(body, bytes) else {"Content-Type": "application/json; charset=utf-8"}
            return (0, {}, b"") if fault else (status, {**kind, **self.limits(request), **headers}, body)

    def _work(self, request: Request) -> Answer:
        known = False
        for method, pattern, work in self.routes():
            found = re.fullmatch(pattern, request.path)
            if found and method == request.method:
                return work(request, *(int(one) for one in found.groups()))
            known = known or found is not None
        raise self.nothing(request, known=known)


def stamp(at: float, digits: int = 0) -> str:
    """Return a moment (RFC 3339)."""
    whole = datetime.fromtimestamp(int(at), UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{whole}.{round(at % 1 * 10**digits):0{digits}d}Z" if digits else f"{whole}Z"


def paged(rows: list[Any], page: int, size: int) -> list[Any]:
    """Return one page, the first of which is 1."""
    return rows[(page - 1) * size : page * size]


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say what went wrong in the stand-in itself; a client that is gone is no such thing."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


def _handler(double: HostedDouble) -> type[WebHandler]:
    class Handler(WebHandler):
        timeout = 10

        def setup(self) -> None:
            super().setup()
            double._connections.add(self.request)

        def finish(self) -> None:
            double._connections.discard(self.request)
            with suppress(OSError):
                super().finish()

        def answer(self, body: bytes) -> Answer:
            parts = urlsplit(self.path)
            query = parse_qs(parts.query, keep_blank_values=True)
            answer = double.answer(Request(self.command, parts.path, query, self.headers, body))
            double.answered.append(answer[0])
            return answer

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = WebHandler.any  # noqa: N815

    return Handler


def plain_markup(html: str) -> str:
    """Return HTML without comments and scripts, and without attributes that plain markup has no use for."""
    shown = re.sub(r"(?is)<!--.*?-->|<(script|style)\b.*?</\1>", "", html)
    return re.sub(r"<[a-zA-Z][^>]*>", lambda tag: _FOREIGN.sub("", tag[0]), shown)


def words_of(html: str) -> str:
    """Return what a reader sees of simple HTML."""
    lines = re.sub(r"(?i)<br\s*/?>|</(p|div)>(?=.)", "\n", html)
    return unescape(re.sub(r"<[^>]*>", "", lines)).strip()


def as_json(body: bytes) -> Any:
    """Return what a body says. Raises ValueError."""
    return json.loads(body.decode("utf-8"))
