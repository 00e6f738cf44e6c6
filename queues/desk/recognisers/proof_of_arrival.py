"""Mail that proves the arrival of a reply in doubt: a report, an answer to it, the copy to ourselves."""

from __future__ import annotations

import re

from data.records.incoming import Received
from data.records.messages import Direction, MessageKind
from data.records.outbox import OutboxState
from queues.desk import sorting
from queues.desk.find_ticket import find_ticket
from queues.desk.recognisers.arrival import Arrival
from queues.mail.own_mailbox import is_ours

NOTED = "noted"
"""The outcome for mail that only confirms what we sent: it is no message of its own."""
DELIVERED = "delivered"
"""The kind of event of a reply whose delivery was reported."""
_ARRIVED = frozenset({"delivered", "relayed", "expanded"})
"""The actions of a delivery report that say so (RFC 3464, 2.3.3)."""
_OUR_ID = re.compile(r"<tridesk\.[^@<>\s]+\.[0-9a-f]{24}@[^<>\s]+>")
_ACCOUNT = "email:"
"""What the names of mail accounts begin with."""
_MOST = 200


def answered_doubt(arrival: Arrival) -> None:
    """Settle a reply in doubt that a message names: who names its Message-ID has seen it. A bounce is not asked here.

    The message itself is filed as it would have been.
    """
    item = arrival.item
    if sorting.is_undelivered(item) or not item.references:
        return
    what = "a report" if item.kind in (MessageKind.BOUNCE, MessageKind.AUTO) else "an answer to it"
    _settle(arrival, item.references[-_MOST:], f"{what} arrived")


def own_copy(arrival: Arrival) -> Received | None:
    """Recognise a copy of a reply that came back to one of our addresses; it is no message of its own.

    A colleague's desk sends such copies too: it has the Message-ID of a desk, and answers a ticket here.
    """
    store, item = arrival.store, arrival.item
    from_us = item.direction is Direction.IN and is_ours(item.from_address, arrival.rules.our_addresses)
    if not from_us or not _OUR_ID.fullmatch(item.message_id):
        return None
    entry = store.outbox.of_message(item.message_id)
    ticket = entry.ticket_id if entry is not None else find_ticket(store, item, 0)[0]
    if ticket is None:
        return None
    _settle(arrival, (item.message_id,), "the copy to yourself arrived")
    store.messages.file_raw(item.raw_sha256)
    return Received(ticket, NOTED)


def delivery(arrival: Arrival) -> Received | None:
    """Recognise the report that a reply of ours was delivered: one line on the ticket, not a message in between."""
    item = arrival.item
    if item.kind is not MessageKind.BOUNCE or item.delivery not in _ARRIVED:
        return None
    ticket = _answered_ticket(arrival)
    if ticket is None:
        return None
    arrival.store.messages.file_raw(item.raw_sha256)
    arrival.record(ticket, DELIVERED, {"said": item.delivery})
    return Received(ticket, NOTED)


def _answered_ticket(arrival: Arrival) -> int | None:
    """Return the ticket of the reply that a report is about, of this desk or of a colleague's on the same mailbox."""
    store, item = arrival.store, arrival.item
    for value in item.references[-_MOST:]:
        entry = store.outbox.of_message(value)
        if entry is not None:
            return entry.ticket_id
        for ticket in store.messages.tickets_referring([value]):
            if store.messages.sent_by_us(ticket, value) is not None:
                return ticket
    if not any(_OUR_ID.fullmatch(value) for value in item.references[-_MOST:]):
        return None
    return next(iter(store.messages.tickets_referring(item.reported_thread[::-1][:_MOST])), None)


def _settle(arrival: Arrival, message_ids: tuple[str, ...], reason: str) -> None:
    for entry in arrival.store.outbox.doubted(message_ids):
        # its copy is not among the sent mail yet: the account puts it there, unless it is
        in_mail = entry.connector.startswith(_ACCOUNT)
        arrival.store.outbox.arrived(entry.id, OutboxState.IN_DOUBT, arrival.at, to_copy=in_mail)
        arrival.record(entry.ticket_id, "outbox", {"wish": "arrived", "was": entry.state, "reason": reason})
