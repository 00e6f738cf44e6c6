"""Each connector with a desk at it and its customers behind it, all with the same handles, for the contract suite."""

from __future__ import annotations

from contextlib import closing
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Protocol

from data.records.changes import Change
from data.records.messages import Message
from data.records.outbox import OutboxEntry, OutboxState
from data.records.tickets import Status, Ticket
from data.store import Store
from queues.connectors.base import Capability
from queues.connectors.demo import DemoConnector
from queues.connectors.email import EmailConnector
from queues.connectors.files import NAME as FILES
from queues.connectors.outbox_folder import OutboxFolder
from queues.desk.desk import Desk
from queues.mail.read_mail import read_mail
from queues.outgoing.outbox import deliver_due, recover
from tests.database import database
from tests.servers.desk_at_mail import DeskAtMail, letter, received, until
from tests.servers.mail_stack import MailStack
from tui.setup.open_desk import open_desk
from tui.setup.settings import Settings

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

    def write_what(self, words: str, name: str, content: bytes) -> bool:
        """Have a customer who never wrote send words and a file; False where they cannot be told to."""
        ...

    def act(self, ticket: int, change: Change) -> None: ...

    def messages(self) -> list[Message]:
        """Return the messages of the first ticket here."""
        ...

    def files_delivered(self) -> list[tuple[str, bytes]]:
        """Return the files that went with replies."""
        ...

    def delivered(self) -> list[str]:
        """Return the texts of the replies that reached customers."""
        ...

    def colleague(self) -> World | None:
        """Return the desk of another agent on the same outside, None where there is no such thing."""
        ...

    def tickets(self) -> list[Ticket]: ...

    def outbox(self) -> list[OutboxEntry]: ...

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

    def messages(self) -> list[Message]:
        with closing(Store.open(self.path)) as store:
            return store.messages.of(self.tickets()[0].id)

    def outbox(self) -> list[OutboxEntry]:
        with closing(Store.open(self.path)) as store:
            rows = database(store).execute("SELECT id FROM outbox ORDER BY id").fetchall()
            return [entry for (number,) in rows if (entry := store.outbox.get(number)) is not None]

    def states(self) -> list[OutboxState]:
        with closing(Store.open(self.path)) as store:
            rows = database(store).execute("SELECT state FROM outbox ORDER BY id").fetchall()
            return [OutboxState(state) for (state,) in rows]

    def forget_the_answer(self) -> None:
        """Put the file back to where it stood when the last byte had gone and the answer was awaited."""
        with closing(Store.open(self.path)) as store:
            database(store).execute("UPDATE outbox SET state = 'sending', sent_at = NULL")


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

    def write_what(self, words: str, name: str, content: bytes) -> bool:
        desk = self._open()
        with closing(desk.store):
            desk.receive([read_mail(parcel("a@clientes.example", words, name, content), connector=FILES, source="")])
        return True

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

    def _sent(self) -> list[EmailMessage]:
        return [read(path.read_bytes()) for path in self._folder.glob("outbox/*.eml")]

    def delivered(self) -> list[str]:
        return [str(one.get_content()).strip() for one in self._sent()]

    def files_delivered(self) -> list[tuple[str, bytes]]:
        return [one for mail in self._sent() for one in files_of(mail)]

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

    def write_what(self, words: str, name: str, content: bytes) -> bool:
        self._stack.deliver(self._customers, self._address, parcel(self._customers, words, name, content))
        until(lambda: received(self._stack, self._address))
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

    def files_delivered(self) -> list[tuple[str, bytes]]:
        until(lambda: received(self._stack, self._customers))
        return [one for mail in received(self._stack, self._customers) for one in files_of(read(mail.as_bytes()))]

    def colleague(self) -> World | None:
        return MailWorld(self._stack, self._folder, self._address, agent="zoe")

    def close(self) -> None:
        self._desk.stop()


def reply(text: str) -> Change:
    """Return a reply that passes every check."""
    return Change(reply=text, status=Status.PENDING, override_reason="a test's own words")


def parcel(sender: str, words: str, name: str, content: bytes) -> bytes:
    """Return a customer's mail with a file."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"], mail["Message-ID"] = sender, "support@desk.example", "Con ñ", "<p@x>"
    mail.set_content(words)
    mail.add_attachment(content, maintype="image", subtype="png", filename=name)
    return mail.as_bytes()


def read(raw: bytes) -> EmailMessage:
    """Return a mail with all that the package knows of one."""
    return message_from_bytes(raw, policy=default)


def files_of(mail: EmailMessage) -> list[tuple[str, bytes]]:
    """Return the files of a mail."""
    return [(str(part.get_filename()), part.get_content()) for part in mail.iter_attachments()]
