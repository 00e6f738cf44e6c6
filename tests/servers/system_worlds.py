"""The ticketing systems with a desk at each, for the contract suite: what all have alike, then one class each."""

from __future__ import annotations

import base64
import signal
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from unittest.mock import patch

from data.errors import DoubtError, UnreachableError
from data.records.changes import Change
from data.records.messages import Message
from data.records.tickets import Ticket
from data.store import Store
from queues.connectors.base import Capability, TicketSystem, connector_class
from queues.connectors.web import WebClient
from queues.team.database import Database
from tests.servers.connector_worlds import Handles, World, files_of, parcel, read
from tests.servers.desk_at_tracker import DeskAtRoundup, DeskAtSystem, DeskAtTeam, DeskAtTracker
from tests.servers.postgres import Team, add_mail, open_ticket
from tests.servers.request_tracker import RequestTrackerServer
from tests.servers.roundup import RoundupServer, letter
from tests.servers.zendesk_double import ZendeskDouble

FIELD = "Macro"
_WORDS = "Hola, ¿me ayudan con la factura?"


class SystemWorld(Handles, World, ABC):
    """A ticketing system over HTTP."""

    capabilities: frozenset[Capability]
    desk: DeskAtSystem

    def __init__(self, desk: DeskAtSystem) -> None:
        self.desk, self.path, self.refs = desk, desk.path, list[str]()

    def sync(self) -> None:
        self.desk.once()

    def act(self, ticket: int, change: Change) -> None:
        self.desk.act(ticket, change)

    def close(self) -> None:
        self.desk.stop()

    def colleague(self) -> World | None:
        return self.of_colleague("bruno")

    @contextmanager
    def before_the_last_byte(self, work: Callable[[], object]) -> Iterator[None]:
        """Do something when the first reply lacks nothing but its last byte."""
        with _patched(WebClient, "finish", work, lambda: None):
            yield

    @contextmanager
    def lost_answer(self) -> Iterator[None]:
        """Have the system take the first reply, and its answer never come."""

        def lost() -> None:
            raise DoubtError("In doubt", "The answer was lost by the test.")

        with _patched(WebClient, "finish", lambda: None, lost):
            yield

    @abstractmethod
    def restart(self) -> bool:
        """Kill the system in the middle of whatever it does and start it again; False where that cannot be."""

    @abstractmethod
    def of_colleague(self, agent: str) -> SystemWorld:
        """Return the desk of another agent."""

    def connector(self) -> TicketSystem:
        """Return our connector alone."""
        made: TicketSystem = connector_class(self.desk.tracker.kind)(self.desk.tracker, self.desk.secret)
        return made

    def messages_of(self, ticket: Ticket) -> list[Message]:
        """Return a ticket's messages here."""
        with closing(Store.open(self.path)) as store:
            return store.messages.of(ticket.id)

    @abstractmethod
    def field(self) -> str:
        """Return what the first ticket's field for the macro holds there."""


class TrackerWorld(SystemWorld):
    """A Request Tracker, real."""

    capabilities = connector_class("rt").capabilities

    def __init__(self, server: RequestTrackerServer, folder: Path, customers: str, *, agent: str = "alice") -> None:
        super().__init__(DeskAtTracker(server, folder, agent=agent))
        self._server, self._folder, self._customers, self.known_as = server, folder, customers, agent
        self.desk.once()  # what others left there

    def tickets(self) -> list[Ticket]:
        return _written_by(self, self._customers)

    def write(self) -> None:
        number = len(self.refs) + 1
        self.refs.append(self._server.open_ticket(f"c{number}.{self._customers}", f"Carta {number}", _WORDS))

    def write_again(self) -> bool:
        raw = f"From: c1.{self._customers}\r\nSubject: [desk.example #{self.refs[0]}]\r\n\r\nYa está.\r\n"
        self._server.mail_in(raw.encode())
        return True

    def write_what(self, words: str, name: str, content: bytes) -> bool:
        self._server.mail_in(parcel(f"c1.{self._customers}", words, name, content))
        return True

    def delivered(self) -> list[str]:
        mails = [read(mail.as_bytes()) for mail in self._server.mailed(self._customers)]
        bodies = [mail.get_body(("plain",)) for mail in mails]
        return [str(body.get_content()).strip() for body in bodies if body is not None]

    def files_delivered(self) -> list[tuple[str, bytes]]:
        kept = self._server.ask(
            "GET", f"ticket/{self.tickets()[0].external_ref}/attachments?fields=Filename&per_page=100"
        )
        named = [one for one in kept["items"] if one.get("Filename")]
        return [
            (one["Filename"], base64.b64decode(self._server.ask("GET", f"attachment/{one['id']}")["Content"]))
            for one in named
        ]

    def field(self) -> str:
        fields = self._server.ask("GET", f"ticket/{self.refs[0]}")["CustomFields"]
        return next((str(one["values"][0]) for one in fields if one["name"] == FIELD and one["values"]), "")

    def restart(self) -> bool:
        try:
            self._server.stop(signal.SIGKILL)
        finally:
            self._server.start()
        return True

    def of_colleague(self, agent: str) -> SystemWorld:
        other = TrackerWorld(self._server, self._folder, self._customers, agent=agent)
        other.refs = self.refs
        return other


