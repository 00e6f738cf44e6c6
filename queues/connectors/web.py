"""JSON over HTTP as every web connector uses it: TLS verified, few requests, each fault one sentence.

A request that changes something can be offered: all of it is handed over but its last byte.
"""

from __future__ import annotations

import http.client
import json
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, quote, urlencode, urljoin, urlsplit

from data.errors import ConnectorError, DoubtError, RefusedError, UnreachableError
from data.safe_text import safe_line
from queues.connectors.budget import MINUTE, Budget
from queues.connectors.mail_faults import CERTIFICATE

TIMEOUT = 30.0
"""Seconds that a server may be silent."""
LONGEST, LONGEST_FILE = 120.0, 600.0
"""Seconds that one request may take as a whole, however busily the server sends; that a file may."""
LARGEST = 64 * 1024 * 1024
"""Bytes of an answer."""
_MOST_WAIT = 3600
_MOST_MOVES = 5
_SENTENCES = ("message", "msg", "description", "error")
_RETRY_AFTER = ("retry-after", "x-ratelimit-retry-after")


Query = Mapping[str, str] | Sequence[tuple[str, str]]


class BusyError(UnreachableError):
    """The server asks to wait; `seconds` is how long."""

    def __init__(self, title: str, message: str, seconds: int) -> None:
        super().__init__(title, message)
        self.seconds = seconds


class TokenRefusedError(UnreachableError):
    """The server does not accept the token."""


class NotFoundError(RefusedError):
    """There is no such thing on the server, or we may not see it."""


class MovedError(RefusedError):
    """The server answers that what was asked for is elsewhere."""


class StaleError(RefusedError):
    """The object changed since it was read (RFC 9110, 13.1.1)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said."""

    body: Any
    """The JSON, None if there was none."""
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Said:
    """What a server said to a request that it may refuse in words of its own."""

    status: int
    body: Any
    """The JSON, None if there was none."""


@dataclass(frozen=True, slots=True)
class Packed:
    """The body of a request that is not JSON."""

    content: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class _Moved:
    """The address of a redirect."""

    location: str


