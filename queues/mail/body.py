"""The MIME tree walked by hand: which leaves are text for a person, which are attachments (RFC 2045-2049, 2183)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message as Mime

from data.records import Attachment
from data.safe_text import safe_line
from queues.mail.charsets import decode
from queues.mail.flowed import unflowed
from queues.mail.headers import lenient_base64, parameters
from queues.mail.html import html_to_text

DEEPEST = 50
"""MIME levels that are followed; what lies deeper stays in the raw message."""
MOST_PARTS = 1_000
LONGEST_TEXT = 1_000_000
"""Characters of readable text kept of a message; a note tells where it was cut."""

_RETURNED = {"message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers"}
_RETURNED_ID = re.compile(rb"^message-id:((?:[^\r\n]|\r?\n[ \t])*)", re.I | re.M)
_LONGEST_RETURNED = 65_536
_BODY_TYPES = {"text/plain", "text/html", "text/enriched"}


@dataclass(slots=True)
class Leaf:
    """One part without children, in the order of the raw message."""

    part: Mime
    content_type: str
    position: int
    type_parameters: dict[str, str]
    disposition: str
    filename: str
    alternative: int
    """The number of the multipart/alternative that it stands in, 0 for none."""
    related: bool


@dataclass(slots=True)
class Body:
    """What a message says and carries."""

    text: str = ""
    attachments: list[Attachment] = field(default_factory=list)
    report: bool = False
    """Whether it holds a delivery status (RFC 3464)."""
    returned: str = ""
    """The Message-ID header of the mail that such a report is about, as it stands there."""


def headers_of(part: Mime) -> dict[str, list[str]]:
    """Return raw header values by lower-case name, each in the order of the mail."""
    found: dict[str, list[str]] = {}
    for name, value in part.raw_items():
        found.setdefault(name.lower(), []).append(value)
    return found


def leaves(root: Mime) -> Iterator[Leaf]:
    """Yield the leaf parts in order, without recursion; an attached message is one leaf."""
    stack: list[tuple[Mime, int, int, bool]] = [(root, 0, 0, False)]
    position = groups = seen = 0
    while stack and seen < MOST_PARTS:
        part, depth, alternative, related = stack.pop()
        seen += 1
        headers = headers_of(part)
        raw_type = headers.get("content-type", [""])[0]
        content_type = _type_name(raw_type, part)
        payload = part.get_payload()
        if isinstance(payload, list) and not content_type.startswith("message/") and depth < DEEPEST:
            if content_type == "multipart/alternative" and not alternative:
                groups += 1
                alternative = groups
            inside = related or content_type == "multipart/related"
            stack += [(child, depth + 1, alternative, inside) for child in reversed(payload) if isinstance(child, Mime)]
            continue
        of_type = parameters(raw_type)
        raw_disposition = headers.get("content-disposition", [""])[0]
        filename = parameters(raw_disposition).get("filename") or of_type.get("name", "")
        disposition = raw_disposition.partition(";")[0].strip().lower()
        yield Leaf(part, content_type, position, of_type, disposition, safe_line(filename), alternative, related)
        position += 1


def _type_name(raw: str, part: Mime) -> str:
    name = raw.partition(";")[0].strip().lower()
    return name if name.count("/") == 1 else part.get_default_type()


def content(part: Mime) -> bytes:
    """Return a leaf's bytes with its transfer encoding undone as far as it goes; an attached message in its source."""
    payload = part.get_payload()
    if isinstance(payload, list):
        return (
            b"\n".join(child.as_bytes() for child in payload if isinstance(child, Mime)) if len(payload) == 1 else b""
        )
    encoding = headers_of(part).get("content-transfer-encoding", [""])[0].strip().lower()
    if encoding == "base64":
        return lenient_base64(str(payload).encode("utf-8", "replace"))
    # Asked for bytes, the parser gives back the 8-bit ones as they came; asked for text, it would guess a charset.
    decoded = part.get_payload(decode=True)
    return decoded if isinstance(decoded, bytes) else b""


def read_body(root: Mime) -> Body:
    """Return the readable text (plain where it says anything, else HTML) and the attachments of a mail."""
    body = Body()
    said: dict[int, tuple[str, str]] = {}
    loose = -1
    for leaf in leaves(root):
        data = content(leaf.part)
        body.report = body.report or leaf.content_type == "message/delivery-status"
        if leaf.content_type in _RETURNED and not body.returned:
            found = _RETURNED_ID.search(data[:_LONGEST_RETURNED])
            body.returned = found[1].decode("utf-8", "surrogateescape") if found else ""
        if not _is_text(leaf):
            body.attachments.append(_attachment(leaf, data))
            continue
        group = leaf.alternative or loose
        loose -= not leaf.alternative
        chosen_type, so_far = said.get(group, ("", ""))
        if not so_far.strip() or (leaf.content_type, chosen_type) == ("text/plain", "text/html"):
            said[group] = (leaf.content_type, _text(leaf, data) or so_far)
        elif leaf.content_type == chosen_type:
            said[group] = (chosen_type, so_far + "\n\n" + _text(leaf, data))
    whole = "\n\n".join(text.strip("\n") for _, text in said.values() if text.strip())
    body.text = whole if len(whole) <= LONGEST_TEXT else whole[:LONGEST_TEXT] + "\n[…]"
    return body


def _is_text(leaf: Leaf) -> bool:
    if leaf.disposition == "attachment" or leaf.content_type not in _BODY_TYPES:
        return False
    return not leaf.filename or (leaf.disposition != "inline" and bool(leaf.alternative))


def _text(leaf: Leaf, data: bytes) -> str:
    text = decode(data, leaf.type_parameters.get("charset", "")).replace("\r\n", "\n")
    if leaf.content_type == "text/html":
        return html_to_text(text)
    if leaf.type_parameters.get("format", "").lower() == "flowed":
        return unflowed(text, delete_space=leaf.type_parameters.get("delsp", "").lower() == "yes")
    return text


def _attachment(leaf: Leaf, data: bytes) -> Attachment:
    inline = leaf.related and leaf.disposition != "attachment" and "content-id" in headers_of(leaf.part)
    digest = hashlib.sha256(data).hexdigest()
    return Attachment(leaf.filename, safe_line(leaf.content_type), len(data), digest, leaf.position, inline)
