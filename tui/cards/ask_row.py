"""One value that a macro asks for: its label, the line to answer on, and what is wrong with the answer."""

from __future__ import annotations

from dataclasses import dataclass

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from macros.filling.answers import problem
from macros.filling.macro import Ask, Kind
from tui.look.one_line import one_line
from tui.look.words import words

FRAME = 8
"""Cells that the form's border and padding take of its nine tenths of the screen."""
EXAMPLES = {Kind.DATE: "2026-01-31", Kind.MONEY: "12.50 EUR", Kind.EMAIL: "name@example.com", Kind.NUMBER: "3"}


class ChoiceLine(Static, can_focus=True):
    """Choices side by side: a digit or the first letter chooses, the arrows select, Enter chooses the selection."""

    @dataclass
    class Taken(Message):
        """A choice was taken."""

    def __init__(self, choices: tuple[str, ...], value: str, *, frame: int = FRAME) -> None:
        """`frame` is how many cells the form takes of nine tenths of the screen."""
        super().__init__("", markup=False, classes="ask-choice")
        self.choices, self._frame = choices, frame
        self.value = value if value in choices else ""

    def render(self) -> Content:
        """Draw the choices, the selected one in brackets so that no colour is needed."""
        shown = [
            f"[{n} {one_line(choice)}]" if choice == self.value else f" {n} {one_line(choice)} "
            for n, choice in enumerate(self.choices, 1)
        ]
        beside = " ".join(shown)
        return Content(beside if cell_len(beside) <= self.app.size.width * 9 // 10 - self._frame else "\n".join(shown))

    def on_key(self, event: events.Key) -> None:
        """Let the keys choose; any other key goes on to the form."""
        if event.key == "enter":
            self.post_message(self.Taken())
        elif event.key in ("left", "right"):
            self._mark(1 if event.key == "right" else -1)
        elif not self._take(event.character or ""):
            return
        event.stop()
        event.prevent_default()

    def _mark(self, step: int) -> None:
        place = self.choices.index(self.value) + step if self.value else min(0, step)
        self.value = self.choices[place % len(self.choices)]
        self.refresh(layout=True)

    def _take(self, character: str) -> bool:
        """Choose by digit or letter; a letter that begins several choices cycles through them."""
        if character.isdecimal() and 1 <= int(character) <= len(self.choices):
            self.value = self.choices[int(character) - 1]
            self.post_message(self.Taken())
        else:
            fitting = [
                choice for choice in self.choices if character and choice.casefold().startswith(character.casefold())
            ]
            if not fitting:
                return False
            after = fitting.index(self.value) + 1 if self.value in fitting else 0
            self.value = fitting[after % len(fitting)]
            if len(fitting) == 1:
                self.post_message(self.Taken())
        self.refresh(layout=True)
        return True


class AskRow(Vertical):
    """Label, line, and an error under it once the answer is invalid."""

    def __init__(self, ask: Ask, label: str, value: str) -> None:
        super().__init__(classes="ask-row")
        self.ask = ask
        self._label = label
        self.line: Input | ChoiceLine
        if ask.kind is Kind.CHOICE:
            self.line = ChoiceLine(ask.choices, value)
        else:
            example = EXAMPLES.get(ask.kind, "")
            hint = words("such as {example}").format(example=example) if example else ""
            self.line = Input(value, placeholder=hint, compact=True, select_on_focus=True)
        self._wrong = Static("", markup=False, classes="ask-wrong")

    def compose(self) -> ComposeResult:
        """Label, line, error."""
        rest = words(" (optional)") if self.ask.optional else ""
        yield Static(Content(one_line(self._label) + rest), markup=False, classes="ask-label")
        yield self.line
        yield self._wrong

    @property
    def value(self) -> str:
        """What was answered."""
        return self.line.value.strip()

    def check(self) -> bool:
        """Return whether the answer is valid; an error is shown under the line."""
        wrong = problem(self.ask, self.value)
        if not self.value and not self.ask.optional:
            wrong = words("a value is required")
        self._wrong.update(Content(one_line(wrong)))
        self._wrong.set_class(bool(wrong), "-shown")
        return not wrong

    def on_input_changed(self, event: Input.Changed) -> None:
        """Remove the error as soon as the answer is valid."""
        event.stop()
        if self._wrong.has_class("-shown"):
            self.check()
