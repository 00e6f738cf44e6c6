"""Whose a message is, and which ticket's conversation it takes part in."""

from __future__ import annotations

from queues.desk import sorting
from queues.desk.find_ticket import find_ticket
from queues.desk.recognisers.arrival import Arrival
from queues.desk.recognisers.customers import customer_of
from queues.quality import csat


def conversation(arrival: Arrival) -> None:
    """Note whose the message is, which ticket it belongs to, and what sort of message an answer to us is."""
    store, item = arrival.store, arrival.item
    arrival.customer = customer_of(store, item, arrival.at)
    number, trusted = find_ticket(store, item, arrival.customer.id)
    # with another team's id but from none of its addresses, what opens a ticket is not trusted
    arrival.trusted = trusted and arrival.escalation is None
    if number is None:
        number = csat.ticket_of(store, item, arrival.customer.id)
    arrival.ticket = ticket = store.tickets.get(number) if number is not None else None
    if ticket is None:
        return
    # another system put it into the ticket, or it names a message that we sent there
    answers_us = bool(item.external_ref) or any(
        store.messages.ours(ticket.id, value) is not None for value in item.references
    )
    arrival.item = sorting.settled(item, answers_us=answers_us, subject=ticket.subject)
