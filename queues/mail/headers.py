"""Header values as people read them: RFC 2047 words, raw 8-bit text, addresses, Message-IDs, dates, parameters.

Every function takes what a mail really holds and returns something usable; none raises on bad input.
"""

from __future__ import annotations

import base64
import binascii
import re
from calendar import monthrange
from datetime import UTC, datetime
from email.utils import mktime_tz, parsedate_tz
from urllib.parse import unquote_to_bytes

from queues.mail.charsets import decode

LONGEST_HEADER = 65_536
"""Characters read of one header; the rest stays in the raw message."""
MOST_IDS = 2_000
"""Message-IDs read of one References header, newest kept."""

_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")
_BETWEEN = re.compile(r"(\?=)\s+(=\?[^?\s]{1,60}\?[bBqQ]\?)")
_MESSAGE_ID = re.compile(r"<([^<>]{1,998})>")
_PARAMETER = re.compile(r""";\s*([^\s=;]{1,80})\s*=\s*("(?:[^"\\]|\\.){0,4000}+"|[^;]*)""", re.S)
_LATEST_YEAR_SECONDS = 253_370_764_800


def octets(text: str) -> bytes:
    """Return the bytes of a header's text, where the parser keeps 8-bit bytes as surrogates; others become ?."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # a program's own text, such as JSON with half a pair
        return text.encode("utf-8", "replace")


def unfolded(value: str) -> str:
    """Return a raw header value on one line, 8-bit bytes (kept as surrogates by the parser) decoded."""
    value = value[:LONGEST_HEADER]
    if not value.isascii():
        value = decode(octets(value))
    return re.sub(r"[\r\n]+[ \t]*", " ", value).strip()


def words(value: str) -> str:
    """Decode RFC 2047 encoded words, also inside quotes and without the space that the RFC wants around them."""
    value = unfolded(value)
    if "=?" not in value:
        return value
    value = _BETWEEN.sub(r"\1\2", value)
    parts: list[tuple[bytes, str] | str] = []
    at = 0
    for match in _WORD.finditer(value):
        if match.start() > at:
            parts.append(value[at : match.start()])
        piece, charset = _word_bytes(match[2], match[3]), match[1].partition("*")[0].lower()
        parts.append((piece, charset))
        at = match.end()
    parts.append(value[at:])
    return _joined(parts)


def _joined(parts: list[tuple[bytes, str] | str]) -> str:
    """Decode neighbouring words of one charset together: senders cut multi-byte characters in two."""
    out: list[str] = []
    run: list[bytes] = []
    charset = ""
    for part in [*parts, ""]:
        if isinstance(part, tuple) and (not run or part[1] == charset):
            run.append(part[0])
            charset = part[1]
            continue
        if run:
            out.append(decode(b"".join(run), charset))
            run = []
        if isinstance(part, tuple):
            run, charset = [part[0]], part[1]
        else:
            out.append(part)
    return "".join(out)


def _word_bytes(encoding: str, payload: str) -> bytes:
    if encoding in "bB":
        return lenient_base64(payload.encode("utf-8", "replace"))
    return binascii.a2b_qp(payload.replace(" ", "_").encode("utf-8", "replace"), header=True)


def lenient_base64(data: bytes) -> bytes:
    """Decode base64 as far as it goes: foreign characters are skipped, a missing end is filled."""
    kept = re.sub(rb"[^A-Za-z0-9+/=]", b"", data)
    end = kept.find(b"=")
    if end >= 0:
        tail = kept[end:].lstrip(b"=")
        head = kept[:end]
        # Padding inside the data: two encodings joined; a stray footer after the end is short and is dropped.
        if len(tail) > 76:
            return lenient_base64(head) + lenient_base64(tail) if tail.count(b"=") < 50 else lenient_base64(head)
        kept = head
    if len(kept) % 4 == 1:
        kept = kept[:-1]
    return base64.b64decode(kept + b"=" * (-len(kept) % 4))


def message_ids(value: str) -> tuple[str, ...]:
    """Return the Message-IDs of a header in their order, each once, with angle brackets and without white space."""
    value = unfolded(value)
    results = [f"<{''.join(inner.split())}>" for inner in _MESSAGE_ID.findall(value)]
    if not results and "@" in value:
        results = [f"<{bare.strip('<>[],;')}>" for bare in value.split() if "@" in bare]
    return tuple(dict.fromkeys(results[-MOST_IDS:]))


def _exists(year: int, month: int, day: int, hour: int, minute: int) -> bool:
    """Return whether a calendar has that day, and a clock that time."""
    return 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1] and hour <= 24 and minute < 60


_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")
_MONTHS = {
    "ene": "Jan", "janv": "Jan", "gen": "Jan", "fév": "Feb", "févr": "Feb", "fev": "Feb", "mär": "Mar", "mrt": "Mar",
    "abr": "Apr", "avr": "Apr", "mai": "May", "mag": "May", "mei": "May", "juin": "Jun", "giu": "Jun", "juil": "Jul",
    "lug": "Jul", "ago": "Aug", "août": "Aug", "set": "Sep", "okt": "Oct", "out": "Oct", "ott": "Oct", "dic": "Dec",
    "dez": "Dec", "déc": "Dec",
}  # fmt: skip
_FOREIGN_MONTH = re.compile(rf"\b(?:{'|'.join(_MONTHS)})\b", re.I)


def date(value: str) -> int | None:
    """Return the Unix seconds of a Date header, None if it makes no sense.

    Read are RFC 5322 and its obsolete forms, ISO 8601, and months in the languages of the world's careless programs.
    """
    plain = unfolded(value)[:200].strip()
    try:
        if _ISO_DATE.match(plain):
            moment = datetime.fromisoformat(plain.replace(" ", "T", 1))
            seconds: int | None = int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
        else:
            parsed = parsedate_tz(_FOREIGN_MONTH.sub(lambda match: _MONTHS[match[0].lower()], plain))
            seconds = int(mktime_tz(parsed)) if parsed and _exists(*parsed[:5]) else None
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
    return seconds if seconds is not None and 0 <= seconds < _LATEST_YEAR_SECONDS else None


def parameters(value: str) -> dict[str, str]:
    """Return the parameters of a Content-Type or Content-Disposition, RFC 2231 pieces joined and decoded."""
    value = value[:LONGEST_HEADER]
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[bool, str]]] = {}
    for name, raw in _PARAMETER.findall(value):
        name = name.lower()
        text = re.sub(r"\\(.)", r"\1", raw[1:-1]) if raw.startswith('"') else raw.strip()
        base, star, rest = name.partition("*")
        if not star:
            plain.setdefault(base, words(text))
        else:
            number = rest.rstrip("*")
            encoded = name.endswith("*")
            pieces.setdefault(base, {})[int(number) if number.isdigit() and len(number) < 4 else 0] = (encoded, text)
    for base, numbered in pieces.items():
        plain[base] = _extended(numbered)
    return plain


def _extended(numbered: dict[int, tuple[bool, str]]) -> str:
    """Join RFC 2231 pieces; the charset is in the first, in front of two apostrophes."""
    data = b""
    charset = ""
    for number, (encoded, text) in sorted(numbered.items()):
        if encoded and number == 0 and text.count("'") >= 2:
            charset, _, text = text.split("'", 2)
        raw = octets(text)
        data += unquote_to_bytes(raw) if encoded else raw
    return decode(data, charset or "utf-8")
