"""A private Request Tracker for the tests, on loopback, in one folder with its own SQLite file.

Nothing of the system's own configuration is read or written; its process group is ended by its number.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from email import message_from_bytes
from email.message import Message
from email.policy import default
from pathlib import Path
from typing import Any

SERVER = Path("/usr/share/request-tracker5/libexec/rt-server")
AGENTS = ("alice", "bruno", "carla", "dora", "emil", "fay")
_WAIT = 60.0


def missing() -> list[str]:
    """Return what is not installed."""
    absent = [] if SERVER.exists() else ["request-tracker5", "rt5-standalone"]
    sqlite = Path("/usr/share/perl5/DBD/SQLite.pm")
    found = sqlite.exists() or any(Path("/usr/lib").glob("*/perl5/*/DBD/SQLite.pm"))
    return absent if found else [*absent, "rt5-db-sqlite"]


class RequestTrackerServer:
    """The server and its files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None
        for name in ("conf.d", "mason", "sessions", "outbox", "log"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        self._write_settings()
        setup = Path(__file__).with_name("request_tracker_content.pl")
        done = subprocess.run(
            ["perl", str(setup), str(folder / "tokens"), *AGENTS], env=self._environment(), stdin=subprocess.DEVNULL,
            capture_output=True, timeout=300, check=False,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"Request Tracker was not set up:\n{done.stderr.decode(errors='replace')[-3000:]}")
        lines = (folder / "tokens").read_text().splitlines()
        self.tokens = dict(line.split("=", 1) for line in lines)

    def start(self) -> None:
        command = ["perl", str(SERVER), "--host", "127.0.0.1", "--port", str(self.port), "--max-workers", "4"]
        with (self.folder / "log/server.log").open("ab") as log:
            self._process = subprocess.Popen(
                command, env=self._environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        end = time.monotonic() + _WAIT
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                if time.monotonic() > end:
                    raise RuntimeError((self.folder / "log/server.log").read_text()[-3000:]) from None
                time.sleep(0.02)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it; SIGKILL ends it in the middle of whatever it does."""
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(process.pid, how)
        process.wait(timeout=_WAIT)

    def ask(self, method: str, path: str, body: object = None, *, agent: str = "alice") -> Any:
        """Make a request as an agent working in RT's own pages would."""
        request = urllib.request.Request(
            f"{self.url}/REST/2.0/{path}", method=method, data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"token {self.tokens[agent]}", "Content-Type": "application/json"},
        )  # fmt: skip
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read() or b"null")

    def open_ticket(self, sender: str, subject: str, text: str, *, queue: str = "Soporte", **more: object) -> str:
        """Open a ticket for a customer and return its number."""
        body = {"Queue": queue, "Requestor": sender, "Subject": subject, "Content": text, "ContentType": "text/plain"}
        return str(self.ask("POST", "ticket", {**body, **more})["id"])

    def fill(self, queue: str, amount: int) -> None:
        """Open so many tickets at once, past the server's own slow way."""
        setup = Path(__file__).with_name("request_tracker_tickets.pl")
        subprocess.run(["perl", str(setup), queue, str(amount)], env=self._environment(), stdin=subprocess.DEVNULL,
                       check=True, capture_output=True, timeout=1_800)  # fmt: skip

    def mail_in(self, raw: bytes, *, queue: str = "Soporte") -> None:
        """Have a customer's mail arrive, as the mail server would hand it over."""
        gate = self.gate(queue).split()
        subprocess.run(gate, input=raw, env=self._environment(), check=True, capture_output=True, timeout=60)

    def gate(self, queue: str = "Soporte") -> str:
        """Return the command that a mail server hands a mail to."""
        return f"perl /usr/bin/rt-mailgate --url {self.url} --queue {queue} --action correspond"

    def mail_through(self, port: int | None) -> None:
        """Have RT's own mail sent through a server on this machine too; None ends it."""
        relay = self.folder / "relay"
        if port is None:
            relay.unlink(missing_ok=True)
        else:
            relay.write_text(f"exec {sys.executable} {Path(__file__).with_name('relay.py')} {port}\n")

    def mailed(self, address: str) -> list[Message]:
        """Return the mails that RT sent to an address, automatic answers left out."""
        mails = [
            message_from_bytes(path.read_bytes(), policy=default) for path in sorted((self.folder / "outbox").iterdir())
        ]
        return [
            one
            for one in mails
            if address in str(one["To"]) and not {"AutoReply:", "Resolved:"} & set(str(one["Subject"]).split())
        ]

    def correspondence(self, ref: str) -> list[str]:
        """Return the numbers of a ticket's replies."""
        rows = self.ask("GET", f"ticket/{ref}/history?fields=Type&per_page=100")["items"]
        return [str(one["id"]) for one in rows if one["Type"] == "Correspond"]

    def _environment(self) -> dict[str, str]:
        own = {
            "RT_SITE_CONFIG": str(self.folder / "RT_SiteConfig.pm"),
            "RT_SITE_CONFIG_DIR": str(self.folder / "conf.d"),
        }
        return os.environ | own

    def _write_settings(self) -> None:
        folder = self.folder
        sendmail = folder / "sendmail"
        kept, relay = f"{folder}/outbox/$(date +%s%N).$$.eml", folder / "relay"
        sendmail.write_text(f'#!/bin/sh\nkept="{kept}"\ncat >"$kept"\n[ ! -e {relay} ] || . {relay} <"$kept"\n')
        sendmail.chmod(0o755)
        settings: dict[str, str | int] = {
            "rtname": "desk.example", "Organization": "desk.example", "Timezone": "UTC", "WebDomain": "127.0.0.1",
            "WebPort": self.port, "WebPath": "", "WebBaseURL": self.url, "DatabaseType": "SQLite",
            "DatabaseName": f"{folder}/rt.db", "DatabaseHost": "", "DatabaseUser": "", "DatabasePassword": "",
            "CorrespondAddress": "support@desk.example", "CommentAddress": "comment@desk.example",
            "MailCommand": "sendmailpipe", "SendmailPath": str(sendmail), "SendmailArguments": "",
            "LogToSyslog": 0, "LogToSTDERR": "warning", "LogDir": f"{folder}/log", "BcryptCost": 4,
        }  # fmt: skip
        lines = [f"Set(${name}, {_perl(value)});" for name, value in settings.items()]
        places = [("VarPath", ""), ("MasonDataDir", "/mason"), ("MasonSessionDir", "/sessions")]
        lines += [f"$RT::{name} = '{folder}{place}';" for name, place in places]
        (folder / "RT_SiteConfig.pm").write_text("\n".join(["use utf8;", *lines, "1;", ""]))


def _perl(value: str | int) -> str:
    return str(value) if isinstance(value, int) else f"'{value}'"


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])
