"""The figures of one ticket: the same as a report that counts this ticket alone."""

from __future__ import annotations

from dataclasses import dataclass

from data.store import Store
from queues.figures.handling import IDLE, by_ticket, handled
from queues.figures.metrics import Metric, measures
from queues.figures.ticket_history import History, history


@dataclass(frozen=True, slots=True)
class TicketFigures:
    """What a report's figures count of one ticket, over its whole life."""

    replies: int
    first_reply: int | None
    """Seconds from its opening; None before a reply."""
    one_touch: bool | None
    """None unless it is solved."""
    handling: int
    """Seconds of all agents' active work."""
    reopened: int
    late: tuple[Metric, ...]
    """The clocks that ran out."""


def life_of(store: Store, ticket_id: int, until: int) -> History | None:
    """Return a ticket's history before `until`; None if there is no such ticket."""
    created = store.tickets.created([ticket_id]).get(ticket_id)
    if created is None:
        return None
    replies = store.messages.replies([ticket_id], until).get(ticket_id, ())
    return history(ticket_id, created, store.events.life(ticket_id, until), replies)


def figures_of(store: Store, ticket_id: int, now: int) -> TicketFigures | None:
    """Return the figures of one ticket; None if there is no such ticket."""
    life = life_of(store, ticket_id, now + 1)
    if life is None:
        return None
    values: dict[Metric, int] = {}
    late: dict[Metric, None] = {}
    for measure in measures(life, life.created_at, now + 1):
        values[measure.metric] = measure.value
        if measure.metric in (Metric.LATE_FIRST, Metric.LATE_NEXT, Metric.LATE_RESOLUTION) and measure.value:
            late[measure.metric] = None
    spent = 0
    for at, agent in store.events.work_on(ticket_id, now + 1):
        work = handled(store.events.work(at - IDLE, at + 1, agent=agent))
        spent += by_ticket(action for action in work if action.at == at).get(ticket_id, 0)
    once = values.get(Metric.ONE_TOUCH)
    return TicketFigures(
        len(life.replies),
        values.get(Metric.FIRST_REPLY),
        None if once is None else bool(once),
        spent,
        len(life.reopenings),
        tuple(late),
    )
