"""The one line above the status line: which macro each digit holds for the ticket that is being read."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.events import Resize
from textual.widgets import Static

from tui.widgets.row_line import fit, one_line


def strip_line(titles: Sequence[tuple[int, str]], width: int) -> str:
    """Return `1 Title · 2 Title · …` in `width` terminal cells."""
    return fit(" · ".join(f"{digit} {one_line(title)}" for digit, title in titles), width)


class MacroStrip(Static):
    """Shows digits and titles; empty where a digit would mean another ticket than the one that is open."""

    def __init__(self) -> None:
        super().__init__("", id="macro-strip", markup=False)
        self._titles: Sequence[tuple[int, str]] = ()

    def show(self, titles: Sequence[tuple[int, str]]) -> None:
        """Write the line."""
        self._titles = titles
        self.update(Content(strip_line(titles, self.content_size.width)), layout=False)

    def on_resize(self, event: Resize) -> None:
        """Cut the line anew."""
        self.show(self._titles)
