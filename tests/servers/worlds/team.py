"""A team on a real PostgreSQL, for the suites of all connectors; its faults are tested in `tests/queues/team`."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from data.errors import DoubtError, UnreachableError
from queues.team.database import Database
from tests.servers.connector_worlds import files_of, parcel, read
from tests.servers.desk_at_tracker import DeskAtTeam
from tests.servers.postgres import Team, add_mail, open_ticket
from tests.servers.roundup import letter
from tests.servers.system_worlds import FIELD, WORDS, SystemWorld


class TeamWorld(SystemWorld):
    """A team on a real PostgreSQL; another desk brings in what customers write."""

    kind = "team"
    over_http = False
    has_faults = False

    def __init__(self, team: Team, folder: Path, *, agent: str = "alice") -> None:
        super().__init__(DeskAtTeam(team, folder, agent=agent))
        self._team, self._folder, self.known_as = team, folder, agent
        self._gateway = team.connected("gateway")

    @classmethod
    def made(cls, request: pytest.FixtureRequest, folder: Path, customers: str) -> SystemWorld:
        return cls(request.getfixturevalue("team"), folder)

    def write(self) -> None:
        number = len(self.refs) + 1
        mail = letter(f"c{number}@clientes.example", f"Carta {number}", WORDS)
        self.refs.append(open_ticket(self._gateway, mail.as_bytes(), f"c{number}@clientes.example", f"Carta {number}"))

    def write_again(self) -> bool:
        mail = letter("c1@clientes.example", "Re: Carta 1", "Ya está.")
        add_mail(self._gateway, self.refs[0], mail.as_bytes())
        return True

    def write_what(self, words: str, name: str, content: bytes) -> bool:
        raw = parcel("c1@clientes.example", words, name, content)
        self.refs.append(open_ticket(self._gateway, raw, "c1@clientes.example", "Con ñ"))
        return True

    def delivered(self) -> list[str]:
        return [str(body.get_content()).strip() for mail in self._replies() if (body := mail.get_body(("plain",)))]

    def files_delivered(self) -> list[tuple[str, bytes]]:
        return [one for mail in self._replies() for one in files_of(mail)]

    def _replies(self) -> list[EmailMessage]:
        rows = self._gateway.rows("SELECT content FROM tridesk.message WHERE direction = 'out' ORDER BY id")
        return [read(content) for (content,) in rows]

    def field(self) -> str:
        ((fields,),) = self._gateway.rows(
            "SELECT fields FROM tridesk.message WHERE direction = 'out' AND ticket = %s", int(self.refs[0])
        )
        return str(fields[FIELD])

    def restart(self) -> bool:
        try:
            self._team.server.stop(signal.SIGKILL)
        finally:
            self._team.server.start()
        self._gateway.close()
        return True

    def of_colleague(self, agent: str) -> SystemWorld:
        other = TeamWorld(self._team, self._folder, agent=agent)
        other.refs = self.refs
        return other

    @contextmanager
    def before_the_last_byte(self, work: Callable[[], object]) -> Iterator[None]:
        with _patched(Database, "answer", work, lambda: None, of=_brings_words):
            yield

    @contextmanager
    def lost_answer(self) -> Iterator[None]:
        def lost() -> None:
            raise DoubtError("In doubt", "The answer was lost by the test.")

        with _patched(Database, "answer", lambda: None, lost, of=_brings_words):
            yield

    @contextmanager
    def gone_before_the_answer(self) -> Iterator[None]:
        """Have the first reply taken, its answer never come, and the database gone when it is asked again."""

        def lost() -> None:
            raise DoubtError("In doubt", "The answer was lost by the test.")

        def gone() -> None:
            raise UnreachableError("Not reachable", "The database is gone, for the test.")

        with _patched(Database, "answer", lambda: None, lost, then=gone, of=_brings_words):
            yield


def _brings_words(sql: str, *values: object) -> bool:
    """Return whether an operation of the team's carries a message: the claim before a reply does not."""
    return isinstance(values[-1], bytes)


@contextmanager
def _patched(
    owner: type[Database],
    name: str,
    before: Callable[[], object],
    after: Callable[[], object],
    then: Callable[[], object] = lambda: None,
    of: Callable[..., bool] = lambda *given: True,
) -> Iterator[None]:
    """Do something before and after the first call of a method, and before the second, of those that matter."""
    method = getattr(owner, name)
    calls = 0

    def called(client: Any, *given: Any) -> Any:
        nonlocal calls
        if not of(*given):
            return method(client, *given)
        calls += 1
        if calls == 2:
            then()
        if calls != 1:
            return method(client, *given)
        before()
        answer = method(client, *given)
        after()
        return answer

    with patch.object(owner, name, called):
        yield


WORLD = TeamWorld
