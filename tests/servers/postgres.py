"""A private PostgreSQL for the tests, on loopback, in one folder; its processes are ended by their numbers."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import cast

from queues.team.administration import Role, add_member, prepare
from queues.team.database import Database, as_json
from tests.servers.request_tracker import AGENTS, free_port

_OWNER, _PASSWORD = "owner", "owner-pass"
_SETTINGS = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
shared_buffers = 32MB
max_connections = 60
log_min_messages = warning
autovacuum = off
"""
_WAIT = 60.0
_TEMPLATE = "usual"
_numbers = count(1)


def programs() -> Path | None:
    """Return the folder of the newest installed server's programs."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[4]))
    return folders[-1].parent if folders else None


def missing() -> list[str]:
    """Return what is not installed."""
    return [] if programs() else ["postgresql"]


@dataclass(frozen=True)
class Place:
    """One member's way to a team's database, as settings have it."""

    url: str
    name: str = "acme"
    ca_file: str = ""


class PostgresServer:
    """The server and its files; each team of a test is a database of its own."""

    def __init__(self, folder: Path) -> None:
        folder.chmod(0o755)
        self.folder, self.port = folder, free_port()
        self._postmaster: subprocess.Popen[bytes] | None = None
        self._has_template = False
        found = programs()
        assert found is not None
        self._programs = found
        self._user = "postgres" if os.getuid() == 0 else None
        """PostgreSQL refuses to run as root."""
        data = folder / "data"
        data.mkdir()
        if self._user:
            os.chown(data, pwd.getpwnam(self._user).pw_uid, -1)
        secret = folder / "pw"
        secret.write_text(_PASSWORD)
        self._run("initdb", "-D", str(data), "-U", _OWNER, f"--pwfile={secret}", "--auth=scram-sha-256", "-E", "UTF8",
                  "--locale=C.UTF-8", "--no-sync")  # fmt: skip
        with (data / "postgresql.conf").open("a") as settings:
            settings.write(_SETTINGS)

    def start(self, *options: str) -> None:
        """Start it; nothing is written through to the disk, which a killed process does not lose."""
        lock = self.folder / "data/postmaster.pid"
        self._spawn(*options)
        end = time.monotonic() + _WAIT
        while True:
            with suppress(OSError, IndexError):
                lines = lock.read_text().splitlines()
                if (
                    self._postmaster and lines[0] == str(self._postmaster.pid) and lines[7].strip() == "ready"
                ):  # not of a killed one
                    return
            if time.monotonic() > end:
                raise RuntimeError((self.folder / "server.log").read_text()[-3000:])
            if self._postmaster is None or self._postmaster.poll() is not None:
                self._spawn(*options)  # processes of a killed one were still ending
            time.sleep(0.02)

    def _spawn(self, *options: str) -> None:
        with (self.folder / "server.log").open("ab") as log:
            self._postmaster = subprocess.Popen(
                [self._programs / "postgres", "-D", self.folder / "data", "-p", str(self.port), "-c", "fsync=off",
                 *options],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder, start_new_session=True,
                user=self._user, group=self._user,
            )  # fmt: skip

    def tls_options(self, folder: Path) -> list[str]:
        """Return the options of a start with the certificate in a folder, which the server gets as its own."""
        for name in ("server.pem", "server.key"):
            own = self.folder / "data" / name
            shutil.copy(folder / name, own)
            own.chmod(0o600)
            if self._user:
                os.chown(own, pwd.getpwnam(self._user).pw_uid, -1)
        return ["-c", "ssl=on", "-c", "ssl_cert_file=server.pem", "-c", "ssl_key_file=server.key"]

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End it; SIGKILL ends all its processes in the middle of whatever they do."""
        process, self._postmaster = self._postmaster, None
        if process is None:
            return
        if how is signal.SIGKILL:
            for pid in [process.pid, *_children(process.pid)]:
                with suppress(ProcessLookupError):
                    os.kill(pid, how)
        else:
            process.send_signal(how)
        process.wait(timeout=_WAIT)

    def team(self, **roles: str) -> Team:
        """Return a new team with these members; without any, the usual agents."""
        if roles:
            return Team(self, f"team{next(_numbers)}", roles)
        if not self._has_template:
            self._has_template = True
            Team(self, _TEMPLATE, dict.fromkeys((*AGENTS, "gateway"), "agent")).close()
        return Team(self, f"team{next(_numbers)}", {}, template=_TEMPLATE)

    def owner(self, database: str) -> Database:
        """Return the owner's connection."""
        return Database(Place(self.url(_OWNER, database)), lambda: _PASSWORD)

    def url(self, login: str, database: str) -> str:
        """Return the address of a database for a login."""
        return f"postgresql://{login}@127.0.0.1:{self.port}/{database}"

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self._programs / program, *arguments], stdin=subprocess.DEVNULL, capture_output=True, cwd=self.folder,
            timeout=120, check=False, user=self._user, group=self._user,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(done.stderr.decode(errors="replace")[-3000:])


class Team:
    """A team's database."""

    def __init__(self, server: PostgresServer, name: str, roles: dict[str, str], template: str = "") -> None:
        self.server, self.name = server, name
        self._opened: list[Database] = []
        owner = server.owner("postgres")
        owner.rows(f"CREATE DATABASE {name}" + (f" TEMPLATE {template}" if template else ""))
        owner.close()
        self.owner = self._kept(server.owner(name))
        if not template:
            prepare(self.owner)
        for login, role in roles.items():
            self.add(login, role)

    def add(self, login: str, role: str = "agent", *lanes: str) -> None:
        """Admit a member; logins are of the whole server."""
        add_member(self.owner, login, cast(Role, role), lanes)
        self.owner.script(f"ALTER ROLE {login} PASSWORD '{login}-pass'")

    def url(self, login: str) -> str:
        """Return the address for a member."""
        return self.server.url(login, self.name)

    def password(self, login: str) -> Callable[[], str]:
        """Return where a member's password is."""
        return lambda: f"{login}-pass"

    def connected(self, login: str) -> Database:
        """Return a member's connection."""
        return self._kept(Database(Place(self.url(login)), self.password(login)))

    def close(self) -> None:
        """End every connection."""
        for database in self._opened:
            database.close()

    def _kept(self, database: Database) -> Database:
        self._opened.append(database)
        return database


def open_ticket(database: Database, raw: bytes, sender: str, subject: str, lane: str = "mail", home: str = "") -> str:
    """Bring a customer's mail into the team, and return the ticket's number there."""
    state = {"status": "new", "lane": lane, "subject": subject, "requestor": sender, "home": home}
    return str(_brought(database, "open_ticket(%s, %s::jsonb, %s)", {"set": state, "message": _described(raw)}, raw))


def add_mail(database: Database, ref: str, raw: bytes) -> None:
    """Bring a customer's further mail into the team."""
    _brought(database, f"operate(%s, {ref}, NULL, %s::jsonb, %s)", {"message": _described(raw)}, raw)


def _described(raw: bytes) -> dict[str, object]:
    return {"mark": sha256(raw).hexdigest(), "direction": "in", "at": time.time()}


def _brought(database: Database, function: str, what: dict[str, object], raw: bytes) -> int:
    ((answer,),) = database.rows(f"SELECT tridesk.{function}", str(uuid.uuid4()), as_json(what), raw)
    return int(answer["ticket"])


def _children(pid: int) -> list[int]:
    """Return the processes that a process started, by the system's own tables."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError, IndexError, ValueError):
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    return [child for child, parent in parents.items() if parent == pid]
