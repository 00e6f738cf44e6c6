"""The bytes of a reply, fixed when it is queued: its own Message-ID, the conversation's thread, who it goes to."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from typing import TYPE_CHECKING

from data.confidential.items import NEVER_SENT
from data.confidential.mask import masked
from data.errors import RuleError
from data.records.messages import Direction, Message
from data.safe_text import LONGEST_LINE
from queues.outgoing.attachments import Enclosed

if TYPE_CHECKING:
    from queues.mail.letter_fields import Person

_UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_MOST_REFERENCES = 20
_LONGEST_NAME = 150
_ACCOUNT = "email:"
"""What the names of mail accounts begin with; other names with a colon are systems that send themselves."""


def new_message_id(name: int | str, sender: str) -> str:
    """Return a Message-ID that no one can guess and that names the ticket or escalation (RFC 5322, 3.6.4)."""
    from queues.mail.addresses import written_address

    try:
        domain = written_address(sender).rpartition("@")[2].strip("[]").replace(":", ".")
    except ValueError:
        domain = "tridesk.invalid"
    return f"<tridesk.{name}.{secrets.token_hex(12)}@{domain}>"


def reply_subject(subject: str) -> str:
    """Return the subject of an answer: one line, one `Re:`."""
    line = one_line(subject)[:LONGEST_LINE]
    return line if line.lower().startswith("re:") else f"Re: {line}"


def addressee(name: str, recipient: str, connector: str) -> Person:
    """Return the value of To. Raises RuleError if no mail could be sent there.

    A handle without an address, and whatever a ticketing system sends itself, is a group without members.
    """
    from queues.mail.addresses import written_address
    from queues.mail.letter_fields import Person

    if "@" not in recipient and not connector.startswith(_ACCOUNT):
        return Person(recipient)
    try:
        return Person("" if "@" in name else name[:_LONGEST_NAME], written_address(recipient))
    except ValueError as error:
        if not carries_cc(connector):
            return Person(recipient)
        raise RuleError("No mail address", f"{recipient} {error}; choose another address of the customer.") from None


def carries_cc(connector: str) -> bool:
    """Return whether replies through this connector go to people in Cc: a ticketing system has a Cc of its own."""
    return ":" not in connector or connector.startswith(_ACCOUNT)


def build(
    *,
    text: str,
    subject: str,
    sender: str,
    brand: str,
    recipient: Person,
    message_id: str,
    at: int,
    earlier: Sequence[Message],
    answers: bool = True,
    enclosed: Sequence[Enclosed] = (),
    signature: str = "",
    html: bool = False,
    cc: tuple[str, ...] = (),
) -> bytes:
    """Return the whole mail (RFC 5322, CRLF). `earlier` is the conversation, for the threading headers.

    A mail that `answers` nothing keeps its subject as it is. `enclosed` are the files that go with it. The signature
    follows a line of two dashes and a space (RFC 3676, 4.3). With `html` the same words come as HTML next to the text.
    Nothing of `earlier` is quoted: whoever is in `cc` reads this reply alone.
    A whole card number, a code or a password in the subject is masked.
    Raises RuleError if the mail cannot be written as it was asked.
    """
    from queues.mail.letter import usable_id, write  # the mail package takes a tenth of the start-up
    from queues.mail.letter_fields import Letter, Person

    thread = [message.message_id for message in earlier if usable_id(message.message_id)]
    incoming = [message.message_id for message in earlier if message.direction is Direction.IN]
    signed = f"{text}\n\n-- \n{signature.strip()}" if signature.strip() else text
    return write(
        Letter(
            subject=masked(reply_subject(subject) if answers else subject[:LONGEST_LINE], NEVER_SENT),
            at=at,
            plain=signed,
            sender=Person(brand, sender),
            recipient=recipient,
            cc=cc,
            message_id=message_id,
            parent=next((value for value in reversed(incoming) if value in thread), thread[-1] if thread else ""),
            thread=tuple(thread[:1] + thread[1:][1 - _MOST_REFERENCES :]),
            html=_as_html(text, signature.strip()) if html else "",
            files=[(file.filename, file.content_type, file.content) for file in enclosed],
            local_time=True,
        )
    )


def _as_html(words: str, signature: str) -> str:
    """Return plain words as HTML: paragraphs and line breaks, nothing of it markup of its own."""
    from html import escape

    def paragraphs(text: str) -> str:
        return "".join(f"<p>{escape(part).replace(chr(10), '<br>' + chr(10))}</p>\n" for part in text.split("\n\n"))

    below = f'<div class="signature">\n{paragraphs(signature)}</div>\n' if signature else ""
    return f"<html><body>\n{paragraphs(words)}{below}</body></html>\n"


def one_line(value: str) -> str:
    """Return a header's value on one line, without controls."""
    return _UNFIT.sub(" ", value).strip()
