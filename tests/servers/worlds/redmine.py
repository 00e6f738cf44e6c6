"""A real Redmine, for the suites of all connectors."""

from __future__ import annotations

import signal
from email.message import EmailMessage
from pathlib import Path

import pytest

from data.records.tickets import Ticket
from tests.servers.connector_worlds import parcel, read
from tests.servers.desk_at_tracker import DeskAtRedmine
from tests.servers.redmine import CALLED, RedmineServer, letter
from tests.servers.system_worlds import FIELD, WORDS, SystemWorld, tickets_of


class RedmineWorld(SystemWorld):
    """A Redmine, real."""

    kind = "redmine"
    is_real = True

    def __init__(self, server: RedmineServer, folder: Path, customers: str, *, agent: str = "alice") -> None:
        super().__init__(DeskAtRedmine(server, folder, agent=agent, queue=_project(customers)))
        self._server, self._folder, self._customers, self.known_as = server, folder, customers, agent

    @classmethod
    def made(cls, request: pytest.FixtureRequest, folder: Path, customers: str) -> SystemWorld:
        server: RedmineServer = request.getfixturevalue("redmine")
        server.project(_project(customers))
        return cls(server, folder, customers)

    def tickets(self) -> list[Ticket]:
        return tickets_of(self, self._customers)

    def write(self) -> None:
        number = len(self.refs) + 1
        self.refs.append(self._open(letter(f"c{number}.{self._customers}", f"Carta {number}", WORDS)))

    def _open(self, mail: EmailMessage) -> str:
        return self._server.open_by(mail, project=_project(self._customers).lower())

    def write_again(self) -> bool:
        self._server.mail_in(letter(f"c1.{self._customers}", f"Re: [Soporte #{self.refs[0]}] Carta 1", "Ya está."))
        return True

    def write_what(self, words: str, name: str, content: bytes) -> bool:
        self.refs.append(self._open(read(parcel(f"c1.{self._customers}", words, name, content))))
        return True

    def delivered(self) -> list[str]:
        return [text for ref in self.refs for text in self._server.replies(ref)]

    def files_delivered(self) -> list[tuple[str, bytes]]:
        files = self._server.issue(self.refs[0])["attachments"]
        return [(one["filename"], self._server.content(one["id"])) for one in files if one["author"]["name"] in CALLED]

    def field(self) -> str:
        return self._server.field(self.refs[0], FIELD)[1]

    def restart(self) -> bool:
        try:
            self._server.stop(signal.SIGKILL)
        finally:
            self._server.start()
        return True

    def of_colleague(self, agent: str) -> SystemWorld:
        other = RedmineWorld(self._server, self._folder, self._customers, agent=agent)
        other.refs = self.refs
        return other


def _project(customers: str) -> str:
    """Return the name of the project of a test's own customers."""
    return f"Soporte-{customers.partition('@')[0]}"


WORLD = RedmineWorld
