"""A desk that mirrors a ticketing system of the tests, looked after by a keeper in threads of the test."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing, nullcontext
from pathlib import Path
from unittest.mock import patch
from urllib.parse import urlsplit

import msgspec

from data.errors import UnreachableError
from data.records.changes import Change, Event
from data.records.messages import Message
from data.records.outbox import OutboxEntry, OutboxState
from data.records.tickets import Status, Ticket
from data.store import Store
from queues.accounts.secrets import Keyed
from queues.accounts.ticketing_system import Tracker, complete
from queues.connectors.web import Answer, WebClient
from queues.mail.read_mail import read_mail
from queues.remotes.links import Link, links
from tests.database import database
from tests.servers.postgres import Team
from tests.servers.redmine import RedmineServer
from tests.servers.request_tracker import RequestTrackerServer
from tests.servers.roundup import RoundupServer
from tui.accounts.mail_worker import MailKeeper
from tui.setup.open_desk import open_desk
from tui.setup.settings import Settings

QUICKLY = (0.05,)


class DeskAtSystem:
    """One agent's desk on one queue of the system at `url`; `agent` is the name there too."""

    def __init__(self, url: str, token: str, folder: Path, *, agent: str = "alice", queue: str = "Soporte",
                 **changes: object) -> None:  # fmt: skip
        self.agent, self.queue, self.path, self.token = agent, queue, folder / f"{agent}.db", token
        folder.mkdir(exist_ok=True)
        tracker = Tracker("desk", url, queues={queue: "mail"}, poll_seconds=1, requests_per_minute=100_000,
                          per_minute=10_000)  # fmt: skip
        self.tracker = complete(msgspec.structs.replace(tracker, **changes))
        self.settings = Settings(agent=f"{agent}-here", undo_seconds=0, tracker=(self.tracker,))
        self.said: list[str] = []
        self._keeper: MailKeeper | None = None
        self._cut: Callable[..., Answer] | None = None
        open_desk(self.path, settings=self.settings).store.close()

    def secret(self, one: Keyed) -> str:
        return self.token

    def keeper(self) -> MailKeeper:
        return MailKeeper(self.path, self.settings, self.secret, tell=self.said.append)

    def start(self, delays: tuple[float, ...] = QUICKLY) -> None:
        self._keeper = self.keeper()
        self._keeper.start(delays=delays)

    def stop(self) -> None:
        if self._keeper is not None:
            self._keeper.stop()
            self._keeper = None

    def once(self) -> int:
        """Fetch and carry out once; return how many messages were filed."""
        keeper, cut = self.keeper(), self._cut
        self._cut = None
        try:
            with patch.object(WebClient, "ask", cut) if cut else nullcontext():
                return keeper.once(self.tracker)[0]
        finally:
            keeper.close()

    def act(self, ticket: int, change: Change) -> None:
        desk = open_desk(self.path, settings=self.settings)
        with closing(desk.store):
            desk.act([ticket], change)

    def undo(self) -> None:
        desk = open_desk(self.path, settings=self.settings)
        with closing(desk.store):
            desk.undo()

    def reply(self, ticket: int, text: str = "Ya está, un saludo.", **change: object) -> None:
        values: dict[str, object] = {"reply": text, "status": Status.PENDING, "override_reason": "a test's own words"}
        self.act(ticket, Change(**{**values, **change}))  # type: ignore[arg-type]

    def cut_after(self, requests: int) -> None:
        """End the connection of the next run after so many requests."""
        asked = WebClient.ask

        def ask(web: WebClient, *args: object, **more: object) -> Answer:
            nonlocal requests
            requests -= 1
            if requests == 0:
                raise UnreachableError("Not reachable", "The connection was ended by the test.")
            return asked(web, *args, **more)  # type: ignore[arg-type]

        self._cut = ask

    def cursor(self) -> str:
        """Return how far the feed was read."""
        with closing(Store.open(self.path)) as store:
            return str(store.settings.get(f"mark.{self.tracker.connector}") or "")

    def undo_seconds(self, seconds: int) -> None:
        """Keep what is done from now on here so long."""
        self.settings = msgspec.structs.replace(self.settings, undo_seconds=seconds)

    def go_by(self, url: str, ca_file: str = "") -> None:
        """Reach the system by another host, under the same path."""
        whole = url + urlsplit(self.tracker.url).path
        self.tracker = complete(msgspec.structs.replace(self.tracker, url=whole, ca_file=ca_file))
        self.settings = msgspec.structs.replace(self.settings, tracker=(self.tracker,))

    def put_back(self, cursor: str) -> None:
        """Have the feed read again from there."""
        with closing(Store.open(self.path)) as store, store.write():
            store.settings.save(f"mark.{self.tracker.connector}", cursor)

    def forget(self, statement: str) -> None:
        """Put the file back to an earlier moment, as a crash would have left it."""
        with closing(Store.open(self.path)) as store:
            database(store).execute(statement)

    def tickets(self) -> list[Ticket]:
        with closing(Store.open(self.path)) as store:
            return list(store.tickets.each())

    def mirrored(self, ref: str) -> Ticket:
        (found,) = [one for one in self.tickets() if one.external_ref == ref]
        return found

    def messages(self, ref: str) -> list[Message]:
        with closing(Store.open(self.path)) as store:
            number = store.tickets.by_external_ref(self.tracker.connector, ref)
            return store.messages.of(number) if number is not None else []

    def events(self, ref: str) -> list[Event]:
        with closing(Store.open(self.path)) as store:
            return store.events.of(self.mirrored(ref).id)

    def outbox(self) -> list[OutboxEntry]:
        with closing(Store.open(self.path)) as store:
            rows = database(store).execute("SELECT id FROM outbox ORDER BY id").fetchall()
            return [entry for (number,) in rows if (entry := store.outbox.get(number)) is not None]

    def states(self) -> list[OutboxState]:
        return [entry.state for entry in self.outbox()]

    def link(self) -> Link | None:
        with closing(Store.open(self.path)) as store:
            return links(store).get(self.tracker.connector)


