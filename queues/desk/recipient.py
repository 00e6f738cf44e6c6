"""Who gets a reply and its copies: the last person of the ticket and people in Cc, no machine and never ourselves."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from data.errors import RuleError
from data.records.changes import Change
from data.records.customers import Customer
from data.records.messages import Direction, Message, MessageKind
from data.records.participants import Standing
from data.records.tickets import Ticket
from data.store import Store
from queues.desk.desk_rules import DeskRules
from queues.desk.participants import addresses_of, participants, without
from queues.mail.kind import is_daemon
from queues.mail.own_mailbox import is_ours

BY_MACHINES = frozenset({MessageKind.AUTO, MessageKind.BOUNCE})
"""Kinds of messages without a human author: they do not change who is answered."""
UNREACHABLE = "via"
"""The kind of an identity without an address: a person named by an external group."""


def recipient(
    conversation: Sequence[Message], customer: Customer, our_addresses: Collection[str], others: Collection[str] = ()
) -> str:
    """Return where a reply goes: where the last person asked for it, else the customer's known address.

    `others` may write but are not answered, nor does a form answer them. Empty if there is no one: daemons and our own
    addresses get no reply.
    """
    own = addresses_of(customer)
    for message in reversed(conversation):
        if message.from_address.casefold() in others:
            continue
        if message.direction is Direction.IN and message.kind not in BY_MACHINES:
            address = _first((message.reply_to, message.from_address), our_addresses)
            if address and (address.casefold() not in others or message.from_address.casefold() in own):
                return address
    known = [identity.value for identity in customer.identities if identity.kind == "email"]
    others = [identity.value for identity in customer.identities if identity.kind not in ("email", UNREACHABLE)]
    return _first(known, our_addresses) or next(iter(others), "")


def address_of(store: Store, rules: DeskRules, ticket: Ticket, conversation: Sequence[Message]) -> str:
    """Return where a reply to the ticket goes; empty if there is no person to answer."""
    people = participants(store, rules, ticket)
    customer = customer_of(store, ticket)
    # people whom the customer's first mail did not name may write, but are not answered
    others = {person.address for person in people if person.standing is not Standing.KEPT} - addresses_of(customer)
    return recipient(conversation, customer, rules.our_addresses, others)


def copies_of(
    store: Store, rules: DeskRules, ticket: Ticket, conversation: Sequence[Message], change: Change, to: str
) -> tuple[str, ...]:
    """Return who gets a copy of the reply to `to`: the people that the change names, else those kept or taken in.

    The customer gets one if someone in Cc wrote last and is answered.
    """
    if change.cc is not None:
        return without(change.cc, to)
    people = participants(store, rules, ticket)
    left_out = without(change.leave_out, "")
    copied = [person.address for person in people if person.copied and person.address not in left_out]
    others = {person.address for person in people}
    if not change.recipient and to.casefold() in others:
        customer = customer_of(store, ticket)
        theirs = recipient(conversation, customer, rules.our_addresses, others - addresses_of(customer))
        copied = [theirs, *copied] if "@" in theirs else copied
    return without((*copied, *change.take_in), to)


def thread_of(store: Store, rules: DeskRules, ticket: Ticket, conversation: Sequence[Message]) -> list[Message]:
    """Return the messages that a reply may refer to: none of another customer whose ticket was merged into this one."""
    if not any(message.moved_from for message in conversation):
        return list(conversation)
    others = {person.address for person in participants(store, rules, ticket) if not person.copied}
    others -= addresses_of(customer_of(store, ticket))
    return [
        message
        for message in conversation
        if message.direction is not Direction.IN
        or not others & {message.from_address.casefold(), message.reply_to.casefold()}
    ]


def recipient_of(store: Store, rules: DeskRules, ticket: Ticket, conversation: Sequence[Message]) -> str:
    """Return where a reply to the ticket goes. Raises RuleError if there is no person to answer."""
    address = address_of(store, rules, ticket, conversation)
    if not address:
        raise RuleError(
            "No one to answer", f"#{ticket.id} has no address of a person to send to; write a note instead."
        )
    return address


def name_of(store: Store, ticket: Ticket, conversation: Sequence[Message], address: str) -> str:
    """Return the name for an address: the latest that its owner used, else the customer's; empty for a stranger."""
    for message in reversed(conversation):
        if message.direction is Direction.IN and address == (message.reply_to or message.from_address):
            return message.from_name
    customer = customer_of(store, ticket)
    return customer.name if address.casefold() in {identity.value for identity in customer.identities} else ""


def customer_of(store: Store, ticket: Ticket) -> Customer:
    """Return the ticket's customer; if there is none, a customer without name and address."""
    return store.customers.get(ticket.customer_id) or Customer(0, "")


def _first(addresses: Iterable[str], our_addresses: Collection[str]) -> str:
    return next(
        (
            address
            for address in addresses
            if address and not is_ours(address, our_addresses) and not is_daemon(address)
        ),
        "",
    )
