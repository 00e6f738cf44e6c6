"""The bytes of a reply, fixed when it is queued: cleaned headers, its own Message-ID, the conversation's thread."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence

from data.records import Direction, Message
from queues.enclosing import Enclosed

_UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_ID = re.compile(r"<[!-;=?-~]+@[!-;=?-~]+>")
_LONGEST_SUBJECT = 200
_MOST_REFERENCES = 20


def new_message_id(name: int | str, sender: str) -> str:
    """Return a Message-ID that nobody can guess and that names the ticket or escalation (RFC 5322, 3.6.4)."""
    return f"<tridesk.{name}.{secrets.token_hex(12)}@{sender.rpartition('@')[2] or 'tridesk.invalid'}>"


def reply_subject(subject: str) -> str:
    """Return the subject of an answer: one line, one `Re:`."""
    line = _UNFIT.sub(" ", subject).strip()[:_LONGEST_SUBJECT]
    return line if line.lower().startswith("re:") else f"Re: {line}"


def build(
    *,
    text: str,
    subject: str,
    sender: str,
    brand: str,
    recipient: str,
    message_id: str,
    at: int,
    earlier: Sequence[Message],
    answers: bool = True,
    enclosed: Sequence[Enclosed] = (),
    signature: str = "",
    html: bool = False,
) -> bytes:
    """Return the whole mail (RFC 5322, CRLF). `earlier` is the conversation, for the threading headers.

    A mail that `answers` nothing keeps its subject as it is. `enclosed` are the files that go with it. The signature
    follows a line of two dashes and a space (RFC 3676, 4.3). With `html` the same words come as HTML beside the text.
    A recipient that is no mail address (a handle of the app) is written as a group without members.
    """
    from email.headerregistry import Address  # the mail package is a tenth of the start-up: loaded on the first reply
    from email.message import EmailMessage
    from email.policy import SMTP
    from email.utils import formatdate

    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(one_line(brand), addr_spec=sender)
    try:
        mail["To"] = Address(addr_spec=one_line(recipient))
    except (ValueError, IndexError):
        mail["X-Recipient"] = one_line(recipient)
    mail["Subject"] = reply_subject(subject) if answers else one_line(subject)[:_LONGEST_SUBJECT]
    mail["Date"] = formatdate(at)
    mail["Message-ID"] = message_id
    thread = [found.group() for message in earlier if (found := _ID.fullmatch(message.message_id))]
    incoming = [message.message_id for message in earlier if message.direction is Direction.IN]
    if thread:
        mail["In-Reply-To"] = next((value for value in reversed(incoming) if value in thread), thread[-1])
        mail["References"] = " ".join(thread[-_MOST_REFERENCES:])
    words = text.replace("\x00", "")
    signed = f"{words}\n\n-- \n{signature.strip()}" if signature.strip() else words
    mail.set_content(signed + "\n")
    if html:
        mail.add_alternative(_as_html(words, signature.strip()), subtype="html")
    for one in enclosed:
        main, _, sub = one.content_type.partition("/")
        mail.add_attachment(one.content, maintype=main, subtype=sub, filename=one_line(one.filename))
    return mail.as_bytes()


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
