"""Messages of the customer on a ticket: thanks that need no answer, and everything else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from data.records.incoming import Received
from data.records.tickets import UNKNOWN_LANGUAGE, Status, Ticket
from queues.desk import sorting
from queues.desk.customer_language import spoken
from queues.desk.later_harm import raised_by
from queues.desk.recognisers.arrival import Arrival
from queues.ground import statuses
from queues.routing.conditions import Facts
from queues.routing.rules import facts_of


def thanks(arrival: Arrival) -> Received | None:
    """Recognise mere thanks on a solved ticket: they leave it solved."""
    if arrival.joins.status is not Status.SOLVED or arrival.rules.thanks_reopen:
        return None
    from queues.quotes.only_thanks import only_thanks  # its patterns load slowly, and a start needs none

    if not only_thanks(arrival.item, arrival.joins.assignee):
        return None
    return _joined(arrival, {})


def ordinary(arrival: Arrival) -> Received:
    """File any other message as the customer's: the ticket is open, a snooze ends, a certain language is stored.

    Harm that it reports is heard as in a message that opens a ticket.
    """
    item, ticket = arrival.item, arrival.joins
    status = statuses.after_incoming(ticket.status)
    fields: dict[str, Any] = {"status": status, "snoozed_until": None}
    sure = item.language != UNKNOWN_LANGUAGE and item.confidence >= arrival.rules.sure
    if sure and ticket.language == UNKNOWN_LANGUAGE:
        fields |= spoken(arrival.store, arrival.rules, ticket, item.language, item.confidence, "auto")
    elif sure and ticket.language_source != "agent":
        fields |= {"language": item.language, "confidence": item.confidence, "language_source": "auto"}
    as_it_is = replace(ticket, **fields)
    raised = raised_by(arrival.rules.routing, arrival.rules.lanes, arrival.memory, as_it_is, _facts(arrival, as_it_is))
    return _joined(arrival, fields | raised.fields, raised.why)


def _facts(arrival: Arrival, ticket: Ticket) -> Facts:
    """Return the facts of the message for the rules, in its own language if that is sure, else in the ticket's."""
    item = arrival.item
    facts = replace(facts_of(item), tier=arrival.customer.tier)
    if item.language != UNKNOWN_LANGUAGE and item.confidence >= arrival.rules.sure:
        return facts
    return replace(facts, language=ticket.language, confidence=ticket.confidence)


def _joined(arrival: Arrival, fields: dict[str, Any], heard: str = "") -> Received:
    tags = (*fields.get("tags", arrival.joins.tags), *sorting.tags(arrival.item))
    arrival.add(arrival.joins.id)
    return arrival.joined({**fields, "tags": tuple(dict.fromkeys(tags))}, heard)
