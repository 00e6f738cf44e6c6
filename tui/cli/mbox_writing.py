"""A message as an mbox entry (mboxrd, RFC 4155): its original bytes if it came as mail, else a plain mail."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from functools import cache

from data.records.messages import Direction, Message
from queues.mail.addresses import written_address
from queues.mail.letter import write
from queues.mail.letter_fields import Letter, Person

_FROM_LINE = re.compile(rb"(?m)^(>*From )")
_ADDRESS = re.compile(r"[!-~]+@[!-~]+")
_REMEMBERED = 20
"""The newest mails of a conversation that a built mail refers to, besides its first."""


class Threads:
    """Remembers the conversation of each ticket, so that a mail that is built here says which mails it answers."""

    def __init__(self, customer_of: Callable[[int], str]) -> None:
        """Take what returns the customer's address of a ticket, empty if they have none."""
        self._ids: dict[int, list[str]] = {}
        self._customer_of = cache(customer_of)

    def entry(self, message: Message, raw: bytes | None) -> bytes:
        """Return the entry of the next message, in the order of the file."""
        known = self._ids.setdefault(message.ticket_id, [])
        is_asked = message.direction is Direction.OUT and not _is_mail(raw)
        customer = self._customer_of(message.ticket_id) if is_asked else ""
        entry = mbox_entry(message, raw, tuple(known), customer)
        if message.message_id:
            del known[1:-_REMEMBERED]
            known.append(message.message_id)
        return entry


def mbox_entry(message: Message, raw: bytes | None, thread: tuple[str, ...] = (), customer: str = "") -> bytes:
    """Return the separator, the message with its From lines quoted, and the empty line that ends it.

    A message that did not come as mail answers the last of the `thread`, and one of ours goes to the `customer`.
    """
    content = raw if raw and _is_mail(raw) else _composed(message, thread, customer)
    address = message.from_address if _ADDRESS.fullmatch(message.from_address) else "MAILER-DAEMON"
    when = time.asctime(time.gmtime(message.received_at))
    body = quoted(content)
    return f"From {address} {when}\n".encode("ascii") + body + (b"\n" if body.endswith(b"\n") else b"\n\n")


def quoted(content: bytes) -> bytes:
    """Return a mail with its From lines quoted."""
    return _FROM_LINE.sub(rb">\1", content) if b"From " in content else content


def _is_mail(raw: bytes | None) -> bool:
    """Return whether raw bytes are those of a mail, and not a record of another system."""
    return raw is not None and raw != b"" and not raw.startswith(b"{")


def _composed(message: Message, thread: tuple[str, ...], customer: str) -> bytes:
    """Build a mail from a message that did not come as mail."""
    letter = Letter(
        message.subject, message.at, message.text, _person(message.from_address),
        _person(customer) if message.direction is Direction.OUT else None,
        message_id=message.message_id, parent=thread[-1] if thread else "", thread=thread, cc=message.cc,
    )  # fmt: skip
    return write(letter).replace(b"\r\n", b"\n")


def _person(address: str) -> Person | None:
    try:
        return Person("", written_address(address))
    except ValueError:
        return None
