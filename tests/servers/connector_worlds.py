"""Each connector with a desk at it and its customers behind it, all with the same handles, for the contract suite."""

from __future__ import annotations

from contextlib import closing
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Protocol

from data.records import Change, OutboxState, Status, Ticket
from data.store import Store
from queues.connectors.base import Capability
from queues.connectors.demo import DemoConnector
from queues.connectors.email import EmailConnector
from queues.connectors.files import NAME as FILES
from queues.connectors.outbox_folder import OutboxFolder
from queues.connectors.request_tracker import RequestTracker
from queues.connectors.roundup import Roundup
from queues.connectors.zendesk import Zendesk
from queues.desk import Desk
from queues.mail.reading import read_mail
from queues.outbox import deliver_due, recover
from tests.servers.desk_at_mail import DeskAtMail, letter, received, until
from tests.servers.desk_at_tracker import DeskAtRoundup, DeskAtSystem, DeskAtTracker
from tests.servers.mail_stack import MailStack
from tests.servers.request_tracker import RequestTrackerServer
from tests.servers.roundup import RoundupServer
from tests.servers.roundup import letter as customers_mail
from tests.servers.zendesk_double import ZendeskDouble
from tui.composition import open_desk
from tui.settings import Settings

_START = 1_790_000_000


class World(Protocol):
    """One desk, the outside behind its connector, and the handles of the suite."""

    capabilities: frozenset[Capability]
    path: Path
    known_as: str
    """What colleagues see as the owner of our tickets."""

    def write(self) -> None:
        """Have a customer write who never wrote."""
        ...

    def write_again(self) -> bool:
        """Have the first customer write once more; False where these customers cannot be told to."""
        ...

    def sync(self) -> None:
        """Fetch and send once, as a process that was just started would."""
        ...

    def act(self, ticket: int, change: Change) -> None: ...

    def delivered(self) -> list[str]:
        """Return the texts of the replies that reached customers."""
        ...

    def colleague(self) -> World | None:
        """Return the desk of another agent on the same outside, None where there is no such thing."""
        ...

    def tickets(self) -> list[Ticket]: ...

    def states(self) -> list[OutboxState]: ...

    def forget_the_answer(self) -> None: ...

    def close(self) -> None: ...


class Handles:
    """What every desk is looked at by."""

    path: Path
    known_as = "alice"

    def tickets(self) -> list[Ticket]:
        with closing(Store.open(self.path)) as store:
            return list(store.tickets.each())

    def states(self) -> list[OutboxState]:
        with closing(Store.open(self.path)) as store:
            rows = store.utils().execute("SELECT state FROM outbox ORDER BY id").fetchall()
            return [OutboxState(state) for (state,) in rows]

    def forget_the_answer(self) -> None:
        """Put the file back to where it stood when the last byte had gone and the answer was awaited."""
        with closing(Store.open(self.path)) as store:
            store.utils().execute("UPDATE outbox SET state = 'sending', sent_at = NULL")


class LocalWorld(Handles):
    """The demo, or imported files whose replies lie in a folder."""

    def __init__(self, folder: Path, kind: str) -> None:
        self.path, self._folder, self._kind = folder / "desk.db", folder, kind
        self._now, self._written = _START, 0
        self._settings = Settings(agent="eva", undo_seconds=0)
        self.capabilities = (DemoConnector if kind == "demo" else OutboxFolder).capabilities

    def _open(self) -> Desk:
        return open_desk(self.path, settings=self._settings, clock=lambda: self._now)

    def write(self) -> None:
        self._written += 1
        if self._kind == "demo":
            connector = DemoConnector(self._folder, clock=lambda: self._now, seed=3, start=_START, waiting=False)
            while len(connector.fetch()[0]) < self._written:
                self._now += 1
            return
        desk = self._open()
        with closing(desk.store):
            raw = letter(self._written, sender=f"a{self._written}@clientes.example")
            desk.receive([read_mail(raw, connector=FILES, source="a file")])

    def write_again(self) -> bool:
        return False

    def sync(self) -> None:
        desk = self._open()
        with closing(desk.store):
            if self._kind == "demo":
                demo = DemoConnector(self._folder, clock=lambda: self._now, seed=3, start=_START, waiting=False)
                recover(desk.store, {demo.name: demo})
                desk.receive(demo.fetch()[0])
                deliver_due(desk.store, {demo.name: demo}, self._now)
            else:
                files = OutboxFolder(self._folder)
                recover(desk.store, {files.name: files})
                deliver_due(desk.store, {files.name: files}, self._now)

    def act(self, ticket: int, change: Change) -> None:
        desk = self._open()
        with closing(desk.store):
            desk.act([ticket], change)

    def delivered(self) -> list[str]:
        found = [message_from_bytes(path.read_bytes(), policy=default) for path in self._folder.glob("outbox/*.eml")]
        return [str(one.get_content()).strip() for one in found]

    def colleague(self) -> World | None:
        return None

    def close(self) -> None:
        pass


