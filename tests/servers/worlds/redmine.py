"""A real Redmine, for the suites of all connectors."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.servers.connector_worlds import parcel, read
from tests.servers.desk_at_tracker import DeskAtRedmine
from tests.servers.redmine import CALLED, RedmineServer, letter
from tests.servers.system_worlds import FIELD, WORDS, RealWorld, SystemWorld


class RedmineWorld(RealWorld):
    """A Redmine, real, in which each test has a project of its own."""

    kind = "redmine"
    server_fixture = "redmine"
    desk_at = DeskAtRedmine
    _server: RedmineServer

    @classmethod
    def made(cls, request: pytest.FixtureRequest, folder: Path, customers: str) -> SystemWorld:
        request.getfixturevalue("redmine").project(_project(customers))
        return super().made(request, folder, customers)

    @staticmethod
    def settings(customers: str) -> dict[str, object]:
        return {"queue": _project(customers)}

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


def _project(customers: str) -> str:
    """Return the name of the project of a test's own customers."""
    return f"Soporte-{customers.partition('@')[0]}"


WORLD = RedmineWorld
