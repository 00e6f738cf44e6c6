"""Replies leave from here and only from here, each once: queued, sending, then sent, failed, in doubt or held."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from data.errors import ConnectorError
from data.records import OutboxEntry, OutboxState
from data.store import Store

RETRY_SECONDS = 60
"""The wait after the first refusal; it doubles with each further one."""
MOST_ATTEMPTS = 8


class Sender(Protocol):
    """What the outbox asks of a connector."""

    def send(self, entry: OutboxEntry) -> object:
        """Deliver the reply; return when it is taken for good. Raises ConnectorError where it surely was not."""
        ...

    def was_delivered(self, entry: OutboxEntry) -> bool | None:
        """Tell whether a reply in doubt arrived; None where the connector cannot know."""
        ...


@dataclass(frozen=True, slots=True)
class Delivery:
    """What one round of delivering did."""

    sent: int = 0
    failed: int = 0
    held: int = 0


def recover(store: Store, senders: Mapping[str, Sender]) -> None:
    """After a start: what was being sent is in doubt, until its connector knows better. Nothing is sent here."""
    with store.write():
        store.outbox.doubt_all()
    for entry in store.outbox.waiting():
        sender = senders.get(entry.connector)
        if entry.state is not OutboxState.IN_DOUBT or sender is None:
            continue
        arrived = sender.was_delivered(entry)
        if arrived is not None:
            with store.write():
                # What surely did not arrive may go again; what did is done.
                store.outbox.move(entry.id, OutboxState.IN_DOUBT, OutboxState.SENT if arrived else OutboxState.QUEUED)


def deliver_due(store: Store, senders: Mapping[str, Sender], now: int) -> Delivery:
    """Send what is due. Run it in one worker; several processes may run it at once, each entry is taken by one."""
    sent = failed = held = 0
    for entry in store.outbox.due(now):
        sender = senders.get(entry.connector)
        if sender is None:
            continue
        if store.messages.answered_by_newer(entry.ticket_id, entry.message_id):
            with store.write():
                held += store.outbox.move(
                    entry.id, OutboxState.QUEUED, OutboxState.HELD, reason="the customer wrote again"
                )
            continue
        with store.write():
            taken = store.outbox.move(entry.id, OutboxState.QUEUED, OutboxState.SENDING)
        if taken and _send(store, sender, entry, now):
            sent += 1
        elif taken:
            failed += 1
    return Delivery(sent, failed, held)


def _send(store: Store, sender: Sender, entry: OutboxEntry, now: int) -> bool:
    try:
        sender.send(entry)
    except ConnectorError as error:
        last = entry.attempts + 1 >= MOST_ATTEMPTS
        state = OutboxState.FAILED if last else OutboxState.QUEUED
        due_at = now + RETRY_SECONDS * 2**entry.attempts
        with store.write():
            store.outbox.move(entry.id, OutboxState.SENDING, state, reason=error.message, due_at=due_at)
        return False
    with store.write():
        store.outbox.move(entry.id, OutboxState.SENDING, OutboxState.SENT)
    return True
