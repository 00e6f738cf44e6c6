"""The card with what changed in a procedure or macro since the agent last used it; shown once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui.cards.base_card import BaseCard
from tui.cards.key_line import KeyLine
from tui.keys.actions import Scope
from tui.keys.bindings import bindings
from tui.look.one_line import one_line
from tui.look.words import words

if TYPE_CHECKING:
    from queues.procedures.wording_diff import Part

STYLES = {"-": "$error", "+": "$success", " ": "$quiet"}


class ChangeCard(BaseCard[bool]):
    """Returns True once the agent has read it; Esc shows it again next time."""

    CSS_PATH = "changed_wording_card.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.CHANGED)

    def __init__(self, title: str, said: str, parts: Sequence[Part]) -> None:
        super().__init__()
        self._title, self._said, self._parts = title, said, parts

    def compose(self) -> ComposeResult:
        """Title, the author's note on the change, removed and added lines, keys."""
        with Vertical(id="change-card"):
            yield Static(Content(one_line(self._title)), id="change-title", markup=False)
            if self._said:
                yield Static(Content(one_line(self._said)), id="change-said", markup=False)
            lines = [Content.styled(f"{part.sign} {one_line(part.text)}", STYLES[part.sign]) for part in self._parts]
            with VerticalScroll(id="change-lines", can_focus=False):
                yield Static(Content("\n").join(lines), markup=False)
            keys = words("Enter: read, not shown again · j k read on · Esc later")
            yield KeyLine(keys, id="change-keys")

    def action_read(self) -> None:
        """Mark the change as read."""
        self.dismiss(True)

    def action_later(self) -> None:
        """Show it again at the next use."""
        self.dismiss(False)

    def action_scroll(self, lines: int) -> None:
        """Read on."""
        self.query_one("#change-lines").scroll_relative(y=lines, animate=False)
