"""A message as one JSON object on a line, with the keys that `tridesk export messages --json` writes."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

import msgspec

from data.records.incoming import CustomerHint, Incoming
from data.records.messages import Direction, MessageKind
from data.safe_text import safe_line, safe_text
from queues.mail.html import html_to_text
from queues.mail.language_guess import guess_language
from queues.quotes.new_text import split


class Line(msgspec.Struct):
    """The keys that are read; others are ignored, all are optional but one of text, subject and sender."""

    message_id: str | None = None
    thread: str | int | None = None
    direction: str = "in"
    kind: str = "mail"
    subject: str | None = None
    from_name: str | None = None
    from_addr: str | None = None
    reply_to: str | None = None
    date: str | None = None
    text: str | None = None
    html: str | None = None
    """Read where there is no text."""
    external_ref: str | None = None
    handle: str | None = None


def read_line(raw: bytes, *, connector: str, source: str) -> Incoming:
    """Read one line. Never raises: any other line is unreadable, with the reason."""
    digest = hashlib.sha256(raw).hexdigest()
    try:
        line = msgspec.json.decode(raw, type=Line)
        if not (line.text or line.html or line.subject or line.from_addr):
            raise ValueError("it has no text, html, subject or from_addr")
        return _incoming(line, connector, source, digest)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        problem = safe_line(f"not a message in JSON: {error}")[:200]
        return Incoming(connector, source, digest, MessageKind.MAIL, "", "", "", "", "", None,
                        readable=False, problem=problem)  # fmt: skip


def _incoming(line: Line, connector: str, source: str, digest: str) -> Incoming:
    text = safe_text(line.text or html_to_text(line.html or ""))
    new = split(text)
    language, confidence = guess_language(new.text)
    sender = safe_line(line.from_addr or "").casefold()
    reply_to = safe_line(line.reply_to or "").casefold()
    direction = Direction(line.direction) if line.direction in set(Direction) else Direction.IN
    message_id = safe_line(line.message_id or "")
    stable: list[Any] = [message_id, line.thread, sender, line.subject, line.date, text]
    return Incoming(
        connector=connector,
        source=source,
        raw_sha256=digest,
        kind=MessageKind(line.kind) if line.kind in set(MessageKind) else MessageKind.MAIL,
        from_name=safe_line(line.from_name or ""),
        from_address=sender,
        subject=safe_line(line.subject or ""),
        text=text,
        new_text=new.text,
        at=_seconds(line.date),
        message_id=message_id,
        reply_to="" if reply_to == sender else reply_to,
        direction=direction,
        language=language,
        confidence=confidence,
        external_ref=safe_line(line.external_ref or ("" if line.thread is None else f"thread {line.thread}")),
        customer=CustomerHint(safe_line(line.handle or "")),
        content_hash=hashlib.sha256(msgspec.json.encode(stable)).hexdigest(),
    )


def _seconds(date: str | None) -> int | None:
    """Return the Unix seconds of an ISO 8601 date; one without a zone is taken as UTC."""
    if not date:
        return None
    try:
        moment = datetime.fromisoformat(date)
        return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError):
        return None
