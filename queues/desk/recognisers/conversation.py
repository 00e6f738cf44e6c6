"""Whom a message is from, and which ticket's conversation it belongs to."""

from __future__ import annotations

from queues.desk import sorting
from queues.desk.find_ticket import find_ticket
from queues.desk.recognisers.arrival import Arrival
from queues.desk.recognisers.customers import customer_of
from queues.quality import csat


def conversation(arrival: Arrival) -> None:
    """Record whom the message is from, which ticket it belongs to, and the kind of an answer to us."""
    store, item = arrival.store, arrival.item
    arrival.customer = customer_of(store, item, arrival.at)
    number, trusted = find_ticket(store, item, arrival.customer.id)
    # a new ticket with another team's id but from none of its addresses is not trusted
    arrival.trusted = trusted and arrival.escalation is None
    if number is None:
        number = csat.ticket_of(store, item, arrival.customer.id)
    arrival.ticket = ticket = store.tickets.get(number) if number is not None else None
    if ticket is None:
        return
    # another system put it into the ticket, or it names a message that we sent there
    answers_us = bool(item.external_ref) or any(
        store.messages.sent_by_us(ticket.id, value) is not None for value in item.references
    )
    arrival.item = sorting.settled(item, answers_us=answers_us, subject=ticket.subject)
