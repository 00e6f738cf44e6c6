"""An area for text that someone wrote: an ASCII screen too shows it as it is."""

from __future__ import annotations

from rich.text import Text
from textual.widgets import TextArea

from tui.look.ascii_signs import as_written


class WrittenArea(TextArea):
    """A text area whose text is out of the reach of `--ascii`."""

    def get_line(self, line_index: int) -> Text:
        """Return a line as it is drawn."""
        return Text(as_written(self.document.get_line(line_index)), end="", no_wrap=True)
