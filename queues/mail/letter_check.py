"""A mail that was written, read again by another reader: is it what was asked?"""

from __future__ import annotations

import re
from binascii import a2b_base64, a2b_qp
from collections.abc import Iterator, Sequence
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.policy import compat32
from email.utils import collapse_rfc2231_value, getaddresses

from queues.mail.addresses import written_address
from queues.mail.letter_fields import Letter

LONGEST_LINE = 998
"""Bytes of a line (RFC 5322, 2.1.1)."""
LEAST = ("From", "To", "Subject", "Date", "Message-ID")
"""What a mail that leaves has, each once."""
_MORE = frozenset({"Cc", "In-Reply-To", "References", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"})
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
"""What we never write; some readers take it for a blank."""
_TEXT_TYPE = re.compile(r"text/(plain|html); charset=utf-8")
_PERSON = re.compile(r'(?:"((?:[^"\\]|\\.)*)"|([^"<>]*?))\s*<((?:"(?:[^"\\]|\\.)*")?[^<>"]*)>', re.S)
_GROUP = re.compile(r'(?:"((?:[^"\\]|\\.)*)"|([^"<>:;]*?))\s*:;', re.S)


def difference(raw: bytes, asked: Letter) -> str:
    """Return which part of the mail is not what was asked, empty if all is."""
    try:
        return _difference(raw, asked)
    except (ValueError, LookupError, TypeError, AttributeError, MessageError, RecursionError):
        return "form"


def unfit_to_leave(raw: bytes, message_id: str, recipient: str, cc: Sequence[str] = ()) -> str:
    """Return why a queued mail must not leave as it is, a sentence; empty if it may.

    It has the headers that we write and no others, its own Message-ID, and goes to the recipient, with copies to
    `cc`, and to no one else.
    """
    names = [name for name, _ in _headers(message_from_bytes(raw, policy=compat32))]
    if any(names.count(name) != 1 for name in LEAST) or len(names) != len(set(names)) or set(names) - _MORE - {*LEAST}:
        return "The mail's headers are not those that the desk writes; edit the reply and send it again."
    headers = dict(_headers(message_from_bytes(raw, policy=compat32)))
    try:
        goes_to = written_address(recipient) if "@" in recipient else ""
        copies_to = [written_address(address) for address in cc]
    except ValueError as error:
        return f"{', '.join((recipient, *cc))!r}: an address {error}; edit the reply and send it to another one."
    if _addresses(headers.get("Cc", "")) != copies_to:
        return f"The mail's Cc is not {', '.join(cc) or 'empty'}; edit the reply and send it anew."
    if _person(headers["To"])[1] != goes_to or headers["Message-ID"].strip() != message_id:
        return f"The mail is not the one to {recipient}; edit the reply and send it again."
    return ""


def _difference(raw: bytes, asked: Letter) -> str:
    if _has_parts(asked):
        mail = message_from_bytes(raw, policy=compat32)
        return _of_headers(raw, _headers(mail), asked) or _of_parts(mail, asked)
    head, _, body = raw.partition(b"\r\n\r\n")
    headers = _plain_headers(head)
    return _of_headers(raw, headers, asked) or _of_text(dict(headers), body, asked)


def _has_parts(asked: Letter) -> bool:
    return bool(asked.files or (asked.plain and asked.html))


def _plain_headers(head: bytes) -> list[tuple[str, str]]:
    """Return what `_headers` does, of a mail of one text: where there are many, as in an export, a parser costs most.

    Lines end in CRLF alone here, and `_of_headers` refuses any other mail. Raises ValueError if it is not UTF-8.
    """
    whole = head.replace(b"\r\n ", b" ").replace(b"\r\n\t", b"\t").decode()
    fields = [line.partition(":") for line in whole.split("\r\n")]
    return [(name if colon else "", value.lstrip(" \t")) for name, colon, value in fields]


def _of_text(headers: dict[str, str], body: bytes, asked: Letter) -> str:
    kind = _TEXT_TYPE.fullmatch(headers["Content-Type"])
    encoding = headers["Content-Transfer-Encoding"]
    if encoding == "quoted-printable":
        body = a2b_qp(body)
    elif encoding == "base64":
        body = a2b_base64(body)
    elif encoding != "7bit" or not body.isascii():
        return "content"
    ((asked_kind, _, _, content),) = _asked_contents(asked)
    return "" if kind is not None and f"text/{kind[1]}" == asked_kind and body == content else "content"


def _of_headers(raw: bytes, headers: list[tuple[str, str]], asked: Letter) -> str:
    values = dict(headers)
    encoding = [] if _has_parts(asked) else ["Content-Transfer-Encoding"]
    if [name for name, _ in headers] != [*_expected(asked), *encoding]:
        return "set of headers"
    for name, person in (("From", asked.sender), ("To", asked.recipient)):
        if person is not None and _person(values[name]) != (person.name, person.address):
            return f"{name} line"
    if _addresses(values.get("Cc", "")) != list(asked.cc):
        return "Cc line"
    if decoded(values["Subject"]) != asked.subject:
        return "subject"
    ids = [("Message-ID", asked.message_id), ("In-Reply-To", asked.parent), ("References", " ".join(asked.thread))]
    if any(" ".join(values.get(name, "").split()) != value for name, value in ids):
        return "thread"
    ends = raw.count(b"\r\n")
    if raw.count(b"\n") != ends or raw.count(b"\r") != ends or _CONTROL.search(raw):
        return "form"
    return "form" if max(map(len, raw.split(b"\r\n"))) > LONGEST_LINE else ""


def _of_parts(mail: Message, asked: Letter) -> str:
    if any(part.defects for part in mail.walk()):
        return "form"
    return "" if list(_contents(mail)) == list(_asked_contents(asked)) else "content"


def _expected(asked: Letter) -> list[str]:
    optional = (
        ("From", asked.sender), ("To", asked.recipient), ("Cc", asked.cc), ("Subject", True), ("Date", True),
        ("Message-ID", asked.message_id), ("In-Reply-To", asked.parent), ("References", asked.thread),
        ("MIME-Version", True), ("Content-Type", True),
    )  # fmt: skip
    return [name for name, there in optional if there]


def _headers(mail: Message) -> list[tuple[str, str]]:
    """Return names and values as they are in the mail, unfolded."""
    results = []
    for name, value in mail.raw_items():
        whole = str(value).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        results.append((name, re.sub(r"\r?\n(?=[ \t])", "", whole)))
    return results


def decoded(value: str) -> str:
    """Return a header's text as the standard library's oldest reader decodes it (RFC 2047)."""
    if "=?" not in value:
        return value
    parts = decode_header(value)
    return "".join(part.decode(charset or "ascii") if isinstance(part, bytes) else part for part, charset in parts)


def _person(value: str) -> tuple[str, str]:
    """Return name and address of a header with one address; an empty address for a group without members."""
    if match := _GROUP.fullmatch(value):
        return _name(match[1], match[2]), ""
    if match := _PERSON.fullmatch(value):
        return _name(match[1], match[2]), match[3]
    return "", value


def _addresses(value: str) -> list[str]:
    """Return the addresses of a header if it lists addresses only; any other value counts as one address."""
    pairs = getaddresses([value]) if value else []
    return [value] if any(name or not address for name, address in pairs) else [address for _, address in pairs]


def _name(quoted: str | None, plain: str) -> str:
    return re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else decoded(plain)


def _contents(mail: Message) -> Iterator[tuple[str, str, str, bytes]]:
    """Yield type, charset, file name and content of every part that is not a multipart."""
    for part in mail.walk():
        if part.is_multipart():
            continue
        content = part.get_payload(decode=True)
        name, charset = part.get_param("filename", "", "content-disposition"), part.get_content_charset() or ""
        yield (
            part.get_content_type(), charset, collapse_rfc2231_value(name) if isinstance(name, tuple) else name,
            content if isinstance(content, bytes) else b"",
        )  # fmt: skip


def _asked_contents(asked: Letter) -> Iterator[tuple[str, str, str, bytes]]:
    texts = [("text/plain", asked.plain or "\n")] if asked.plain or not asked.html else []
    texts += [("text/html", asked.html)] if asked.html else []
    for kind, text in texts:
        yield kind, "utf-8", "", text.replace("\n", "\r\n").encode()
    for name, kind, content in asked.files:
        yield kind, "utf-8" if kind.startswith("text/") else "", name, content
