"""Messages on a ticket that need no answer: bounces, automatic answers, mere ratings."""

from __future__ import annotations

from typing import Any

from data.records.incoming import Received
from queues.desk import sorting
from queues.desk.recognisers.arrival import Arrival
from queues.ground import statuses


def undelivered_reply(arrival: Arrival) -> Received | None:
    """Recognise a bounce of a reply of ours: the ticket is open again, with a tag that says why."""
    item = arrival.item
    if not sorting.is_undelivered(item):
        return None
    ticket = arrival.joins
    arrival.add(ticket.id)
    fields: dict[str, Any] = {}
    if [value for value in item.references if arrival.store.outbox.bounced(value, "it came back undelivered")]:
        tags = tuple(dict.fromkeys((*ticket.tags, "bounced")))
        fields = {"status": statuses.after_incoming(ticket.status), "snoozed_until": None, "tags": tags}
    return arrival.joined(fields)


def unheard(arrival: Arrival) -> Received | None:
    """Recognise what reopens nothing: an automatic answer, a delay report, a mere rating."""
    if arrival.item.kind not in sorting.UNHEARD:
        return None
    arrival.add(arrival.joins.id)
    return arrival.joined({})
