"""Imports exported tickets: read in the helper, filed by the desk in one transaction each."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from data.protocols import Clock
from data.records.incoming import CustomerHint, Imported, Incoming, Standing
from data.records.messages import Direction, MessageKind
from queues.desk.desk import Desk
from queues.exports.export_people import People
from queues.exports.read_export import PersonRow, Piece, Record
from queues.exports.ticket import ExportedMessage, ExportedTicket, Person
from queues.helper.client import Helper, RawMessage
from queues.intake.take_in import Report, batches

MOST_IN_BATCH = 50


@dataclass(slots=True)
class Importer:
    """Files the tickets of exports and records the results."""

    desk: Desk
    helper: Helper
    people: People
    connector: str
    clock: Clock
    report: Report = field(default_factory=Report)

    def take_in(self, items: Iterable[Piece], progress: Callable[[int, int], object]) -> Report:
        """File every ticket; `progress` gets the number of messages and records seen.

        A record that was imported before is skipped. Raises StoreError if the store cannot be
        written; what was filed before stays.
        """
        records = 0
        for batch in batches((item for item in items if not isinstance(item, PersonRow)), self.report, MOST_IN_BATCH):
            fresh = [record for record in batch if not self._is_known(record)]
            split = self.helper.split([(record.tool, record.raw) for record in fresh])
            taken = [
                (record, ticket) for record, ticket in zip(fresh, split, strict=True) if self._is_usable(record, ticket)
            ]
            self._file(taken)
            records += len(batch)
            progress(self.report.seen, records)
        return self.report

    def _is_known(self, record: Record) -> bool:
        known = self.desk.store.imported.holds(hashlib.sha256(record.raw).hexdigest())
        self.report.duplicates += known or 0
        return known is not None

    def _is_usable(self, record: Record, ticket: ExportedTicket) -> bool:
        if ticket.problem:
            self.report.refuse(f"{record.source} ({record.tool}) was left out: {ticket.problem}.")
        return not ticket.problem

    def _file(self, taken: Sequence[tuple[Record, ExportedTicket]]) -> None:
        """Read the messages of several tickets at once, and file ticket by ticket."""
        ordered = [_ordered(ticket, self.people) for _, ticket in taken]
        raws = [RawMessage(_line(message, ticket), record.source)
                for (record, ticket), messages in zip(taken, ordered, strict=True) for message in messages]  # fmt: skip
        read = iter(zip(raws, self.helper.read(raws, connector=self.connector), strict=True))
        for (record, ticket), messages in zip(taken, ordered, strict=True):
            mine = [next(read) for _ in messages]
            self._file_one(record, ticket, messages, mine)

    def _file_one(
        self,
        record: Record,
        ticket: ExportedTicket,
        messages: Sequence[ExportedMessage],
        read: Sequence[tuple[RawMessage, Incoming]],
    ) -> None:
        now = self.clock()
        customer = self.people.whole(ticket.customer)
        placing = _Placing(record.tool, ticket, customer, now)
        items = [placing.placed(item, message) for (_, item), message in zip(read, messages, strict=True)]
        imported = Imported(
            record.tool, ticket.ref, hashlib.sha256(record.raw).hexdigest(), len(items),
            msgspec.json.decode(ticket.extra) if ticket.extra else {},
        )  # fmt: skip
        standing = _standing(ticket, _agent(self.people.whole(ticket.assignee), self.desk.agent))
        with self.desk.store.write(bulk=True):
            for raw, item in read:
                self.desk.store.messages.keep_raw(raw.raw, item.source, now)
            received = self.desk.take_over(items, standing, imported, bulk=True)
        for item, entry in zip(items, received, strict=True):
            self.report.count(item, entry.outcome)
        self.report.keep(record.tool, ticket.kept)


@dataclass(frozen=True, slots=True)
class _Placing:
    """What all messages of one ticket share."""

    tool: str
    ticket: ExportedTicket
    customer: Person
    now: int

    def placed(self, item: Incoming, message: ExportedMessage) -> Incoming:
        """Return a message ready to file: its ticket, direction, author and time."""
        incoming = message.direction is Direction.IN
        author = message.author if message.author.id or message.author.address or not incoming else self.customer
        asks = author if incoming else self.customer
        return replace(
            item,
            external_ref=self._ref(),
            content_hash=self._hash(message),
            direction=message.direction or Direction.OUT,
            kind=MessageKind.AUTO if message.is_auto else MessageKind.MAIL,
            subject=message.subject or self.ticket.subject,
            from_name=author.name,
            from_address=author.address,
            message_id=message.message_id,
            references=(),
            needs_our_id=True,
            to=(asks.address,) if asks.address and not incoming else (),
            customer=CustomerHint("" if asks.address else self._handle(asks), asks.name),
            attachments=message.attachments,
            at=message.at,
            received_at=min(message.at or self.now, self.now),
        )

    def _ref(self) -> str:
        return " ".join(part for part in (self.tool, self.ticket.site, self.ticket.ref) if part)

    def _handle(self, person: Person) -> str:
        """Return how a person without an address is identified: a telephone number, or their number there."""
        return person.phone or f"{self.tool}:{person.id or f'ticket {self.ticket.ref}'}"

    def _hash(self, message: ExportedMessage) -> str:
        stable = (
            [message.id] if message.id else ["", message.author.id, message.author.address, message.at, message.text]
        )
        return hashlib.sha256(msgspec.json.encode([self._ref(), *stable])).hexdigest()


def _ordered(ticket: ExportedTicket, people: People) -> list[ExportedMessage]:
    """Return the messages by time, each with all that is known of its author; one without a time stays in place."""
    messages: list[ExportedMessage] = []
    latest = ticket.created_at
    for message in ticket.messages or (_nothing(ticket),):
        latest = message.at if message.at is not None else latest
        author = people.whole(message.author)
        known = Direction.IN if author.is_agent is False else Direction.OUT
        messages.append(replace(message, author=author, at=latest, direction=message.direction or known))
    return sorted(messages, key=lambda message: message.at or 0)


def _nothing(ticket: ExportedTicket) -> ExportedMessage:
    """Return the placeholder text of a ticket exported without a text."""
    return ExportedMessage("nothing", ticket.customer, Direction.IN, "", at=ticket.created_at)


def _line(message: ExportedMessage, ticket: ExportedTicket) -> bytes:
    """Return a message as the JSON line that is kept raw and read in the helper."""
    values: dict[str, Any] = {
        "html" if message.is_html else "text": message.text,
        "subject": message.subject or ticket.subject or "(no subject)",
        "from_name": message.author.name,
        "from_addr": message.author.address,
        "direction": message.direction,
        "message_id": message.message_id,
        "thread": ticket.ref,
    }
    return msgspec.json.encode(values)


def _standing(ticket: ExportedTicket, assignee: str) -> Standing:
    return Standing(
        ticket.subject, ticket.status, ticket.priority, assignee, ticket.tags, ticket.created_at, ticket.updated_at,
        ticket.solved_at, ticket.snoozed_until, ticket.fields,
    )  # fmt: skip


def _agent(person: Person, our_name: str) -> str:
    """Return an agent's name as the desk writes it; a number is better than nothing."""
    name = person.name or person.address or person.id
    return our_name if name.casefold() == our_name.casefold() else name
