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
from queues.desk.participants import participants, without
from queues.mail.kind import is_daemon

BY_MACHINES = frozenset({MessageKind.AUTO, MessageKind.BOUNCE})
"""What nobody wrote: it changes nothing about who is answered."""
UNREACHABLE = "via"
"""The kind of an identity that is no address: somebody whom a stranger's group named."""


def recipient(
    conversation: Sequence[Message], customer: Customer, ours: Collection[str], beside: Collection[str] = ()
) -> str:
    """Return where a reply goes: where the last person asked for it, else what the customer is known by.

    Empty where there is no one: a mailer daemon and addresses of ours get no reply. Nobody `beside` is the last person.
    """
    for message in reversed(conversation):
        if message.from_address.casefold() in beside:
            continue
        if message.direction is Direction.IN and message.kind not in BY_MACHINES:
            found = _first((message.reply_to, message.from_address), ours)
            if found:
                return found
    known = [one.value for one in customer.identities if one.kind == "email"]
    others = [one.value for one in customer.identities if one.kind not in ("email", UNREACHABLE)]
    return _first(known, ours) or next(iter(others), "")


def address_of(store: Store, rules: DeskRules, ticket: Ticket, conversation: Sequence[Message]) -> str:
    """Return where a reply to the ticket goes; empty where there is no person to answer."""
    people = participants(store, rules, ticket)
    customer = customer_of(store, ticket)
    # who was not named by the customer's first mail may write, but is not the one that is answered
    beside = {one.address for one in people if one.standing is not Standing.KEPT} - _addresses(customer)
    return recipient(conversation, customer, rules.ours, beside)


def copies_of(
    store: Store, rules: DeskRules, ticket: Ticket, conversation: Sequence[Message], change: Change, to: str
) -> tuple[str, ...]:
    """Return who gets a copy of the reply to `to`: whom the change names, else who is kept, or taken in by now.

    The customer gets one where someone in Cc wrote last and is answered.
    """
    if change.cc is not None:
        return without(change.cc, to)
    people = participants(store, rules, ticket)
    copied = [one.address for one in people if one.copied and one.address not in without(change.leave_out, "")]
    others = {one.address for one in people}
    if not change.recipient and to.casefold() in others:
        customer = customer_of(store, ticket)
        theirs = recipient(conversation, customer, rules.ours, others - _addresses(customer))
        copied = [theirs, *copied] if "@" in theirs else copied
    return without((*copied, *change.take_in), to)


def _addresses(customer: Customer) -> set[str]:
    return {one.value for one in customer.identities if one.kind == "email"}


def recipient_of(store: Store, rules: DeskRules, ticket: Ticket, conversation: Sequence[Message]) -> str:
    """Return where a reply to the ticket goes. Raises RuleError where there is no person to answer."""
    address = address_of(store, rules, ticket, conversation)
    if not address:
        raise RuleError(
            "Nobody to answer", f"#{ticket.id} has no address of a person to send to; write a note instead."
        )
    return address


def customer_of(store: Store, ticket: Ticket) -> Customer:
    """Return the ticket's customer; one without name and address where there is none."""
    return store.customers.get(ticket.customer_id) or Customer(0, "")


def _first(addresses: Iterable[str], ours: Collection[str]) -> str:
    return next((one for one in addresses if one and one.casefold() not in ours and not is_daemon(one)), "")
