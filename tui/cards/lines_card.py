"""A list over the desk whose lines open something: an agent's figures, the start of a shift."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui.cards.base_card import BaseCard
from tui.cards.choices import Choices
from tui.cards.key_line import KeyLine
from tui.look.shown import safe_text


class LinesCard(BaseCard[str]):
    """Returns the id of the line that Enter took or whose key was pressed; Esc returns nothing."""

    CSS_PATH = "lines_card.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [("escape,q", "leave")]

    def __init__(
        self, title: str, lines: Sequence[tuple[str, str]], note: str, keys: Mapping[str, str] | None = None
    ) -> None:
        """Take lines of id and text, headings without an id; `keys` map single keys to the ids that they return.

        Several lines may share an id.
        """
        super().__init__()
        self._title, self._lines, self._note, self._keys = title, lines, note, keys or {}

    def compose(self) -> ComposeResult:
        """Title, lines, keys."""
        with Vertical(id="lines-card"):
            yield Static(Content(self._title), id="lines-title", markup=False)
            yield Choices(*(_option(name, line) for name, line in self._lines), markup=False)
            yield KeyLine(self._note, id="lines-keys")

    def on_mount(self) -> None:
        """Select the first line that opens something."""
        listed = self.query_one(Choices)
        listed.highlighted = next((n for n, option in enumerate(listed.options) if not option.disabled), None)

    def on_key(self, event: events.Key) -> None:
        """Choose the line that has this key."""
        name = self._keys.get(event.character or "")
        if name is not None:
            event.stop()
            self.dismiss(name)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Choose the selected or clicked line."""
        event.stop()
        self.dismiss(self._lines[event.option_index][0])

    def action_leave(self) -> None:
        """Take nothing."""
        self.dismiss("")


def _option(name: str, line: str) -> Option:
    if name:
        return Option(Content(safe_text(line)))
    return Option(Content(safe_text(line)).stylize("bold"), disabled=True)