class WebClient:
    """Talks to one server, in one thread; `pause` is how it waits when its requests of this minute are used up."""

    def __init__(
        self,
        url: str,
        *,
        context: ssl.SSLContext | None,
        per_minute: int,
        secret: str = "token",
        file_hosts: Sequence[str] = (),
    ) -> None:
        """Take the address that paths are added to; `secret` is what sentences call what we log in with.

        Files are fetched from this host and from `file_hosts`, of which `*.example.com` is all below a domain.
        """
        parts = urlsplit(url)
        self.host = parts.hostname or ""
        self._tls, self._port, self._path = parts.scheme == "https", parts.port, parts.path
        self._context, self._secret = context, secret
        self._file_hosts = tuple(host.casefold() for host in file_hosts)
        self._connection: http.client.HTTPConnection | None = None
        self._budget = Budget(per_minute)
        self.pause: Callable[[float], object] = time.sleep

    @property
    def requests(self) -> int:
        """How many were made in the last minute."""
        return self._budget.used()

    @property
    def place(self) -> str:
        """The server as sentences name it."""
        return f"{self.host}:{self._port}" if self._port else self.host

    def ask(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        *,
        query: Query | None = None,
        body: Any = None,
        reads: bool | None = None,
    ) -> Answer:
        """Make a request and return its answer. Raises ConnectorError with one sentence.

        A reading request whose kept connection had ended in the meantime is made once more; `reads` says of one that
        is not a GET that it changes nothing.
        """
        target, endpoint = self._target(path, query), _endpoint(method, path)
        repeatable = method == "GET" if reads is None else reads
        for again in (repeatable and self._connection is not None, False):
            connection = self._connect(endpoint)
            try:
                with within(connection, LONGEST):
                    connection.request(method, target, _packed(body), _with_type(headers, body))
                    return self._answer(connection, endpoint)
            except (OSError, http.client.HTTPException) as error:
                self.close()
                if not again or isinstance(error, TimeoutError):
                    raise self._fault(error) from error
        raise AssertionError("one of two attempts ends it")

    def converse(self, method: str, target: str, body: Packed | None = None) -> Said:
        """Make a request of a full path, with its query, and return the answer; the caller reads refusals.

        Raises ConnectorError if there is no answer, and where the server fails, is busy or points elsewhere; nothing
        of what it says then is repeated, as it may quote the request.
        """
        connection = self._connect()
        try:
            with within(connection, LONGEST):
                connection.request(method, target, _packed(body), _with_type({"Accept": "application/json"}, body))
                response = connection.getresponse()
                raw = response.read(LARGEST + 1)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise self._fault(error) from error
        status = response.status
        if 300 <= status < 400 or status == 429 or status >= 500 or len(raw) > LARGEST:
            raise self._refusal(status, {name.lower(): value for name, value in response.getheaders()}, b"")
        try:
            return Said(status, json.loads(raw.decode("utf-8", "replace")) if raw.strip() else None)
        except (ValueError, RecursionError):
            return Said(status, None)

    def offer(self, method: str, path: str, headers: Mapping[str, str], body: Any) -> Offer:
        """Send a request, except for its last byte. Raises ConnectorError; nothing was taken then."""
        packed, endpoint = _packed(body) or b" ", _endpoint(method, path)
        self.close()  # a connection that was kept may have ended: one that is new has not
        connection = self._connect(endpoint)
        try:
            with within(connection, LONGEST):
                connection.putrequest(method, self._target(path, None))
                for name, value in _with_type(headers, body).items():
                    connection.putheader(name, value)
                connection.putheader("Content-Length", str(len(packed)))
                connection.endheaders(packed[:-1])
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise self._fault(error) from error
        return Offer(self, connection, packed[-1:], endpoint)

    def download(self, url: str, headers: Mapping[str, str], largest: int) -> bytes:
        """Return what is at a full address, `largest` bytes at most; other hosts must be named, and get no credentials.

        Raises ConnectorError; RefusedError if it is not available.
        """
        for _ in range(_MOST_MOVES):
            parts = _parts(url)
            if parts is None or (parts.scheme != "https" and (parts.scheme, self._tls) != ("http", False)):
                break
            at_home = (parts.hostname, parts.port) == (self.host, self._port)
            if not at_home and not self._is_file_host(parts.hostname or ""):
                host = safe_line(parts.hostname or "?")[:100]
                raise RefusedError(
                    "Refused",
                    f"A file of {self.place} is stored at {host}, which is not asked: name it under file-hosts of the "
                    "account if it is theirs.",
                )
            other = WebClient(f"{parts.scheme}://{parts.netloc}", context=self._context, per_minute=1)
            try:
                self._spend()
                answer = other._fetch(
                    f"{_plain(parts.path)}?{_plain(parts.query)}", headers if at_home else {}, largest
                )
            except UnreachableError as error:
                if at_home:
                    raise
                # someone else's host may be gone for good, and no ticket waits for its file
                raise RefusedError("Refused", f"A file of {self.place} is stored elsewhere: {error.message}") from error
            finally:
                other.close()
            if isinstance(answer, bytes):
                return answer
            url = answer.location if _parts(answer.location) is None else urljoin(url, answer.location)
        raise RefusedError("Refused", f"{self.place} gives no usable address for a file.")

    def _is_file_host(self, host: str) -> bool:
        return host == self.host or any(
            host == named or (named.startswith("*.") and host.endswith(named[1:])) for named in self._file_hosts
        )

    def _fetch(self, target: str, headers: Mapping[str, str], largest: int) -> bytes | _Moved:
        connection = self._connect()
        try:
            with within(connection, LONGEST_FILE):
                connection.request("GET", target, headers=dict(headers))
                response = connection.getresponse()
                raw = response.read(largest + 1)
        except (OSError, http.client.HTTPException) as error:
            raise self._fault(error) from error
        if 300 <= response.status < 400:
            return _Moved(response.headers.get("Location", ""))
        if response.status != 200:
            raise self._refusal(response.status, {}, raw)
        if len(raw) > largest:
            raise RefusedError("Too large", f"A file of {self.place} is larger than {largest:,} bytes.")
        return raw

    def close(self) -> None:
        """End the connection."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(OSError, http.client.HTTPException):
                connection.close()

    def finish(self, connection: http.client.HTTPConnection, last: bytes, endpoint: str) -> Answer:
        """Send an offered request's last byte. Raises DoubtError if it is unknown what became of it."""
        try:
            with within(connection, LONGEST):
                connection.send(last)
                return self._answer(connection, endpoint)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise DoubtError(
                "In doubt", f"{self.place} ended the connection without saying whether it accepted the reply."
            ) from error
        except ConnectorError as error:
            if isinstance(error, (RefusedError, BusyError, TokenRefusedError)):
                raise
            raise DoubtError(
                "In doubt", f"{self.place} received the whole reply, then failed: {error.message}"
            ) from error

    def _target(self, path: str, query: Query | None) -> str:
        return quote(f"{self._path}/{path}", safe="/") + (f"?{urlencode(query)}" if query else "")

    def _connect(self, endpoint: str = "") -> http.client.HTTPConnection:
        self._spend(endpoint)
        if self._connection is None:
            if self._tls:
                self._connection = http.client.HTTPSConnection(
                    self.host, self._port, timeout=TIMEOUT, context=self._context
                )
            else:
                self._connection = http.client.HTTPConnection(self.host, self._port, timeout=TIMEOUT)
        if self._connection.sock is None:
            try:
                with within(self._connection, LONGEST):
                    self._connection.connect()
            except (OSError, http.client.HTTPException) as error:
                self.close()
                raise self._fault(error) from error
        return self._connection

    def _spend(self, endpoint: str = "") -> None:
        """Wait until one more request is within the budget."""
        self._budget.spend(self.pause, endpoint)

    def _answer(self, connection: http.client.HTTPConnection, endpoint: str) -> Answer:
        response = connection.getresponse()
        raw = response.read(LARGEST + 1)
        if len(raw) > LARGEST:
            self.close()
            raise ConnectorError("Answer too large", f"{self.place} sent more than 64 MB; it was not read.")
        headers = {name.lower(): value for name, value in response.getheaders()}
        self._budget.heed(headers, endpoint)
        if not 200 <= response.status < 300:
            raise self._refusal(response.status, headers, raw)
        try:
            # a success may quote us in another encoding than the rest of it (RT does)
            return Answer(json.loads(raw.decode("utf-8", "replace")) if raw.strip() else None, headers)
        except (ValueError, RecursionError) as error:
            raise ConnectorError("Not understood", f"{self.place} did not answer with JSON; check the url.") from error

    def _refusal(self, status: int, headers: Mapping[str, str], raw: bytes) -> ConnectorError:
        """Return the error of an answer that is not a success."""
        words = _words(raw)
        answer = f"{status} {words}".strip()
        match status:
            case 401:
                return TokenRefusedError(
                    "Token refused", f"{self.place} does not accept the {self._secret}; it may have expired: store a "
                    "new one where `secret` points; it is tried again."
                )  # fmt: skip
            case 404:
                return NotFoundError(
                    "Not found", f"{self.place} does not have it ({answer}); check the url and rights."
                )
            case 412 | 409:
                return StaleError("Changed meanwhile", f"{self.place} has a newer version of it ({answer}).")
            case 413:
                return RefusedError("Too large", f"{self.place} takes no message or file of this size ({answer}).")
            case 429 | 503:
                seconds = _seconds(next((headers[name] for name in _RETRY_AFTER if name in headers), ""))
                self._budget.rest(seconds)
                return BusyError("Busy", f"{self.place} asks to wait {seconds} seconds; it is tried again.", seconds)
            case _ if 300 <= status < 400:
                return MovedError("Moved", f"{self.place} answers from another address ({answer}); change the url.")
            case _ if status >= 500:
                return UnreachableError("Not reachable", f"{self.place} failed ({answer}); it is tried again.")
        return RefusedError("Refused", f"{self.place} refused it ({answer}).")

    def _fault(self, error: BaseException) -> ConnectorError:
        """Return the error of a connection that did not come about or ended."""
        match error:
            case ssl.SSLCertVerificationError():
                return UnreachableError(
                    CERTIFICATE,
                    f"{self.place} shows a certificate that cannot be trusted ({error.verify_message}); no token was "
                    "sent. For your own server, set ca-file to its certificate authority.",
                )
            case ssl.SSLError():
                problem = "does not speak TLS there; check scheme and port of the url"
            case socket.gaierror():
                problem = "is not found; check the network and the url"
            case TimeoutError():
                problem = "does not answer; check the network, it is tried again"
            case ConnectionRefusedError():
                problem = "takes no connections; check the url, it is tried again"
            case _:
                problem = "ended the connection; it is tried again"
        return UnreachableError("Not reachable", f"{self.place} {problem}.")


