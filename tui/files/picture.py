"""Draws a small picture with half blocks: a cell's colour is its upper pixel, the background the lower one."""

from __future__ import annotations

from functools import lru_cache

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from queues.mail.pictures import SmallPicture

_HALF = "▀"


class Picture(Widget):
    """A picture in grey until colours are asked for; nothing is drawn beyond its own size."""

    def __init__(self, picture: SmallPicture, *, id: str) -> None:
        super().__init__(id=id)
        self._picture, self.in_colour = picture, False

    def turn_colour(self) -> None:
        """Change between grey and colours."""
        self.in_colour = not self.in_colour
        self.refresh()

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """Return one cell a pixel."""
        return self._picture.columns

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return one cell for two rows."""
        return -(-self._picture.rows // 2)

    def render_line(self, y: int) -> Strip:
        """Draw two rows of pixels."""
        rows = self._picture.rows
        if y * 2 >= rows:
            return Strip.blank(self.size.width)
        below = min(y * 2 + 1, rows - 1)
        cells = [
            Segment(_HALF, _style(self._colour(column, y * 2), self._colour(column, below)))
            for column in range(self._picture.columns)
        ]
        return Strip(cells, len(cells))

    def _colour(self, column: int, row: int) -> tuple[int, int, int]:
        start = (row * self._picture.columns + column) * 3
        red, green, blue = self._picture.pixels[start : start + 3]
        if self.in_colour:
            return red, green, blue
        grey = (299 * red + 587 * green + 114 * blue) // 1000  # luma of ITU-R BT.601
        return grey, grey, grey


@lru_cache(4096)
def _style(upper: tuple[int, int, int], lower: tuple[int, int, int]) -> Style:
    return Style(color=Color.from_rgb(*upper), bgcolor=Color.from_rgb(*lower))