class MailWorld(Handles):
    """A mail account on real servers."""

    capabilities = EmailConnector.capabilities

    def __init__(self, stack: MailStack, folder: Path, address: str, *, agent: str = "eva") -> None:
        self._stack, self._folder, self._address = stack, folder, address
        self._desk = DeskAtMail(stack, folder, address, agent=agent)
        self.path, self._written = self._desk.path, 0
        self._customers = stack.add_user(f"contract{address.partition('@')[0][4:]}", "clientes.example")[0]

    def write(self) -> None:
        self._written += 1
        before = len(received(self._stack, self._address))
        self._desk.write(self._written, sender=self._customers, subject=f"Carta {self._written}")
        until(lambda: len(received(self._stack, self._address)) > before)

    def write_again(self) -> bool:
        with closing(Store.open(self.path)) as store:
            ours = [one.message_id for one in store.messages.each() if one.message_id.startswith("<tridesk")]
        before = len(received(self._stack, self._address))
        self._desk.write(900, sender=self._customers, subject="Re: Carta 1", answers=ours[0])
        until(lambda: len(received(self._stack, self._address)) > before)
        return True

    def sync(self) -> None:
        self._desk.once()

    def act(self, ticket: int, change: Change) -> None:
        self._desk.act(ticket, change)

    def delivered(self) -> list[str]:
        sent = self.states().count(OutboxState.SENT)
        until(lambda: len(received(self._stack, self._customers)) >= sent)
        bodies = [one.get_payload(decode=True) for one in received(self._stack, self._customers)]
        return [body.decode().strip() for body in bodies if isinstance(body, bytes)]

    def colleague(self) -> World | None:
        return MailWorld(self._stack, self._folder, self._address, agent="zoe")

    def close(self) -> None:
        self._desk.stop()


class TrackerWorld(Handles):
    """A Request Tracker, real."""

    capabilities = RequestTracker.capabilities

    def __init__(self, server: RequestTrackerServer, folder: Path, customers: str, *, agent: str = "alice") -> None:
        self._server, self._folder, self._customers = server, folder, customers
        self._desk = DeskAtTracker(server, folder, agent=agent)
        self.path, self._written, self._refs = self._desk.path, 0, list[str]()
        self._desk.once()  # what others left there

    def tickets(self) -> list[Ticket]:
        with closing(Store.open(self.path)) as store:
            mine = {one.ticket_id for one in store.messages.each() if one.from_address.endswith(self._customers)}
        return [one for one in super().tickets() if one.id in mine]

    def write(self) -> None:
        self._written += 1
        sender = f"c{self._written}.{self._customers}"
        self._refs.append(
            self._server.open_ticket(sender, f"Carta {self._written}", "Hola, ¿me ayudan con la factura?")
        )

    def write_again(self) -> bool:
        sender, ref = f"c1.{self._customers}", self._refs[0]
        raw = f"From: {sender}\r\nTo: soporte@desk.example\r\nSubject: [desk.example #{ref}]\r\n\r\nYa está.\r\n"
        self._server.mail_in(raw.encode())
        return True

    def sync(self) -> None:
        self._desk.once()

    def act(self, ticket: int, change: Change) -> None:
        self._desk.act(ticket, change)

    def delivered(self) -> list[str]:
        found = []
        for mail in self._server.mailed(self._customers):
            body = mail.get_body(("plain",))  # type: ignore[attr-defined]
            found.append(str(body.get_content()).strip())
        return found

    def colleague(self) -> World | None:
        other = TrackerWorld(self._server, self._folder, self._customers, agent="bruno")
        other._refs = self._refs
        return other

    def close(self) -> None:
        self._desk.stop()