class DeskAtTracker(DeskAtSystem):
    """One agent's desk on one queue of the Request Tracker."""

    def __init__(self, server: RequestTrackerServer, folder: Path, *, agent: str = "alice", **changes: object) -> None:
        super().__init__(server.url, server.tokens[agent], folder, agent=agent, **changes)  # type: ignore[arg-type]
        self.server = server


class DeskAtRoundup(DeskAtSystem):
    """One agent's desk on one component of the Roundup."""

    def __init__(self, server: RoundupServer, folder: Path, *, agent: str = "alice", **changes: object) -> None:
        more = {"kind": "roundup", "user": agent, "queue_field": "component", **changes}
        super().__init__(server.url, server.passwords[agent], folder, agent=agent, **more)  # type: ignore[arg-type]
        self.server = server

    def tracker_of(self, agent: str, **changes: object) -> Tracker:
        """Return the settings of another agent's desk."""
        return msgspec.structs.replace(self.tracker, **{"user": agent, **changes})


class DeskAtRedmine(DeskAtSystem):
    """One agent's desk on one project of the Redmine."""

    def __init__(self, server: RedmineServer, folder: Path, *, agent: str = "alice", **changes: object) -> None:
        more = {"kind": "redmine", **changes}
        super().__init__(server.url, server.keys[agent], folder, agent=agent, **more)  # type: ignore[arg-type]
        self.server = server


class DeskAtTeam(DeskAtSystem):
    """One agent's desk in a team."""

    def __init__(self, team: Team, folder: Path, *, agent: str = "alice", **changes: object) -> None:
        more = {"kind": "team", "queues": {}, **changes}
        super().__init__(team.url(agent), f"{agent}-pass", folder, agent=agent, **more)  # type: ignore[arg-type]
        self.team = team

    def receive(self, raw: bytes, account: str) -> int:
        """Have a mail arrive through a mail account of this desk, and return its ticket."""
        desk = open_desk(self.path, settings=self.settings)
        with closing(desk.store):
            sha = desk.store.messages.keep_raw(raw, "a mailbox", 1_790_000_000)
            (received,) = desk.receive([read_mail(raw, connector=account, source="a mailbox")])
            assert desk.store.messages.raw(sha) == raw
            return received.ticket_id
