"""The raw bytes of a mail with texts replaced: in headers, text parts of any encoding, and names of files."""

from __future__ import annotations

from collections.abc import Callable
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message

_NOTHING_LEFT = b"Subject: redacted\r\n\r\nThe raw bytes of this message were redacted.\r\n"


def redacted(raw: bytes, mask: Callable[[str], str], values: tuple[str, ...]) -> bytes:
    """Return the mail with every text as `mask` returns it; bytes that are no mail become masked text.

    Attachments that are no text stay as they are. Where a value is still in the result, or the mail cannot be read,
    nothing of it is kept. Unchanged bytes are returned as they are.
    """
    try:
        message = message_from_bytes(raw)
        changed = sum([_part(part, mask) for part in message.walk()])
        after = message.as_bytes() if changed else raw
        if mask(text := after.decode("utf-8", "surrogateescape")) != text and not changed:
            after = mask(text).encode("utf-8", "surrogateescape")
        again = message_from_bytes(after)
        texts = [text, *(_text(part) for part in again.walk()), *(_header(value) for _, value in again.items())]
    except Exception:  # a mail of any shape: whatever it does to the parser, its text must go
        return _NOTHING_LEFT
    return _NOTHING_LEFT if any(value in text for value in values for text in texts) and changed else after


def _part(part: Message, mask: Callable[[str], str]) -> bool:
    """Mask one part in place; return whether anything changed."""
    changed = False
    for name, value in list(part.items()):
        before = _header(value)
        if mask(before) != before:
            changed = True
            if name.lower() in ("content-type", "content-disposition"):
                _rename(part, mask)
            else:
                part.replace_header(name, make_header([(mask(before), "utf-8")]).encode())
    if part.get_content_maintype() == "text":
        text = _text(part)
        if mask(text) != text:
            changed = True
            del part["Content-Transfer-Encoding"]
            part.set_payload(mask(text), "utf-8")
    return changed


def _rename(part: Message, mask: Callable[[str], str]) -> None:
    name = part.get_filename()
    if name is not None and mask(name) != name:
        if "Content-Disposition" in part:
            part.set_param("filename", mask(name), header="Content-Disposition", charset="utf-8", replace=True)
        if part.get_param("name") is not None:
            part.set_param("name", mask(name), charset="utf-8", replace=True)


def _text(part: Message) -> str:
    if part.get_content_maintype() != "text":
        return ""
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    try:
        return payload.decode(part.get_content_charset() or "utf-8")
    except (LookupError, UnicodeDecodeError):
        return payload.decode("utf-8", "replace")


def _header(value: object) -> str:
    try:
        return str(make_header(decode_header(str(value))))
    except (LookupError, ValueError):
        return str(value)
