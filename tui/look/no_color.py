"""The screen without colours, as NO_COLOR asks (https://no-color.org): reverse replaces highlighted backgrounds.

Marks and text convey everything else; bold and underline stay.
"""

from __future__ import annotations

from functools import lru_cache

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

STANDS_OUT = 0.12
"""How far, from 0 to 1, a background's lightness must differ from the desk's to be shown in reverse."""


class NoColour(LineFilter):
    """Removes the colours from the output; `ground` is the theme's background."""

    def __init__(self, ground: Color) -> None:
        super().__init__()
        self._ground = ground.brightness

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments without colours."""
        return [Segment(text, style and plain(style, self._ground), control) for text, style, control in segments]


@lru_cache(1024)
def plain(style: Style, ground: float) -> Style:
    """Return the style without colours, reversed if its background stands out."""
    shown = style.without_color
    if style.bgcolor is None or style.reverse:
        return shown
    away = abs(Color.from_rich_color(style.bgcolor).brightness - ground)
    return shown + Style(reverse=True) if away > STANDS_OUT else shown
