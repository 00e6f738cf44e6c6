"""The one gate for foreign text: what comes out cannot drive a terminal, reorder a line or hide words.

Applied before display text is stored and again where it is drawn, so both functions give the same on their own output.
The classes follow UAX #9 (bidi), UAX #15 (NFC), UTR #36 (invisible characters) and ECMA-48 (controls).
"""

from __future__ import annotations

import re
import unicodedata

LONGEST_LINE = 1_000
"""Characters that are kept of a name or a subject: longer text is cut."""
MOST_MARKS = 3
"""Combining marks kept in a row; more is a stack that paints over other lines."""

_FORMULA = re.compile("'*[ \xa0\ufeff]*[=+\\-@\t\r\0＝＋－＠]")
"""How a cell begins that a spreadsheet may take for a formula, with the apostrophes that keep it from that."""
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_BIDI = {
    0x202A: "⟦LRE⟧",
    0x202B: "⟦RLE⟧",
    0x202C: "⟦PDF⟧",
    0x202D: "⟦LRO⟧",
    0x202E: "⟦RLO⟧",
    0x2066: "⟦LRI⟧",
    0x2067: "⟦RLI⟧",
    0x2068: "⟦FSI⟧",
    0x2069: "⟦PDI⟧",
}
_LINE_END = re.compile("\r\n|[\r\u2028\u2029]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
_BIDI_CONTROL = re.compile("[\u202a-\u202e\u2066-\u2069]")
# C1, surrogates, private use, and the code points that are not characters at all.
_UNUSABLE = re.compile(
    "[\x80-\x9f\ud800-\uf8ff\ufdd0-\ufdef\ufffe\uffff"
    + "".join(chr(plane << 16 | last) for plane in range(1, 15) for last in (0xFFFE, 0xFFFF))
    + "\U000f0000-\U0010ffff]"
)
# Characters without a picture: soft hyphen, joiners, marks of direction, fillers, tags, selectors (but not VS16, ZWJ).
_INVISIBLE = re.compile(
    "[\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200c\u200e\u200f\u2060-\u2065\u206a-\u206f\u3164"
    "\ufe00-\ufe0e\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_PICTURE = (
    "#*0-9\xa9\xae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u27bf\u2900-\u297f\u2b00-\u2bff"
    "\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
)
# Marks are neither word characters nor space: a cheap first look before the table of categories is asked.
_MAYBE_MARKS = re.compile(rf"[^\w\s!-~]{{{MOST_MARKS + 1},}}")
_STRAY_SELECTOR = re.compile(f"(?<![{_PICTURE}])\ufe0f")
_STRAY_JOINER = re.compile(f"(?<![{_PICTURE}\ufe0f])\u200d|\u200d(?![{_PICTURE}])")


def safe_text(text: str) -> str:
    """Return `text` fit for the screen and the store, tabs and line ends kept, in NFC.

    Controls become control pictures; C1, surrogates and private use U+FFFD; bidi controls named marks; invisible
    characters go, except the joiner inside an emoji; every line end becomes a line feed. Never raises.
    """
    if text.isascii():
        return _CONTROL.sub(_control_picture, _LINE_END.sub("\n", text))
    text = _CONTROL.sub(_control_picture, _LINE_END.sub("\n", text))
    text = _BIDI_CONTROL.sub(lambda match: _BIDI[ord(match[0])], text)
    text = _INVISIBLE.sub("", _UNUSABLE.sub(_REPLACEMENT, text))
    text = unicodedata.normalize("NFC", _fewer_marks(text))
    text = _STRAY_JOINER.sub("", _STRAY_SELECTOR.sub("", text))
    return _fewer_marks(unicodedata.normalize("NFC", text))


def safe_line(text: str) -> str:
    """Return `text` as one safe line: runs of white space become one space, none at the ends."""
    return " ".join(safe_text(text).split())


def shortened(text: str) -> str:
    """Return a name or a subject as it is kept: one longer than `LONGEST_LINE` is cut, as its end shows."""
    return text if len(text) <= LONGEST_LINE else text[: LONGEST_LINE - 1] + "…"


def _control_picture(match: re.Match[str]) -> str:
    code = ord(match[0])
    return "\N{SYMBOL FOR DELETE}" if code == 0x7F else chr(0x2400 + code)


def _fewer_marks(text: str) -> str:
    """Drop the marks past `MOST_MARKS` in each row of them."""
    return _MAYBE_MARKS.sub(_cut_rows, text)


def _cut_rows(match: re.Match[str]) -> str:
    kept: list[str] = []
    row = 0
    for char in match[0]:
        row = row + 1 if unicodedata.category(char).startswith("M") else 0
        if row <= MOST_MARKS:
            kept.append(char)
    return "".join(kept)


def safe_cell(text: str) -> str:
    """Return a cell of a table that no spreadsheet treats as a formula: after an apostrophe, as OWASP advises."""
    return f"'{text}" if _FORMULA.match(text) else text


def plain_cell(text: str) -> str:
    """Return what was written by `safe_cell`."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text, 1) else text
