"""What the end of a shift leaves: promises not kept yet, replies that did not leave, parked drafts."""

from __future__ import annotations

from dataclasses import dataclass, replace

from data.records.outbox import OutboxState
from data.store import Store

PROMISE, DRAFT, HANDED = "promise", "draft", "handed over"
STUCK = (OutboxState.HELD, OutboxState.IN_DOUBT, OutboxState.FAILED)
"""Replies that someone has to look at."""


@dataclass(frozen=True, slots=True)
class HandoverItem:
    """One thing left to do."""

    kind: str
    """`handed over`, `promise`, `draft`, or the state of a reply: `held`, `in doubt`, `failed`."""
    ticket_id: int
    customer: str
    subject: str
    at: int
    """When the promise or the reply is due, when the draft was last written, or when it was handed over."""
    text: str
    """The promise's words, the reason why the reply waits, or how the draft begins."""
    late: bool = False
    """A promise whose time has passed."""
    author: str = ""
    """Who handed it over."""
    addressee: str = ""
    """And to whom."""


def hand_over(store: Store, now: int) -> list[HandoverItem]:
    """Return open work: what was handed over to someone first, then promises, earliest due first; replies; drafts."""
    handed = [
        replace(
            _open_item(store, HANDED, item.ticket_id, item.at, item.text),
            author=item.author, addressee=item.addressee,
        )
        for item in store.handovers.open()
    ]  # fmt: skip
    open_items = handed + [
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


def to_hand_over(store: Store, agent: str, now: int) -> dict[int, str]:
    """Return what an agent may hand over to one colleague: for each ticket of theirs, or of no one, what is left of it.

    Tickets that were handed over already are left out.
    """
    items = hand_over(store, now)
    handed = {item.ticket_id for item in items if item.kind == HANDED}
    texts: dict[int, list[str]] = {}
    for item in items:
        ticket = store.tickets.get(item.ticket_id)
        if ticket is not None and ticket.merged_into is None and ticket.id not in handed and (
            ticket.assignee in ("", agent)
        ):  # fmt: skip
            texts.setdefault(ticket.id, []).append(f"{item.kind}: {item.text}" if item.text else item.kind)
    return {number: "; ".join(said) for number, said in texts.items()}
