"""Messages that were already filed."""

from __future__ import annotations

from data.records.incoming import Received
from queues.desk.recognisers.arrival import Arrival


def duplicate(arrival: Arrival) -> Received | None:
    """Recognise a second delivery by its content."""
    known = arrival.store.messages.ticket_of_content(arrival.content) if arrival.content else None
    return None if known is None else arrival.duplicate_of(known)
