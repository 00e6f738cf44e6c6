"""One raw mail to one `Incoming`. What cannot be read still comes out, with the reason and what its headers say."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from email.message import Message as Mime
from email.parser import BytesHeaderParser, BytesParser
from email.policy import compat32

from data.records.incoming import Incoming, NamedAddress
from data.records.messages import Direction, MessageKind
from data.safe_text import safe_line, safe_text
from queues.mail.addresses import addresses
from queues.mail.body import Body, headers_of, read_body
from queues.mail.headers import date, message_ids, words
from queues.mail.hidden_text import hidden
from queues.mail.kind import kind_of
from queues.mail.language_guess import guess_language
from queues.mail.light import lightened
from queues.mail.odd_domains import odd_domain, odd_links
from queues.mail.own_mailbox import is_ours
from queues.mail.repairing import without_blank_head
from queues.mail.reports import Report, report_of
from queues.mail.senders import mailbox, real_sender, reply_box, unmasked
from queues.quotes.new_text import split

LARGEST = 256 * 1024 * 1024
"""Bytes of a message that are parsed; a larger one is kept raw."""
_RETURNED_ID = re.compile(r"^[ >]{0,8}message-id:\s{0,4}(<[^<>\s]{3,998}>)", re.I | re.M)
HEADER_BLOCK = 1024 * 1024
"""Bytes looked at for headers when the whole message cannot be parsed."""


def read_mail(
    raw: bytes,
    *,
    connector: str,
    source: str,
    own_addresses: frozenset[str] = frozenset(),
    servers: frozenset[str] = frozenset(),
) -> Incoming:
    """Read a mail. Never raises: where parsing fails, `readable` is false and `problem` says why.

    `own_addresses` (lower case) are the support addresses: a mail from one of them is ours, going out.
    `servers` (lower case) are those whose authentication results are believed; none: that of the topmost header.
    """
    try:
        if len(raw) > LARGEST:
            return _unread(raw, connector, source, f"larger than {LARGEST >> 20} MB")
        light = lightened(raw)
        root = BytesParser(policy=compat32).parsebytes(without_blank_head(light.raw))
        headers = headers_of(root)
        if not headers:
            return _unread(raw, connector, source, "no mail headers")
        report = report_of(root)
        body = read_body(root, light)
        return _incoming(raw, headers, body, report, connector, source, own_addresses, servers)
    except RecursionError:
        return _unread(raw, connector, source, "parts nested too deeply")
    except MemoryError:
        return _unread(raw, connector, source, "needs too much memory")
    except Exception as error:  # the last resort: a parser error costs only this mail's text
        return _unread(raw, connector, source, f"broken mail ({type(error).__name__})")


def unread_mail(raw: bytes, *, connector: str, source: str, problem: str) -> Incoming:
    """Return a substitute for a mail that was not parsed at all: only its first header lines are tried."""
    return _unread(raw, connector, source, problem)


def _incoming(
    raw: bytes,
    headers: Mapping[str, Sequence[str]],
    body: Body,
    report: Report | None,
    connector: str,
    source: str,
    own_addresses: frozenset[str],
    servers: frozenset[str],
) -> Incoming:
    text = safe_text(body.text)
    new = split(text)
    language, confidence = guess_language(new.text)
    envelope = _envelope(headers, own_addresses)
    subject, sender, reply_to = envelope["subject"], envelope["from_address"], envelope["reply_to"]
    kind, signs = kind_of(headers, subject, sender, reply_to, report.sign if report else None, servers)
    returned = _returned(body) if kind is MessageKind.BOUNCE else report.about if report else ()
    read = Incoming(
        connector=connector,
        source=source,
        raw_sha256=hashlib.sha256(raw).hexdigest(),
        kind=kind,
        text=text,
        new_text=new.text,
        readable=not body.unsaid,
        problem=body.unsaid,
        language=language,
        confidence=confidence,
        attachments=tuple(body.attachments),
        at=_written_at(headers),
        references=(*_references(headers), *(safe_line(value) for value in returned)),
        to=_recipients(headers),
        message_id=_message_id(headers),
        subject=subject,
        from_name=envelope["from_name"],
        from_address=sender,
        reply_to=reply_to,
        content_hash=_content_hash(headers, envelope, body),
        signs=signs,
        delivery=report.became if report else "",
        reported_thread=tuple(safe_line(value) for value in message_ids(body.returned_thread)) if report else (),
        reply_name=envelope["reply_name"],
        original_sender=NamedAddress(envelope["original_name"], envelope["original_address"]),
        cc=_addresses(headers, "cc"),
    )
    read = unmasked(read, own_addresses)
    odd = odd_domain(read.from_address) or odd_domain(read.reply_to)
    shown = hidden("\n".join([*(words(_first(headers, name)) for name in ("from", "subject")), body.text]))
    signs = (*read.signs, *(sign for sign in (odd, shown) if sign is not None), *odd_links(new.text))
    read = replace(read, signs=signs)
    return replace(read, direction=Direction.OUT) if is_ours(read.from_address, own_addresses) else read


def _returned(body: Body) -> tuple[str, ...]:
    """Return the Message-ID of the mail that a bounce is about: of its returned part, or of the copy in its text."""
    ids = message_ids(body.returned)[:1]
    copied = _RETURNED_ID.search(body.text) if not ids else None
    return message_ids(copied[1])[:1] if copied else ids


def _content_hash(headers: Mapping[str, Sequence[str]], envelope: Mapping[str, str], body: Body) -> str:
    """Hash what a mail says, not how it travelled: the same mail delivered twice differs in its Received lines only.

    A Message-ID alone proves nothing (senders repeat them); without one the date stands in.
    """
    identity = _message_id(headers) or str(_written_at(headers))
    parts = [identity, envelope["from_address"], envelope["subject"], body.text]
    parts += [f"{part.filename}:{part.sha256}" for part in body.attachments]
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _unread(raw: bytes, connector: str, source: str, problem: str) -> Incoming:
    try:
        head: Mime = BytesHeaderParser(policy=compat32).parsebytes(without_blank_head(raw[:HEADER_BLOCK]))
        headers: Mapping[str, Sequence[str]] = headers_of(head)
        envelope = _envelope(headers, frozenset())
    except Exception:  # even the headers are beyond reading: the raw bytes remain
        headers = {}
        envelope = _envelope({}, frozenset())
    return Incoming(
        connector=connector,
        source=source,
        raw_sha256=hashlib.sha256(raw).hexdigest(),
        kind=MessageKind.MAIL,
        text="",
        new_text="",
        at=_written_at(headers),
        references=_references(headers),
        to=_recipients(headers),
        message_id=_message_id(headers),
        readable=False,
        problem=problem,
        subject=envelope["subject"],
        from_name=envelope["from_name"],
        from_address=envelope["from_address"],
        reply_to=envelope["reply_to"],
        reply_name=envelope["reply_name"],
        original_sender=NamedAddress(envelope["original_name"], envelope["original_address"]),
        cc=_addresses(headers, "cc"),
    )


def _envelope(headers: Mapping[str, Sequence[str]], own: frozenset[str]) -> dict[str, str]:
    """Return subject, sender, reply address and who is behind a rewritten sender, as safe lines."""
    name, address = mailbox(_first(headers, "from"))
    if not name and not address:
        name, address = mailbox(_first(headers, "sender"))
    reply_name, reply_to = reply_box(headers, address, own)
    original_name, original_address = real_sender(headers, name, address)
    results = {
        "subject": words(_first(headers, "subject")),
        "from_name": name,
        "from_address": address,
        "reply_to": reply_to,
        "reply_name": reply_name,
        "original_name": original_name,
        "original_address": original_address,
    }
    return {key: safe_line(value) for key, value in results.items()}


def _first(headers: Mapping[str, Sequence[str]], name: str) -> str:
    """Return the first header of that name that says anything."""
    return next((value for value in headers.get(name, ()) if value.strip()), "")


def _message_id(headers: Mapping[str, Sequence[str]]) -> str:
    results = message_ids(_first(headers, "message-id"))
    return safe_line(results[0]) if results else ""


def _references(headers: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Return what the mail answers, oldest first; In-Reply-To last, as the nearest."""
    older = message_ids(_first(headers, "references"))
    parents = message_ids(_first(headers, "in-reply-to"))
    return tuple(dict.fromkeys(safe_line(value) for value in (*(ref for ref in older if ref not in parents), *parents)))


def _recipients(headers: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*_addresses(headers, "to"), *_addresses(headers, "cc"))))


def _addresses(headers: Mapping[str, Sequence[str]], name: str) -> tuple[str, ...]:
    results = [address for value in headers.get(name, ())[:20] for _, address in addresses(value)]
    return tuple(dict.fromkeys(safe_line(address) for address in results if "@" in address))


def _written_at(headers: Mapping[str, Sequence[str]]) -> int | None:
    return next((at for value in headers.get("date", ()) if (at := date(value)) is not None), None)
