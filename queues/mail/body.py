"""The MIME tree walked by hand: which leaves are readable text and which are attachments (RFC 2045-2049, 2183)."""

from __future__ import annotations

import hashlib
import re
from binascii import a2b_qp
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message as Mime
from email.parser import BytesParser
from email.policy import compat32

from data.records.messages import Attachment
from data.safe_text import safe_line
from queues.mail import tnef
from queues.mail.charsets import declared_in_html, decode
from queues.mail.flowed import unflowed
from queues.mail.headers import lenient_base64, parameters, words
from queues.mail.html import html_to_text, is_seen
from queues.mail.invitation import invitation_text
from queues.mail.light import Light
from queues.mail.repairing import divided, without_blank_head
from queues.mail.uuencoded import taken_out

DEEPEST = 50
"""MIME levels that are followed; deeper parts stay in the raw message."""
MOST_PARTS = 1_000
_MOST_FORWARDED = 20
"""Attached mails whose words are shown."""
LONGEST_TEXT = 1_000_000
"""Characters of readable text kept of a message; a note says where it was cut."""

_RETURNED = {"message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers"}
_RETURNED_ID = re.compile(rb"^message-id:((?:[^\r\n]|\r?\n[ \t])*)", re.I | re.M)
_RETURNED_THREAD = re.compile(rb"^(?:references|in-reply-to):((?:[^\r\n]|\r?\n[ \t])*)", re.I | re.M)
_LONGEST_RETURNED = 65_536
_BODY_TYPES = {"text/plain", "text/html", "text/enriched"}
_SENTENCE = re.compile(r"\s*(?:[^\s]{1,40}[ \t]){2,}")
"""How a text begins that says of itself to be base64 and is not: no line of base64 has blanks inside."""
_NOT_WORDS = {"text/calendar", "text/rfc822-headers"}
_INVITATIONS = {"text/calendar", "application/ics"}
_MAIN_TYPES = {"application", "audio", "chemical", "font", "haptics", "image", "message", "model", "multipart", "video"}
_NO_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1a]")
_PGP = "it is encrypted (PGP)"
_ONLY_PGP = re.compile(r"\s*-----BEGIN PGP MESSAGE-----\s.*-----END PGP MESSAGE-----\s*", re.S)
_ENCRYPTED = {
    "application/pkcs7-mime": "it is encrypted or sealed (S/MIME)",
    "application/x-pkcs7-mime": "it is encrypted or sealed (S/MIME)",
    "application/pgp-encrypted": _PGP,
    "message/partial": "it is one part of a message that was sent in several",
    "message/external-body": "its words are kept elsewhere, and the mail only names the place",
    **dict.fromkeys(tnef.TYPES, "its words are in Outlook's own format (winmail.dat)"),
}
"""Types that hold words which only another program opens."""
_WANTS_HTML = re.compile(
    r"(?:(?:do(?:es)? not|doesn['’]t|cannot|can['’]t|not) (?:support|display|show|view)|"
    r"to view this (?:e-?mail|message)|"
    r"no (?:soporta|admite|puede mostrar)|para ver este (?:correo|mensaje)).{0,80}\bhtml\b|"
    r"\bhtml\b.{0,60}(?:compatible|capable)",
    re.I | re.S,
)
"""What a plain part says that only sends to the HTML next to it."""


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
    """The number of the multipart/alternative that contains it, 0 for none."""
    related: bool


@dataclass(slots=True)
class Body:
    """The text and attachments of a message."""

    text: str = ""
    attachments: list[Attachment] = field(default_factory=list)
    report: bool = False
    """Whether it holds a delivery status (RFC 3464)."""
    returned: str = ""
    """The Message-ID header of the mail that such a report is about, as it is there."""
    returned_thread: str = ""
    """What that mail answers: its References and In-Reply-To."""
    unsaid: str = ""
    """Why there is nothing to read though bytes came; empty if something is said, or no words came at all."""


def headers_of(part: Mime) -> dict[str, list[str]]:
    """Return raw header values by lower-case name, each in the order of the mail."""
    results: dict[str, list[str]] = {}
    for name, value in part.raw_items():
        results.setdefault(name.lower(), []).append(value)
    return results


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
        if content_type.startswith("multipart/") or (not depth and not raw_type):
            part = divided(part, content_type) or part
            content_type = _type_name(headers_of(part).get("content-type", [raw_type])[0], part)
        payload = part.get_payload()
        if content_type.startswith("multipart/") and isinstance(payload, str):
            content_type = "text/plain"  # no parts to be found: its words are all that there is
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
        if content_type == "application/xhtml+xml" and disposition != "attachment":
            content_type = "text/html"
        yield Leaf(part, content_type, position, of_type, disposition, safe_line(filename), alternative, related)
        position += 1


def _type_name(raw: str, part: Mime) -> str:
    name = _token(raw)
    return name if name.count("/") == 1 else part.get_default_type()


def _token(raw: str) -> str:
    """Return the first word of a header in small letters, without the parameters or the comment behind it."""
    return re.split(r"[;(\s]", raw.strip(), maxsplit=1)[0].lower().strip('"')


