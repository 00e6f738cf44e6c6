"""The masked items of a ticket, as the card that shows one of them lists them. Does not use Textual."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from data.confidential.items import Kind
from data.confidential.mask import cover, find
from data.records.messages import Direction
from data.safe_text import safe_text
from tui.look.short_times import span
from tui.look.words import words

if TYPE_CHECKING:
    from data.records.customers import Customer
    from data.records.messages import Message
    from data.store import Store

MOST = 200
"""The most items that are listed, the newest messages first."""
MOST_MESSAGES, MOST_READ, MOST_IN_ALL = 50, 100_000, 500_000
"""Messages that are searched, and characters of each and of all."""


@dataclass(frozen=True, slots=True)
class HiddenItem:
    """One masked item."""

    kind: Kind
    value: str
    """As it was written: only shown when asked for."""
    where: str
    """Such as `message of 2h05 ago`."""

    @property
    def line(self) -> str:
        """What the list shows of it: kind, masked value, place."""
        return f"{words(str(self.kind)):<14} {cover(self.value, self.kind):<24} {self.where}"


def hidden_items(store: Store, ticket_id: int, now: int, *, folded: bool) -> list[HiddenItem]:
    """Return what is masked on a ticket, each value once; nothing of the customer's text while it is folded."""
    ticket = store.tickets.get(ticket_id)
    if ticket is None:
        return []
    listed: dict[str, HiddenItem] = {}
    texts = [*_of_customer(store.customers.get(ticket.customer_id)), (words("subject"), ticket.subject)]
    messages = store.messages.of(ticket_id, most=MOST_READ)
    messages.sort(key=lambda message: message.received_at, reverse=True)
    for message in messages[:MOST_MESSAGES]:
        if not folded or message.direction is not Direction.IN:
            texts += _of_message(message, now)
    unread = MOST_IN_ALL
    for where, text in texts:
        safe = safe_text(text[: min(MOST_READ, unread)])
        unread -= len(safe)
        for item in find(safe):
            value = safe[item.start : item.end]
            listed.setdefault(value, HiddenItem(item.kind, value, where))
    return list(listed.values())[:MOST]


def _of_customer(customer: Customer | None) -> Iterator[tuple[str, str]]:
    if customer is not None:
        yield words("customer"), customer.name
        yield from ((words("customer"), f"{identity.kind}: {identity.value}") for identity in customer.identities)


def _of_message(message: Message, now: int) -> Iterator[tuple[str, str]]:
    where = words("message of {span} ago").format(span=span(max(0, now - message.at)))
    people = (message.from_address, message.reply_to, *message.recipients, *message.cc)
    yield from ((where, text) for text in (message.text, message.from_name, message.subject, " ".join(people)) if text)
    yield from ((where, part.filename) for part in message.attachments)
