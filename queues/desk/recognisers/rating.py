"""Answers to our rating requests."""

from __future__ import annotations

from dataclasses import replace

from data.records.messages import MessageKind
from queues.desk.recognisers.arrival import Arrival
from queues.quality import csat


def rating(arrival: Arrival) -> None:
    """Record a message's rating; a message that says nothing else leaves its ticket as it is."""
    if arrival.ticket is None:
        return
    arrival.rated = csat.answer(
        arrival.store, arrival.ticket, arrival.item, arrival.customer.id, arrival.at, arrival.rules.rating_days
    )
    if csat.alone(arrival.rated, arrival.item):
        arrival.item = replace(arrival.item, kind=MessageKind.RATING)
