"""Messages that open a ticket, and where the routing rules put it."""

from __future__ import annotations

from dataclasses import replace

from data.records.customers import Customer
from data.records.incoming import Incoming, Received
from data.records.messages import Direction, MessageKind
from data.records.tickets import UNKNOWN_LANGUAGE, Status, Ticket
from queues.clocks import sla
from queues.desk import sorting
from queues.desk.participants import UNVERIFIED
from queues.desk.recognisers.arrival import Arrival, origin
from queues.desk.ticket_fields import CLOCKS, clocks
from queues.routing import rules as routing


def new_matter(arrival: Arrival) -> Received | None:
    """Recognise a message without a ticket, or whose ticket was solved long ago, and spam: it opens a ticket.

    Spam never joins a conversation: suspended mail stays in one place.
    """
    ticket, item = arrival.ticket, arrival.item
    goes_on = ticket is not None and (item.kind is MessageKind.RATING or not _is_over(ticket, arrival))
    if goes_on and item.kind is not MessageKind.SPAM:
        return None
    opened = _ticket(arrival)
    opened = replace(opened, **clocks(arrival.store, arrival.rules, opened, arrival.at, arrival.customer))
    number = arrival.store.tickets.insert(opened)
    arrival.add(number, refer=opened.status is not Status.SUSPENDED)
    kind = "history" if item.history else "received"
    begun = {name: [None, due] for name in CLOCKS if (due := getattr(opened, name)) is not None}
    arrival.record(number, kind, {**origin(item), "reason": opened.reason, "changed": begun})
    return Received(number, "new" if item.readable else "unreadable")


def _is_over(ticket: Ticket, arrival: Arrival) -> bool:
    """Return whether the ticket was solved so long ago that a new message opens a new ticket."""
    days = arrival.rules.reopen_days
    return bool(days) and ticket.solved_at is not None and arrival.at - ticket.solved_at > days * sla.DAY


def _ticket(arrival: Arrival) -> Ticket:
    item, customer, rules, at = arrival.item, arrival.customer, arrival.rules, arrival.at
    language, confidence, source = _language(arrival, item, customer)
    facts = replace(routing.facts_of(item), language=language, tier=customer.tier)
    route = routing.route(rules.routing, facts, rules.lanes)
    route = arrival.memory.applied(rules.routing, rules.lanes, route, facts)
    tags = route.tags if arrival.trusted else (*route.tags, UNVERIFIED)
    if item.direction is Direction.IN:
        tags = (*tags, *sorting.tags(item))
    ticket = Ticket(
        id=0, lane=route.lane, status=Status.NEW, priority=route.priority, subject=item.subject or "(no subject)",
        customer_id=customer.id, created_at=at, updated_at=at, severity=route.severity, language=language,
        confidence=confidence, language_source=source, connector=item.connector, external_ref=item.external_ref,
        reason=route.reason, topic=route.topic, procedure=route.procedure, tags=tuple(dict.fromkeys(tags)),
    )  # fmt: skip
    if item.history:
        return replace(ticket, status=Status.HISTORY)
    if item.direction is Direction.OUT:
        if item.kind in sorting.UNHEARD:
            return replace(ticket, status=Status.PENDING)
        return replace(ticket, status=Status.PENDING, touches=1, first_replied_at=at)
    return replace(ticket, status=Status.SUSPENDED) if item.kind in sorting.UNHEARD else ticket


def _language(arrival: Arrival, item: Incoming, customer: Customer) -> tuple[str, float, str]:
    """Return the ticket's language: the message's own if certain, else the customer's earlier language."""
    if item.language != UNKNOWN_LANGUAGE and item.confidence >= arrival.rules.sure:
        return item.language, item.confidence, "auto"
    earlier = arrival.store.customers.language_of(customer.id)
    if earlier:
        return earlier, item.confidence, "customer"
    return UNKNOWN_LANGUAGE, item.confidence, "auto"
