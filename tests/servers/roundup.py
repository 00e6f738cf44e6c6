"""A private Roundup for the tests, on loopback, in one folder with its own SQLite file; ended by its number."""

from __future__ import annotations

import base64
import json
import mailbox
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from email.message import EmailMessage, Message
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tests.servers.request_tracker import AGENTS, free_port

_PROGRAM = Path(__file__).with_name("roundup_content.py")
_WAIT = 60.0


def missing() -> list[str]:
    """Return what is not installed."""
    return [] if find_spec("roundup") else ["roundup"]


class RoundupServer:
    """The server and its files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.passwords = {name: f"{name}-pass" for name in AGENTS}
        self._process: subprocess.Popen[bytes] | None = None
        _run("make", str(folder), self.url, *AGENTS, "plain", "nobody")

    def start(self) -> None:
        with (self.folder / "server.log").open("ab") as log:
            command = [sys.executable, "-P", str(_PROGRAM), "serve", str(self.folder), str(self.port)]
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        end = time.monotonic() + _WAIT
        while True:
            try:
                urllib.request.urlopen(self.url, timeout=10).close()
                return
            except urllib.error.HTTPError:
                return
            except OSError:
                if time.monotonic() > end:
                    raise RuntimeError((self.folder / "server.log").read_text()[-3000:]) from None
                time.sleep(0.02)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it; SIGKILL ends it in the middle of whatever it does."""
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(how)
            process.wait(timeout=_WAIT)

    def ask(self, method: str, path: str, body: object = None, *, agent: str = "alice", etag: str = "") -> Any:
        """Make a request as an agent's own program would."""
        login = base64.b64encode(f"{agent}:{agent}-pass".encode()).decode()
        headers = {"Authorization": f"Basic {login}", "Content-Type": "application/json", "Origin": self.url,
                   "X-Requested-With": "rest", "Referer": f"{self.url}/", "If-Match": etag}  # fmt: skip
        packed = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/rest/data/{path}", method=method, data=packed, headers=headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read())["data"]

    def issue(self, ref: str) -> dict[str, Any]:
        """Return an issue as it stands, with names instead of numbers."""
        found: dict[str, Any] = self.ask("GET", f"issue/{ref}?@verbose=2&@protected=true")["attributes"]
        return found

    def page(self, ref: str, agent: str = "bruno", **form: str) -> str:
        """Return an issue's page as a colleague's browser shows it, once the form on it was sent where one is given."""
        login = base64.b64encode(f"{agent}:{agent}-pass".encode()).decode()
        headers = {"Authorization": f"Basic {login}", "Origin": self.url, "Referer": f"{self.url}/"}
        packed = urllib.parse.urlencode({"@action": "edit", **form}).encode() if form else None
        request = urllib.request.Request(f"{self.url}/issue{ref}", data=packed, headers=headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return str(answer.read().decode())

    def change(self, ref: str, agent: str = "bruno", **values: object) -> None:
        """Change an issue as a colleague in Roundup's own pages would, whatever happens meanwhile."""
        while True:
            etag = self.ask("GET", f"issue/{ref}", agent=agent)["@etag"]
            try:
                self.ask("PATCH", f"issue/{ref}", values, agent=agent, etag=etag)
            except urllib.error.HTTPError as error:
                if error.code != 412:
                    raise
            else:
                return

    def say(self, ref: str, text: str, agent: str = "bruno", **more: object) -> str:
        """Add a message to an issue as a colleague; return its number."""
        number = self.ask("GET", f"user/{agent}", agent=agent)["id"]
        made = self.ask("POST", "msg", {"content": text, "author": number, "date": ".", **more}, agent=agent)
        self.change(ref, agent, messages=f"+{made['id']}")
        return str(made["id"])

    def mail_in(self, mail: EmailMessage) -> None:
        """Have a customer's mail arrive, as the mail server would hand it over."""
        subprocess.run([sys.executable, "-P", "-m", "roundup.scripts.roundup_mailgw", str(self.folder / "tracker")],
                       input=mail.as_bytes(), check=True, capture_output=True, timeout=120)  # fmt: skip

    def open_issue(self, sender: str, subject: str, text: str) -> str:
        """Have a customer open an issue by mail and return its number."""
        return self.open_by(letter(sender, subject, text))

    def open_by(self, mail: EmailMessage) -> str:
        """Have a mail open an issue of the first component, and return its number."""
        mail.replace_header("Subject", f"{mail['Subject']} [component=Soporte]")
        self.mail_in(mail)
        found = self.ask("GET", "issue?@fields=creator&@sort=-id")["collection"]
        return str(found[0]["id"])

    def lay(self, ref: str, name: str, content: bytes, agent: str = "bruno") -> None:
        """Lay a file to an issue without a word."""
        made = self.ask("POST", "file", {"name": name, "type": "text/plain", "content": content.decode()}, agent=agent)
        self.change(ref, agent, files=f"+{made['id']}")

    def put_zone(self, agent: str, zone: str) -> None:
        """Set in which time zone an agent reads and asks."""
        number = self.ask("GET", f"user/{agent}")["id"]
        etag = self.ask("GET", f"user/{number}", agent="admin")["@etag"]
        self.ask("PATCH", f"user/{number}", {"timezone": zone}, agent="admin", etag=etag)

    def content(self, number: str) -> bytes:
        """Return a file's bytes."""
        login = base64.b64encode(b"alice:alice-pass").decode()
        headers = {"Authorization": f"Basic {login}", "Accept": "*/*"}
        request = urllib.request.Request(f"{self.url}/rest/data/file/{number}/binary_content", headers=headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return bytes(answer.read())

    def words(self, mail: Message) -> str:
        """Return what an agent wrote of a mail that the tracker sent."""
        part = next(one for one in mail.walk() if one.get_content_type() == "text/plain" and not one.get_filename())
        content = part.get_payload(decode=True)
        said = content.decode() if isinstance(content, bytes) else ""
        return said.partition(":\n\n")[2].partition("\n\n----------\n")[0].strip()

    def mailed(self, address: str) -> list[Message]:
        """Return the mails that the tracker sent to an address."""
        found = mailbox.mbox(self.folder / "sent.mbox")
        try:
            return [one for one in found if address in str(one["To"])]
        finally:
            found.close()


def letter(sender: str, subject: str, text: str) -> EmailMessage:
    """Return a customer's mail."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, "issues@desk.example", subject
    mail.set_content(text)
    return mail


def _run(*command: str) -> None:
    # -P: a module of ours beside the program has the package's name
    called = [sys.executable, "-P", str(_PROGRAM), *command]
    done = subprocess.run(called, stdin=subprocess.DEVNULL, capture_output=True, timeout=300, check=False)
    if done.returncode:
        raise RuntimeError(f"Roundup was not set up:\n{done.stderr.decode(errors='replace')[-3000:]}")