class RoundupWorld(Handles):
    """A Roundup, real."""

    capabilities = Roundup.capabilities

    def __init__(self, server: RoundupServer, folder: Path, customers: str, *, agent: str = "alice") -> None:
        self._server, self._folder, self._customers = server, folder, customers
        self._desk = DeskAtRoundup(server, folder, agent=agent)
        self.path, self._refs, self.known_as = self._desk.path, list[str](), agent
        self._desk.once()  # what others left there

    def tickets(self) -> list[Ticket]:
        with closing(Store.open(self.path)) as store:
            mine = {one.ticket_id for one in store.messages.each() if one.from_address.endswith(self._customers)}
        return [one for one in super().tickets() if one.id in mine]

    def write(self) -> None:
        number = len(self._refs) + 1
        sender = f"c{number}.{self._customers}"
        self._refs.append(self._server.open_issue(sender, f"Carta {number}", "Hola, ¿me ayudan con la factura?"))

    def write_again(self) -> bool:
        self._server.mail_in(customers_mail(f"c1.{self._customers}", f"Re: [issue{self._refs[0]}] Carta 1", "Ya está."))
        return True

    def sync(self) -> None:
        self._desk.once()

    def act(self, ticket: int, change: Change) -> None:
        self._desk.act(ticket, change)

    def delivered(self) -> list[str]:
        return [self._server.words(one) for one in self._server.mailed(self._customers)]

    def colleague(self) -> World | None:
        other = RoundupWorld(self._server, self._folder, self._customers, agent="bruno")
        other._refs = self._refs
        return other

    def close(self) -> None:
        self._desk.stop()


class ZendeskWorld(Handles):
    """A stand-in of Zendesk, which keeps what it is told."""

    capabilities = Zendesk.capabilities

    def __init__(self, double: ZendeskDouble, folder: Path, *, agent: str = "alice") -> None:
        self._double, self._folder, self._agent = double, folder, agent
        if agent not in double.tokens:
            double.add_agent(agent)
        if not double.state.groups:
            double.state.groups[71] = "Soporte"
        self.known_as = f"{agent}@team.example"
        self._desk = DeskAtSystem(double.url, double.tokens[agent], folder, agent=agent, kind="zendesk",
                                  user=self.known_as)  # fmt: skip
        self.path = self._desk.path
        self._refs: list[int] = []

    def write(self) -> None:
        state, number = self._double.state, len(self._refs) + 1
        customer = state.add_user(f"Cliente {number}", f"c{number}@clientes.example")
        subject = f"Carta {number}"
        self._refs.append(state.open(customer, subject, "Hola, ¿me ayudan con la factura?", group_id=71))

    def write_again(self) -> bool:
        state = self._double.state
        state.write(self._refs[0], state.tickets[self._refs[0]]["requester_id"], "Ya está.")
        return True

    def sync(self) -> None:
        self._double.state.pass_time()  # an export leaves the last minute out
        self._desk.once()

    def act(self, ticket: int, change: Change) -> None:
        self._desk.act(ticket, change)

    def delivered(self) -> list[str]:
        return [str(one["body"]) for one in self._double.state.replies()]

    def colleague(self) -> World | None:
        other = ZendeskWorld(self._double, self._folder, agent="bruno")
        other._refs = self._refs
        return other

    def close(self) -> None:
        self._desk.stop()


def reply(text: str) -> Change:
    """Return a reply that passes every check."""
    return Change(reply=text, status=Status.PENDING, override_reason="a test's own words")
