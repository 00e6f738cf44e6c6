"""The one place that writes a mail: replies, escalations, messages of ticketing systems, exports (RFC 5322, 2045–2047).

What strangers wrote is encoded here and never handed to a library that would decode it first. What was written is read
again and compared with what was asked; a difference raises RuleError, and nothing of it leaves.
"""

from __future__ import annotations

import base64
import hashlib
import quopri
import re
from collections.abc import Sequence
from email.utils import formatdate

from data.errors import RuleError
from queues.mail.addresses import written_address
from queues.mail.header_lines import folded, parameter, person_line, text_line
from queues.mail.letter_check import LONGEST_LINE, difference
from queues.mail.letter_fields import Letter, Person

OCTETS = "application/octet-stream"
_UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_ID = re.compile(r"<[!-;=?-~]{1,450}@[!-;=?-~]{1,450}>")
_ENCODED = re.compile(r"=\?[^?]*\?[bBqQ]\?[^?]*\?=")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_LINE_END = re.compile(r"\r\n|\r")
_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,60}/[a-z0-9][a-z0-9!#$&^_.+-]{0,100}")
_LATEST = 253_402_300_799


def write(letter: Letter) -> bytes:
    """Return the mail with CRLF line ends, the same for the same letter.

    Raises RuleError if a person has no address that can be written, or what was written is not what was asked.
    """
    asked = _fit(letter)
    raw = _written(asked)
    wrong = difference(raw, asked)
    if wrong:
        raise RuleError(
            "Not written", f"The {wrong} of the written mail differs from what was asked for; nothing was sent."
        )
    return raw


def one_line(value: str) -> str:
    """Return a header's value on one line, without controls."""
    return _UNFIT.sub(" ", _writable(value)).strip()


def usable_id(value: str) -> bool:
    """Return whether a Message-ID can be in a header: short, ASCII, and nothing in it that a reader would decode."""
    return _ID.fullmatch(value) is not None and _ENCODED.search(value) is None


def _writable(text: str) -> str:
    """Return text without lone surrogates, which no charset can encode."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _fit(letter: Letter) -> Letter:
    return Letter(
        subject=one_line(letter.subject),
        at=max(0, min(letter.at, _LATEST)),
        plain=_lines(letter.plain),
        html=_lines(letter.html),
        sender=_fit_person(letter.sender),
        recipient=_fit_person(letter.recipient),
        cc=tuple(_fit_address(address) for address in letter.cc),
        message_id=letter.message_id if usable_id(letter.message_id) else "",
        parent=letter.parent if usable_id(letter.parent) else "",
        thread=tuple(value for value in letter.thread if usable_id(value)),
        files=[(one_line(name) or "attachment", _type(kind, content), content) for name, kind, content in letter.files],
        local_time=letter.local_time,
    )


def _fit_person(person: Person | None) -> Person | None:
    if person is None:
        return None
    name = " ".join(one_line(person.name).split())
    if not person.address:
        return Person(name)
    return Person(name, _fit_address(person.address))


def _fit_address(address: str) -> str:
    try:
        return written_address(address)
    except ValueError as error:
        raise RuleError("No mail address", f"{one_line(address)!r} {error}; correct it.") from None


def _lines(text: str) -> str:
    """Return text with line feeds alone and one at its end, without NUL."""
    text = _LINE_END.sub("\n", _writable(text)).replace("\x00", "")
    return text if not text or text.endswith("\n") else text + "\n"


def _type(kind: str, content: bytes) -> str:
    """Return a content type that can be written: a text of unknown charset becomes a file of bytes."""
    kind = kind.partition(";")[0].strip().lower()
    if not _TYPE.fullmatch(kind) or kind.startswith(("message/", "multipart/")):
        return OCTETS
    if kind.startswith("text/"):
        try:
            content.decode()
        except UnicodeDecodeError:
            return OCTETS
    return kind


def _written(letter: Letter) -> bytes:
    lines = []
    if letter.sender is not None:
        lines.append(person_line("From", letter.sender.name, letter.sender.address))
    if letter.recipient is not None:
        lines.append(person_line("To", letter.recipient.name, letter.recipient.address))
    if letter.cc:
        lines.append(folded("Cc", [*(f"{address}," for address in letter.cc[:-1]), letter.cc[-1]]))
    lines += [text_line("Subject", letter.subject), f"Date: {formatdate(letter.at, localtime=letter.local_time)}"]
    ids = (("Message-ID", [letter.message_id]), ("In-Reply-To", [letter.parent]), ("References", letter.thread))
    lines += [folded(name, values) for name, values in ids if any(values)]
    lines.append("MIME-Version: 1.0")
    return "\r\n".join(lines).encode() + b"\r\n" + _content(letter)


def _content(letter: Letter) -> bytes:
    """Return the headers and the body of the whole content."""
    words = [_text("plain", letter.plain or "\n")] if letter.plain or not letter.html else []
    words += [_text("html", letter.html)] if letter.html else []
    body = words[0] if len(words) == 1 else _multipart("alternative", words)
    return _multipart("mixed", [body, *map(_file, letter.files)]) if letter.files else body


def _text(kind: str, text: str) -> bytes:
    head = f"Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: ".encode()
    longest = max(map(len, text.split("\n")))
    if text.isascii() and longest <= LONGEST_LINE and not _CONTROL.search(text):
        return head + b"7bit\r\n\r\n" + text.replace("\n", "\r\n").encode()
    name, body = b"quoted-printable", quopri.encodestring(text.encode())
    wire = text.replace("\n", "\r\n").encode()
    if len(body) > len(wire) * 4 // 3:  # base64 is at least that long, and slow to make
        packed = base64.encodebytes(wire)
        name, body = (b"base64", packed) if len(packed) < len(body) else (name, body)
    return head + name + b"\r\n\r\n" + body.replace(b"\n", b"\r\n")


def _file(file: tuple[str, str, bytes]) -> bytes:
    name, kind, content = file
    of_type = [f"{kind};", "charset=utf-8"] if kind.startswith("text/") else [kind]
    lines = [
        folded("Content-Type", of_type),
        folded("Content-Disposition", ["attachment;", *parameter("filename", name)]),
        "Content-Transfer-Encoding: base64",
    ]
    return "\r\n".join([*lines, "", ""]).encode() + base64.encodebytes(content).replace(b"\n", b"\r\n")


def _multipart(kind: str, parts: Sequence[bytes]) -> bytes:
    """Return the parts between borders that none of them holds."""
    border = f"=_{kind}_{hashlib.sha256(b''.join(parts)).hexdigest()[:32]}"
    head = folded("Content-Type", [f"multipart/{kind};", f'boundary="{border}"'])
    inside = b"".join(b"\r\n--%b\r\n%b" % (border.encode(), part) for part in parts)
    return head.encode() + b"\r\n" + inside + b"\r\n--%b--\r\n" % border.encode()