class RoundupWorld(SystemWorld):
    """A Roundup, real."""

    capabilities = connector_class("roundup").capabilities

    def __init__(self, server: RoundupServer, folder: Path, customers: str, *, agent: str = "alice") -> None:
        super().__init__(DeskAtRoundup(server, folder, agent=agent))
        self._server, self._folder, self._customers, self.known_as = server, folder, customers, agent
        self.desk.once()  # what others left there

    def tickets(self) -> list[Ticket]:
        return _written_by(self, self._customers)

    def write(self) -> None:
        number = len(self.refs) + 1
        self.refs.append(self._server.open_issue(f"c{number}.{self._customers}", f"Carta {number}", _WORDS))

    def write_again(self) -> bool:
        self._server.mail_in(letter(f"c1.{self._customers}", f"Re: [issue{self.refs[0]}] Carta 1", "Ya está."))
        return True

    def write_what(self, words: str, name: str, content: bytes) -> bool:
        mail = letter(f"c1.{self._customers}", "Con ñ", words)
        mail.add_attachment(content, maintype="image", subtype="png", filename=name)
        self.refs.append(self._server.open_by(mail))
        return True

    def delivered(self) -> list[str]:
        return [self._server.words(one) for one in self._server.mailed(self._customers)]

    def files_delivered(self) -> list[tuple[str, bytes]]:
        last = self._server.issue(self.refs[0])["messages"][-1]["id"]
        files = self._server.ask("GET", f"msg/{last}?@verbose=2")["attributes"]["files"]
        return [(one["name"], self._server.content(one["id"])) for one in files]

    def field(self) -> str:
        return str(self._server.issue(self.refs[0])["macro"] or "")

    def restart(self) -> bool:
        try:
            self._server.stop(signal.SIGKILL)
        finally:
            self._server.start()
        return True

    def of_colleague(self, agent: str) -> SystemWorld:
        other = RoundupWorld(self._server, self._folder, self._customers, agent=agent)
        other.refs = self.refs
        return other


class ZendeskWorld(SystemWorld):
    """A stand-in of Zendesk, which keeps what it is told."""

    capabilities = connector_class("zendesk").capabilities

    def __init__(self, double: ZendeskDouble, folder: Path, *, agent: str = "alice") -> None:
        if agent not in double.tokens:
            double.add_agent(agent)
        if not double.state.groups:
            double.state.groups[71] = "Soporte"
            double.state.fields[501] = {"id": 501, "title": FIELD, "type": "text"}
        self.known_as = f"{agent}@team.example"
        super().__init__(DeskAtSystem(double.url, double.tokens[agent], folder, agent=agent, kind="zendesk",
                                      user=self.known_as, file_hosts=("localhost",)))  # fmt: skip
        self._double, self._folder = double, folder

    def write(self) -> None:
        self._open(_WORDS)

    def write_again(self) -> bool:
        state, first = self._double.state, int(self.refs[0])
        state.write(first, state.tickets[first]["requester_id"], "Ya está.")
        return True

    def write_what(self, words: str, name: str, content: bytes) -> bool:
        self._open(words, [self._double.state.keep(name, "image/png", content)])
        return True

    def _open(self, words: str, files: list[int] | None = None) -> None:
        state, number = self._double.state, len(self.refs) + 1
        customer = state.add_user(f"Cliente {number}", f"c{number}@clientes.example")
        self.refs.append(str(state.open(customer, f"Carta {number}", words, files=files, group_id=71)))

    def sync(self) -> None:
        self._double.state.pass_time()  # an export leaves the last minute out
        super().sync()

    def delivered(self) -> list[str]:
        return [str(one["body"]) for one in self._double.state.replies()]

    def files_delivered(self) -> list[tuple[str, bytes]]:
        state = self._double.state
        attached = [one for reply in state.replies() for one in reply["attachments"]]
        return [(one["file_name"], state.files[one["id"]]["content"]) for one in attached]

    def field(self) -> str:
        fields = self._double.state.tickets[int(self.refs[0])]["custom_fields"]
        return next((str(one["value"]) for one in fields if one["id"] == 501), "")

    def restart(self) -> bool:
        return False

    def of_colleague(self, agent: str) -> SystemWorld:
        other = ZendeskWorld(self._double, self._folder, agent=agent)
        other.refs = self.refs
        return other


class TeamWorld(SystemWorld):
    """A team on a real PostgreSQL; another desk brings in what customers write."""

    capabilities = connector_class("team").capabilities

    def __init__(self, team: Team, folder: Path, *, agent: str = "alice") -> None:
        super().__init__(DeskAtTeam(team, folder, agent=agent))
        self._team, self._folder, self.known_as = team, folder, agent
        self._gateway = team.connected("gateway")

    def write(self) -> None:
        number = len(self.refs) + 1
        mail = letter(f"c{number}@clientes.example", f"Carta {number}", _WORDS)
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


def _written_by(world: Handles, customers: str) -> list[Ticket]:
    """Return the tickets of a test's own customers: others of the session lie beside them."""
    with closing(Store.open(world.path)) as store:
        mine = {one.ticket_id for one in store.messages.each() if one.from_address.endswith(customers)}
        return [one for one in store.tickets.each() if one.id in mine]


def _brings_words(sql: str, *values: object) -> bool:
    """Return whether an operation of the team's carries a message: the claim before a reply does not."""
    return isinstance(values[-1], bytes)


@contextmanager
def _patched(
    owner: type[WebClient | Database],
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