def content(part: Mime) -> bytes:
    """Return a leaf's bytes with its transfer encoding undone as far as it goes; an attached message in its source."""
    payload = part.get_payload()
    declared = headers_of(part).get("content-transfer-encoding", [""])[0]
    encoding = _token(declared)
    if declared and encoding != declared:
        part.replace_header("Content-Transfer-Encoding", encoding)  # the parser undoes only what it knows by name
    if isinstance(payload, list):
        inside = [child for child in payload if isinstance(child, Mime)]
        whole = b"\n".join(map(_source, inside))
        # RFC 2046 forbids it, but attached mails come encoded too; in base64 they look like mails without headers.
        if encoding == "base64" and inside and not inside[0].keys():
            return lenient_base64(whole)
        return a2b_qp(whole) if encoding == "quoted-printable" else whole
    if encoding == "base64" and not _SENTENCE.match(str(payload)):
        return lenient_base64(str(payload).encode("utf-8", "replace"))
    if encoding == "base64":
        part.replace_header("Content-Transfer-Encoding", "8bit")
    # Asked for bytes, the parser gives back the 8-bit ones as they came; asked for text, it would guess a charset.
    decoded = part.get_payload(decode=True)
    return decoded if isinstance(decoded, bytes) else b""


def _source(part: Mime) -> bytes:
    try:
        return part.as_bytes()
    except (UnicodeError, LookupError, ValueError):  # odd headers cannot be written again
        return part.as_string(policy=compat32).encode("utf-8", "surrogateescape")


def read_body(root: Mime, light: Light | None = None) -> Body:
    """Return the readable text (the plain text unless it is empty, else the HTML) and the attachments of a mail.

    Where no part is a text of the mail's own, what else says something is read: a text that came as a file, an
    invitation, a forwarded mail. Where nothing does, `unsaid` says why.
    """
    body = Body()
    parts = _Parts()
    for leaf in leaves(root):
        payload = leaf.part.get_payload()
        whole = light.digest(payload) if light and isinstance(payload, str) else None
        data = content(leaf.part) if whole is None else b""
        body.report = body.report or leaf.content_type == "message/delivery-status"
        if leaf.content_type in _RETURNED and not body.returned:
            head = data[:_LONGEST_RETURNED]
            match = _RETURNED_ID.search(head)
            body.returned = match[1].decode("utf-8", "surrogateescape") if match else ""
            body.returned_thread = b" ".join(_RETURNED_THREAD.findall(head)).decode("utf-8", "surrogateescape")
        if _is_text(leaf, parts) and whole is None:
            data, files = taken_out(data) if leaf.content_type == "text/plain" else (data, [])
            body.attachments += [_written_in(leaf, decode(name), file_bytes) for name, file_bytes in files]
            parts.add(leaf, data)
            continue
        parts.beside.append((leaf, data))
        packed = tnef.unpacked(data).files if leaf.content_type in tnef.TYPES else []
        body.attachments += [_written_in(leaf, name, file_bytes) for name, file_bytes in packed]
        if not packed:
            body.attachments.append(_attachment(leaf, data, whole))
    text = parts.text() or _said_elsewhere(parts.beside)
    body.text = text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT] + "\n[…]"
    if not is_seen(text):
        body.unsaid = _why_nothing(parts)
    elif _ONLY_PGP.fullmatch(text):
        body.unsaid = _PGP
    return body


@dataclass(slots=True)
class _Parts:
    """The texts of a mail, one of each alternative, and what is next to them."""

    said: dict[int, tuple[str, str]] = field(default_factory=dict)
    beside: list[tuple[Leaf, bytes]] = field(default_factory=list)
    came: int = 0
    """Bytes of texts, white space aside."""
    seen: bool = False
    """Whether any of the texts has something to be seen."""
    loose: int = -1

    def add(self, leaf: Leaf, data: bytes) -> None:
        """Add a text: of an alternative the plain part if it has text, else the HTML."""
        self.came += len(data.split())
        group = leaf.alternative or self.loose
        self.loose -= not leaf.alternative
        chosen_type, so_far = self.said.get(group, ("", ""))
        text = _text(leaf, data)
        self.seen = self.seen or is_seen(text)
        if not is_seen(so_far) or (leaf.content_type == "text/html" and _sends_to_html(so_far, text)):
            self.said[group] = (leaf.content_type, text or so_far)
        elif (leaf.content_type, chosen_type) == ("text/plain", "text/html"):
            if is_seen(text) and not _sends_to_html(text, so_far):
                self.said[group] = (leaf.content_type, text)
        elif leaf.content_type == chosen_type:
            self.said[group] = (chosen_type, so_far + "\n\n" + text)

    def text(self) -> str:
        """Return all texts, joined."""
        return "\n\n".join(text.strip("\n") for _, text in self.said.values() if is_seen(text))


def _sends_to_html(plain: str, html: str) -> bool:
    return len(plain) < 400 and is_seen(html) and bool(_WANTS_HTML.search(plain))


