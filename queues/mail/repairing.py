"""Mails whose structure is broken, put right as far as their words can be found."""

from __future__ import annotations

import re
from email.message import Message as Mime
from email.parser import BytesParser
from email.policy import compat32

_BOUNDARY = re.compile(rb"^--([^\s-][^\r\n]{0,69}?)[ \t]*\r?\n(?=(?:content-[a-z-]+:|mime-version:))", re.I | re.M)
_LEADING = re.compile(rb"(?:\xef\xbb\xbf)?(?:[ \t]*\r?\n)*(?:>From [^\r\n]*\r?\n)?")


def without_blank_head(raw: bytes) -> bytes:
    """Return a mail without what is above its headers: empty lines, a byte order mark, a mailbox's quoted From line."""
    match = _LEADING.match(raw)
    return raw[match.end() :] if match else raw


def divided(part: Mime, content_type: str) -> Mime | None:
    """Return a multipart read by the boundary that its body shows, where the declared one is missing or wrong.

    A mail that declares no type at all is one only where it begins with a boundary.
    """
    payload = part.get_payload()
    if not isinstance(payload, str):
        return None
    data = _octets(part, payload)
    match = _BOUNDARY.search(data)
    if not content_type.startswith("multipart/"):
        content_type = "multipart/mixed"
        match = match if match and not data[: match.start()].strip() else None
    if match is None or b"\n" in match[1] or b'"' in match[1]:
        return None
    head = b'Content-Type: %s; boundary="%s"\n\n' % (content_type.encode("ascii", "replace"), match[1])
    read = BytesParser(policy=compat32).parsebytes(head + data)
    return read if read.is_multipart() else None


def _octets(part: Mime, payload: str) -> bytes:
    """Return the bytes of a part as they came; as text the parser replaces those with the eighth bit."""
    if payload.isascii():
        return payload.encode("ascii")
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""
