"""Messages by our own side outside the desk: replies from another mail program or system, and notes."""

from __future__ import annotations

from typing import Any

from data.records.incoming import Received
from data.records.messages import Direction
from queues.desk import sorting
from queues.desk.recognisers.arrival import Arrival
from queues.ground import statuses


def reply_from_elsewhere(arrival: Arrival) -> Received | None:
    """Recognise a reply of ours: the ticket is answered, unless the customer wrote after the reply was sent.

    What a machine of ours wrote, such as an acknowledgement, answers nothing.
    """
    if arrival.item.direction is not Direction.OUT:
        return None
    ticket = arrival.joins
    arrival.add(ticket.id)
    fields: dict[str, Any] = {"merged_due": None}
    waiting_since, _ = arrival.store.messages.last_times(ticket.id)
    if waiting_since is None and arrival.item.kind not in sorting.UNHEARD:
        fields["status"] = statuses.after_reply(ticket.status)
    return arrival.joined(fields)


def note_from_elsewhere(arrival: Arrival) -> Received | None:
    """Recognise internal notes from another system: they do not wake the ticket."""
    if arrival.item.direction is not Direction.NOTE:
        return None
    arrival.add(arrival.joins.id)
    return arrival.joined({})
