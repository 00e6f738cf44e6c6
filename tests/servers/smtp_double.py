"""A mail server for sending that counts what it took and can end the connection at chosen moments."""

from __future__ import annotations

import re
import socketserver
import ssl
import subprocess
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

_ID = re.compile(rb"(?im)^Message-ID:\s*(<[^>]+>)")


class SmtpDouble:
    """Takes every login and reply over TLS. `answers` chooses what becomes of the n-th reply once its dot has come.

    `taken` counts Message-IDs the moment the dot is read: an answer that never comes does not untake them.
    """

    def __init__(self, folder: Path, answers: Callable[[int], str] = lambda number: "250 2.0.0 taken") -> None:
        self.ca = folder / "double.pem"
        key = folder / "double.key"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
             "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", str(key),
             "-out", str(self.ca)],
            check=True, capture_output=True, timeout=60,
        )  # fmt: skip
        self.taken: Counter[str] = Counter()
        self.cut: set[str] = set()
        self.commands: list[str] = []
        self.lines: list[str] = []
        """The commands whole, their first word in capitals."""
        self.extensions: tuple[str, ...] = ("8BITMIME",)
        self.refusals: dict[str, str] = {}
        """What a command is answered with instead, by its first word."""
        self._answers, self._lock, self._number = answers, threading.Lock(), 0
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.ca, key)
        double = self

        class Talk(socketserver.StreamRequestHandler):
            def setup(self) -> None:
                self.request = context.wrap_socket(self.request, server_side=True)
                super().setup()

            def handle(self) -> None:
                double._talk(self)

            def finish(self) -> None:
                with suppress(OSError):
                    super().finish()
                self.request.close()

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True

            def handle_error(self, request: object, client_address: object) -> None:
                """A client that went away is what these tests are about."""

        self._server = Server(("127.0.0.1", 0), Talk)
        self.port = int(self._server.server_address[1])

    def __enter__(self) -> SmtpDouble:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _talk(self, talk: socketserver.StreamRequestHandler) -> None:
        def say(line: str) -> None:
            talk.wfile.write(line.encode() + b"\r\n")

        say("220 double ready")
        for line in talk.rfile:
            words = line.decode("latin-1").upper().split()
            verb = words[0] if words else ""
            self.commands.append(verb)
            before, colon, rest = line.decode("utf-8", "replace").rstrip()[len(verb) :].partition(":")
            # Python 3.13 writes `MAIL from:`; case does not count there (RFC 5321, 2.4)
            self.lines.append(f"{verb}{before.upper() if colon and verb in ('MAIL', 'RCPT') else before}{colon}{rest}")
            if verb in self.refusals:
                say(self.refusals[verb])
            elif verb == "EHLO":
                say("250-double")
                for extension in self.extensions:
                    say(f"250-{extension}")
                say("250 AUTH PLAIN")
            elif verb == "AUTH":
                say("235 2.7.0 welcome")
            elif verb == "DATA":
                say("354 go ahead")
                if not self._take(talk, say):
                    return
            elif verb == "QUIT":
                say("221 bye")
                return
            else:
                say("250 2.0.0 ok")

    def _take(self, talk: socketserver.StreamRequestHandler, say: Callable[[str], None]) -> bool:
        """Read a reply up to its dot; False where the connection is to end."""
        lines = []
        for line in talk.rfile:
            if line == b".\r\n":
                break
            lines.append(line)
        else:
            return False  # the client went away before its dot: nothing was taken (RFC 5321, 4.1.1.10)
        found = _ID.search(b"".join(lines))
        name = found[1].decode() if found else "?"
        with self._lock:
            self._number += 1
            answer = self._answers(self._number)
            if not answer or answer.startswith("250"):
                self.taken[name] += 1
            if not answer:
                self.cut.add(name)
        if answer:
            say(answer)
        return bool(answer)
