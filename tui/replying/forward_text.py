"""What is proposed as the text of a forward: messages of the ticket, without addresses and what they quote.

What is confidential in them is masked: whoever forwards writes out what the third party needs.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from data.confidential.mask import masked
from data.records.messages import Direction, Message
from data.safe_text import safe_line

_LINE = "---------- Forwarded message ----------"


def quoted(messages: Sequence[Message]) -> str:
    """Return messages as they go to a third party: who wrote them, when, about what, and their own words."""
    return "\n\n".join(_quoted(message) for message in messages)


def newest_of_customer(messages: Sequence[Message]) -> list[Message]:
    """Return the customer's newest message of a conversation, none if they wrote none."""
    return [message for message in messages if message.direction is Direction.IN][-1:]


def _quoted(message: Message) -> str:
    written = datetime.fromtimestamp(message.at, UTC)
    head = f"From: {safe_line(message.from_name) or '(no name)'}\nDate: {written:%Y-%m-%d %H:%M} UTC"
    head += f"\nSubject: {safe_line(message.subject)}" if message.subject else ""
    return masked(f"{_LINE}\n{head}\n\n{(message.new_text or message.text).strip()}")
