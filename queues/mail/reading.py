"""One raw mail to one `Incoming`. What cannot be read still comes out, with the reason and what the headers tell."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from email.message import Message as Mime
from email.parser import BytesHeaderParser, BytesParser
from email.policy import compat32

from data.records import Direction, Incoming, MessageKind
from data.safe_text import safe_line, safe_text
from queues.mail.addresses import addresses
from queues.mail.body import Body, headers_of, read_body
from queues.mail.guess import guess_language
from queues.mail.headers import date, message_ids, words
from queues.mail.kind import kind_of
from queues.mail.light import lightened
from queues.mail.repairing import without_blank_head
from queues.new_text import split

LARGEST = 256 * 1024 * 1024
"""Bytes of a message that are parsed; a larger one is kept raw."""
HEADER_BLOCK = 1024 * 1024
"""Bytes looked at for headers when the whole message cannot be parsed."""


def read_mail(raw: bytes, *, connector: str, source: str, own_addresses: frozenset[str] = frozenset()) -> Incoming:
    """Read a mail. Never raises: where parsing fails, `readable` is false and `problem` says why.

    `own_addresses` (lower case) are the support addresses: a mail from one of them is ours, going out.
    """
    try:
        if len(raw) > LARGEST:
            return _unread(raw, connector, source, f"larger than {LARGEST >> 20} MB")
        light = lightened(raw)
        root = BytesParser(policy=compat32).parsebytes(without_blank_head(light.raw))
        headers = headers_of(root)
        if not headers:
            return _unread(raw, connector, source, "no mail headers")
        return _incoming(raw, headers, read_body(root, light), connector, source, own_addresses)
    except RecursionError:
        return _unread(raw, connector, source, "parts nested too deeply")
    except MemoryError:
        return _unread(raw, connector, source, "needs too much memory")
    except Exception as error:  # the border: whatever a mail does to the parser costs this mail's view, no more
        return _unread(raw, connector, source, f"broken mail ({type(error).__name__})")


def unread_mail(raw: bytes, *, connector: str, source: str, problem: str) -> Incoming:
    """Return what stands for a mail that was not parsed at all: its first header lines are tried, nothing else."""
    return _unread(raw, connector, source, problem)


def _incoming(
    raw: bytes,
    headers: Mapping[str, Sequence[str]],
    body: Body,
    connector: str,
    source: str,
    own_addresses: frozenset[str],
) -> Incoming:
    text = safe_text(body.text)
    new = split(text)
    language, confidence = guess_language(new.text)
    envelope = _envelope(headers)
    subject, sender, reply_to = envelope["subject"], envelope["from_address"], envelope["reply_to"]
    kind = kind_of(headers, subject, sender, reply_to, body.report)
    returned = message_ids(body.returned)[:1] if kind is MessageKind.BOUNCE else ()
    return Incoming(
        connector=connector,
        source=source,
        raw_sha256=hashlib.sha256(raw).hexdigest(),
        kind=kind,
        text=text,
        new_text=new.text,
        readable=not body.unsaid,
        problem=body.unsaid,
        direction=Direction.OUT if sender in own_addresses and not reply_to else Direction.IN,
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
    )


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
        envelope = _envelope(headers)
    except Exception:  # even the headers are beyond reading: the raw bytes remain
        headers = {}
        envelope = _envelope({})
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
    )


def _envelope(headers: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return subject, sender and reply address as safe lines."""
    senders = addresses(_first(headers, "from")) or addresses(_first(headers, "sender"))
    name, address = senders[0] if senders else ("", "")
    replies = addresses(_first(headers, "reply-to"))
    reply_to = safe_line(replies[0][1]) if replies else ""
    return {
        "subject": safe_line(words(_first(headers, "subject"))),
        "from_name": safe_line(name),
        "from_address": safe_line(address),
        "reply_to": "" if reply_to == safe_line(address) else reply_to,
    }


def _first(headers: Mapping[str, Sequence[str]], name: str) -> str:
    """Return the first header of that name that says anything."""
    return next((value for value in headers.get(name, ()) if value.strip()), "")


def _message_id(headers: Mapping[str, Sequence[str]]) -> str:
    found = message_ids(_first(headers, "message-id"))
    return safe_line(found[0]) if found else ""


def _references(headers: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Return what the mail answers, oldest first; In-Reply-To last, as the nearest."""
    older = message_ids(_first(headers, "references"))
    parents = message_ids(_first(headers, "in-reply-to"))
    return tuple(dict.fromkeys(safe_line(value) for value in (*(ref for ref in older if ref not in parents), *parents)))


def _recipients(headers: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    found = [
        address for name in ("to", "cc") for value in headers.get(name, ())[:20] for _, address in addresses(value)
    ]
    return tuple(dict.fromkeys(safe_line(address) for address in found if "@" in address))


def _written_at(headers: Mapping[str, Sequence[str]]) -> int | None:
    return next((at for value in headers.get("date", ()) if (at := date(value)) is not None), None)
