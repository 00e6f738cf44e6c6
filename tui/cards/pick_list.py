"""A list filtered by a few typed letters: every action with its keys, or every macro."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.css.styles import RulesMap
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from tui.cards.base_card import BaseCard
from tui.look.shown import safe_text
from tui.look.words import words
from tui.look.wrapping import hanging

PADDING = 2
"""Cells left and right of an option's text."""
LEAST_TEXT = 24
"""Cells that the further lines of an option have at least."""
SHARE, WIDEST = 90, 100
"""The list's width in percent of the screen and its greatest, as ask_line.tcss has them: the lines are wrapped before
anything is laid out, and again only if this does not hold."""
AROUND = 8
"""Cells of its frame, of the empty cells in it and around the lines, and of a scrollbar."""


class PickList(BaseCard[str]):
    """Returns the id of the line that was chosen, or nothing."""

    CSS_PATH = "ask_line.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape", "leave"),
        ("down", "step(1)"),
        ("up", "step(-1)"),
        ("pagedown", "page(1)"),
        ("pageup", "page(-1)"),
    ]

    def __init__(
        self,
        lines: Sequence[tuple[str, str]],
        hint: str = "",
        offer: Callable[[str], tuple[str, str]] | None = None,
        indent: int = 0,
        *,
        offer_first: bool = False,
    ) -> None:
        """Take lines of id and text, headings without an id; `offer` builds an extra line from what is typed.

        With `offer_first` that line comes before the matches, so that Enter takes it. A line that is too long continues
        after `indent` cells, fewer where less than `LEAST_TEXT` would be left.
        """
        super().__init__()
        self._lines, self._offer, self._offer_first, self._indent = lines, offer, offer_first, indent
        self._width = 0
        """Of the lines, in cells; 0 until it is known."""
        self._hint = hint or words("type to filter; Enter chooses")

    def compose(self) -> ComposeResult:
        """Line above list."""
        if self._indent:
            self._width = min(self.app.size.width * SHARE // 100, WIDEST) - AROUND - PADDING
        with Vertical(id="actions"):
            yield Input(placeholder=self._hint, compact=True)
            yield OptionList(*self._options(""), markup=False)

    def on_mount(self) -> None:
        """Select the first line, so that Enter chooses it."""
        self._mark_first()

    def on_resize(self, event: events.Resize) -> None:
        """Wrap the lines to the new width."""
        self.after_drawing(self._fit)

    def on_input_changed(self, event: Input.Changed) -> None:
        """List the matches."""
        event.stop()
        self._list(event.value)
        self._mark_first()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Choose the selected line."""
        event.stop()
        shown = self.query_one(OptionList)
        place = shown.highlighted
        self.dismiss((shown.get_option_at_index(place).id or "") if place is not None else "")

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Choose the clicked line."""
        event.stop()
        self.dismiss(event.option_id or "")

    def action_step(self, step: int) -> None:
        """Mark another."""
        shown = self.query_one(OptionList)
        if step > 0:
            shown.action_cursor_down()
        else:
            shown.action_cursor_up()

    def action_page(self, pages: int) -> None:
        """Move the selection by a page."""
        for _ in range(max(1, self.query_one(OptionList).size.height - 1)):
            self.action_step(pages)

    def action_leave(self) -> None:
        """Run nothing."""
        self.dismiss("")

    def _fit(self) -> None:
        """Wrap the lines again, keeping the selection."""
        shown = self.query_one(OptionList)
        width = shown.scrollable_content_region.width - PADDING
        if self._indent and width != self._width:
            self._width, place = width, shown.highlighted
            self._list(self.query_one(Input).value)
            shown.highlighted = place

    def _list(self, letters: str) -> None:
        shown = self.query_one(OptionList)
        shown.clear_options()
        shown.add_options(self._options(letters))

    def _mark_first(self) -> None:
        shown = self.query_one(OptionList)
        shown.highlighted = next((n for n, option in enumerate(shown.options) if not option.disabled), None)

    def _options(self, letters: str) -> list[Option]:
        wanted = folded(letters).split()
        fitting = [
            (name, line)
            for name, line in self._lines
            if all(word in folded(line) for word in wanted) and (name or not wanted)
        ]
        # a match at the start of a word ranks above one inside a word: `hole` means a hole, not the whole
        fitting.sort(key=lambda line: not all(f" {word}" in f" {folded(line[1])}" for word in wanted))
        if self._offer is not None and letters.strip():
            fitting.insert(0 if self._offer_first else len(fitting), self._offer(letters.strip()))
        return [self._option(name, line) for name, line in fitting]

    def _option(self, name: str, line: str) -> Option:
        # Content: a line may hold a macro's own title, which is not markup
        shown = " ".join(safe_text(line).splitlines())
        if self._indent and self._width > 0:
            shown = hanging(shown, min(self._indent, max(0, self._width - LEAST_TEXT)), self._width)
            if name:
                return Option(WrappedContent(shown, self._width), id=name)
        return Option(Content(shown), id=name) if name else Option(Content(shown).stylize("bold"), disabled=True)


class WrappedContent(Content):
    """Lines that are wrapped already: to measure hundreds of them cost more than all else of a list."""

    def __init__(self, text: str, width: int) -> None:
        super().__init__(text)
        self._wrapped_to = width

    def get_height(self, rules: RulesMap, width: int) -> int:
        """Return the number of lines."""
        return self.plain.count("\n") + 1 if width >= self._wrapped_to else super().get_height(rules, width)


def folded(text: str) -> str:
    """Return `text` in lower case without accents, so that `devolucion` finds `Devolución`."""
    parts = unicodedata.normalize("NFKD", text)
    return "".join(part for part in parts if not unicodedata.combining(part)).casefold()