def _is_text(leaf: Leaf, parts: _Parts) -> bool:
    """Return whether a leaf is a text of the mail's own: no file, or the first part of all, whatever its name."""
    if leaf.disposition == "attachment" or leaf.content_type not in _BODY_TYPES:
        return False
    first = not parts.seen and not any(not item.related for item, _ in parts.beside)
    return first or not leaf.filename or (leaf.disposition != "inline" and bool(leaf.alternative))


def _said_elsewhere(beside: list[tuple[Leaf, bytes]], deep: int = 3) -> str:
    """Return what is said by a mail without a text of its own: in a text file, an invitation, a forwarded mail."""
    sealed = any(leaf.content_type in _ENCRYPTED for leaf, _ in beside)
    for leaf, data in beside:
        if _may_be_words(leaf, data, sealed=sealed) and len(data) <= LONGEST_TEXT and is_seen(_text(leaf, data)):
            return _text(leaf, data).strip("\n")
    for leaf, data in beside:
        if leaf.content_type in tnef.TYPES:
            packed = tnef.unpacked(data)
            return packed.plain if is_seen(packed.plain) else html_to_text(packed.html)
    for leaf, data in beside:
        if leaf.content_type in _INVITATIONS or leaf.filename.lower().endswith(".ics"):
            return invitation_text(decode(data, leaf.type_parameters.get("charset", "utf-8")))
    mails = [data for leaf, data in beside if leaf.content_type in {"message/rfc822", "message/global"}]
    shown = [_forwarded(data, deep) for data in mails[:_MOST_FORWARDED] if len(data) <= LONGEST_TEXT * 4]
    return "\n\n".join(shown) if deep else ""


def _may_be_words(leaf: Leaf, data: bytes, *, sealed: bool) -> bool:
    """Return whether a part other than the mail's own text is a text: by its type, else by its bytes.

    `plain/text` and an unnamed `application/octet-stream` are what careless programs call their words.
    """
    main = leaf.content_type.partition("/")[0]
    if main == "text":
        return leaf.content_type not in _NOT_WORDS
    nameless = not leaf.filename and leaf.disposition != "attachment"
    untyped = main not in _MAIN_TYPES or leaf.content_type == "application/octet-stream"
    return nameless and untyped and not sealed and not _NO_TEXT.search(data[:LONGEST_TEXT])


def _forwarded(data: bytes, deep: int) -> str:
    """Return the headers and the words of an attached mail; of one that only forwards, those of what it forwards."""
    inner = BytesParser(policy=compat32).parsebytes(without_blank_head(data))
    headers = headers_of(inner)
    shown = [(name, words(headers[name][0])) for name in ("from", "date", "subject") if name in headers]
    texts = _Parts()
    for leaf in leaves(inner):
        if _is_text(leaf, texts):
            texts.add(leaf, content(leaf.part))
        else:
            texts.beside.append((leaf, content(leaf.part)))
    said = texts.text() or _said_elsewhere(texts.beside, deep - 1)
    return "\n".join(f"{name.capitalize()}: {value}" for name, value in shown) + "\n\n" + said


def _why_nothing(parts: _Parts) -> str:
    """Return why a mail says nothing, where bytes came that may hold words."""
    for leaf, _ in parts.beside:
        if leaf.content_type in _ENCRYPTED:
            return _ENCRYPTED[leaf.content_type]
    if parts.came:
        return "no words could be found in its text"
    unknown = [leaf for leaf, data in parts.beside if data and leaf.content_type == "application/octet-stream"]
    return "no words could be found in it" if unknown and not any(leaf.filename for leaf in unknown) else ""


def _text(leaf: Leaf, data: bytes) -> str:
    label = leaf.type_parameters.get("charset", "")
    if leaf.content_type == "text/html":
        declared = declared_in_html(data) if label.lower() in {"", "us-ascii", "ascii"} else ""
        return html_to_text(decode(data, declared or label).replace("\r\n", "\n"))
    text = decode(data, label).replace("\r\n", "\n")
    if len(text) > 2 * LONGEST_TEXT:
        text = text[: 2 * LONGEST_TEXT] + "\n[…]"
    if leaf.type_parameters.get("format", "").lower() == "flowed":
        return unflowed(text, delete_space=leaf.type_parameters.get("delsp", "").lower() == "yes")
    return text


def _written_in(leaf: Leaf, name: str, data: bytes) -> Attachment:
    """Return a file that stood in a text or in a winmail.dat."""
    digest = hashlib.sha256(data).hexdigest()
    return Attachment(safe_line(name), "application/octet-stream", len(data), digest, leaf.position)


def _attachment(leaf: Leaf, data: bytes, whole: tuple[int, str] | None) -> Attachment:
    inline = leaf.related and leaf.disposition != "attachment" and "content-id" in headers_of(leaf.part)
    size, digest = whole or (len(data), hashlib.sha256(data).hexdigest())
    return Attachment(leaf.filename, safe_line(leaf.content_type), size, digest, leaf.position, inline)
