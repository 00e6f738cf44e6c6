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
from textual.widgets import Input, Static

from macros.filling.macro import Macro
from tui.cards.ask_row import AskRow, ChoiceLine
from tui.cards.base_card import BaseCard
from tui.cards.form_rows import FormRows
from tui.cards.key_line import KeyLine
from tui.look.one_line import one_line
from tui.look.words import words


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

    def compose(self) -> ComposeResult:
        """Title, one line per ask, keys."""
        with Vertical(id="ask-form"):
            yield Static(Content(one_line(self._title)), id="ask-title", markup=False)
            with FormRows(id="ask-rows"):
                yield from self.rows
            keys = words("Enter next, then the reply · ↑↓ other line · Esc back, all kept")
            yield KeyLine(keys, id="ask-keys")

    def on_mount(self) -> None:
        """Focus the first line without an answer, else the last."""
        empty = (row for row in self.rows if not row.value and not row.ask.optional)
        next(empty, self.rows[-1]).line.focus()
        self.after_drawing(self._fit)

    def on_resize(self, event: events.Resize) -> None:
        """Keep title and keys on the screen."""
        self.after_drawing(self._fit)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go on."""
        event.stop()
        self._go_on()

    def on_choice_line_taken(self, event: ChoiceLine.Taken) -> None:
        """Go on."""
        event.stop()
        self._go_on()

    def action_step(self, step: int) -> None:
        """Go to the line above or below."""
        place = self._place()
        self.rows[place].check()
        self.rows[(place + step) % len(self.rows)].line.focus()

    def action_leave(self) -> None:
        """Stop asking; what was typed is returned all the same."""
        self.dismiss(Filled(self._answers(), complete=False))

    def _go_on(self) -> None:
        """Stay on an invalid answer; else go to the next line, and from the last to the reply."""
        place = self._place()
        if not self.rows[place].check():
            return
        if place + 1 < len(self.rows):
            self.rows[place + 1].line.focus()
            return
        wrong = [row for row in self.rows if not row.check()]
        if wrong:
            wrong[0].line.focus()
        else:
            self.dismiss(Filled(self._answers(), complete=True))

    def _fit(self) -> None:
        """Give the lines the height that title and keys leave; they scroll in it."""
        around = sum(self.query_one(f"#ask-{name}").outer_size.height for name in ("title", "keys"))
        frame = 2 + 1  # the border, and an empty line above the keys
        self.query_one("#ask-rows").styles.max_height = max(3, self.size.height * 9 // 10 - frame - around)

    def _place(self) -> int:
        return next((n for n, row in enumerate(self.rows) if row.line is self.focused), 0)

    def _answers(self) -> dict[str, str]:
        # an emptied line is an answer too: it removes the default
        return {row.ask.name: row.value for row in self.rows}
