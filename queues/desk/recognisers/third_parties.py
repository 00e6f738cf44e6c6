"""Mail between us and a third party that a ticket was forwarded to: our own, read back, and the answer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from data.records.incoming import Received
from data.records.messages import Direction
from queues.desk import escalations, sorting
from queues.desk.forwards import forward_of
from queues.desk.participants import addresses_of
from queues.desk.recipient import customer_of
from queues.desk.recognisers.arrival import Arrival

ANSWERED = "third-party"
"""The tag of a ticket that a third party answered about."""


def answer_of_a_third_party(arrival: Arrival) -> Received | None:
    """Recognise what names a forward by its id: a note, whoever of the outside wrote it, and never the customer's word.

    Whoever knows the id has it from the third party. What the customer writes is the customer's all the same.
    """
    store, item = arrival.store, arrival.item
    forward = forward_of(store, item)
    if forward is None:
        return None
    if item.message_id == forward.message_id:
        return arrival.duplicate_of(forward.ticket_id)
    ticket = store.tickets.get(forward.ticket_id)
    assert ticket is not None  # a foreign key
    if item.direction is Direction.IN and item.from_address.casefold() in addresses_of(customer_of(store, ticket)):
        return None
    from_outside = item.direction is Direction.IN
    item = sorting.settled(item, answers_us=True)
    arrival.item = replace(item, direction=Direction.NOTE)
    arrival.add(ticket.id, refer=False)  # a third party is not a participant of the customer's conversation
    fields: dict[str, Any] = {}
    if from_outside and sorting.is_undelivered(item):
        store.outbox.bounced(forward.message_id, "it came back undelivered")
        fields["tags"] = tuple(dict.fromkeys((*ticket.tags, "bounced")))
    elif from_outside and item.kind not in sorting.UNHEARD:
        fields["tags"] = tuple(dict.fromkeys((*ticket.tags, ANSWERED)))
    if fields:
        fields |= {"status": escalations.wakes(ticket.status), "snoozed_until": None}
    arrival.update(ticket, fields)
    arrival.record(ticket.id, "third party", {"connector": item.connector, "forward": forward.id, "kind": item.kind})
    return Received(ticket.id, "joined")