class Offer:
    """A request that lacks its last byte."""

    def __init__(self, client: WebClient, connection: http.client.HTTPConnection, last: bytes, endpoint: str) -> None:
        self._client, self._connection, self._last, self._endpoint = client, connection, last, endpoint

    def finish(self) -> Answer:
        """Complete it. Raises DoubtError if it is unknown whether it was, ConnectorError if it was not."""
        return self._client.finish(self._connection, self._last, self._endpoint)

    def drop(self) -> None:
        """End the connection: a server does not act on half a request."""
        self._client.close()


@contextmanager
def within(connection: http.client.HTTPConnection, seconds: float) -> Iterator[None]:
    """End the connection when its time is up: a server that sends a byte now and then is never silent.

    Raises TimeoutError then.
    """
    late = threading.Event()

    def end() -> None:
        late.set()
        sock = connection.sock
        if sock is not None:
            with suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)  # not that of TLS, which another thread may be in

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
        if late.is_set():
            raise TimeoutError("the whole request took too long")
    except (OSError, http.client.HTTPException, ConnectorError) as error:
        if late.is_set():
            raise TimeoutError("the whole request took too long") from error
        raise
    finally:
        timer.cancel()


def _endpoint(method: str, path: str) -> str:
    """Return what requests of one kind have in common, by which a server limits them."""
    return f"{method} {re.sub(r'[0-9]+', '#', path)}"


