"""The history of a ticket as a card: who did what, and when; a key undoes the agent's own action."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui.cards.base_card import BaseCard
from tui.keys.actions import Scope
from tui.keys.bindings import bindings
from tui.look.words import words
from tui.ticket.history_lines import HistoryLine


class HistoryCard(BaseCard[int]):
    """Returns the number of the action to undo; Esc returns 0."""

    CSS_PATH = "history_card.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.HISTORY)

    def __init__(self, title: str, figures: str, lines: Sequence[HistoryLine], zone: str) -> None:
        super().__init__()
        self._title, self._figures, self._lines, self._zone = title, figures, lines, zone
        self._told = Static("", id="history-told", markup=False)

    def compose(self) -> ComposeResult:
        """Title, the ticket's figures, one line per event, what can be done."""
        with Vertical(id="history"):
            yield Static(Content(self._title), id="history-title", markup=False)
            yield Static(Content(self._figures), id="history-figures", markup=False)
            options = [
                Option(Content(f"{'*' if line.can_undo else ' '} {line.shown(self._zone)}")) for line in self._lines
            ]
            yield OptionList(*options, markup=False)
            yield self._told
            keys = words("z undoes the selected action of yours (*) · j k next · Esc back")
            yield Static(Content(keys), id="history-keys", markup=False)

    def on_mount(self) -> None:
        """Select the newest event."""
        self.query_one(OptionList).highlighted = 0 if self._lines else None

    def action_move(self, step: int) -> None:
        """Select another event."""
        listed = self.query_one(OptionList)
        if step > 0:
            listed.action_cursor_down()
        else:
            listed.action_cursor_up()

    def action_undo(self) -> None:
        """Undo the selected action, if it is the agent's and still stands."""
        place = self.query_one(OptionList).highlighted
        line = self._lines[place] if place is not None else None
        if line is None or not line.can_undo:
            self._told.update(Content(words("Only your own actions that still stand can be undone; they have a *.")))
            return
        self.dismiss(line.action)

    def action_leave(self) -> None:
        """Undo nothing."""
        self.dismiss(0)
