"""A receiver of webhooks on loopback: checks each signature by its own reading of standardwebhooks.com."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer
from typing import Any

from tests.servers.web_handler import Answer, WebHandler

SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()


def hmac_sha256(key: bytes, text: bytes) -> bytes:
    """Return the HMAC by its definition (RFC 2104), without the module that the program uses."""
    padded = key.ljust(64, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in padded) + text).digest()
    return hashlib.sha256(bytes(byte ^ 0x5C for byte in padded) + inner).digest()


def verified(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """Return whether one of the signatures is that of the secret."""
    key = base64.b64decode(secret.split("_", 1)[1])
    text = b".".join([headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body])
    wanted = "v1," + base64.b64encode(hmac_sha256(key, text)).decode()
    return wanted in headers["webhook-signature"].split(" ")


@dataclass
class Received:
    """One request."""

    headers: dict[str, str]
    raw: bytes
    path: str

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def body(self) -> dict[str, Any]:
        body: dict[str, Any] = json.loads(self.raw)
        return body


@dataclass
class HookReceiver:
    """What came in, and what is answered next."""

    url: str = ""
    requests: list[Received] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    """The next answers, in order; 200 once there are none. A status of 0 ends the connection after reading."""
    hold: threading.Event = field(default_factory=threading.Event)
    """Set unless the receiver is to be slow: it answers once this is set."""
    came: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def wait(self, seconds: float = 120) -> None:
        """Wait for one more request than were waited for so far."""
        assert self.came.acquire(timeout=seconds)

    def taken(self) -> list[Received]:
        """Return each message once, as a receiver does that drops what it has had."""
        return list({request.id: request for request in self.requests}.values())

    def types(self) -> list[str]:
        """Return what came in, doubles dropped."""
        return [request.body["type"] for request in self.taken()]


@contextmanager
def hook_receiver() -> Iterator[HookReceiver]:
    """Run a receiver."""
    receiver = HookReceiver()
    receiver.hold.set()

    class Handler(WebHandler):
        def answer(self, body: bytes) -> Answer:
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.requests.append(Received(headers, body, self.path))
            receiver.came.release()
            receiver.hold.wait(60)
            return receiver.answers.pop(0) if receiver.answers else (200, {}, b"")

        do_GET = do_POST = WebHandler.any  # noqa: N815

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    receiver.url = f"http://127.0.0.1:{server.server_port}/hook"
    try:
        yield receiver
    finally:
        receiver.hold.set()
        server.shutdown()
        server.server_close()
        thread.join()
