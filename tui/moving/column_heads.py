"""The heads of the lists' columns: shown in the first minutes of a new desk, and by a key."""

from __future__ import annotations

from collections.abc import Mapping

from tui.context.hooks import Act
from tui.context.part import Part
from tui.look.words import words

HEADS_SECONDS = 300
"""How long a new desk shows them."""


class Heads(Part):
    """Shows and hides the line over each list."""

    def actions(self) -> Mapping[str, Act]:
        """Column heads."""
        return {"desk.heads": self.toggle}

    def begin(self) -> None:
        """Show them for the first minutes of a new desk."""
        if self.desk.ways.heads:
            self._show(True)
            self.desk.screen.set_timer(HEADS_SECONDS, self._hide)

    def toggle(self) -> None:
        """Show or hide them."""
        self._show(not self.desk.pane.heads.display)
        if not self.desk.pane.heads.display:
            self.desk.say(words("{key} brings the column heads back.").format(key=self.desk.key("desk.heads")))

    def _hide(self) -> None:
        self._show(False)

    def _show(self, shown: bool) -> None:
        for pane in self.desk.panes:
            pane.heads.display = shown
