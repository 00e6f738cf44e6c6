"""Files that old mail programs wrote into the text itself: `begin 644 name`, lines of signs, `end` (uuencode)."""

from __future__ import annotations

import binascii
import re

MOST_FILES = 100
_BEGIN = re.compile(rb"^begin [0-7]{3,4} ([^\r\n]{1,255})\r?\n", re.M)
_END = re.compile(rb"(?:[ `]\r?\n)?end[ \t]*(?:\r?\n|\Z)")
_LINE = re.compile(rb"[!-M][ -`]{1,84}\r?\n")


def taken_out(text: bytes) -> tuple[bytes, list[tuple[bytes, bytes]]]:
    """Return a text without such files, and name and content of each; what is not whole stays in the text."""
    kept: list[bytes] = []
    files: list[tuple[bytes, bytes]] = []
    done = 0
    for begin in _BEGIN.finditer(text):
        if begin.start() < done or len(files) >= MOST_FILES:
            continue
        file = _file(text, begin.end())
        if file is None:
            continue
        content, end = file
        kept.append(text[done : begin.start()])
        files.append((begin[1].strip(), content))
        done = end
    return b"".join([*kept, text[done:]]), files


def _file(text: bytes, at: int) -> tuple[bytes, int] | None:
    """Return the content of the file whose lines begin at `at`, and where it ends; None where it has no right end."""
    pieces: list[bytes] = []
    while line := _LINE.match(text, at):
        try:
            pieces.append(binascii.a2b_uu(line[0].rstrip(b"\r\n")))
        except binascii.Error:
            return None
        at = line.end()
    end = _END.match(text, at)
    return (b"".join(pieces), end.end()) if end and pieces else None
