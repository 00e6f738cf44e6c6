"""Mail from before the desk began to work on its mailbox: read with its thread, not work."""

from __future__ import annotations

from dataclasses import replace

from data.records.incoming import Received
from data.records.tickets import Status
from queues.desk.recognisers.arrival import Arrival, origin


def earlier_mail(arrival: Arrival) -> Received | None:
    """Recognise mail of a thread that is history: it changes nothing. In a ticket that is work, it is like any other.

    The event is not `received`: figures count work.
    """
    if not arrival.item.history:
        return None
    if arrival.joins.status is not Status.HISTORY:
        arrival.item = replace(arrival.item, history=False)
        return None
    arrival.add(arrival.joins.id)
    arrival.update(arrival.joins, {})
    arrival.record(arrival.joins.id, "history", origin(arrival.item))
    return Received(arrival.joins.id, "joined")
