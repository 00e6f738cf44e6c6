"""An incoming message being filed: what recognisers have learned about it, and how it is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from data.records.customers import Customer
from data.records.escalations import Escalation
from data.records.incoming import Incoming, Received
from data.records.messages import Message
from data.records.tickets import Ticket
from data.store import Store
from queues.desk.desk_rules import DeskRules
from queues.desk.doubtful_sender import doubts
from queues.desk.harm_memory import HarmMemory
from queues.desk.lane_moves import lane_after
from queues.desk.later_harm import HEARD
from queues.desk.ticket_fields import changed_fields, with_clocks, write_fields
from queues.quality import csat

INTAKE = "intake"
"""The agent named in events of incoming messages."""


@dataclass(slots=True)
class Arrival:
    """A message being filed. Recognisers add what they learn to it, for those after them."""

    store: Store
    rules: DeskRules
    memory: HarmMemory
    item: Incoming
    action: int
    at: int
    """When it reached us."""
    customer: Customer = field(default_factory=lambda: Customer(0, ""))
    """Its sender or, if it is our own, its recipient."""
    escalation: Escalation | None = None
    """The escalation whose id it has, whoever sent it."""
    ticket: Ticket | None = None
    """The ticket whose conversation it takes part in."""
    trusted: bool = True
    """False if it names a conversation that its sender never took part in."""
    rated: csat.Answer | None = None
    """The rating that it gives in answer to our request."""
    message: int = 0
    """Its number in the store; 0 until it is added to a ticket."""

    @property
    def content(self) -> str:
        """The hash by which a second delivery is recognised."""
        return self.item.content_hash or self.item.raw_sha256

    @property
    def joins(self) -> Ticket:
        """The ticket that it joins; valid once `new_matter` has passed it on."""
        assert self.ticket is not None
        return self.ticket

    def duplicate_of(self, ticket_id: int) -> Received:
        """Record that the message is a duplicate."""
        self.store.messages.file_raw(self.item.raw_sha256)
        return Received(ticket_id, "duplicate")

    def add(self, ticket_id: int, *, refer: bool = True) -> None:
        """Store the message on a ticket; `refer` lets answers to it join the ticket."""
        item = self.item
        ticket = self.ticket if self.ticket is not None and self.ticket.id == ticket_id else None
        odd = doubts(self.store, self.rules, item, self.customer, ticket, self.at)
        message = Message(
            id=0, ticket_id=ticket_id, direction=item.direction, kind=item.kind, from_name=item.from_name,
            from_address=item.from_address, subject=item.subject, text=item.text, new_text=item.new_text,
            at=item.at if item.at is not None else self.at, received_at=self.at, language=item.language,
            confidence=item.confidence, message_id=item.message_id, reply_to=item.reply_to, raw_sha256=item.raw_sha256,
            readable=item.readable, attachments=item.attachments, mixed=item.mixed,
            recipients=item.to, named_lane=item.lane, signs=(*item.signs, *odd), cc=item.cc, history=item.history,
        )  # fmt: skip
        self.message = self.store.messages.insert(message, content_hash=self.content)
        if refer:
            own = (item.message_id,) if item.message_id else ()
            self.store.messages.refer(ticket_id, (*own, *item.references))

    def joined(self, fields: Mapping[str, Any], heard: str = "") -> Received:
        """Change the ticket that the message was added to, write the event, and return the result.

        `heard` says what harm the message reports.
        """
        changed = self.update(self.joins, fields)
        said = {HEARD: heard} if heard else {}
        self.record(self.joins.id, "received", {**origin(self.item), **said, "changed": changed})
        return Received(self.joins.id, "joined")

    def update(self, ticket: Ticket, fields: Mapping[str, Any]) -> dict[str, list[Any]]:
        """Change a ticket's fields, and its clocks with them; return old and new values for the event."""
        fields = {"updated_at": max(self.at, ticket.updated_at), **fields}
        fields |= lane_after(self.store, self.rules, ticket, fields)
        fields = with_clocks(self.store, self.rules, ticket, fields, self.at)
        write_fields(self.store, ticket, fields)
        return changed_fields(ticket, fields)

    def record(self, ticket_id: int, kind: str, detail: Mapping[str, Any]) -> None:
        """Write an event about the message's arrival."""
        self.store.events.add(self.action, ticket_id, self.at, INTAKE, kind, detail)


def origin(item: Incoming) -> dict[str, Any]:
    """Return what events record about a message's origin: names only."""
    return {"connector": item.connector, "direction": item.direction, "kind": item.kind}
