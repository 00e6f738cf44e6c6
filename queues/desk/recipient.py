"""Who gets a reply: the last person of the ticket, never a machine and never ourselves."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from data.records.customers import Customer
from data.records.messages import Direction, Message, MessageKind
from queues.mail.kind import is_daemon

BY_MACHINES = frozenset({MessageKind.AUTO, MessageKind.BOUNCE})
"""What nobody wrote: it changes nothing about who is answered."""
UNREACHABLE = "via"
"""The kind of an identity that is no address: somebody whom a stranger's group named."""


def recipient(conversation: Sequence[Message], customer: Customer, ours: Collection[str]) -> str:
    """Return where a reply goes: where the last person asked for it, else what the customer is known by.

    Empty where there is no one: a mailer daemon and addresses of ours get no reply.
    """
    for message in reversed(conversation):
        if message.direction is Direction.IN and message.kind not in BY_MACHINES:
            found = _first((message.reply_to, message.from_address), ours)
            if found:
                return found
    known = [one.value for one in customer.identities if one.kind == "email"]
    others = [one.value for one in customer.identities if one.kind not in ("email", UNREACHABLE)]
    return _first(known, ours) or next(iter(others), "")


def _first(addresses: Iterable[str], ours: Collection[str]) -> str:
    return next((one for one in addresses if one and one.casefold() not in ours and not is_daemon(one)), "")
