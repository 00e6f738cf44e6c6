"""A message of a ticketing system written as the mail that it was or could have been (RFC 5322)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formataddr, formatdate, parseaddr

from queues.reply import one_line

_LONGEST_SUBJECT = 500
_LONGEST_NAME = 150
"""Letters; encoded, the line still is shorter than 998 bytes (RFC 5322, 2.1.1)."""
_SIGNS = re.compile(r'[<>"\\\x00-\x1f]')


@dataclass(frozen=True, slots=True)
class Written:
    """What a ticketing system knows of a message."""

    sender: str
    """A name, an address, or both as in a From."""
    recipient: str
    """The same; empty for nobody."""
    subject: str
    at: int
    message_id: str
    plain: str
    html: str = ""
    """Taken where there are no plain words."""
    files: Sequence[tuple[str, str, bytes]] = ()
    """Name, content type and content of each."""


def as_mail(written: Written, host: str) -> bytes:
    """Return the mail; a bare name gets the system's host as its domain. Words alone where the rest makes no mail."""
    try:
        return _mail(written, host)
    except (ValueError, LookupError, TypeError, AttributeError, MessageError):  # headers that the package refuses
        return f"Message-ID: {one_line(written.message_id)}\r\n\r\n{clean(written.plain)}".encode()


def named(name: str, address: str) -> str:
    """Return a person as a From names them; what they call themselves never passes for an address (RFC 5322, 3.4)."""
    quoted = _SIGNS.sub(" ", name).strip()
    return f'"{quoted}" <{address}>' if quoted and address else address or name


def clean(text: str) -> str:
    """Return text that can be written: JSON may hold halves of letters."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "")


def _mail(written: Written, host: str) -> bytes:
    # the package folds a name that is not ASCII anew and leaves its commas and semicolons bare: these lines are ours
    people = [f"From: {_address(clean(written.sender), host)}\r\n"]
    if written.recipient:
        people.append(f"To: {_address(clean(written.recipient), host)}\r\n")
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = one_line(clean(written.subject))[:_LONGEST_SUBJECT]
    mail["Date"] = formatdate(written.at)
    mail["Message-ID"] = written.message_id
    plain, html = clean(written.plain), clean(written.html)
    if plain or not html:
        mail.set_content(plain + "\n", cte="8bit")
    else:
        mail.set_content(html, subtype="html", cte="8bit")
    for name, kind, content in written.files:
        main, _, sub = (kind or "application/octet-stream").partition("/")
        if main in ("message", "multipart") or not sub:
            main, sub = "application", "octet-stream"
        mail.add_attachment(content, maintype=main, subtype=sub, filename=one_line(clean(name or "attachment")))
    return "".join(people).encode("ascii") + mail.as_bytes()


def _address(written: str, host: str) -> str:
    """Return an address as a header names it, in ASCII and on one line."""
    name, address = parseaddr(one_line(written))
    name = name or ("" if "@" in address else written)
    address = address if "@" in address else f"{re.sub(r'[^A-Za-z0-9._-]', '.', address or written) or 'nobody'}@{host}"
    return formataddr((one_line(name)[:_LONGEST_NAME], address)) if address.isascii() else f"nobody@{host}"
