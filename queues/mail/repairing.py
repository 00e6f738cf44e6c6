"""Mails whose structure is broken, put right as far as their words can be found."""

from __future__ import annotations

import re
from email.message import Message as Mime
from email.parser import BytesParser
from email.policy import compat32

_BOUNDARY = re.compile(r"^--([^\s-][^\r\n]{0,69}?)[ \t]*\r?\n(?=(?:content-[a-z-]+:|mime-version:))", re.I | re.M)
_LEADING = re.compile(rb"(?:\xef\xbb\xbf)?(?:[ \t]*\r?\n)*")


def without_blank_head(raw: bytes) -> bytes:
    """Return a mail without the empty lines and the byte order mark above its headers."""
    match = _LEADING.match(raw)
    return raw[match.end() :] if match else raw


def divided(part: Mime, content_type: str) -> Mime | None:
    """Return a multipart read by the boundary that its body shows, where the declared one is missing or wrong.

    A mail that declares no type at all is one only where it begins with a boundary.
    """
    payload = part.get_payload()
    if not isinstance(payload, str):
        return None
    match = _BOUNDARY.search(payload)
    if not content_type.startswith("multipart/"):
        content_type = "multipart/mixed"
        match = match if match and not payload[: match.start()].strip() else None
    if match is None or "\n" in match[1] or '"' in match[1]:
        return None
    head = f'Content-Type: {content_type}; boundary="{match[1]}"\n\n'
    whole = (head + payload).encode("utf-8", "surrogateescape")
    read = BytesParser(policy=compat32).parsebytes(whole)
    return read if read.is_multipart() else None
