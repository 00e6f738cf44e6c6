"""One line to type an answer in, over the desk."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.suggester import Suggester
from textual.widgets import Input, Static
from textual.worker import Worker

from tui.cards.base_card import BaseCard
from tui.cards.path_line import PathLine
from tui.cards.path_suggester import PathSuggester


class AskLine(BaseCard[str]):
    """Returns what was typed; Esc returns nothing. With a suggester, Tab takes what it offers."""

    CSS_PATH = "ask_line.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave"), Binding("tab", "complete", priority=True)]

    def __init__(self, question: str, hint: str, value: str = "", suggester: Suggester | None = None) -> None:
        super().__init__()
        self._question = question
        line = PathLine if isinstance(suggester, PathSuggester) else Input
        self._line = line(value, placeholder=hint, compact=True, suggester=suggester, select_on_focus=False)
        self._completing: Worker[None] | None = None

    def compose(self) -> ComposeResult:
        """Question above line."""
        with Vertical(id="ask"):
            yield Static(Content(self._question), markup=False)
            yield self._line

    async def on_input_submitted(self, event: Input.Submitted) -> None:
        """Accept the answer, with the completion if Tab was pressed before."""
        event.stop()
        if self._completing is not None:
            await self._completing.wait()
        if self.is_current:
            self.dismiss(self._line.value.strip())

    def action_complete(self) -> None:
        """Accept a completion, whether it is on the screen yet or not."""
        self._line.action_end()
        if self._line.suggester is not None:
            self._completing = self.run_worker(self._complete(self._line.suggester, self._line.value))

    async def _complete(self, suggester: Suggester, typed: str) -> None:
        suggestion = await suggester.get_suggestion(typed)
        if suggestion and self._line.value == typed:
            self._line.value = suggestion
            self._line.action_end()

    def action_leave(self) -> None:
        """Answer nothing."""
        self.dismiss("")
