"""A desk whose mail is looked after against the tests' mail servers, by a keeper in threads of the test."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import msgspec

from data.records.changes import Change
from data.records.messages import Message as Mail
from data.records.outbox import OutboxEntry, OutboxState, RemoteMail
from data.records.tickets import Status, Ticket
from data.store import Store
from queues.accounts.mail_account import Account, complete
from queues.accounts.providers import Server
from queues.accounts.secrets import Keyed
from queues.connectors.imap import Mailbox
from queues.remotes.links import Link, LinkState, links
from tests.database import database
from tests.servers.mail_stack import MailStack
from tui.accounts.mail_worker import MailKeeper
from tui.setup.open_desk import open_desk
from tui.setup.settings import Settings

PATIENCE = 30.0
QUICKLY = (0.05,)
"""Delays between attempts to connect, for tests that wait for a recovery."""


def until(found: Callable[[], object], told: Callable[[], object] = lambda: "", patience: float = PATIENCE) -> None:
    """Wait until `found` says so; fail with what `told` says."""
    end = time.monotonic() + patience
    while not found():
        assert time.monotonic() < end, told()
        time.sleep(0.01)


def letter(number: int, *, sender: str = "ana@clientes.example", to: str = "support@desk.example", subject: str = "",
           answers: str = "", text: str = "", more: str = "") -> bytes:  # fmt: skip
    """Return a customer's mail."""
    thread = f"In-Reply-To: {answers}\r\nReferences: {answers}\r\n" if answers else ""
    lines = text or f"Hola, soy la carta {number}. ¿Me pueden ayudar con mi cuenta, por favor?"
    return (
        f"From: Ana <{sender}>\r\nTo: {to}\r\nSubject: {subject or f'Carta {number}'}\r\n"
        f"Date: Mon, 23 Nov 2026 06:00:00 +0000\r\nMessage-ID: <letter.{number}.{sender}>\r\n{thread}{more}"
        f"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{lines}\r\n"
    ).encode()


class DeskAtMail:
    """One agent's desk on one mailbox."""

    def __init__(self, stack: MailStack, folder: Path, address: str, *, agent: str = "eva", **changes: object) -> None:
        self.stack, self.address, self.path = stack, address, folder / f"{agent}.db"
        folder.mkdir(exist_ok=True)
        account = Account(
            "support", address, imap=Server("localhost", stack.ports["imaps"]),
            smtp=Server("localhost", stack.ports["smtps"]), ca_file=str(stack.ca), per_minute=10_000,
        )  # fmt: skip
        self.account = complete(msgspec.structs.replace(account, **changes))
        self.settings = Settings(agent=agent, undo_seconds=0, account=(self.account,))
        self.password = stack.users[address]
        self.said: list[str] = []
        self._keeper: MailKeeper | None = None
        open_desk(self.path, settings=self.settings).store.close()

    def use(self, account: Account) -> None:
        """Reach the servers by other ways."""
        self.account = account
        self.settings = msgspec.structs.replace(self.settings, account=(account,))

    def secret(self, account: Keyed) -> str:
        return self.password

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
        """Fetch and send once; return how many mails were filed."""
        keeper = self.keeper()
        try:
            return keeper.once(self.account)[0]
        finally:
            keeper.close()

    def write(self, number: int, **changes: str) -> None:
        """Have a customer write to the desk."""
        sender = changes.get("sender", "ana@clientes.example")
        self.stack.deliver(sender, self.address, letter(number, to=self.address, **changes))

    def reply(self, ticket: int, text: str = "Ya está, un saludo.", **change: object) -> None:
        values: dict[str, object] = {"reply": text, "status": Status.PENDING, "override_reason": "a test's own words"}
        self.act(ticket, Change(**{**values, **change}))  # type: ignore[arg-type]

    def act(self, ticket: int, change: Change) -> None:
        desk = open_desk(self.path, settings=self.settings)
        with closing(desk.store):
            desk.act([ticket], change)

    def messages(self) -> list[Mail]:
        with closing(Store.open(self.path)) as store:
            return list(store.messages.each())

    def places(self, ticket: int = 1) -> list[RemoteMail]:
        with closing(Store.open(self.path)) as store:
            return store.remote.of_ticket(ticket)

    def until_online(self) -> None:
        until(lambda: (link := self.link()) is not None and link.state is LinkState.ONLINE, lambda: self.said)

    def tickets(self) -> list[Ticket]:
        with closing(Store.open(self.path)) as store:
            return list(store.tickets.each())

    def outbox(self) -> list[OutboxEntry]:
        with closing(Store.open(self.path)) as store:
            rows = database(store).execute("SELECT id FROM outbox ORDER BY id").fetchall()
            return [entry for (number,) in rows if (entry := store.outbox.get(number)) is not None]

    def states(self) -> list[OutboxState]:
        return [entry.state for entry in self.outbox()]

    def link(self) -> Link | None:
        with closing(Store.open(self.path)) as store:
            return links(store).get(self.account.connector)

    def box(self) -> Mailbox:
        """Open the desk's mailbox as another program would."""
        return Mailbox(self.account, self.password)


def picture(desk: DeskAtMail) -> dict[str, tuple[Status, str, list[str]]]:
    """Return what an agent sees of each ticket: its status, whose it is, and which way its messages went."""
    ways: dict[int, list[str]] = {}
    for message in desk.messages():
        ways.setdefault(message.ticket_id, []).append(str(message.direction))
    return {one.subject: (one.status, one.assignee, ways.get(one.id, [])) for one in desk.tickets()}


def flags_at(desk: DeskAtMail) -> dict[int, frozenset[str]]:
    """Return the flags on the server of every mail in the desk's mailbox."""
    with desk.box() as box:
        box.select(desk.account.mailbox)
        return {one.uid: one.flags - {"\\Recent"} for one in box.flags(box.uids_after(0))}


def received(stack: MailStack, address: str) -> list[Message]:
    """Return the mails in a user's inbox, as they lie on the disk."""
    folder = stack.maildir(address)
    return [
        message_from_bytes(path.read_bytes()) for name in ("new", "cur") for path in sorted((folder / name).glob("*"))
    ]
