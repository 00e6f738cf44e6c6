"""A message as an mbox entry (mboxrd, RFC 4155): its original bytes if it came as mail, else a plain mail."""

from __future__ import annotations

import re
import time

from data.records.messages import Message
from queues.mail.addresses import written_address
from queues.mail.letter import write
from queues.mail.letter_fields import Letter, Person

_FROM_LINE = re.compile(rb"(?m)^(>*From )")


def mbox_entry(message: Message, raw: bytes | None) -> bytes:
    """Return the separator, the message with its From lines quoted, and the empty line that ends it."""
    content = raw if raw and not raw.startswith(b"{") else _composed(message)
    address = message.from_address if re.fullmatch(r"[!-~]+@[!-~]+", message.from_address) else "MAILER-DAEMON"
    when = time.asctime(time.gmtime(message.received_at))
    body = quoted(content)
    return f"From {address} {when}\n".encode("ascii") + body + (b"\n" if body.endswith(b"\n") else b"\n\n")


def quoted(content: bytes) -> bytes:
    """Return a mail with its From lines quoted."""
    return _FROM_LINE.sub(rb">\1", content)


def _composed(message: Message) -> bytes:
    """Build a mail from a message that did not come as mail."""
    try:
        sender = Person("", written_address(message.from_address))
    except ValueError:
        sender = None
    letter = Letter(message.subject, message.at, message.text, sender, message_id=message.message_id)
    return write(letter).replace(b"\r\n", b"\n")
