"""Who a message is from: the customer that its addresses and handles name, new or known."""

from __future__ import annotations

from dataclasses import replace

from data.records.customers import Customer, Identity
from data.records.incoming import Incoming
from data.records.messages import Direction, MessageKind
from data.records.tickets import UNKNOWN_LANGUAGE
from data.store import Store
from queues.mail.kind import is_form


def customer_of(store: Store, item: Incoming, arrived: int) -> Customer:
    """Return the customer that the message is from (or to, if it is our own), new or known."""
    if item.direction is not Direction.IN:
        pairs = (("handle", item.customer.handle), *(("email", address) for address in item.to[:1]))
        identities = tuple(Identity(kind, value.casefold(), arrived) for kind, value in pairs if value)
        name = item.customer.name or (item.to[0] if item.to else "?")
    else:
        identities = identities_of(item, arrived)
        name = _name_of(item) or (identities[0].value if identities else "?")
    number = store.customers.find(identities)
    known = store.customers.get(number) if number is not None else None
    if known is not None:
        store.customers.add_identities(known.id, identities)
        return known
    language = item.customer.language or UNKNOWN_LANGUAGE
    tier = item.customer.tier or "standard"
    customer = Customer(0, name, identities, language=language, tier=tier, created_at=arrived)
    return replace(customer, id=store.customers.insert(customer))


def identities_of(item: Incoming, arrived: int = 0) -> tuple[Identity, ...]:
    """Return the sender's identities, most reliable first; `arrived` is when they were first seen."""
    if item.original_sender.address and item.direction is Direction.IN:
        # an external group may name anyone: treat it as a separate person, neither the group nor the named one
        pairs = [("via", f"{item.original_sender.address} via {item.from_address}")]
    else:
        pairs = [("handle", item.customer.handle), ("email", item.reply_to if _is_form(item) else item.from_address)]
    return tuple(Identity(kind, value.casefold(), arrived) for kind, value in pairs if value)


def _is_form(item: Incoming) -> bool:
    """Return whether a web form writes in its own name, with the customer in Reply-To."""
    in_spam = item.kind is MessageKind.SPAM and is_form(item.from_address, item.reply_to)
    return in_spam or (bool(item.reply_to) and item.kind is MessageKind.FORM)


def _name_of(item: Incoming) -> str:
    return (item.reply_name if _is_form(item) else item.original_sender.name) or item.from_name
