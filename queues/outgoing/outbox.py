"""Replies are sent from here only, each once: queued, sending, then sent, failed, in doubt or held."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from data.errors import ConnectorError, DoubtError, HeldError, RefusedError, UnreachableError
from data.records.outbox import OutboxEntry, OutboxState, Proof
from data.store import Store

RETRY_SECONDS = 60
"""The back-off after the first refusal; it doubles with each further refusal."""
MOST_ATTEMPTS = 8
MINUTE, DAY = 60, 86_400

HELD_BY = {"in": "the customer wrote again", "out": "another agent answered"}
"""Why a reply is held, by the direction of the message that came in the meantime."""


class Sender(Protocol):
    """What the outbox needs from a connector."""

    def send(self, entry: OutboxEntry) -> object:
        """Deliver the reply; return once it is accepted. Raises ConnectorError if it certainly was not."""
        ...

    def was_delivered(self, entry: OutboxEntry) -> bool | None:
        """Return whether a reply in doubt arrived; None if the connector cannot know."""
        ...


class Offered(Protocol):
    """A reply that the remote has received completely but was not asked to accept yet."""

    @property
    def proofs(self) -> Collection[Proof]:
        """What the remote was asked for that would prove the reply's arrival."""
        ...

    def finish(self) -> object:
        """Ask the remote to accept it. Raises DoubtError if the outcome is unknown, HeldError if an agent must decide,
        ConnectorError if it was not accepted for another reason.
        """
        ...

    def drop(self) -> None:
        """Abandon it."""
        ...


@runtime_checkable
class Offering(Protocol):
    """A sender whose remote accepts a reply in two steps, so that `sending` lasts only for the final step."""

    per_minute: int
    per_day: int
    """How many may be sent; 0 for any number."""
    to_copy: bool
    """What was sent still needs a copy in the mailbox."""

    def offer(self, entry: OutboxEntry) -> Offered:
        """Transfer the reply without completing it. Raises ConnectorError."""
        ...


@dataclass(frozen=True, slots=True)
class Delivery:
    """What one round of delivering did."""

    sent: int = 0
    failed: int = 0
    held: int = 0
    doubted: int = 0


def recover(store: Store, senders: Mapping[str, Sender]) -> None:
    """After a start: replies being sent are in doubt until their connector can check. Nothing is sent here."""
    with store.write():
        store.outbox.doubt_all(senders)
    for entry in store.outbox.waiting():
        sender = senders.get(entry.connector)
        if entry.state is not OutboxState.IN_DOUBT or sender is None:
            continue
        arrived = sender.was_delivered(entry)
        if arrived is not None:
            with store.write():
                # replies that certainly did not arrive are queued again; those that did are done
                if arrived:
                    store.outbox.arrived(entry.id, OutboxState.IN_DOUBT, entry.due_at)
                else:
                    store.outbox.move(entry.id, OutboxState.IN_DOUBT, OutboxState.QUEUED)


def deliver_due(
    store: Store,
    senders: Mapping[str, Sender],
    now: int,
    *,
    holds: Callable[[OutboxEntry], str] = lambda entry: "",
    lost: Callable[[int], object] = lambda ticket_id: None,
) -> Delivery:
    """Send what is due, in order. Run it in one worker; several processes may run it, each entry is taken by one.

    What the outbox holds is read once more: a mail with other headers, or to others, than asked fails and stays there.
    `holds` is called just before sending and returns why not to send, `lost` with the ticket of each reply that
    failed for good. Raises UnreachableError if a remote cannot be reached: what waits for it stays queued, no attempt
    is counted, and the reply that was tried waits behind the others. One that loses a remote again after others left
    is what breaks the connection: that counts as a refusal.
    """
    done: Counter[str] = Counter()
    for entry in store.outbox.due(now, list(senders)):
        sender = senders[entry.connector]
        if isinstance(sender, Offering) and _too_many(store, sender, entry.connector, now):
            continue
        became = _checked(store, entry, now, holds) or _deliver(store, sender, entry, now)
        done[became] += 1
        after = store.outbox.get(entry.id) if became == "failed" else None
        if after is not None and after.state is OutboxState.FAILED:
            lost(entry.ticket_id)
    return Delivery(done["sent"], done["failed"], done["held"], done["doubted"])


def _too_many(store: Store, sender: Offering, connector: str, now: int) -> bool:
    limits = ((sender.per_minute, MINUTE), (sender.per_day, DAY))
    return any(most and store.outbox.sent_since(connector, now - span) >= most for most, span in limits)


