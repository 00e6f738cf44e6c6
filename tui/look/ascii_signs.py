"""The screen in ASCII: frames, signs and marks as characters that every terminal and font has.

The last filter before the terminal replaces them, cell for cell. What people wrote must stay as it is, though a mail
may hold the same signs: where the screen draws such text it passes `as_written`, which puts those out of the filter's
reach.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_SIGNS = {
    "·": "-", "…": ">", "“": '"', "”": '"', "‘": "'", "’": "'", "—": "-", "–": "-", "×": "x", "≈": "~", "✗": "x",
    "✓": "v", "▸": ">", "›": ">", "▴": "^", "★": "*", "•": "*", "●": "*", "◆": "*", "■": "#", "□": "o", "▲": "^",
    "▼": "v", "↑": "^", "↓": "v", "←": "<", "→": ">", "▁": "_", "▂": "_", "▃": "-", "▄": "=", "▅": "=", "▆": "#",
    "▌": "|", "▎": "|", "▏": "|", "▍": "|",
    "▀": '"', "✎": "w", "◦": "o",
}  # fmt: skip
_FRAMES, _BLOCKS, _SHAPES, _ARROWS = (
    range(0x2500, 0x2580),
    range(0x2580, 0x25A0),
    range(0x25A0, 0x2600),
    range(0x2190, 0x2200),
)
_HIDDEN = 0xE000
"""The first of the private characters that stand for signs of a mail on their way through the filter."""


def _sign(character: str) -> str:
    """Return the ASCII character for one of ours."""
    code = ord(character)
    if code in _FRAMES:
        name = unicodedata.name(character)
        ways = {"HORIZONTAL", "VERTICAL"} & set(name.replace("-", " ").split())
        plain = len(ways) == 1 and not {"UP", "DOWN", "LEFT", "RIGHT"} & set(name.split())
        return ("-" if "HORIZONTAL" in ways else "|") if plain else "+"
    return "#" if code in _BLOCKS else "*" if code in _SHAPES else ">"


_TABLE = {
    ord(character): _sign(character) for group in (_FRAMES, _BLOCKS, _SHAPES, _ARROWS) for character in map(chr, group)
}
_TABLE |= {ord(character): sign for character, sign in _SIGNS.items()}
_HIDE = {code: _HIDDEN + n for n, code in enumerate(_TABLE)}
_SHOW = {private: chr(code) for code, private in _HIDE.items()}
_STOOD_IN = {**dict.fromkeys(range(9216, 9280), "?"), ord("⟦"): "[", ord("⟧"): "]"}
"""What `data.safe_text` puts in place of characters that could drive a terminal: ours, though in a mail."""
_OUT: dict[int, str] = {**_TABLE, **_SHOW, **_STOOD_IN}


class AsciiSigns(LineFilter):
    """Draws our own signs in ASCII."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments in ASCII, but for what people wrote."""
        return [Segment(drawn(text), style, control) for text, style, control in segments]


@lru_cache(4096)
def drawn(text: str) -> str:
    """Return text as an ASCII screen shows it, with what `as_written` protected as it was."""
    return text if text.isascii() else text.translate(_OUT)


class _Switch:
    """Whether the screen is in ASCII; one screen runs in a process."""

    on = False


def use(on: bool) -> None:
    """Draw in ASCII from now on, or no longer."""
    _Switch.on = on


def as_written(text: str) -> str:
    """Return what someone wrote so that an ASCII screen shows it unchanged; for drawing alone, never to be kept."""
    return text.translate(_HIDE) if _Switch.on and not text.isascii() else text
