"""What the end of a shift leaves: promises not kept yet, replies that did not leave, parked drafts."""

from __future__ import annotations

from dataclasses import dataclass

from data.records.outbox import OutboxState
from data.store import Store

PROMISE, DRAFT = "promise", "draft"
STUCK = (OutboxState.HELD, OutboxState.IN_DOUBT, OutboxState.FAILED)
"""Replies that someone has to look at."""


@dataclass(frozen=True, slots=True)
class HandoverItem:
    """One thing left to do."""

    kind: str
    """`promise`, `draft`, or the state of a reply: `held`, `in doubt`, `failed`."""
    ticket_id: int
    customer: str
    subject: str
    at: int
    """When the promise or the reply is due, or when the draft was last written."""
    text: str
    """The promise's words, the reason why the reply waits, or how the draft begins."""
    late: bool = False
    """A promise whose time has passed."""


def hand_over(store: Store, now: int) -> list[HandoverItem]:
    """Return open work, promises first, earliest due first; then replies, then drafts."""
    open_items = [
        _open_item(store, PROMISE, promise.ticket_id, promise.due_at, promise.text, late=promise.due_at < now)
        for promise in store.promises.open()
    ]
    open_items += [
        _open_item(store, str(entry.state), entry.ticket_id, entry.due_at, entry.reason)
        for entry in store.outbox.waiting()
        if entry.state in STUCK
    ]
    return open_items + [
        _open_item(store, DRAFT, draft.ticket_id, draft.updated_at, draft.text.strip().partition("\n")[0])
        for draft in store.drafts.all()
    ]


def _open_item(store: Store, kind: str, ticket_id: int, at: int, text: str, *, late: bool = False) -> HandoverItem:
    row = store.tickets.row(ticket_id)
    return HandoverItem(kind, ticket_id, row.customer_name if row else "", row.subject if row else "", at, text, late)