def _packed(body: Any) -> bytes | None:
    if isinstance(body, Packed):
        return body.content
    return None if body is None else json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")


def _with_type(headers: Mapping[str, str], body: Any) -> dict[str, str]:
    if body is None:
        return dict(headers)
    return {**headers, "Content-Type": body.content_type if isinstance(body, Packed) else "application/json"}


def _parts(url: str) -> SplitResult | None:
    """Return the parts of an address that a server names, None if it cannot be used."""
    try:
        parts = urlsplit(url)
        (parts.hostname or "").encode("idna")
        return parts if parts.port != 0 else None
    except ValueError:  # a port beyond 65535, half an IPv6 address, a label that is too long
        return None


def _plain(text: str) -> str:
    """Return a path or a query as it may be in a request; what is written so already stays."""
    return quote(text, safe="/?:@!$&'()*+,;=~%-._")


def _seconds(retry_after: str) -> int:
    """Return what Retry-After asks for (RFC 9110, 10.2.3); a date or nonsense counts as a minute."""
    return min(int(retry_after), _MOST_WAIT) if retry_after.isascii() and retry_after.isdigit() else int(MINUTE)


def _words(raw: bytes) -> str:
    """Return what the server says besides a number, on one safe line and short."""
    try:
        return safe_line(" ".join(_said(json.loads(raw))))[:160]
    except (ValueError, RecursionError):
        return ""


def _said(result: Any) -> Iterator[str]:
    """Find the sentences in an error, under the names that servers give them."""
    if isinstance(result, str):
        yield result
    elif isinstance(result, list):
        for row in result:
            yield from _said(row)
    elif isinstance(result, dict):
        details = result.get("details")
        if isinstance(details, dict) and details:
            yield from _said(list(details.values()))
        else:
            yield from _said(next((result[name] for name in _SENTENCES if result.get(name)), ""))
            yield from _of_fields(result)


def _of_fields(result: Mapping[str, Any]) -> Iterator[str]:
    """Find what is wrong with single fields, each with its name (Freshdesk; Help Scout has them under `_embedded`)."""
    embedded = result.get("_embedded")
    listed = result.get("errors") or (embedded.get("errors") if isinstance(embedded, dict) else None)
    for row in listed if isinstance(listed, list) else []:
        named = row if isinstance(row, dict) else {}
        name = named.get("field") or named.get("path")
        yield from (f"{name}: {sentence}" if name else sentence for sentence in _said(row))
