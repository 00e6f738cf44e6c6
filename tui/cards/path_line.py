"""A line for a path: a whole path that is pasted or dropped replaces what was on it."""

from __future__ import annotations

from textual import events
from textual.widgets import Input

from tui.cards.typed_path import looks_whole


class PathLine(Input):
    """Takes a path as file managers and terminals write it; `typed_path` reads it."""

    def on_paste(self, event: events.Paste) -> None:
        """Replace the line where a whole path comes in; anything else is inserted as usual."""
        pasted = next((line for line in event.text.splitlines() if line.strip()), "")
        if looks_whole(pasted):
            event.stop()
            event.prevent_default()
            self.value = pasted.strip()
            self.action_end()
