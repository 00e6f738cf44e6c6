"""Header lines of mails that we write: ASCII, folded, and nothing in them that decodes into something else.

What is not plain ASCII, and whatever looks like an encoded word already, becomes encoded words of our own (RFC 2047),
with every blank inside them; names of files become RFC 2231 parameters. Addresses are never encoded (RFC 2047, 5).
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import quote

LINE = 76
"""Characters of a line with an encoded word in it, at most (RFC 2047, 2)."""
_LONGEST_WORD = 75
_FRAME = len("=?utf-8?q??=")
_LEAST_ROOM = 30
"""A first encoded word with less room than this begins a line of its own."""
_LONGEST_PLAIN = 60

_PLAIN_TEXT = re.compile(r"[!-~]+(?: [!-~]+)*")
_PLAIN = re.compile(rf"[!-~]{{1,{_LONGEST_PLAIN}}}")
_BARE_NAME = re.compile(r"[A-Za-z0-9]+(?: [A-Za-z0-9]+)*")
_QUOTABLE = re.compile(r"[ -~]{1,200}")
_Q_SAFE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")
"""What an encoded word may hold as it is, also in a name (RFC 2047, 5.3)."""
_PLAIN_VALUE = re.compile(r"[A-Za-z0-9._+=@,()-]+(?: [A-Za-z0-9._+=@,()-]+)*")
_LOOKS_ENCODED = "=?"


def text_line(name: str, text: str) -> str:
    """Return a header of free text, such as a subject, folded and without its line end."""
    if len(text) <= _LONGEST_PLAIN and _PLAIN_TEXT.fullmatch(text) and _LOOKS_ENCODED not in text:
        return f"{name}: {text}"
    tokens = text.split(" ")
    plain = next((at for at, token in enumerate(tokens) if not _is_plain(token)), len(tokens))
    line = folded(name, tokens[:plain])
    return _with_words(line, " ".join(tokens[plain:]))


def person_line(name: str, shown: str, address: str) -> str:
    """Return a header of one address with its name; without an address the name becomes a group without members."""
    line = f"{name}:"
    if _BARE_NAME.fullmatch(shown) and len(shown) < _LONGEST_PLAIN:
        line = f"{line} {shown}"
    elif _QUOTABLE.fullmatch(shown) and _LOOKS_ENCODED not in shown:
        line = f"{line} {_quoted(shown)}"
    else:
        line = _with_words(line, shown)
    if not address:
        return _with_piece(line, ":;")
    return _with_piece(line, f"<{address}>" if shown else address)


def folded(name: str, pieces: Iterable[str]) -> str:
    """Return a header of pieces with one blank between them, folded at those."""
    line = f"{name}:"
    for piece in pieces:
        line = _with_piece(line, piece)
    return line


def parameter(name: str, value: str) -> list[str]:
    """Return a parameter as pieces that each end with a semicolon but the last (RFC 2045; 2231 for other letters)."""
    if len(value) <= _LONGEST_PLAIN and _PLAIN_VALUE.fullmatch(value):
        return [f'{name}="{value}"']
    encoded = "utf-8''" + quote(value, safe="")
    parts = re.findall(rf"(?:%..|[^%]){{1,{_LONGEST_PLAIN // 3}}}", encoded)
    if len(parts) == 1:
        return [f"{name}*={encoded}"]
    pieces = [f"{name}*{number}*={part};" for number, part in enumerate(parts)]
    return [*pieces[:-1], pieces[-1].rstrip(";")]


def _is_plain(token: str) -> bool:
    return _PLAIN.fullmatch(token) is not None and _LOOKS_ENCODED not in token


def _quoted(value: str) -> str:
    return '"' + re.sub(r'([\\"])', r"\\\1", value) + '"'


def _with_piece(line: str, piece: str) -> str:
    last = line.rpartition("\n")[2]
    between = "\r\n " if len(last) + 1 + len(piece) > LINE and " " in last else " "
    return f"{line}{between}{piece}"


def _with_words(line: str, text: str) -> str:
    """Add text as encoded words; spaces between those words are not part of the text."""
    room = min(_LONGEST_WORD, LINE - len(line.rpartition("\n")[2]) - 1)
    if room < _LEAST_ROOM:
        room = _LONGEST_WORD - 1
    for word in _encoded_words(text, room):
        line = _with_piece(line, word)
    return line


def _encoded_words(text: str, room: int) -> Iterable[str]:
    """Yield encoded words that hold whole characters; the first is no longer than `room`.

    They are cut behind blanks where they can be: a reader that keeps the blank between two encoded words (Python 3.11's
    parser does, in names) shows one blank too many then, and none inside a word.
    """
    letters = [_q(letter) for letter in text]
    long, wide = sum(map(len, letters)), len(text.encode())
    # Q where most of it can be read as it is; one word rather than two: some readers keep the blank between them
    as_q = long <= _payload(room, True) or (long <= 2 * wide and wide > _payload(room, False))
    sizes = [len(letter) for letter in letters] if as_q else [len(letter.encode()) for letter in text]
    start, used = 0, 0
    most = _payload(room, as_q)
    for at, size in enumerate(sizes):
        while used + size > most:  # cut at a blank far back, the rest may be too long again
            cut = text.rfind(" ", start, at) + 1 or at
            yield _word(text[start:cut], as_q)
            start, used, most = cut, sum(sizes[cut:at]), _payload(_LONGEST_WORD - 1, as_q)
        used += size
    if text:
        yield _word(text[start:], as_q)


def _payload(room: int, as_q: bool) -> int:
    """Return how much fits into an encoded word: characters of Q, bytes of B."""
    return room - _FRAME if as_q else (room - _FRAME) // 4 * 3


def _word(text: str, as_q: bool) -> str:
    if as_q:
        return f"=?utf-8?q?{''.join(map(_q, text))}?="
    return f"=?utf-8?b?{base64.b64encode(text.encode()).decode('ascii')}?="


@lru_cache(512)
def _q(letter: str) -> str:
    if letter in _Q_SAFE:
        return letter
    return "_" if letter == " " else "".join(f"={byte:02X}" for byte in letter.encode())
