"""One line to type an answer in, over the desk."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static


class AskLine(ModalScreen[str]):
    """Returns what was typed; Esc returns nothing."""

    CSS_PATH = "../styles/ask_line.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [("escape", "leave")]

    def __init__(self, question: str, hint: str) -> None:
        super().__init__()
        self._question, self._hint = question, hint

    def compose(self) -> ComposeResult:
        """Question above line."""
        with Vertical(id="ask"):
            yield Static(Content(self._question), markup=False)
            yield Input(placeholder=self._hint, compact=True)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the answer."""
        event.stop()
        self.dismiss(event.value.strip())

    def action_leave(self) -> None:
        """Answer nothing."""
        self.dismiss("")
