"""The lines of a form: they scroll to the focused one, leave the arrows to the form, and go on at Enter."""

from __future__ import annotations

from collections.abc import Callable

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static

from tui.cards.ask_row import ChoiceLine
from tui.cards.base_screen import BaseScreen


class FormRows(VerticalScroll, can_focus=False, inherit_bindings=False):
    """Rows with a line each, an `Input` or a `ChoiceLine`.

    Textual's own container would take the arrows for scrolling as soon as there are more lines than room.
    """

    def __init__(self, *rows: Widget, go_on: Callable[[], None], frame: int, percent: int, least: int, id: str) -> None:
        """`go_on` is called when a line was answered, by Enter or by a choice.

        The form has `percent` of the screen's height; `frame` is how much of that its border and empty lines take.
        `least` is how many rows are always shown.
        """
        super().__init__(*rows, id=id)
        self._go_on, self._frame, self._percent, self._least = go_on, frame, percent, least

    @property
    def lines(self) -> list[Widget]:
        """The lines of all rows, from the top."""
        return [widget for widget in self.query("*") if isinstance(widget, Input | ChoiceLine)]

    @property
    def place(self) -> int:
        """The index of the focused line, 0 if none is."""
        return next((place for place, line in enumerate(self.lines) if line is self.screen.focused), 0)

    def step(self, step: int) -> None:
        """Go to the line above or below; after the last comes the first."""
        lines = self.lines
        lines[(self.place + step) % len(lines)].focus()

    def go_to_next(self) -> bool:
        """Go to the line below; return False on the last."""
        if self.place + 1 == len(self.lines):
            return False
        self.step(1)
        return True

    def fit(self) -> None:
        """Take the height that the other widgets of the form leave; the rows scroll in it."""
        around = sum(widget.outer_size.height for widget in self.siblings)
        screen = self.screen
        free = screen.free_height if isinstance(screen, BaseScreen) else screen.size.height
        height = free * self._percent // 100
        self.styles.max_height = max(self._least, height - self._frame - around)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go on."""
        event.stop()
        self._go_on()

    def on_choice_line_taken(self, event: ChoiceLine.Taken) -> None:
        """Go on."""
        event.stop()
        self._go_on()


class FormText(Static):
    """Words beside the rows of a form: whenever their height changes, the rows take what it leaves."""

    def __init__(self, text: Content | str = "", *, id: str) -> None:
        super().__init__(text, id=id, markup=False)

    def on_resize(self) -> None:
        """Fit the rows."""
        for rows in self.siblings:
            if isinstance(rows, FormRows):
                rows.fit()
