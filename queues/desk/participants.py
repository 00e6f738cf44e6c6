"""People in Cc: those of the customer's first mail get copies of replies, any others only once an agent says so."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from data.records.customers import Customer
from data.records.messages import Direction, Message, MessageKind
from data.records.participants import Participant, Standing
from data.records.tickets import Ticket
from data.store import Store
from queues.desk.desk_rules import DeskRules
from queues.desk.sorting import UNHEARD
from queues.mail.kind import is_daemon
from queues.mail.own_mailbox import is_ours
from queues.mail.sign_rules import SPAM, UNAUTHENTICATED
from queues.outgoing import mail_bytes

MOST_COPIED = 20
"""So many people get copies of a reply, besides the customer."""
_DOUBTED = frozenset({SPAM, UNAUTHENTICATED})
UNVERIFIED = "unverified"
"""The tag of a ticket whose first mail names a conversation that its sender never took part in."""


def participants(store: Store, rules: DeskRules, ticket: Ticket) -> tuple[Participant, ...]:
    """Return everyone in Cc of the ticket's mails besides the customer and ourselves, in order of appearance.

    None where a ticketing system sends the replies: it has a Cc of its own.
    """
    if not mail_bytes.carries_cc(ticket.connector):
        return ()
    decided = store.participants.decided(ticket.id)
    copies = store.messages.with_cc(ticket.id)
    if not decided and not copies:
        return ()
    customer = store.customers.get(ticket.customer_id)
    own = addresses_of(customer) if customer else frozenset()
    return standing_of(ticket, copies, store.messages.opening(ticket.id), own, decided, rules.our_addresses)


def addresses_of(customer: Customer) -> frozenset[str]:
    """Return the mail addresses that the customer is known by."""
    return frozenset(identity.value for identity in customer.identities if identity.kind == "email")


def standing_of(
    ticket: Ticket,
    copies: Sequence[Message],
    opening: Message | None,
    customers: Collection[str],
    decided: Mapping[str, Standing],
    our_addresses: Collection[str],
) -> tuple[Participant, ...]:
    """Return each person in Cc and whether replies go to them.

    `copies` are the messages with a Cc, `customers` the customer's addresses, `decided` what agents said.
    """
    standings: dict[str, Standing] = {}
    if opening is not None and _is_the_customers(opening, ticket, customers):
        named = [address for address in opening.cc if is_person(address, our_addresses)]
        standings |= dict.fromkeys(named[:MOST_COPIED], Standing.KEPT)
    for message in copies:
        if message.kind in UNHEARD:
            continue
        for address in message.cc:
            if is_person(address, our_addresses) and address not in customers:
                standings.setdefault(address, Standing.NEW)
    standings |= {address: standing for address, standing in decided.items() if is_person(address, our_addresses)}
    return tuple(Participant(address, standing) for address, standing in standings.items())


def without(addresses: Sequence[str], recipient: str) -> tuple[str, ...]:
    """Return the addresses, each once and in lower case, less the recipient's."""
    known = {_written(recipient) or recipient.casefold()}
    results = []
    for address in addresses:
        written = _written(address) or address.casefold()
        if written not in known:
            known.add(written)
            results.append(address.casefold())
    return tuple(results)


def is_person(address: str, our_addresses: Collection[str]) -> bool:
    """Return whether a copy can go to an address: a mail address that is not a daemon's and not ours."""
    written = _written(address)
    return (
        bool(written)
        and not is_daemon(address)
        and not is_ours(written, our_addresses)
        and not is_ours(address, our_addresses)
    )


def _written(address: str) -> str:
    """Return the address as a mail server knows it, in lower case; empty if it is not an address."""
    from queues.mail.addresses import written_address  # loaded with the first Cc

    try:
        return written_address(address).casefold()
    except ValueError:
        return ""


def _is_the_customers(opening: Message, ticket: Ticket, customers: Collection[str]) -> bool:
    """Return whether the first mail is from the customer as far as is known, and none that only claims to be."""
    doubts = {sign.rule for sign in opening.signs} & _DOUBTED
    return (
        opening.direction is Direction.IN
        and opening.kind is MessageKind.MAIL
        and opening.from_address.casefold() in customers
        and not doubts
        and UNVERIFIED not in ticket.tags
    )
