"""One line to type an answer in, over the desk."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.suggester import Suggester
from textual.widgets import Input, Static

from tui.screens.base_card import BaseCard


class AskLine(BaseCard[str]):
    """Returns what was typed; Esc returns nothing. With a suggester, Tab takes what it offers."""

    CSS_PATH = "../styles/ask_line.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave"), Binding("tab", "complete", priority=True)]

    def __init__(self, question: str, hint: str, value: str = "", suggester: Suggester | None = None) -> None:
        super().__init__()
        self._question = question
        self._line = Input(value, placeholder=hint, compact=True, suggester=suggester, select_on_focus=False)

    def compose(self) -> ComposeResult:
        """Question above line."""
        with Vertical(id="ask"):
            yield Static(Content(self._question), markup=False)
            yield self._line

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the answer."""
        event.stop()
        self.dismiss(event.value.strip())

    def action_complete(self) -> None:
        """Take what the line offers."""
        self._line.action_end()
        self._line.action_cursor_right()

    def action_leave(self) -> None:
        """Answer nothing."""
        self.dismiss("")
