"""Makes work of imported history: what nobody has answered yet begins now, with its clocks."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from data.records.changes import Change
from data.records.messages import Direction
from data.records.tickets import Status
from queues.desk.desk import Desk
from queues.desk.sorting import UNHEARD


class Old(StrEnum):
    """What imported mail becomes."""

    WORK = "work"
    """Work whose clocks run since the date of each mail."""
    HISTORY = "history"
    """History: searchable, without clocks."""
    FROM_NOW = "from-now"
    """History, except that clocks begin now for what is unanswered."""


def begin_unanswered(desk: Desk, ticket_ids: Iterable[int]) -> int:
    """Open the tickets that are history and end with a customer's message; return how many.

    It is one action of the agent, so that undo makes them history again.
    """
    waiting = [ticket_id for ticket_id in sorted(set(ticket_ids)) if _awaits_an_answer(desk, ticket_id)]
    if waiting:
        desk.act(waiting, Change(status=Status.OPEN))
    return len(waiting)


def _awaits_an_answer(desk: Desk, ticket_id: int) -> bool:
    ticket = desk.store.tickets.get(ticket_id)
    if ticket is None or ticket.status is not Status.HISTORY:
        return False
    newest = max(desk.store.messages.of(ticket_id), key=lambda message: (message.received_at, message.id))
    return newest.direction is Direction.IN and newest.kind not in UNHEARD
