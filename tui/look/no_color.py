"""The screen without a single colour, as NO_COLOR asks (https://no-color.org): reverse stands where a ground stood out.

Marks and words carry everything else already; bold and underline stay.
"""

from __future__ import annotations

from functools import lru_cache

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

STANDS_OUT = 0.12
"""How much lighter or darker than the desk's own ground (of 0 to 1) a ground has to be to be shown in reverse."""


class NoColour(LineFilter):
    """Takes the colours out of what is drawn; `ground` is the theme's background."""

    def __init__(self, ground: Color) -> None:
        super().__init__()
        self._ground = ground.brightness

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments without colours."""
        return [Segment(text, style and plain(style, self._ground), control) for text, style, control in segments]


@lru_cache(1024)
def plain(style: Style, ground: float) -> Style:
    """Return the style without colours, reversed where its ground stands out."""
    shown = style.without_color
    if style.bgcolor is None or style.reverse:
        return shown
    away = abs(Color.from_rich_color(style.bgcolor).brightness - ground)
    return shown + Style(reverse=True) if away > STANDS_OUT else shown
