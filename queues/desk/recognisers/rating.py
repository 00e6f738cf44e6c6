"""Answers to our question how it was."""

from __future__ import annotations

from dataclasses import replace

from data.records.messages import MessageKind
from queues.desk.recognisers.arrival import Arrival
from queues.quality import csat


def rating(arrival: Arrival) -> None:
    """Note the score that a message gives; one that says nothing else is a rating and leaves its ticket as it is."""
    if arrival.ticket is None:
        return
    arrival.rated = csat.answer(
        arrival.store, arrival.ticket, arrival.item, arrival.customer.id, arrival.at, arrival.rules.rating_days
    )
    if csat.alone(arrival.rated, arrival.item):
        arrival.item = replace(arrival.item, kind=MessageKind.RATING)
