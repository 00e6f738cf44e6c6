"""Mail between us and another team: our own, read back from a mailbox, and the team's answer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from data.records.escalations import EscalationState
from data.records.incoming import Received
from data.records.messages import Direction, MessageKind
from queues.desk import escalations, sorting
from queues.desk.recognisers.arrival import Arrival


def mail_to_a_team(arrival: Arrival) -> Received | None:
    """Recognise our own mail to another team; record which escalation a message names."""
    arrival.escalation = escalations.child_of(arrival.store, arrival.item)
    if arrival.escalation is None or arrival.item.message_id != arrival.escalation.message_id:
        return None
    return arrival.duplicate_of(arrival.escalation.ticket_id)


def answer_of_a_team(arrival: Arrival) -> Received | None:
    """Recognise another team's answer by the escalation's id and the team's address: a note that reopens the ticket.

    A message with the id from elsewhere is filed like any other.
    """
    child, store = arrival.escalation, arrival.store
    if child is None or not escalations.is_from_team(child, arrival.item, arrival.rules.teams):
        return None
    arrival.item = item = sorting.settled(arrival.item, answers_us=True)
    ticket = store.tickets.get(child.ticket_id)
    assert ticket is not None  # a foreign key
    arrival.item = replace(item, direction=Direction.NOTE)
    arrival.add(ticket.id, refer=False)  # a team is not a participant of the customer's conversation
    fields: dict[str, Any] = {}
    detail: dict[str, Any] = {"connector": item.connector, "escalation": child.id}
    if sorting.is_undelivered(item) or item.kind not in sorting.UNHEARD:
        state = EscalationState.RETURNED if item.kind is MessageKind.BOUNCE else EscalationState.ANSWERED
        escalations.turned(store, child, replace(child, state=state, settled_at=arrival.at))
        fields = {"status": escalations.wakes(ticket.status), "snoozed_until": None}
        detail["state"] = state
    arrival.update(ticket, fields)
    arrival.record(ticket.id, "team answer", detail)
    return Received(ticket.id, "joined")
