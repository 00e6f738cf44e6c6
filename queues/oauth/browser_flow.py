"""Signing in with a browser on this machine: it returns to a port that the desk listens on meanwhile.

RFC 8252 (loopback redirect), RFC 7636 (PKCE: whoever else hears the code can do nothing with it), RFC 9207.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, Queue
from threading import Thread
from urllib.parse import parse_qs, urlencode, urlsplit

from data.safe_text import safe_line
from queues.accounts.oauth import OAuth
from queues.oauth.endpoints import Endpoints
from queues.oauth.faults import SignInError
from queues.oauth.token_server import Granted, TokenServer

PATIENCE = 600.0
"""Seconds in which the user has to sign in."""
_REQUEST_SECONDS = 10.0
_ENTROPY_BYTES = 48
_PAGE = (
    '<!doctype html><meta charset="utf-8"><title>tridesk</title>'
    '<body style="font-family:sans-serif;margin:4em"><p>{text}</p></body>'
)


@dataclass(frozen=True, slots=True)
class _Returned:
    """What the browser brought back."""

    code: str = field(repr=False)
    error: str = ""


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a browser that goes away early."""


def granted(
    settings: OAuth,
    server: TokenServer,
    found: Endpoints,
    show: Callable[[str], object],
    page: str,
    *,
    patience: float = PATIENCE,
) -> Granted:
    """Have `show` open the address to sign in at, wait for the browser's return, and get the tokens.

    `page` is the text that the browser shows at the end. Raises ConnectorError if there are no tokens.
    """
    state, verifier = (secrets.token_urlsafe(_ENTROPY_BYTES) for _ in range(2))
    with _listening(settings.redirect, state, found, page) as (redirect, returned):
        show(_address(settings, found, redirect, state, verifier))
        try:
            result = returned.get(timeout=patience)
        except Empty:
            raise SignInError("Sign-in refused", "Nobody signed in within ten minutes; begin again.") from None
    if result.error:
        raise SignInError("Sign-in refused", f"The sign-in was not granted ({result.error}).")
    return server.for_code(found.token, result.code, verifier, redirect)


def _address(settings: OAuth, found: Endpoints, redirect: str, state: str, verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    query = {
        **settings.parameters,
        "response_type": "code",
        "client_id": settings.client_id,
        "redirect_uri": redirect,
        "scope": " ".join(settings.scopes),
        "state": state,
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    joint = "&" if urlsplit(found.authorization).query else "?"
    return found.authorization + joint + urlencode({name: value for name, value in query.items() if value})


@contextmanager
def _listening(redirect: str, state: str, found: Endpoints, page: str) -> Iterator[tuple[str, Queue[_Returned]]]:
    """Listen for the browser on this machine only; yield the address that it returns to, and what it brings."""
    parts = urlsplit(redirect)
    host, path = parts.hostname or "127.0.0.1", parts.path or "/"
    returned: Queue[_Returned] = Queue()

    class Handler(BaseHTTPRequestHandler):
        timeout = _REQUEST_SECONDS  # browsers open connections that they do not use

        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            result = _read(asked.query, state, found) if asked.path == path else None
            text = _PAGE.format(text=escape(page)).encode() if result else b""
            self.send_response(200 if result else 404)
            for name, value in (
                ("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(text))),
                ("Cache-Control", "no-store"), ("Referrer-Policy", "no-referrer"), ("Connection", "close"),
            ):  # fmt: skip
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text)
            if result:
                returned.put(result)

        def log_message(self, *_: object) -> None:
            """Write nothing: the address has the code in it."""

    try:
        listener = _Listener(("127.0.0.1" if host == "localhost" else host, parts.port or 0), Handler)
    except OSError as error:
        raise SignInError(
            "Sign-in refused", f"{redirect} cannot be listened on ({error.strerror}); set oauth.redirect to another."
        ) from error
    thread = Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://{host}:{listener.server_port}{parts.path}", returned
    finally:
        listener.shutdown()
        with suppress(OSError):
            listener.server_close()
        thread.join()


def _read(query: str, state: str, found: Endpoints) -> _Returned | None:
    """Return what the browser brings, None if it is not the answer to our question (RFC 6749, 10.12; RFC 9207, 2.4)."""
    told = {name: values[-1] for name, values in parse_qs(query).items()}
    if not hmac.compare_digest(told.get("state", "").encode(), state.encode()):
        return None
    sender = told.get("iss", "")
    if found.issuer and sender != found.issuer and (sender or found.names_itself):
        return None
    if told.get("error") or not told.get("code"):
        words = told.get("error_description") or told.get("error") or "no code"
        return _Returned("", safe_line(words)[:160])
    return _Returned(told["code"])
