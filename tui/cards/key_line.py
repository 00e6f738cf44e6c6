"""The line of keys at the foot of a card: a key and its word stay on one line."""

from __future__ import annotations

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from tui.look.wrapping import wrap_keys


class KeyLine(Widget):
    """Shows `Enter opens · j k next · Esc back`, wrapped between two keys."""

    DEFAULT_CSS = "KeyLine { height: auto; }"

    def __init__(self, text: str = "", *, id: str | None = None) -> None:
        super().__init__(id=id, markup=False)
        self._text = text

    def update(self, text: str) -> None:
        """Show another line."""
        self._text = text
        self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the number of lines at this width."""
        return len(wrap_keys(self._text, width))

    def render(self) -> Content:
        """Return the lines."""
        return Content("\n".join(wrap_keys(self._text, self.content_size.width)))
