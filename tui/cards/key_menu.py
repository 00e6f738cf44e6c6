"""A menu of a few choices, each on one key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui.cards.base_card import BaseCard
from tui.cards.key_line import KeyLine
from tui.look.one_line import one_line
from tui.look.words import words


@dataclass(frozen=True, slots=True)
class Line:
    """One choice: its key, the id that it returns, and its text."""

    key: str
    id: str
    text: str


class KeyMenu(BaseCard[str]):
    """Returns the id of the line whose key was pressed, or that Enter took; Esc returns nothing."""

    CSS_PATH = "key_menu.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [("escape", "leave")]

    def __init__(self, title: str, lines: Sequence[Line], note: str = "") -> None:
        super().__init__()
        self._title, self._lines, self._note = title, lines, note

    def compose(self) -> ComposeResult:
        """Title, one line per choice, a note."""
        with Vertical(id="key-menu"):
            yield Static(Content(self._title), id="menu-title", markup=False)
            options = [Option(Content(f"{line.key}  {one_line(line.text)}"), id=line.id) for line in self._lines]
            yield OptionList(*options, markup=False)
            yield KeyLine(self._note or words("Esc leaves"), id="menu-note")

    def on_key(self, event: events.Key) -> None:
        """Choose the line of the key."""
        for line in self._lines:
            if event.character == line.key:
                event.stop()
                self.dismiss(line.id)
                return

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Choose the selected or clicked line."""
        event.stop()
        self.dismiss(event.option_id or "")

    def action_leave(self) -> None:
        """Choose nothing."""
        self.dismiss("")
