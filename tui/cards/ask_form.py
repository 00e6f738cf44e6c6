"""The form for the values that a macro asks for, one line each, before its reply is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from macros.filling.macro import Macro
from tui.cards.ask_row import AskRow
from tui.cards.base_card import BaseCard
from tui.cards.form_rows import FormRows
from tui.cards.key_line import KeyLine
from tui.look.one_line import one_line
from tui.look.words import words

_FRAME = 3
"""Rows taken by the border and by the empty line above the keys."""


@dataclass(frozen=True, slots=True)
class Filled:
    """The answers by the names of the asks; `complete` if all are valid and Enter confirmed them."""

    answers: Mapping[str, str]
    complete: bool


class AskForm(BaseCard[Filled]):
    """Enter goes to the next line and, on the last, to the reply. Esc leaves and keeps what was typed so far."""

    CSS_PATH = "ask_form.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape", "leave"),
        ("down,tab", "step(1)"),
        ("up,shift+tab", "step(-1)"),
    ]

    def __init__(self, macro: Macro, language: str, answers: Mapping[str, str]) -> None:
        super().__init__()
        self._title = macro.title.for_language(language)
        self.rows = [
            AskRow(ask, ask.label.for_language(language) or ask.name, answers.get(ask.name, ask.default))
            for ask in macro.asks
        ]
        self._lines = FormRows(*self.rows, go_on=self._go_on, frame=_FRAME, percent=90, least=3, id="ask-rows")

    def compose(self) -> ComposeResult:
        """Title, one line per ask, keys."""
        with Vertical(id="ask-form"):
            yield Static(Content(one_line(self._title)), id="ask-title", markup=False)
            yield self._lines
            keys = words("Enter next, then the reply · ↑↓ other line · Esc back, all kept")
            yield KeyLine(keys, id="ask-keys")

    def on_mount(self) -> None:
        """Focus the first line without an answer, else the last."""
        empty = (row for row in self.rows if not row.value and not row.ask.optional)
        next(empty, self.rows[-1]).line.focus()
        self.after_drawing(self._lines.fit)

    def on_resize(self, event: events.Resize) -> None:
        """Keep title and keys on the screen."""
        self.after_drawing(self._lines.fit)

    def action_step(self, step: int) -> None:
        """Go to the line above or below."""
        self.rows[self._lines.place].check()
        self._lines.step(step)

    def action_leave(self) -> None:
        """Stop asking; what was typed is returned all the same."""
        self.dismiss(Filled(self._answers(), complete=False))

    def _go_on(self) -> None:
        """Stay on an invalid answer; else go to the next line, and from the last to the reply."""
        if not self.rows[self._lines.place].check() or self._lines.go_to_next():
            return
        wrong = [row for row in self.rows if not row.check()]
        if wrong:
            wrong[0].line.focus()
        else:
            self.dismiss(Filled(self._answers(), complete=True))

    def _answers(self) -> dict[str, str]:
        # an emptied line is an answer too: it removes the default
        return {row.ask.name: row.value for row in self.rows}
