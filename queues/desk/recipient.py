"""Who gets a reply: the last person of the ticket, never a machine and never ourselves."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from data.errors import RuleError
from data.records.customers import Customer
from data.records.messages import Direction, Message, MessageKind
from data.records.tickets import Ticket
from data.store import Store
from queues.desk.desk_rules import DeskRules
from queues.mail.kind import is_daemon

BY_MACHINES = frozenset({MessageKind.AUTO, MessageKind.BOUNCE})
"""Kinds of messages without a human author: they do not change who is answered."""
UNREACHABLE = "via"
"""The kind of an identity without an address: a person named by an external group."""


def recipient(conversation: Sequence[Message], customer: Customer, ours: Collection[str]) -> str:
    """Return where a reply goes: where the last person asked for it, else the customer's known address.

    Empty if there is no one: mailer daemons and our own addresses get no reply.
    """
    for message in reversed(conversation):
        if message.direction is Direction.IN and message.kind not in BY_MACHINES:
            found = _first((message.reply_to, message.from_address), ours)
            if found:
                return found
    known = [identity.value for identity in customer.identities if identity.kind == "email"]
    others = [identity.value for identity in customer.identities if identity.kind not in ("email", UNREACHABLE)]
    return _first(known, ours) or next(iter(others), "")


def address_of(store: Store, rules: DeskRules, ticket: Ticket, conversation: Sequence[Message]) -> str:
    """Return where a reply to the ticket goes; empty if there is no person to answer."""
    return recipient(conversation, customer_of(store, ticket), rules.ours)


def recipient_of(store: Store, rules: DeskRules, ticket: Ticket, conversation: Sequence[Message]) -> str:
    """Return where a reply to the ticket goes. Raises RuleError if there is no person to answer."""
    address = address_of(store, rules, ticket, conversation)
    if not address:
        raise RuleError(
            "No one to answer", f"#{ticket.id} has no address of a person to send to; write a note instead."
        )
    return address


def customer_of(store: Store, ticket: Ticket) -> Customer:
    """Return the ticket's customer; if there is none, a customer without name and address."""
    return store.customers.get(ticket.customer_id) or Customer(0, "")


def _first(addresses: Iterable[str], ours: Collection[str]) -> str:
    return next(
        (address for address in addresses if address and address.casefold() not in ours and not is_daemon(address)), ""
    )
