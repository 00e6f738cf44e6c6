"""Where the reply goes: an address that came up only lately may be an intruder's."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from data.records.changes import Finding
from data.records.customers import Customer
from data.records.messages import Direction, Message, MessageKind
from data.records.tickets import HARM_LANES, Ticket

LATELY = 7 * 86_400
"""An address is new for so many seconds."""
_BY_MACHINES = frozenset({MessageKind.AUTO, MessageKind.BOUNCE})


def changed_recipient(
    ticket: Ticket,
    customer: Customer,
    conversation: Sequence[Message],
    recipient: str,
    now: int,
    harm: Collection[str] = HARM_LANES,
) -> list[Finding]:
    """Find an address that differs from the one this conversation went to, or that the customer has had only lately.

    Blocks in a safety matter: an account thief's first step is a new address.
    """
    message = _why(customer, conversation, recipient.casefold(), now) if recipient else ""
    if not message:
        return []
    return [Finding("recipient", message, blocking=is_safety(ticket, harm))]


def is_safety(ticket: Ticket, harm: Collection[str] = HARM_LANES) -> bool:
    """Return whether someone may come to harm: the ticket has a severity or is in one of the lanes that handle harm."""
    return ticket.severity is not None or ticket.lane in harm


def _why(customer: Customer, conversation: Sequence[Message], recipient: str, now: int) -> str:
    written = [
        message for message in conversation if message.direction is Direction.IN and message.kind not in _BY_MACHINES
    ]
    earlier = [_sender(message) for message in written]
    known = {identity.value: identity.since for identity in customer.identities}
    # an address from before the conversation's own is the safe one: a thief's is the newer
    older = 0 < known.get(recipient, 0) < known.get(earlier[0] if earlier else "", 0)
    if earlier and earlier[0] and earlier[0] != recipient and not older:
        return f"The conversation began with {earlier[0]}, but this reply goes to {recipient}."
    since = known.get(recipient, 0)
    known_longer = any(identity.since < since for identity in customer.identities)
    if since and known_longer and now - since < LATELY:
        return f"{recipient} is new for this customer; make sure that it is theirs."
    latest = written[-1] if written else None
    if latest is not None and latest.kind is MessageKind.MAIL and _turns_away(latest):
        return f"The customer wrote from {latest.from_address}, but asks for answers at {latest.reply_to}."
    return ""


def _sender(message: Message) -> str:
    return (message.reply_to or message.from_address).casefold()


def _turns_away(message: Message) -> bool:
    """Return whether a mail's Reply-To is at another domain than its sender."""
    asked, came = (item.casefold().rpartition("@")[2] for item in (message.reply_to, message.from_address))
    return bool(asked and came) and asked != came
