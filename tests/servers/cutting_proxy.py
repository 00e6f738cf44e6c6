"""Stands between a client and a TLS server and ends the connection at a chosen place of what the server says."""

from __future__ import annotations

import socket
import ssl
import threading
from contextlib import suppress

from tests.servers.mail_stack import MailStack

_PLACES = {"greeting": b"* OK", "literal": b"BODY[]", "tag": b" OK Fetch"}
"""After which words of the server the end comes; a fetch of bodies has `BODY[]` and then a literal."""


class CuttingProxy:
    """Ends its first connection somewhere in or behind the words of its place; `turn` says how far behind."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self.cut = False
        self.heard = b""
        self._greeting = b""
        self._after = b""
        self._more = 0
        self._client_side: ssl.SSLContext | None = None
        self._server_side: tuple[ssl.SSLContext, int] | None = None
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @classmethod
    def to(cls, stack: MailStack, service: str, place: str, turn: int) -> CuttingProxy:
        """Pass everything on to a TLS service of the stack, until the place."""
        proxy = cls()
        proxy._client_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        proxy._client_side.load_cert_chain(stack.folder / "tls/server.pem", stack.folder / "tls/server.key")
        proxy._server_side = (stack.tls(), stack.ports[service])
        proxy._after, proxy._more = _PLACES[place], turn * 37 if place == "literal" else turn % 5
        return proxy

    @classmethod
    def answering(cls, greeting: bytes) -> CuttingProxy:
        """Greet in clear, and answer every command with OK."""
        proxy = cls()
        proxy._greeting = greeting
        return proxy

    def __enter__(self) -> CuttingProxy:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join(5)

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                with client, suppress(OSError):
                    if self._greeting:
                        self._chat(client)
                    else:
                        self._pass_on(client)

    def _chat(self, client: socket.socket) -> None:
        client.sendall(self._greeting)
        for line in client.makefile("rb"):
            self.heard += line
            tag = line.split(b" ")[0]
            client.sendall(b"* CAPABILITY IMAP4rev1\r\n" + tag + b" OK done\r\n")

    def _pass_on(self, client: socket.socket) -> None:
        assert self._client_side is not None
        assert self._server_side is not None
        context, port = self._server_side
        with (
            self._client_side.wrap_socket(client, server_side=True) as here,
            context.wrap_socket(socket.create_connection(("127.0.0.1", port)), server_hostname="localhost") as there,
        ):
            up = threading.Thread(target=_pump, args=(here, there), daemon=True)
            up.start()
            self._until_cut(there, here)
            for one in (here, there):
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
            up.join(5)

    def _until_cut(self, source: ssl.SSLSocket, target: ssl.SSLSocket) -> None:
        """Pass on what the server says, up to so many bytes behind the words."""
        said = b""
        while data := source.recv(16384):
            at = (said + data).find(self._after) if not self.cut else -1
            if at >= 0:
                self.cut = True
                end = at + len(self._after) + self._more - len(said)
                target.sendall(data[: max(end, 0)])
                return
            said = (said + data)[-200_000:]
            target.sendall(data)


def _pump(source: ssl.SSLSocket, target: ssl.SSLSocket) -> None:
    with suppress(OSError):
        while data := source.recv(16384):
            target.sendall(data)
