"""Desk files with something in them, for tests of backups, restoring and salvage."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from data.records.customers import Customer, Identity
from data.records.messages import Direction, Message, MessageKind
from data.records.outbox import OutboxEntry, OutboxState
from data.records.tickets import Lane, Priority, Status, Ticket
from data.store import Store

TICKET = Ticket(0, "mail", Status.NEW, Priority.NORMAL, "Subject", 1, 100, 100)


def fill(path: Path, tickets: int, *, start: int = 1) -> None:
    """Add tickets with a message and an event each; the text of each says its number."""
    store = Store.open(path)
    try:
        with store.write():
            store.lanes.save([Lane("mail", "Mail", 0)])
            if start == 1:
                store.customers.insert(Customer(0, "Ana", (Identity("email", "ana@x.example", 1),)))
            for number in range(start, start + tickets):
                ticket = store.tickets.insert(replace(TICKET, subject=f"Subject {number}", tags=("vip",)))
                text = f"text{number} " * 30
                store.messages.insert(
                    Message(0, ticket, Direction.IN, MessageKind.MAIL, "Ana", "ana@x.example", "Hi", text, text, 1, 1)
                )
                store.events.add(1, ticket, 1, "intake", "received", {"number": number})
    finally:
        store.close()


def queue(path: Path, message_id: str, state: OutboxState = OutboxState.QUEUED) -> None:
    """Put a reply of the first ticket into the outbox."""
    store = Store.open(path)
    try:
        with store.write():
            store.outbox.insert(OutboxEntry(0, 1, 1, "post", state, message_id, "ana@x.example", b"raw", 5))
    finally:
        store.close()


def counts(path: Path) -> dict[str, int]:
    """Return how many tickets, messages and events a desk has, and how many messages the full text finds."""
    store = Store.open(path, create=False)
    try:
        tickets = list(store.tickets.each())
        return {
            "tickets": len(tickets),
            "messages": sum(len(store.messages.of(ticket.id)) for ticket in tickets),
            "events": len(list(store.events.each())),
            "found": len(store.search("ana", limit=10_000)),
        }
    finally:
        store.close()


def wreck(path: Path, page: int, size: int = 4096) -> None:
    """Overwrite a page of the file."""
    with path.open("r+b") as file:
        file.seek(page * size)
        file.write(b"\xff" * size)
