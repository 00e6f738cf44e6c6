"""Which ticket an incoming message belongs to: by Message-IDs and a known participant, else by subject and customer."""

from __future__ import annotations

import re

from data.records.incoming import Incoming
from data.records.messages import Direction, MessageKind
from data.records.participants import Standing
from data.records.tickets import Status
from data.store import Store

_ANSWER = re.compile(
    # reply prefixes, and the numbers that ticketing systems put in front: `Re: [#4711] AW: My order`
    r"^\s*(?:(?:(?:re|aw|sv|svar|antw|rv|res|resp|rsp|fwd?|rif|r|i|wg|tr|vs|vl|odp|enc|ynt|ilt|bls|atb|vá|vb|"
    r"回复|回覆|答复|答覆|转发|轉寄|返信|転送|отв|ответ|σχετ|απ|تر|رد)"
    r"\s*(?:\[\d+\])?\s*[:：]|\[[^\[\]]{0,30}\d[^\[\]]{0,30}\])\s*)+",
    re.IGNORECASE,
)
_NUMBER_BEHIND = re.compile(r"\s*[\[(][^\[\]()]{0,30}#\s?\d[^\[\]()]{0,30}[\])]\s*$")
_MOST_REFERENCES = 200


def find_ticket(store: Store, item: Incoming, customer_id: int) -> tuple[int | None, bool]:
    """Return the ticket to join (None: open one) and whether the message may be trusted to be what it claims.

    A message that names our thread but comes from a non-participant opens a ticket of its own, unverified. What belongs
    to a ticket that was merged into another joins that.
    """
    number, trusted = _named(store, item, customer_id)
    return None if number is None else store.tickets.kept(number), trusted


def _named(store: Store, item: Incoming, customer_id: int) -> tuple[int | None, bool]:
    """Return the ticket whose conversation the message names, be it merged, and whether it may be trusted."""
    if item.external_ref:
        mirrored = store.tickets.by_external_ref(item.connector, item.external_ref)
        if mirrored is not None:
            return mirrored, True
    if item.needs_our_id:
        return _by_our_id(store, item, customer_id)
    # the nearest first: a part of the conversation may have been split off
    named = store.messages.tickets_referring(item.references[-_MOST_REFERENCES:][::-1])
    # an answer may be filed before its mail; but a program that reuses one Message-ID proves nothing
    own = store.messages.tickets_referring([item.message_id]) if item.message_id else []
    named += [
        message_id
        for message_id in own
        if message_id not in named and not store.messages.bears(store.tickets.kept(message_id), item.message_id)
    ]
    for ticket_id in named:
        if item.direction is Direction.OUT or _took_part(store, ticket_id, item, customer_id):
            return ticket_id, True
        if item.kind is MessageKind.BOUNCE and any(
            store.messages.sent_by_us(store.tickets.kept(ticket_id), reference) for reference in item.references
        ):
            return ticket_id, True  # a bounce comes from a server that is not a participant
    if named and item.references:
        return None, False
    return _by_subject(store, item, customer_id), True


def _by_our_id(store: Store, item: Incoming, customer_id: int) -> tuple[int | None, bool]:
    """Join by a Message-ID of ours, the nearest first; it cannot be guessed, but may be forwarded.

    The Message-ID of the customer's own mail works too, for its author and recipients; a mail that wants its answer
    elsewhere must name one of ours.
    """
    stranger = False
    for value in reversed(item.references[-_MOST_REFERENCES:]):
        for ticket_id in store.messages.tickets_referring([value]):
            kept = store.tickets.kept(ticket_id)
            sent_by_us = store.messages.sent_by_us(kept, value) is not None
            if not sent_by_us and (item.reply_to or not store.messages.bears(kept, value)):
                continue
            bounced = sent_by_us and item.kind is MessageKind.BOUNCE
            if bounced or item.direction is Direction.OUT or _took_part(store, ticket_id, item, customer_id):
                return ticket_id, True
            stranger = True
    return None, not stranger


def plain_subject(subject: str) -> str:
    """Return the subject without reply prefixes and ticket numbers, folded, for comparison."""
    return " ".join(_NUMBER_BEHIND.sub("", _ANSWER.sub("", subject)).casefold().split())


def _took_part(store: Store, ticket_id: int, item: Incoming, customer_id: int) -> bool:
    """Return whether the sender takes part in the ticket, or in the one that it was merged into."""
    kept = store.tickets.kept(ticket_id)
    numbers = dict.fromkeys((ticket_id, kept))
    tickets = [ticket for number in numbers if (ticket := store.tickets.get(number)) is not None]
    if any(ticket.customer_id == customer_id for ticket in tickets):
        return True
    if item.original_sender.address or (item.kind is MessageKind.FORM and item.reply_to):
        return False  # an external group, or a form, writes under one address for everyone
    address = item.from_address
    opening = store.messages.opening(kept)
    copied = opening is not None and bool(address) and address in opening.recipients
    copied = copied or store.messages.was_named_at_first(kept, address)
    if copied or any(store.participants.decided(number).get(address) is Standing.TAKEN_IN for number in numbers):
        return True
    return store.messages.took_part(kept, address) or store.messages.was_written_to(kept, address)


def _by_subject(store: Store, item: Incoming, customer_id: int) -> int | None:
    """Return the customer's newest ticket of this subject, for an answer whose mail program dropped the references.

    Not a ticket opened for another Reply-To: an unrecognised form writes for many under one address.
    """
    if not (_ANSWER.match(item.subject) or _NUMBER_BEHIND.search(item.subject)):
        return None
    wanted = plain_subject(item.subject)
    if not wanted:
        return None
    for row in store.tickets.of_customer(customer_id):
        kept = store.tickets.get(store.tickets.kept(row.id)) if row.status is Status.CLOSED else row
        if kept is not None and kept.status is not Status.CLOSED and plain_subject(row.subject) == wanted:
            opening = store.messages.opening(kept.id)
            if not item.reply_to or opening is None or opening.reply_to in ("", item.reply_to):
                return kept.id
    return None
