"""A private Redmine for the tests, on loopback, in one folder with its own SQLite file.

Debian's program is copied there, as a Redmine finds its settings beside its code: nothing of the machine's own
Redmine is read or written. Its process group is ended by its number.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from contextlib import suppress
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import cache
from pathlib import Path
from typing import Any

from tests.servers.request_tracker import AGENTS, free_port

PROGRAM = Path("/usr/share/redmine")
_PUMA = Path("/usr/bin/puma")
CALLED = frozenset(f"{name.capitalize()} Desk" for name in AGENTS)
"""What the agents are called there."""
_COPIED = ("app", "bin", "config", "config.ru", "db", "lib", "Rakefile", "Gemfile")
_WAIT = 120.0
_DATABASE = "production:\n  adapter: sqlite3\n  database: {folder}/redmine.db\n"
_MAIL = (
    "production:\n  email_delivery:\n    delivery_method: :file\n    file_settings:\n      location: {folder}/mail\n"
)
_RAILS = "config.active_job.queue_adapter = :inline\nconfig.log_level = :warn\n"
"""Mails leave within the request that they belong to."""
_SQLITE = """SQLite3::Database.prepend(Module.new do
  def initialize(...)
    super
    busy_handler { |times| times < 20_000 && sleep(0.002) }
  end

  def transaction(mode = :immediate) = super
end)
"""
"""Two writers wait for each other, as on any other database: by default one of them fails on SQLite, or waits in a
way that stops the other."""


def missing() -> list[str]:
    """Return what is not installed."""
    absent = [] if (PROGRAM / "config.ru").exists() else ["redmine"]
    gems = Path("/usr/share/rubygems-integration")
    absent += [] if any(gems.glob("*/specifications/sqlite3-*.gemspec")) else ["redmine-sqlite"]
    return absent if _PUMA.exists() else [*absent, "puma"]


class RedmineServer:
    """The server and its files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None
        self._mail_key = secrets.token_hex(16)
        self._lay_out()
        content = Path(__file__).with_name("redmine_content.rb")
        done = subprocess.run(
            ["ruby", str(content), str(folder), self.url, self._mail_key, *AGENTS], cwd=folder,
            env=self._environment(), stdin=subprocess.DEVNULL, capture_output=True, timeout=600, check=False,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"Redmine was not set up:\n{done.stderr.decode(errors='replace')[-3000:]}")
        self.keys = dict(line.split("=", 1) for line in (folder / "keys").read_text().splitlines())

    def start(self) -> None:
        command = [str(_PUMA), "-b", f"tcp://127.0.0.1:{self.port}", "-t", "8:8", "-e", "production", "config.ru"]
        with (self.folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                command, cwd=self.folder, env=self._environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        end = time.monotonic() + _WAIT
        while True:
            try:
                urllib.request.urlopen(f"{self.url}/login", timeout=60).close()
                return
            except OSError:
                if time.monotonic() > end or self._process.poll() is not None:
                    raise RuntimeError((self.folder / "server.log").read_text()[-3000:]) from None
                time.sleep(0.05)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it; SIGKILL ends it in the middle of whatever it does."""
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(process.pid, how)
        process.wait(timeout=_WAIT)

    def ask(self, method: str, path: str, body: object = None, *, agent: str = "root") -> Any:
        """Make a request as an agent's own program would; bytes are sent as a file is."""
        kind = "application/octet-stream" if isinstance(body, bytes) else "application/json"
        packed = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        headers = {"X-Redmine-API-Key": self.keys[agent], "Content-Type": kind}
        request = urllib.request.Request(f"{self.url}/{path}", method=method, data=packed, headers=headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read() or b"null")

    def project(self, name: str, *, public: bool = True) -> None:
        """Make a project in which the agents are what they are in the first one."""
        body = {"name": name, "identifier": name.lower(), "parent_id": self.number("projects", "Soporte"),
                "inherit_members": True, "is_public": public}  # fmt: skip
        self.ask("POST", "projects.json", {"project": body})

    def issue(self, ref: str, agent: str = "root") -> dict[str, Any]:
        """Return an issue as it stands."""
        found: dict[str, Any] = self.ask(
            "GET", f"issues/{ref}.json?include=journals,attachments,watchers", agent=agent
        )["issue"]
        return found

    def change(self, ref: str, agent: str = "bruno", **values: object) -> None:
        """Change an issue as a colleague would, whatever happens meanwhile."""
        while True:
            try:
                self.ask("PUT", f"issues/{ref}.json", {"issue": values}, agent=agent)
            except urllib.error.HTTPError as error:
                if error.code != 422 or json.loads(error.read())["errors"]:
                    raise
            else:
                return

    @cache  # noqa: B019 # there is one server a run
    def number(self, kind: str, name: str) -> int:
        """Return the number of a status, project or user."""
        if kind == "user":
            return int(next(row["id"] for row in self.ask("GET", "users.json?limit=100")["users"]
                            if row["login"] == name))  # fmt: skip
        rows = self.ask("GET", f"{kind}.json?limit=100")[kind]
        return int(next(row["id"] for row in rows if row["name"] == name))

    def field(self, ref: str, name: str) -> tuple[int, str]:
        """Return the number of an issue's custom field, and what it holds."""
        row = next(row for row in self.issue(ref)["custom_fields"] if row["name"] == name)
        return int(row["id"]), str(row["value"] or "")

    def set_field(self, ref: str, name: str, value: str, agent: str = "bruno") -> None:
        """Set a custom field as a colleague."""
        self.change(ref, agent, custom_fields=[{"id": self.field(ref, name)[0], "value": value}])

    def open_issue(self, sender: str, subject: str, text: str, **more: str) -> str:
        """Have a customer open an issue by mail and return its number."""
        return self.open_by(letter(sender, subject, text), **more)

    def open_by(self, mail: EmailMessage, **more: str) -> str:
        """Have a mail open an issue, and return its number."""
        self.mail_in(mail, **more)
        rows = self.ask("GET", "issues.json?status_id=*&sort=id:desc&limit=1")["issues"]
        return str(rows[0]["id"])

    def mail_in(self, mail: EmailMessage, *, unknown: str = "create", project: str = "soporte") -> None:
        """Have a customer's mail arrive, as Redmine's own script hands it over."""
        raw = mail.as_bytes(policy=mail.policy.clone(linesep="\r\n"))
        form = {"key": self._mail_key, "email": raw.decode("ascii", "surrogateescape"),
                "unknown_user": unknown, "no_account_notice": "1", "no_permission_check": "1",
                "issue[project]": project, "issue[tracker]": "Support"}  # fmt: skip
        packed = urllib.parse.urlencode(form, errors="surrogateescape").encode()
        urllib.request.urlopen(f"{self.url}/mail_handler", data=packed, timeout=60).close()

    def replies(self, ref: str) -> list[str]:
        """Return the public notes that agents wrote to an issue."""
        return [str(one["notes"]) for one in self.issue(ref)["journals"]
                if one["notes"] and not one["private_notes"] and one["user"]["name"] in CALLED]  # fmt: skip

    def content(self, number: str) -> bytes:
        """Return a file's bytes."""
        headers = {"X-Redmine-API-Key": self.keys["root"]}
        request = urllib.request.Request(f"{self.url}/attachments/download/{number}", headers=headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return bytes(answer.read())

    def mailed(self, address: str) -> list[EmailMessage]:
        """Return the mails that Redmine sent to an address."""
        path = self.folder / "mail" / address
        raw = path.read_bytes() if path.exists() else b""
        parts = [part for part in re.split(rb"(?m)^(?=Date: [A-Z][a-z]{2}, )", raw) if part.strip()]
        return [message_from_bytes(part, policy=default) for part in parts]

    def _lay_out(self) -> None:
        """Copy the program, and give it settings of its own."""
        folder, own = self.folder, self.folder / "instances/desk"
        for name in _COPIED:
            place = PROGRAM / name
            if place.is_dir():
                shutil.copytree(place, folder / name, symlinks=True)
            else:
                shutil.copy(place, folder / name)
        for name in ("config", "log", "tmp", "files"):
            (own / name).mkdir(parents=True)
        (folder / "public/plugin_assets").mkdir(parents=True)
        for path in (folder / "config/database.yml", own / "config/database.yml"):
            path.unlink(missing_ok=True)
            path.write_text(_DATABASE.format(folder=folder))
        (own / "config/configuration.yml").write_text(_MAIL.format(folder=folder))
        (own / "config/secret_key.txt").write_text(secrets.token_hex(64))
        (folder / "config/additional_environment.rb").write_text(_RAILS)
        (folder / "config/initializers/99-sqlite.rb").write_text(_SQLITE)
        gems = folder / "Gemfile"
        gems.write_text(gems.read_text().replace(f"{PROGRAM}/", f"{folder}/"))

    def _environment(self) -> dict[str, str]:
        own = {"REDMINE_INSTANCE": "desk", "RAILS_ENV": "production", "BUNDLE_GEMFILE": str(self.folder / "Gemfile"),
               "HOME": str(self.folder), "LANG": "C.UTF-8", "TZ": "UTC"}  # fmt: skip
        return {name: value for name, value in os.environ.items() if name != "X_DEBIAN_SITEID"} | own


def letter(sender: str, subject: str, text: str) -> EmailMessage:
    """Return a customer's mail."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, "issues@desk.example", subject
    mail.set_content(text)
    return mail
