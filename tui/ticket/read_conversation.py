"""Reads everything that the ticket view shows of a ticket."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from data.records.promises import PromiseState
from data.records.tickets import Ticket
from queues.ground.presence import Present, present
from tui.ticket.ticket_text import Conversation

if TYPE_CHECKING:
    from data.store import Store

MOST_BYTES = 1_000_000
ASIDES = ("skipped", "picked", "delivered")
"""The events that are lines of their own: the ticket's place in the order of work, replies reported as delivered."""


def read_conversation(
    store: Store,
    ticket_id: int,
    folds: Callable[[Ticket], bool],
    now: int,
    messages: int = 200,
    most: int = MOST_BYTES,
) -> Conversation | None:
    """Return the ticket with its newest `messages` and related records; None if there is no such ticket.

    Of texts without end at most some `most` bytes are read, those of the newest first.

    `folds` returns whether the customer's text on the ticket is folded.
    """
    ticket = store.tickets.get(ticket_id)
    if ticket is None:
        return None
    ratings, asked = store.csat.of(ticket_id), store.csat.asked(ticket_id)
    draft = store.drafts.get(ticket_id)
    return Conversation(
        ticket,
        store.customers.get(ticket.customer_id),
        store.messages.beginnings(ticket_id, messages, most),
        store.tickets.of_customer(ticket.customer_id),
        store.escalations.of(ticket_id),
        store.problems.of(ticket_id),
        [promise for promise in store.promises.of(ticket_id) if promise.state is PromiseState.OPEN],
        ratings,
        asked.at if asked is not None and asked.id not in {rating.question_id for rating in ratings} else None,
        store.events.of_kinds(ticket_id, ASIDES),
        folded=folds(ticket),
        fields=store.custom_fields.all(),
        proposed_at=draft.updated_at if draft is not None and draft.proposed else None,
        colleagues=present(store, now).get(ticket_id, Present()),
    )
