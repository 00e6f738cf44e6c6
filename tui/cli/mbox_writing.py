"""A message as an mbox entry (mboxrd, RFC 4155): its own bytes where it came as mail, else a plain mail made of it."""

from __future__ import annotations

import re
import time
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate

from data.records import Message

_FROM_LINE = re.compile(rb"(?m)^(>*From )")


def mbox_entry(message: Message, raw: bytes | None) -> bytes:
    """Return the separator, the message with its From lines quoted, and the empty line that ends it."""
    content = raw if raw and not raw.startswith(b"{") else _composed(message)
    address = message.from_address if re.fullmatch(r"[!-~]+@[!-~]+", message.from_address) else "MAILER-DAEMON"
    when = time.asctime(time.gmtime(message.received_at))
    quoted = _FROM_LINE.sub(rb">\1", content)
    return f"From {address} {when}\n".encode("ascii") + quoted + (b"\n" if quoted.endswith(b"\n") else b"\n\n")


def _composed(message: Message) -> bytes:
    """Build a mail of a message that did not come as one; its texts are safe lines already."""
    mail = EmailMessage(policy=SMTP.clone(linesep="\n"))
    mail["Subject"] = message.subject
    mail["Date"] = formatdate(message.at)
    if re.fullmatch(r"[!#-'*+\-./-9=?A-Z^-~]+@[A-Za-z0-9.\-]+", message.from_address):
        mail["From"] = message.from_address
    if re.fullmatch(r"<[!-;=?-~]+>", message.message_id):
        mail["Message-ID"] = message.message_id
    mail.set_content(message.text)
    return mail.as_bytes()
