"""A desk's own tickets in its team: brought there as mail comes, and colleagues' replies sent through its accounts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from email import message_from_bytes
from email.message import Message as EmailMessage
from email.policy import default

from data.errors import RuleError
from data.records.messages import Direction, Message
from queues.connectors.as_mail import Written, as_mail, named
from queues.connectors.team import Post, Team
from queues.desk.pass_on import ColleaguesReply
from queues.desk.recipient import address_of
from queues.mail.addresses import addresses
from queues.outgoing.attachments import Enclosed
from queues.remotes.tracker_mirror import Mirror, Seen
from queues.remotes.tracker_sent import BROUGHT, WRITTEN_BY, SentByUs

AT_ONCE = 100
_BECAME = {"sent": "sent", "held": "held", "failed": "failed", "recalled": "failed"}
"""What the team calls a state of our outbox."""


class Sharing:
    """Brings this desk's tickets into its team, and takes colleagues' replies to them."""

    def __init__(self, mirror: Mirror, team: Team, sent_by_us: SentByUs) -> None:
        self._mirror, self._team, self._store, self._sent_by_us = mirror, team, mirror.store, sent_by_us
        self._homes = self._accounts()
        team.homes = frozenset(self._homes)

    def share(self) -> None:
        """Open there what is new here, bring new messages, send what waits, report what was sent."""
        shared, team = self._store.shared, self._mirror.name
        for number in _each(lambda after: shared.to_open(team, self._sources(), after, AT_ONCE)):
            self._open(number)
        for number in _each(lambda after: shared.to_bring(team, after, AT_ONCE)):
            self._bring(number)
        self._report()
        for post in self._team.take_post(self._desk(), sorted(self._homes)):
            self._send(post)

    def bring_all(self) -> tuple[int, int]:
        """Bring every ticket of this file that is work, with all that was said and noted; return how many of each."""
        shared, team = self._store.shared, self._mirror.name
        until = self._mirror.clock() - self._mirror.desk.rules.undo_seconds
        tickets = messages = 0
        for number in _each(lambda after: shared.all_to_open(team, after, AT_ONCE)):
            self._open(number, whole=True)
            tickets += 1
        for number in _each(lambda after: shared.all_to_bring(team, after, until, AT_ONCE)):
            self._bring(number)
            messages += 1
        return tickets, messages

    def _sources(self) -> tuple[str, ...]:
        """Return the connectors whose tickets are shared: an account is named by its short name too."""
        names = self._mirror.tracker.share
        return (*names, *(f"email:{name}" for name in names))

    def _accounts(self) -> Mapping[str, str]:
        """Return the connectors that colleagues' replies leave through, by the address that they send as."""
        sources, senders = self._sources(), self._mirror.desk.rules.senders
        return {
            sender.address: connector for connector, sender in senders.items() if connector in sources or "*" in sources
        }

    def _desk(self) -> str:
        return self._sent_by_us.prefix()

    def _open(self, number: int, *, whole: bool = False) -> None:
        """Open a ticket there with the first mail as it came, or with the first message of any sort (`whole`)."""
        mirror, store = self._mirror, self._store
        ticket = store.tickets.get(number)
        conversation = store.messages.of(number)
        said = [message for message in conversation if message.direction is not Direction.NOTE]
        first = next((message for message in said if message.raw_sha256 or whole), None)
        if ticket is None or first is None or not (whole or store.messages.raw(first.raw_sha256)):
            return
        raw = self._content(first)
        status = mirror.tracker.there(ticket.status) or "open"
        sender = mirror.desk.rules.senders.get(ticket.connector)
        owner = mirror.there(ticket.assignee)
        state = {
            "status": status, "owner": owner, "lane": ticket.lane, "subject": ticket.subject,
            "requestor": address_of(store, mirror.desk.rules, ticket, conversation), "language": ticket.language,
            "tags": list(ticket.tags), "fields": mirror.values_there(ticket), "home": sender.address if sender else "",
        }  # fmt: skip
        ref, message = self._team.open(f"open.{self._desk()}{number}", state, self._described(first), raw)
        with store.write(bulk=True):
            store.shared.link(mirror.name, ref, number)
            store.shared.note(mirror.name, message, first.id)
            mirror.save_seen(
                ref, Seen(status, owner, ticket.lane, frozenset(ticket.tags), values=mirror.values_there(ticket))
            )

    def _bring(self, number: int) -> None:
        """Bring a message; what a customer wrote takes the ticket's status along."""
        store, mirror = self._store, self._mirror
        message = store.messages.get(number)
        ticket = mirror.ticket(message.ticket_id) if message else None
        if message is None or ticket is None:
            return
        status = mirror.tracker.there(ticket.status) if message.direction is not Direction.NOTE else ""
        there = self._team.bring(ticket.external_ref, self._described(message), status, self._content(message))
        with store.write(bulk=True):
            store.shared.note(mirror.name, there, number)
            if status:
                mirror.did(ticket.external_ref, status=status)

    def _content(self, message: Message) -> bytes:
        """Return a message as the mail that it is, or that it could have been."""
        raw = self._store.messages.raw(message.raw_sha256) if message.raw_sha256 else None
        if raw is not None:
            return raw
        entry = self._store.outbox.of_message(message.message_id) if message.message_id else None
        if entry is not None:
            return entry.raw
        sender = named(message.from_name, message.from_address)
        written = Written(sender, "", message.subject, message.at, f"<{self._mark(message)}>", message.text)
        return as_mail(written, self._team.database.host)

    def _mark(self, message: Message) -> str:
        """Return what names a message at every desk."""
        ours = message.direction is not Direction.IN
        if ours and not message.raw_sha256 and message.message_id:
            return message.message_id.strip("<>")
        known = self._store.messages.content_of(message.id)
        return f"{BROUGHT}{known}" if known else f"{self._sent_by_us.prefix()}{message.id}"

    def _described(self, message: Message) -> dict[str, object]:
        ours = message.direction is not Direction.IN
        described: dict[str, object] = {
            "direction": str(message.direction), "mark": self._mark(message), "at": message.received_at,
        }  # fmt: skip
        return described | (
            {"sent": True, "fields": {WRITTEN_BY: self._mirror.there(message.from_name)}} if ours else {}
        )

    def _send(self, post: Post) -> None:
        """Queue a colleague's reply in the outbox; one that this desk cannot send goes back with the reason."""
        mirror, store = self._mirror, self._store
        if store.shared.message(mirror.name, post.number) is not None:
            return  # it is in the outbox
        number = store.tickets.by_external_ref(mirror.name, post.ref)
        mail = message_from_bytes(post.content, policy=default)
        body = mail.get_body(("plain",))
        text = str(body.get_content()).replace("\r\n", "\n").rstrip("\n") if body is not None else ""
        files = [
            Enclosed(part.get_filename() or "attachment", part.get_content_type(), _content(part))
            for part in mail.iter_attachments()
        ]
        to = next((address for _, address in addresses(str(mail["To"] or ""))), "")
        reply = ColleaguesReply(post.author, f"<{post.mark}>", to, text, post.at, files)
        try:
            if number is None:
                raise RuleError("No such ticket", "the desk with the mailbox does not have this ticket")
            with store.write():
                own = mirror.desk.pass_on(number, reply, self._connector_of(number))
                store.shared.note(mirror.name, post.number, own, post="taken")
        except RuleError as error:
            self._settle(post.number, post.ref, "failed", error.message)

    def _connector_of(self, number: int) -> str:
        ticket = self._store.tickets.get(number)
        connectors = list(self._homes.values())
        return ticket.connector if ticket and ticket.connector in connectors else connectors[0]

    def _report(self) -> None:
        for number, ticket_id, was, state, reason in self._store.shared.posts(self._mirror.name):
            ref = self._store.shared.ref(self._mirror.name, ticket_id)
            became = _BECAME[state]
            if became != was:
                self._settle(number, ref, became, reason)
            with self._store.write(bulk=True):
                self._store.shared.reported(self._mirror.name, number, became)

    def _settle(self, number: int, ref: str, became: str, reason: str) -> None:
        """Report to the team; why a reply did not leave is a note in its ticket, which is open again."""
        if became != "sent":
            text = f"This reply has not left ({became}): {reason or 'see the outbox of the desk with the mailbox'}."
            self._team.comment(ref, text, f"post.{number}.{became}")
        self._team.settle_post(self._desk(), number, became, reason)


def _each(page: Callable[[int], Sequence[int]]) -> Iterator[int]:
    """Yield the numbers of all pages, each page from the last number on: one that cannot be shared comes once."""
    after = 0
    while numbers := page(after):
        yield from numbers
        after = numbers[-1]


def _content(part: EmailMessage) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""