def _checked(store: Store, entry: OutboxEntry, now: int, holds: Callable[[OutboxEntry], str]) -> str:
    """Keep here what must not leave; return what became of it, the empty string if it may leave."""
    from queues.mail.letter_check import unfit_to_leave  # the mail package: loaded with the first delivery

    newer = store.messages.answered_by_newer(entry.ticket_id, entry.message_id, entry.cleared)
    try:
        reason = HELD_BY[newer] if newer else holds(entry)
    except ConnectorError as error:
        return _put_off(store, entry, error, now)
    unfit = "" if reason else unfit_to_leave(entry.raw, entry.message_id, entry.recipient, entry.cc)
    if not (reason or unfit):
        return ""
    became = OutboxState.HELD if reason else OutboxState.FAILED
    with store.write():
        moved = store.outbox.move(entry.id, OutboxState.QUEUED, became, reason=reason or unfit)
    return str(became) if moved else "gone"


def _deliver(store: Store, sender: Sender, entry: OutboxEntry, now: int) -> str:
    """Send in as many steps as the connector has; return the result."""
    if isinstance(sender, Offering):
        return _offer(store, sender, entry, now)
    return _send(store, sender, entry, now)


def _send(store: Store, sender: Sender, entry: OutboxEntry, now: int) -> str:
    """Send in one step; return the result."""
    with store.write():
        if not store.outbox.move(entry.id, OutboxState.QUEUED, OutboxState.SENDING):
            return ""
    try:
        sender.send(entry)
    except ConnectorError as error:
        return _failed(store, entry, error, now)
    with store.write():
        store.outbox.arrived(entry.id, OutboxState.SENDING, now)
    return "sent"


def _offer(store: Store, sender: Offering, entry: OutboxEntry, now: int) -> str:
    """Send in two steps; only a failure between the final step and its answer leaves the reply in doubt."""
    try:
        offered = sender.offer(entry)
    except ConnectorError as error:
        return _put_off(store, entry, error, now)
    with store.write():
        taken = store.outbox.move(entry.id, OutboxState.QUEUED, OutboxState.SENDING)
        if taken:
            store.outbox.asked(entry.id, offered.proofs)
    if not taken:  # recalled, or taken by another process, during the transfer
        offered.drop()
        return ""
    try:
        offered.finish()
    except DoubtError as error:
        with store.write():
            store.outbox.move(entry.id, OutboxState.SENDING, OutboxState.IN_DOUBT, reason=error.message)
        return "doubted"
    except HeldError as error:
        with store.write():
            store.outbox.move(entry.id, OutboxState.SENDING, OutboxState.HELD, reason=error.message)
        return "held"
    except ConnectorError as error:
        return _failed(store, entry, error, now)
    with store.write():
        store.outbox.arrived(entry.id, OutboxState.SENDING, now, to_copy=sender.to_copy)
    return "sent"


def _put_off(store: Store, entry: OutboxEntry, error: ConnectorError, now: int) -> str:
    """Try again later what was not being sent yet, or give it up. Raises the error again if its remote was lost."""
    _give_back_if_lost(store, entry, error, now)
    with store.write():
        store.outbox.put_off(entry.id, reason=error.message, due_at=_later(entry, now), failed=_final(entry, error))
    return "failed"


def _failed(store: Store, entry: OutboxEntry, error: ConnectorError, now: int) -> str:
    """Try again later what was being sent, or give it up. Raises the error again if its remote was lost."""
    _give_back_if_lost(store, entry, error, now)
    state = OutboxState.FAILED if _final(entry, error) else OutboxState.QUEUED
    with store.write():
        store.outbox.move(entry.id, OutboxState.SENDING, state, reason=error.message, due_at=_later(entry, now))
    return "failed"


def _give_back_if_lost(store: Store, entry: OutboxEntry, error: ConnectorError, now: int) -> None:
    """Queue a reply whose remote was lost behind the others and raise the error, unless the reply is the cause."""
    is_cause = bool(entry.reason) and store.outbox.sent_since(entry.connector, entry.due_at) > 0
    if isinstance(error, UnreachableError) and not is_cause:
        with store.write():
            store.outbox.give_back(entry, reason=error.message, now=now)
        raise error


def _later(entry: OutboxEntry, now: int) -> int:
    return now + (RETRY_SECONDS << min(entry.attempts, MOST_ATTEMPTS))


def _final(entry: OutboxEntry, error: ConnectorError) -> bool:
    return isinstance(error, RefusedError) or entry.attempts + 1 >= MOST_ATTEMPTS
