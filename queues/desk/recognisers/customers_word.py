"""Messages of the customer on a ticket: thanks that need no answer, and everything else."""

from __future__ import annotations

from typing import Any

from data.records.incoming import Received
from data.records.tickets import UNKNOWN_LANGUAGE, Status
from queues.desk import sorting
from queues.desk.customer_language import spoken
from queues.desk.recognisers.arrival import Arrival
from queues.ground import statuses
from queues.quotes.only_thanks import only_thanks


def thanks(arrival: Arrival) -> Received | None:
    """Recognise mere thanks on a solved ticket: they leave it solved."""
    if arrival.joins.status is not Status.SOLVED or arrival.rules.thanks_reopen or not only_thanks(arrival.item):
        return None
    return _joined(arrival, {})


def ordinary(arrival: Arrival) -> Received:
    """File any other message as the customer's: the ticket is open, a snooze ends, a certain language is stored."""
    item, ticket = arrival.item, arrival.joins
    status = statuses.after_incoming(ticket.status)
    fields: dict[str, Any] = {"status": status, "snoozed_until": None}
    sure = item.language != UNKNOWN_LANGUAGE and item.confidence >= arrival.rules.sure
    if sure and ticket.language == UNKNOWN_LANGUAGE:
        fields |= spoken(arrival.store, arrival.rules, ticket, item.language, item.confidence, "auto")
    elif sure and ticket.language_source != "agent":
        fields |= {"language": item.language, "confidence": item.confidence, "language_source": "auto"}
    return _joined(arrival, fields)


def _joined(arrival: Arrival, fields: dict[str, Any]) -> Received:
    tags = (*fields.get("tags", arrival.joins.tags), *sorting.tags(arrival.item))
    arrival.add(arrival.joins.id)
    return arrival.joined({**fields, "tags": tuple(dict.fromkeys(tags))})
